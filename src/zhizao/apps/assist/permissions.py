"""Who may do what to help enterprises. An enterprise asks for itself and sees nothing else here."""

from __future__ import annotations

import rules
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts import scopes
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import ENTERPRISE_ROLES, Role
from zhizao.base.accounts.scoping import area_path
from zhizao.base.facts.models import own_key

HELPERS = (Role.ANALYST, Role.DEPARTMENT_STAFF, Role.CHAIN_OFFICE)
CORRECT = "assist.correct"
READERS = (*HELPERS, Role.LEADER, Role.AUDITOR)


@rules.predicate
def in_scope(user, target) -> bool:
    """Whether an area, or that of a row, is the user's or lies in it; true without a target."""
    if target is None:
        return True
    area = target if isinstance(target, Area) else target.area
    path = area_path(user)
    return path is not None and area.path.startswith(path)


@rules.predicate
def is_own(user, target) -> bool:
    """Whether a subject is the enterprise that the user speaks for; without a target, whether there is one."""
    key = own_key(user)
    return key is not None and (target is None or target.key == key)


@rules.predicate
def is_author(user, row) -> bool:
    """Whether a report or what was done was written down by the user."""
    return row is not None and user.pk in row.authors


@rules.predicate
def is_of_its_unit(user, row) -> bool:
    """Whether it is the user's unit that made the visit or has the case."""
    return row is not None and row.unit_id is not None and user.organisation_id == row.unit_id


rules.add_perm("assist.view", has_role(*READERS) & in_scope)
rules.add_perm("assist.act", has_role(*HELPERS) & in_scope)
rules.add_perm("assist.grid", has_role(*READERS, Role.PARK_OPERATOR) & in_scope)
rules.add_perm("assist.visit", has_role(*HELPERS, Role.PARK_OPERATOR) & in_scope)
rules.add_perm(
    CORRECT,
    has_role(*HELPERS, Role.PARK_OPERATOR) & in_scope & (has_role(Role.ANALYST) | is_author | is_of_its_unit),
)
rules.add_perm("assist.assign", has_role(Role.ANALYST, Role.DEPARTMENT_STAFF) & in_scope)
rules.add_perm("assist.lead", has_role(Role.LEADER, Role.ANALYST) & in_scope)
rules.add_perm("assist.request", has_role(*ENTERPRISE_ROLES) & is_own)
scopes.add("assist:read", _("Read who is helped first, and what help did"))
