from __future__ import annotations

import rules

from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import Role

rules.add_perm("audit.view", has_role(Role.AUDITOR))
