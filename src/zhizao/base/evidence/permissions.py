from __future__ import annotations

import rules

from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import Role

rules.add_perm("evidence.list", rules.is_authenticated)
rules.add_perm("evidence.publish", has_role(Role.DEPARTMENT_STAFF))
