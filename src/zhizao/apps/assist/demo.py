"""The demonstration: cases of last year whose effect can be measured.

Nobody was helped in the simulated economy, so that what is measured there came by itself: chance, and what is left of
regression to the mean. A reader sees how wide that is. All of it is simulated and marked so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from zhizao.apps.assist import kinds
from zhizao.apps.assist.models import Help
from zhizao.apps.assist.sums import sums
from zhizao.apps.plan.demo import shipped_packs
from zhizao.apps.registry import queries as registry
from zhizao.base.accounts.models import Area, User
from zhizao.base.facts.models import Subject
from zhizao.base.facts.queries import CHINA
from zhizao.base.flow import acting, advancing, procedures
from zhizao.base.flow.models import Case, CaseEvent
from zhizao.base.jobs.services import enqueue
from zhizao.kernel.span import Span

OUTPUT = "gross_output"
BEFORE, EARLIER = Span.parse("2025-01..04"), Span.parse("2024-01..04")
OPENED, CLOSED, MEASURED = date(2025, 5, 12), date(2025, 5, 28), date(2026, 1, 20)
TAKEN = ("orders", "orders", "orders", "receivables", "receivables", "receivables")
EVERY = 8
"""Every so many of those that fell have a case: the ones that fell most have no like."""
NUMBERS_FROM = 9001
"""Beyond those that anybody counts to in a year."""


def load(*, say: Callable[[str], None]) -> None:
    """Load what is missing; the worker measures the effects."""
    for pack in shipped_packs():
        area = Area.objects.get(code=pack.area_code)
        staff = User.objects.filter(username="department_staff", organisation__area=area).first()
        fallen = _fallen(area)
        if not Case.objects.filter(area=area, origin__startswith="demo:").exists():
            for number, (subject, measure) in enumerate(zip(fallen[EVERY::EVERY], TAKEN, strict=False)):
                _case(area, subject, measure, number, staff)
            key = f"demo:effects:{area.code}"
            enqueue(
                actor=None,
                kind="assist.effects",
                parameters={"as_of": MEASURED.isoformat()},
                area=area,
                idempotency_key=key,
            )
            say(_("%(area)s: the worker measures what help did") % {"area": area.name})


def _fallen(area: Area) -> list[Subject]:
    """The enterprises by how their output stood to a year earlier before the cases, who fell most first."""
    known = {one.pk: one for one in Subject.objects.filter(kind="enterprise", area=area, simulated=False)}
    found = sums({OUTPUT: "flow"}, [BEFORE, EARLIER], subjects=list(known))
    now, then = found.of[BEFORE], found.of[EARLIER]
    ratio = {pk: value / then[key, pk] for (key, pk), value in now.items() if value and then.get((key, pk))}
    return [known[pk] for pk in sorted(ratio, key=lambda pk: (ratio[pk], known[pk].key))]


@transaction.atomic
def _case(area: Area, subject: Subject, measure: str, number: int, staff: User | None) -> None:
    """A case of last year, opened and closed then; its steps are left out."""
    opened, closed = (datetime.combine(day, time(9), CHINA) for day in (OPENED, CLOSED))
    name = registry.parent_names([subject], registry.view())[subject.pk]
    case = Case(
        area=area,
        kind=kinds.ALARM,
        number=f"{OPENED.year}-{NUMBERS_FROM + number}",
        title=_("Help for %(name)s") % {"name": name},
        subject=subject,
        origin=f"demo:{number}",
        procedure=procedures.in_force(area, "alarm"),
        facts={"severity": "serious"},
        severity=Case.Severity.SERIOUS,
        owner=staff,
        unit=staff.organisation if staff else None,
        opened_at=opened,
        simulated=True,
        version=0,
    )
    case.state = advancing.begin(case, case.facts, at=opened).to_json()
    case.save()
    acting.keep(None, case, CaseEvent.Verb.OPENED, said={"origin": case.origin}, at=opened)
    Help.objects.create(case=case, measure=measure, hours=None, taken_on=OPENED, by=staff, at=opened)
    case.status, case.closed_at, case.result = Case.Status.CLOSED, closed, Case.Outcome.HELPED
    case.result_text = _("simulated")
    acting.keep(None, case, CaseEvent.Verb.CLOSED, said={"result": case.result}, at=closed, text=case.result_text)
