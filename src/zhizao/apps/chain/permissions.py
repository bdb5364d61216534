"""Who may do what with the chains. An enterprise sees its own place in its file; the public nothing here."""

from __future__ import annotations

import rules
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts import scopes
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import Role
from zhizao.base.accounts.scoping import area_path

EDITORS = (Role.CHAIN_OFFICE,)
COMPUTERS = (*EDITORS, Role.ANALYST, Role.DEPARTMENT_STAFF)
READERS = (*COMPUTERS, Role.LEADER, Role.AUDITOR)


@rules.predicate
def in_scope(user, target) -> bool:
    """Whether an area, or that of a row, is the user's or lies in it; true without a target."""
    if target is None:
        return True
    area = target if isinstance(target, Area) else target.area
    path = area_path(user)
    return path is not None and area.path.startswith(path)


rules.add_perm("chain.read", has_role(*READERS) & in_scope)
rules.add_perm("chain.edit", has_role(*EDITORS) & in_scope)
rules.add_perm("chain.compute", has_role(*COMPUTERS) & in_scope)
scopes.add("chain:read", _("Read the industry chains"))
