"""Who may do what with figures. What an indicator means anyone may read."""

from __future__ import annotations

import rules
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts import scopes
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import ENTERPRISE_ROLES, Role
from zhizao.base.accounts.scoping import area_path

WRITERS = (Role.ANALYST, Role.DEPARTMENT_STAFF)
READERS = (*WRITERS, Role.CHAIN_OFFICE, Role.PARK_OPERATOR, Role.LEADER, Role.AUDITOR)


@rules.predicate
def in_scope(user, target) -> bool:
    """Whether an area, or the area of a row, is the user's or lies in it; true without a target."""
    if target is None:
        return True
    area = target if isinstance(target, Area) else target.area
    path = area_path(user)
    return path is not None and area.path.startswith(path)


rules.add_perm("ledger.view", has_role(*READERS, *ENTERPRISE_ROLES))
rules.add_perm("ledger.batches", has_role(*WRITERS, Role.LEADER, Role.AUDITOR))
rules.add_perm("ledger.import", has_role(*WRITERS) & in_scope)
rules.add_perm("ledger.publish", has_role(Role.ANALYST) & in_scope)
scopes.add("ledger:read", _("Read figures of the ledger"))
