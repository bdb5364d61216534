"""Who may do what with a plan. What is published anyone may read, without a permission."""

from __future__ import annotations

import rules
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts import scopes
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import Role
from zhizao.base.accounts.scoping import area_path

WORD_OF_THE_AREA = (Role.ANALYST, Role.DEPARTMENT_STAFF)


@rules.predicate
def in_scope(user, target) -> bool:
    """Whether a plan, a version or an area lies in the user's area; true without a target."""
    if target is None:
        return True
    area = target if isinstance(target, Area) else getattr(target, "plan", target).area
    path = area_path(user)
    return path is not None and area.path.startswith(path)


READERS_OF_HEALTH = (*WORD_OF_THE_AREA, Role.LEADER, Role.AUDITOR)

rules.add_perm("plan.health", has_role(*READERS_OF_HEALTH) & in_scope)
rules.add_perm("plan.decide", has_role(Role.ANALYST) & in_scope)
rules.add_perm("plan.edit", has_role(*WORD_OF_THE_AREA) & in_scope)
rules.add_perm("plan.publish", has_role(Role.ANALYST) & in_scope)
scopes.add("plan:read", _("Read plans"))
