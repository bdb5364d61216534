"""Who may do what with cases; which of them, and which acts on one, is decided by ``CaseQuerySet`` and ``allowing``."""

from __future__ import annotations

import rules

from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import ENTERPRISE_ROLES, Role
from zhizao.base.flow.models import OFFICES

# Who may have a case in hand; auditors look on, and leaders say what they think.
HANDLERS = (Role.ANALYST, Role.DEPARTMENT_STAFF, Role.CHAIN_OFFICE, Role.PARK_OPERATOR)

rules.add_perm("flow.view", has_role(*OFFICES, Role.PARK_OPERATOR, *ENTERPRISE_ROLES))
rules.add_perm("flow.act", has_role(*HANDLERS, Role.LEADER, *ENTERPRISE_ROLES))
rules.add_perm("flow.publish", has_role(Role.ANALYST, Role.DEPARTMENT_STAFF))
rules.add_perm("flow.procedures", has_role(*OFFICES, Role.PARK_OPERATOR))
