"""Demonstration data: an area, one organisation of each sort, and one account for each role.

The accounts need no second factor under ZHIZAO_PROFILE=demo, and only there.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from zhizao.base.accounts import administration
from zhizao.base.accounts.models import Area, Organisation, User
from zhizao.base.accounts.roles import Role
from zhizao.base.audit.services import record

DEMO_ENTERPRISE_KEY = "enterprise:demo"


@transaction.atomic
def load(*, say: Callable[[str], None], area_code: str, area_name: str, area_name_en: str = "") -> dict[str, str]:
    """Load what is missing; gives the passwords of the accounts that are new, by user name.

    The region comes from the caller (a plan pack names it), so that no region's name stands in the code.
    """
    area = Area.objects.filter(code=area_code).first() or administration.create_area(
        actor=None, code=area_code, name=area_name, name_en=area_name_en
    )
    missing = [role for role in Role if not User.objects.filter(username=role.value).exists()]
    # Organisations are named in the language of the terminal: another one must not make them a second time.
    organisations = _organisations(area) if missing else {}
    say(_("Organisations: %(count)d") % {"count": len(set(organisations.values()))})
    passwords = {}
    for role in missing:
        user = User(username=role.value, name=str(role.label), organisation=organisations[role], is_demo=True)
        passwords[role.value] = administration.one_time_password()
        user.set_password(passwords[role.value])
        user.save()
        record(actor=None, action="accounts.user.create", target=user, area=area, details={"demo": True})
        administration.grant_role(actor=None, user=user, role=role)
    say(_("Accounts: %(count)d") % {"count": len(passwords)})
    return passwords


def _organisations(area: Area) -> dict[Role, Organisation]:
    """Where each role's account belongs."""
    kind = Organisation.Kind

    def place(kind: str, name: str, *, below: Organisation | None, key: str | None = None) -> Organisation:
        found = Organisation.objects.filter(area=area, kind=kind, name=name).first()
        return found or administration.add_organisation(
            actor=None, area=area, kind=kind, name=name, parent=below, enterprise_key=key
        )

    district = place(kind.DISTRICT, _("%(area)s government") % {"area": area.name}, below=None)
    department = place(kind.DEPARTMENT, _("Economic and information commission"), below=district)
    chain_office = place(kind.DEPARTMENT, _("Office of the chain leaders"), below=district)
    park = place(kind.PARK, _("Demonstration park"), below=district)
    enterprise = place(kind.ENTERPRISE, _("Demonstration enterprise"), below=None, key=DEMO_ENTERPRISE_KEY)
    bank = place(kind.BANK, _("Demonstration bank"), below=None)
    return {
        Role.ANALYST: department,
        Role.DEPARTMENT_STAFF: department,
        Role.CHAIN_OFFICE: chain_office,
        Role.PARK_OPERATOR: park,
        Role.ENTERPRISE_REPORTER: enterprise,
        Role.ENTERPRISE_MANAGER: enterprise,
        Role.BANK: bank,
        Role.LEADER: district,
        Role.AUDITOR: district,
        Role.SYSTEM_ADMINISTRATOR: district,
        Role.SECURITY_ADMINISTRATOR: district,
    }
