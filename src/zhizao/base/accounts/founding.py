"""How an empty installation gets its first accounts: the three administrators, each with one role."""

from __future__ import annotations

from django.db import transaction

from zhizao.base.accounts import administration
from zhizao.base.accounts.models import Organisation, User
from zhizao.base.accounts.roles import SEPARATED_ROLES
from zhizao.kernel.result import Problem, Refused, mark


@transaction.atomic
def found(*, area_code: str, area_name: str, organisation_name: str) -> dict[str, str]:
    """Make the root area, its organisation and the three administrators; gives their one-time passwords by user name.

    Raises
    ------
    Refused : there are accounts already.
    """
    if User.objects.exists():
        raise Refused(
            Problem(
                "accounts.founded",
                mark("There are accounts already."),
                remedy=mark(
                    "The system administrator opens further ones, and the security administrator grants roles."
                ),
            )
        )
    area = administration.create_area(actor=None, code=area_code, name=area_name)
    organisation = administration.create_organisation(
        actor=None, area=area, kind=Organisation.Kind.DISTRICT, name=organisation_name
    )
    passwords = {}
    for role in SEPARATED_ROLES:
        user, passwords[role.value] = administration.create_user(
            actor=None, username=role.value, name=str(role.label), organisation=organisation
        )
        administration.grant_role(actor=None, user=user, role=role)
    return passwords
