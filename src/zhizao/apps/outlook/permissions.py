"""Who may do what with forecasts: the area's administration reads, its analysts run, an enterprise sees its own."""

from __future__ import annotations

import rules
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts import scopes
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import ENTERPRISE_ROLES, Role
from zhizao.base.accounts.scoping import area_path

READERS = (Role.ANALYST, Role.DEPARTMENT_STAFF, Role.LEADER, Role.AUDITOR)


@rules.predicate
def in_scope(user, target) -> bool:
    """Whether an area, or the area of a row, is the user's or lies in it; true without a target."""
    if target is None:
        return True
    area = target if isinstance(target, Area) else target.area
    path = area_path(user)
    return path is not None and area.path.startswith(path)


rules.add_perm("outlook.view", has_role(*READERS) & in_scope)
rules.add_perm("outlook.enterprise", has_role(*READERS, *ENTERPRISE_ROLES))
rules.add_perm("outlook.run", has_role(Role.ANALYST) & in_scope)
scopes.add("outlook:read", _("Read forecasts and the probability of targets"))
