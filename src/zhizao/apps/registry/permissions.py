"""Who may do what with the register. An enterprise opens its own file and nobody else's; the public nothing."""

from __future__ import annotations

import rules
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts import scopes
from zhizao.base.accounts.models import Area, Organisation
from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import ENTERPRISE_ROLES, Role
from zhizao.base.accounts.scoping import area_path
from zhizao.base.facts.models import Subject, own_key

DEALING = (Role.ANALYST, Role.DEPARTMENT_STAFF, Role.CHAIN_OFFICE, Role.PARK_OPERATOR)


@rules.predicate
def in_scope(user, target) -> bool:
    """Whether an area lies in the user's, or the user may see a subject; true without a target."""
    if target is None:
        return True
    area = target if isinstance(target, Area) else target.area
    path = area_path(user)
    if path is None or not area.path.startswith(path):
        return False
    if user.organisation.kind != Organisation.Kind.PARK or not isinstance(target, Subject):
        return True
    return Subject.objects.visible_to(user).filter(pk=target.pk).exists()


@rules.predicate
def is_own(user, target) -> bool:
    """Whether a subject is the enterprise that the user speaks for; true without a target."""
    return target is None or getattr(target, "key", None) == own_key(user)


rules.add_perm("registry.read", has_role(*DEALING, Role.LEADER, Role.AUDITOR) & in_scope)
rules.add_perm("registry.own", has_role(*ENTERPRISE_ROLES) & is_own)
rules.add_perm(
    "registry.open",
    (has_role(*DEALING, Role.LEADER, Role.AUDITOR) & in_scope) | (has_role(*ENTERPRISE_ROLES) & is_own),
)
rules.add_perm("registry.contacts", (has_role(*DEALING) & in_scope) | (has_role(*ENTERPRISE_ROLES) & is_own))
rules.add_perm("registry.edit", has_role(Role.ANALYST, Role.DEPARTMENT_STAFF) & in_scope)
scopes.add("registry:read", _("Read the enterprise register"))
