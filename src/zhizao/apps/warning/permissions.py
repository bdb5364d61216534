"""Who may do what with alarms. An enterprise sees none, a park's operator those of its park."""

from __future__ import annotations

import rules
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts import scopes
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import Role
from zhizao.base.accounts.scoping import area_path

RUNNERS = (Role.ANALYST,)
JUDGES = (Role.ANALYST, Role.DEPARTMENT_STAFF, Role.CHAIN_OFFICE)
READERS = (*JUDGES, Role.LEADER, Role.AUDITOR)


@rules.predicate
def in_scope(user, target) -> bool:
    """Whether an area, or that of a row, is the user's or lies in it; true without a target."""
    if target is None:
        return True
    area = target if isinstance(target, Area) else target.area
    path = area_path(user)
    return path is not None and area.path.startswith(path)


rules.add_perm("warning.view", has_role(*READERS, Role.PARK_OPERATOR) & in_scope)
rules.add_perm("warning.run", has_role(*RUNNERS) & in_scope)
rules.add_perm("warning.judge", has_role(*JUDGES) & in_scope)
rules.add_perm("warning.tune", has_role(*RUNNERS) & in_scope)
scopes.add("warning:read", _("Read alarms and how good they were"))
