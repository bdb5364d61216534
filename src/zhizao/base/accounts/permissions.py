"""The predicates that rules are made of, and the rules of accounts.

Each app has a ``permissions.py`` like this one; it is found and loaded at start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from zhizao.base.accounts.roles import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User


def has_role(*roles: Role) -> rules.Predicate:
    """A predicate that passes for an actor who holds at least one of the roles.

    >>> rules.add_perm("plan.publish", has_role(Role.DEPARTMENT_STAFF))  # doctest: +SKIP
    """
    wanted = frozenset(roles)

    @rules.predicate(name=f"has_role({', '.join(sorted(wanted))})")
    def holds(actor: User | AnonymousUser | None) -> bool:
        return actor is not None and actor.is_authenticated and not wanted.isdisjoint(actor.roles)

    return holds


rules.add_perm("accounts.own", rules.is_authenticated)
rules.add_perm("accounts.manage_organisations", has_role(Role.SYSTEM_ADMINISTRATOR))
rules.add_perm("accounts.manage_users", has_role(Role.SYSTEM_ADMINISTRATOR))
rules.add_perm("accounts.grant_roles", has_role(Role.SECURITY_ADMINISTRATOR))
rules.add_perm("accounts.manage_security", has_role(Role.SECURITY_ADMINISTRATOR))
rules.add_perm(
    "accounts.invite", has_role(Role.DEPARTMENT_STAFF, Role.PARK_OPERATOR, Role.CHAIN_OFFICE, Role.ENTERPRISE_MANAGER)
)
