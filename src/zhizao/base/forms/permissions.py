"""Who reports and who judges reports. Forms and their checks anyone may read, without a permission."""

from __future__ import annotations

import rules
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts import scopes
from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import ENTERPRISE_ROLES, Role


@rules.predicate
def speaks_for_an_enterprise(actor) -> bool:
    """Whether the actor's organisation is linked to an enterprise."""
    organisation = getattr(actor, "organisation", None)
    return organisation is not None and bool(organisation.enterprise_key)


REVIEWERS = (Role.ANALYST, Role.DEPARTMENT_STAFF)

rules.add_perm("forms.report", has_role(*ENTERPRISE_ROLES) & speaks_for_an_enterprise)
rules.add_perm("forms.review", has_role(*REVIEWERS))
rules.add_perm("forms.see", has_role(*REVIEWERS) | (has_role(*ENTERPRISE_ROLES) & speaks_for_an_enterprise))
scopes.add("forms:read", _("Read forms"))
scopes.add("forms:write", _("Write and hand in reports"))
