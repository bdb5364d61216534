"""The roles an account can hold, and the three administrators that no account may combine."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ANALYST = "analyst", _("Analyst")
    DEPARTMENT_STAFF = "department_staff", _("Department staff")
    CHAIN_OFFICE = "chain_office", _("Chain leader's office")
    PARK_OPERATOR = "park_operator", _("Park operator")
    ENTERPRISE_REPORTER = "enterprise_reporter", _("Enterprise reporter")
    ENTERPRISE_MANAGER = "enterprise_manager", _("Enterprise manager")
    BANK = "bank", _("Bank")
    LEADER = "leader", _("Leader")
    AUDITOR = "auditor", _("Auditor")
    SYSTEM_ADMINISTRATOR = "system_administrator", _("System administrator")
    SECURITY_ADMINISTRATOR = "security_administrator", _("Security administrator")


# GB/T 22239-2019 §8.1.5 separates the three; a database constraint holds it.
SEPARATED_ROLES = (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR)

ENTERPRISE_ROLES = (Role.ENTERPRISE_REPORTER, Role.ENTERPRISE_MANAGER)

# Everyone inside the administration sees other people's data, so a password alone is not enough for them. Enterprises
# and banks see only their own: a second factor is offered to them, not demanded.
ROLES_WITH_SECOND_FACTOR = frozenset(Role) - {*ENTERPRISE_ROLES, Role.BANK}
