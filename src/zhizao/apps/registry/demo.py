"""The demonstration: the enterprises that the published plans name, and one that is invented for the demo accounts.

Credit codes are not in the plans. The demonstration's come from a block that no authority issues (organisation parts
that begin with YY), are valid by their check characters, and are marked simulated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils.translation import gettext as _

from zhizao.apps.plan import queries as plans
from zhizao.apps.registry import services
from zhizao.apps.registry.models import Attribute, CreditCode
from zhizao.base.accounts.models import Area, Organisation
from zhizao.base.audit.services import record
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import DatedFact, Membership, Name, Subject
from zhizao.kernel import credit_code
from zhizao.kernel.names import normalise

BLOCK = "YY"
CHINA_ROOT = "000000"
BATCH = "demo"


def simulated_code(area: Area, number: int) -> str:
    """The credit code of the demonstration's n-th enterprise of an area."""
    region = area.code if len(area.code) == len(CHINA_ROOT) and area.code.isdecimal() else CHINA_ROOT
    return credit_code.build(kind="91", region=region, organisation=f"{BLOCK}{number:06}")


def load(*, say: Callable[[str], None], demo_enterprise: str) -> None:
    """Load the enterprises of every plan in force; what is there already stays as it is."""
    for plan in plans.plans(AnonymousUser()):
        version = plans.in_force(plan)
        if version is None:
            continue
        with transaction.atomic():
            added = _load_plan(plan.area, list(plans.enterprises(version)), version)
            added += _load_demo_enterprise(plan.area, demo_enterprise)
            if added:
                details = {"plan": plan.slug, "facts": len(added)}
                record(actor=None, action="registry.demo", target=plan.area, area=plan.area, details=details)
        say(_("%(area)s: %(count)s facts about enterprises added") % {"area": plan.area.name, "count": len(added)})


def _load_plan(area: Area, rows: list, version: object) -> list[DatedFact]:
    firsts = {normalise(row.name): row for row in reversed(rows)}
    known = _known(area)
    new = [name for name in dict.fromkeys(normalise(row.name) for row in rows) if name not in known]
    made = services.new_subjects(area=area, names_at_entry=new)
    known |= dict(zip(new, made, strict=True))
    place = services.area_subject(area)
    stated: list[DatedFact] = []
    numbers = {name: number for number, name in enumerate(dict.fromkeys(normalise(row.name) for row in rows), start=1)}
    coded = set(CreditCode.objects.filter(subject__in=known.values()).values_list("subject", flat=True))
    for name, row in firsts.items():
        subject = known[name]
        source = _("%(plan)s, line %(line)s") % {"plan": version.plan.title, "line": row.line or "—"}
        fact = {"source": source, "batch": BATCH, "known_from": version.known_from}
        stated += services.first_facts(subject, row.name, area=place, **fact)
        if row.tier:
            stated.append(
                Attribute(subject=subject, name="tier", value=row.tier, valid_from=version.plan.issued_on, **fact)
            )
        if subject.pk not in coded:
            code = simulated_code(area, numbers[name])
            stated.append(CreditCode(subject=subject, code=code, simulated=True, **fact | {"source": _("simulated")}))
    for row in rows:
        if row.industry:
            sector = services.parent_subject(tree=Membership.Tree.SECTOR, name=row.industry, area=area)
            source = _("%(plan)s, line %(line)s") % {"plan": version.plan.title, "line": row.line or "—"}
            fact = {"source": source, "batch": BATCH, "known_from": version.known_from}
            stated.append(
                Membership(subject=known[normalise(row.name)], parent=sector, tree=Membership.Tree.SECTOR, **fact)
            )
    return facts.state(stated)


def _known(area: Area) -> dict[str, Subject]:
    rows: Iterable[Name] = Name.objects.filter(
        subject__kind=Subject.Kind.ENTERPRISE, subject__area=area, kind=Name.Kind.REGISTERED, withdrawn=False
    ).select_related("subject")
    return {row.text: row.subject for row in rows}


def _load_demo_enterprise(area: Area, key: str) -> list[DatedFact]:
    """The invented enterprise that the demo accounts of enterprises speak for."""
    speaker = Organisation.objects.filter(enterprise_key=key, area=area).first()
    if speaker is None:
        return []
    kind, _colon, id_part = key.partition(":")
    subject = facts.subject(kind=kind, id_part=id_part, area=area, simulated=True)
    if subject.name_facts.exists():
        return []
    fact = {"source": _("simulated"), "batch": BATCH}
    code = CreditCode(subject=subject, code=simulated_code(area, 0), simulated=True, **fact)
    return facts.state([*services.first_facts(subject, speaker.name, area=services.area_subject(area), **fact), code])
