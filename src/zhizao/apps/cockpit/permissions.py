"""Who may read the leader's page and the briefs, and who issues one."""

from __future__ import annotations

import rules

from zhizao.base.accounts.models import Area
from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import Role
from zhizao.base.accounts.scoping import area_path

READERS = (Role.ANALYST, Role.DEPARTMENT_STAFF, Role.CHAIN_OFFICE, Role.LEADER, Role.AUDITOR)


@rules.predicate
def in_scope(user, target) -> bool:
    """Whether an area, or the area of a row, is the user's or lies in it; true without a target."""
    if target is None:
        return True
    area = target if isinstance(target, Area) else target.area
    path = area_path(user)
    return path is not None and area.path.startswith(path)


rules.add_perm("cockpit.view", has_role(*READERS) & in_scope)
rules.add_perm("cockpit.issue", has_role(Role.ANALYST) & in_scope)
