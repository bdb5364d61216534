"""Verbs of the administrators: areas, organisations, accounts (system) and roles, lock-outs (security).

``actor`` None is the system itself, from the command line; views always pass the one who is signed in.
"""

from __future__ import annotations

import secrets
import uuid

import rules
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat, Substr

from zhizao.base.accounts.models import Area, Organisation, RoleGrant, User
from zhizao.base.accounts.roles import ENTERPRISE_ROLES, SEPARATED_ROLES, Role
from zhizao.base.accounts.services import end_all_sessions
from zhizao.base.audit.services import record
from zhizao.kernel.result import Problem, Refused, mark

# Without the signs that are mistaken for one another when read from paper.
ONE_TIME_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"


def require(actor: User | None, permission: str) -> None:
    """Stop an actor without the permission; the system itself may do everything."""
    if actor is not None and not rules.has_perm(permission, actor):
        raise PermissionDenied(permission)


def _in_scope(actor: User | None, rows: QuerySet, pk: int) -> None:
    if actor is not None and not rows.visible_to(actor).filter(pk=pk).exists():
        raise PermissionDenied("out of scope")


@transaction.atomic
def create_area(*, actor: User | None, code: str, name: str, name_en: str = "", parent: Area | None = None) -> Area:
    """Add a place below ``parent``, or a root."""
    require(actor, "accounts.manage_organisations")
    if parent is not None:
        _in_scope(actor, Area.objects, parent.pk)
    elif actor is not None:
        raise PermissionDenied("a root area is made from the command line")
    area = Area(code=code, name=name, name_en=name_en, parent=parent, path=f"{parent.path if parent else ''}{code}/")
    _validate(area)
    area.save()
    record(actor=actor, action="accounts.area.create", target=area, area=area)
    return area


@transaction.atomic
def create_organisation(
    *,
    actor: User | None,
    area: Area,
    kind: str,
    name: str,
    parent: Organisation | None = None,
) -> Organisation:
    """Add an organisation below ``parent``, or at the top of its tree."""
    require(actor, "accounts.manage_organisations")
    _in_scope(actor, Area.objects, area.pk)
    return add_organisation(actor=actor, area=area, kind=kind, name=name, parent=parent)


def add_organisation(
    *,
    actor: User | None,
    area: Area,
    kind: str,
    name: str,
    parent: Organisation | None = None,
    enterprise_key: str | None = None,
) -> Organisation:
    """Make the row and its path, inside the caller's act, which has checked who may."""
    organisation = Organisation(
        area=area, kind=kind, name=name, parent=parent, enterprise_key=enterprise_key, path=f"new-{uuid.uuid4()}"
    )
    _validate(organisation)
    organisation.save()
    organisation.path = f"{parent.path if parent else ''}{organisation.pk}/"
    organisation.save(update_fields=["path"])
    record(actor=actor, action="accounts.organisation.create", target=organisation, details={"kind": kind})
    return organisation


@transaction.atomic
def change_organisation(
    *,
    actor: User | None,
    organisation: Organisation,
    version: int,
    name: str,
    is_active: bool,
    parent: Organisation | None,
) -> Organisation:
    """Change an organisation as it was at ``version``; with another parent the whole subtree moves.

    Raises
    ------
    Refused : somebody else changed it meanwhile, or the new parent lies in its own subtree.
    """
    require(actor, "accounts.manage_organisations")
    _in_scope(actor, Organisation.objects, organisation.pk)
    if parent is not None:
        _in_scope(actor, Organisation.objects, parent.pk)
    stored = (
        Organisation.objects.select_for_update(of=("self",)).select_related("parent", "area").get(pk=organisation.pk)
    )
    if stored.version != version:
        raise Refused(
            Problem(
                "accounts.changed_meanwhile",
                mark("Somebody else changed this organisation while you were editing; it is now “%(name)s”."),
                remedy=mark("Compare your entries with what is stored now, and save again to replace it."),
                params={"name": stored.name},
            )
        )
    before = {"name": stored.name, "is_active": stored.is_active, "parent": stored.parent_id}
    if parent != stored.parent:
        _move(stored, parent)
    stored.name, stored.is_active, stored.version = name, is_active, stored.version + 1
    _validate(stored)
    stored.save()
    after = {"name": name, "is_active": is_active, "parent": stored.parent_id}
    changes = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    record(actor=actor, action="accounts.organisation.change", target=stored, details=changes)
    return stored


def _move(organisation: Organisation, parent: Organisation | None) -> None:
    """Hang a subtree under another parent: every path below changes its beginning, in one statement."""
    if parent is not None and parent.path.startswith(organisation.path):
        raise Refused(
            Problem(
                "accounts.own_subtree",
                mark("“%(parent)s” is part of “%(name)s” and cannot be its parent."),
                remedy=mark("Choose a parent outside its subtree."),
                params={"parent": parent.name, "name": organisation.name},
            )
        )
    old, new = organisation.path, f"{parent.path if parent else ''}{organisation.pk}/"
    below = Organisation.objects.filter(path__startswith=old).exclude(pk=organisation.pk)
    below.update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))
    organisation.parent, organisation.path = parent, new


def one_time_password() -> str:
    """A random password for handing over; it must be changed at the first sign-in."""
    return "-".join("".join(secrets.choice(ONE_TIME_ALPHABET) for _ in range(5)) for _ in range(3))


@transaction.atomic
def create_user(*, actor: User | None, username: str, name: str, organisation: Organisation) -> tuple[User, str]:
    """Open an account without any role; its one-time password is returned this once."""
    require(actor, "accounts.manage_users")
    _in_scope(actor, Organisation.objects, organisation.pk)
    user = User(username=username, name=name, organisation=organisation, must_change_password=True)
    password = one_time_password()
    user.set_password(password)
    _validate(user)
    user.save()
    record(actor=actor, action="accounts.user.create", target=user, area=organisation.area)
    return user, password


def _other_user(actor: User | None, user: User) -> User:
    _in_scope(actor, User.objects, user.pk)
    if actor is not None and actor.pk == user.pk:
        raise Refused(
            Problem(
                "accounts.own_account",
                mark("You cannot do this to your own account."),
                remedy=mark("Ask another administrator."),
            )
        )
    return User.objects.select_for_update(of=("self",)).select_related("organisation__area").get(pk=user.pk)


@transaction.atomic
def set_user_active(*, actor: User | None, user: User, is_active: bool) -> User:
    """Open or close an account; closing ends its sessions and stops its API tokens at once."""
    require(actor, "accounts.manage_users")
    user = _other_user(actor, user)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    if not is_active:
        end_all_sessions(user=user)
    record(actor=actor, action=f"accounts.user.{'open' if is_active else 'close'}", target=user, area=_area(user))
    return user


@transaction.atomic
def end_sessions(*, actor: User | None, user: User) -> int:
    """End all sessions of an account."""
    require(actor, "accounts.manage_users")
    user = _other_user(actor, user)
    ended = end_all_sessions(user=user)
    record(actor=actor, action="accounts.session.end_all", target=user, area=_area(user), details={"ended": ended})
    return ended


@transaction.atomic
def reset_password(*, actor: User | None, user: User) -> str:
    """Give an account a new one-time password and end its sessions.

    Raises
    ------
    Refused : another administrator without a second factor: the password alone would hand over that office.
    """
    require(actor, "accounts.manage_users")
    user = _other_user(actor, user)
    protected = Authenticator.objects.filter(user=user).exists()
    if actor is not None and not protected and not user.roles.isdisjoint(SEPARATED_ROLES):
        raise Refused(
            Problem(
                "accounts.unprotected_administrator",
                mark(
                    "“%(name)s” is an administrator without a second factor: a new password would give you that office."
                ),
                remedy=mark("Close the account and open another one; the security administrator grants its role."),
                params={"name": str(user)},
            )
        )
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    end_all_sessions(user=user)
    record(actor=actor, action="accounts.password.reset", target=user, area=_area(user))
    return password


@transaction.atomic
def grant_role(*, actor: User | None, user: User, role: str) -> RoleGrant:
    """Give an account a role; its sessions end, so that it signs in with what the role demands.

    Raises
    ------
    Refused : own account, role held already, an administrator's role beside another, or one that does not fit.
    """
    require(actor, "accounts.grant_roles")
    user = _other_user(actor, user)
    return add_role(actor=actor, user=user, role=role)


def add_role(*, actor: User | None, user: User, role: str) -> RoleGrant:
    """Check and make the grant, inside the caller's act, which has checked who may."""
    if problem := _role_problem(user, Role(role)):
        raise Refused(problem)
    grant = RoleGrant.objects.create(user=user, role=role, granted_by=actor)
    user.__dict__.pop("roles", None)
    end_all_sessions(user=user)
    record(actor=actor, action="accounts.role.grant", target=user, area=_area(user), details={"role": role})
    return grant


def _role_problem(user: User, role: Role) -> Problem | None:
    held = frozenset(user.grants.values_list("role", flat=True))
    params = {"name": str(user), "role": str(role.label)}
    if role in held:
        return Problem("accounts.role_held", mark("“%(name)s” holds the role “%(role)s” already."), params=params)
    if held and (role in SEPARATED_ROLES or not held.isdisjoint(SEPARATED_ROLES)):
        return Problem(
            "accounts.administrators_are_separate",
            mark("An administrator's account holds that one role and no other."),
            remedy=mark("Open a second account for the other role."),
            params=params,
        )
    kind = user.organisation.kind if user.organisation else None
    fits = {Organisation.Kind.ENTERPRISE: ENTERPRISE_ROLES, Organisation.Kind.BANK: (Role.BANK,)}
    inside = [r for r in Role if r not in (*ENTERPRISE_ROLES, Role.BANK)]
    if role not in fits.get(kind, inside):
        return Problem(
            "accounts.role_does_not_fit",
            mark("The role “%(role)s” does not fit the organisation of “%(name)s”."),
            remedy=mark("Enterprises report, banks lend; all other roles belong to the administration."),
            params=params,
        )
    return None


@transaction.atomic
def revoke_role(*, actor: User | None, user: User, role: str) -> None:
    """Take a role away; sessions end."""
    require(actor, "accounts.grant_roles")
    user = _other_user(actor, user)
    deleted, _rows = RoleGrant.objects.filter(user=user, role=role).delete()
    if deleted:
        user.__dict__.pop("roles", None)
        end_all_sessions(user=user)
        record(actor=actor, action="accounts.role.revoke", target=user, area=_area(user), details={"role": role})


@transaction.atomic
def unlock(*, actor: User | None, username: str) -> int:
    """Forget the failed sign-ins of an account, so that it can sign in again at once."""
    require(actor, "accounts.manage_security")
    user = User.objects.filter(username=username).select_related("organisation__area").first()
    if user is not None:
        _in_scope(actor, User.objects, user.pk)
    forgotten, _rows = AccessAttempt.objects.filter(username=username).delete()
    record(actor=actor, action="accounts.unlock", target=user, area=_area(user) if user else None)
    return forgotten


@transaction.atomic
def reset_second_factor(*, actor: User | None, user: User) -> None:
    """Remove a lost second factor; the account enrols again at its next sign-in."""
    require(actor, "accounts.manage_security")
    user = _other_user(actor, user)
    Authenticator.objects.filter(user=user).delete()
    end_all_sessions(user=user)
    record(actor=actor, action="accounts.second_factor.reset", target=user, area=_area(user))


def _area(user: User) -> Area | None:
    return user.organisation.area if user.organisation else None


def _validate(row: Area | Organisation | User) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refused(
            *(
                Problem("accounts.invalid", message.replace("%", "%%"), params={"field": field})
                for field, messages in error.message_dict.items()
                for message in messages
            )
        ) from error
