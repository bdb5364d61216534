"""How an enterprise gets its account: a link that works once, for one enterprise, until a date."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhizao.base.accounts.administration import _validate, add_organisation, add_role, require
from zhizao.base.accounts.models import Area, Invitation, Organisation, User
from zhizao.base.accounts.roles import ENTERPRISE_ROLES, Role
from zhizao.base.accounts.scoping import area_path
from zhizao.base.accounts.services import password_problems, sha256
from zhizao.base.audit.services import record
from zhizao.kernel.result import Problem, Refused, mark

VALID_DAYS = 14


@transaction.atomic
def invite(
    *, actor: User, area: Area, enterprise_key: str, enterprise_name: str, role: str = Role.ENTERPRISE_MANAGER
) -> tuple[Invitation, str]:
    """Offer one enterprise an account; the link's token is returned this once.

    Staff invite managers of any enterprise in their area; an enterprise's manager invites colleagues of his own.

    Raises
    ------
    PermissionDenied : not a role that invites, another area, or another enterprise.
    Refused : the enterprise is linked to an organisation elsewhere.
    """
    require(actor, "accounts.invite")
    own = actor.organisation
    if role not in ENTERPRISE_ROLES or own is None:
        raise PermissionDenied("invitations are for enterprises")
    if own.kind == Organisation.Kind.ENTERPRISE:
        if own.enterprise_key != enterprise_key or area != own.area:
            raise PermissionDenied("another enterprise")
    elif (path := area_path(actor)) is None or not area.path.startswith(path):
        raise PermissionDenied("another area")
    linked = Organisation.objects.filter(enterprise_key=enterprise_key).first()
    if linked is not None and linked.area_id != area.pk:
        raise Refused(
            Problem(
                "accounts.enterprise_elsewhere",
                mark("This enterprise is linked to an organisation in another area."),
                remedy=mark("Check the enterprise key."),
            )
        )
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        area=area,
        enterprise_key=enterprise_key,
        enterprise_name=enterprise_name,
        role=role,
        token_sha256=sha256(token),
        invited_by=actor,
        expires_at=timezone.now() + timedelta(days=VALID_DAYS),
    )
    details = {"enterprise": enterprise_key, "role": role}
    record(actor=actor, action="accounts.invitation.create", target=invitation, details=details)
    return invitation, token


def open_invitation(*, token: str) -> Invitation:
    """The invitation of a link.

    Raises
    ------
    Refused : no such link, used, withdrawn or expired; the four look alike from outside except for their remedy.
    """
    invitation = Invitation.objects.select_related("area", "invited_by").filter(token_sha256=sha256(token)).first()
    if invitation is None or invitation.revoked_at is not None:
        message = mark("This invitation is not valid.")
    elif invitation.accepted_at is not None:
        message = mark("This invitation has been used already.")
    elif invitation.expires_at <= timezone.now():
        message = mark("This invitation has expired.")
    else:
        return invitation
    raise Refused(Problem("accounts.invitation", message, remedy=mark("Ask the one who sent it for a new one.")))


@transaction.atomic
def accept(*, token: str, username: str, name: str, password: str) -> User:
    """Open the account an invitation offers, and link the enterprise's organisation if it is the first.

    Raises
    ------
    Refused : the invitation cannot be used, the name is taken, or the password is not allowed.
    """
    invitation = open_invitation(token=token)
    # Whoever marks it accepted first has it: two clicks at once make one account.
    now = timezone.now()
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=now):
        raise Refused(Problem("accounts.invitation", mark("This invitation has been used already.")))
    if problems := password_problems(password=password, user=User(username=username, name=name)):
        raise Refused(*problems)
    inviter = invitation.invited_by
    organisation = Organisation.objects.filter(enterprise_key=invitation.enterprise_key).first() or add_organisation(
        actor=inviter,
        area=invitation.area,
        kind=Organisation.Kind.ENTERPRISE,
        name=invitation.enterprise_name,
        enterprise_key=invitation.enterprise_key,
    )
    user = User(username=username, name=name, organisation=organisation)
    user.set_password(password)
    _validate(user)
    user.save()
    add_role(actor=inviter, user=user, role=invitation.role)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
    record(actor=user, action="accounts.invitation.accept", target=invitation, area=invitation.area)
    return user


@transaction.atomic
def revoke(*, actor: User, invitation: Invitation) -> Invitation:
    """Withdraw an invitation that was not used yet."""
    require(actor, "accounts.invite")
    invitation = Invitation.objects.visible_to(actor).select_for_update().filter(pk=invitation.pk).first()
    if invitation is None:
        raise PermissionDenied("out of scope")
    if invitation.accepted_at is None and invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        record(actor=actor, action="accounts.invitation.revoke", target=invitation)
    return invitation
