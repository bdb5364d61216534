"""Demonstration data of the grid: who looks after whom, visits of the last year, and a request; all marked simulated.

One enterprise in eight has nobody, so that the page shows what is to be done about it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from zhizao.apps.assist import grid_queries, grid_services, requests_services
from zhizao.apps.assist.models import Duty, Responsibility, Topic, Visit
from zhizao.apps.registry import queries as register
from zhizao.base.accounts.models import Area, User
from zhizao.base.accounts.roles import Role
from zhizao.base.audit.services import record
from zhizao.base.facts.models import Subject
from zhizao.base.facts.queries import CHINA, today

WITHOUT_ANYBODY = 8
HOLDERS = (Role.DEPARTMENT_STAFF, Role.CHAIN_OFFICE, Role.ANALYST)
FINDINGS = (
    ("订单比上季减少，两条产线轮休。", Topic.ORDERS, "联系链主企业对接采购，两周内回复。"),
    ("用电正常，技工缺二十人。", Topic.LABOUR, "与人力部门商定专场招聘日期。"),
    ("货款回笼慢，贷款下月到期。", Topic.FINANCE, "约银行会商续贷。"),
    ("生产平稳，无新诉求。", None, ""),
)


@transaction.atomic
def load(*, say: Callable[[str], None], demo_enterprise: str) -> None:
    """Load what is missing, for each area that has demonstration accounts and enterprises."""
    areas = Area.objects.filter(organisations__users__is_demo=True).distinct()
    for area in areas:
        if not Responsibility.objects.filter(subject__area=area, simulated=True).exists():
            _grid(area, today())
    _request(demo_enterprise)
    say(_("Enterprises that somebody looks after: %(count)d") % {"count": _looked_after()})


def _looked_after() -> int:
    return Responsibility.objects.filter(simulated=True).order_by().values("subject").distinct().count()


def _people(area: Area) -> dict[str, User]:
    found = User.objects.filter(is_demo=True, organisation__area=area).select_related("organisation")
    return {role: user for user in found for role in user.roles}


def _grid(area: Area, on: date) -> None:
    people = _people(area)
    holders = [people[role] for role in HOLDERS if role in people]
    if not holders:
        return
    names = grid_queries.enterprises(None, area, register.view()).select_related("subject").order_by("subject__key")
    tiers = register.attribute_by_key(area, "tier", register.view())
    duties, visits = [], []
    since = on.replace(month=1, day=1) - timedelta(days=365)
    for number, name in enumerate(names):
        if number % WITHOUT_ANYBODY == WITHOUT_ANYBODY - 1:
            continue
        holder = holders[number % len(holders)]
        duties.append(_duty(name.subject, Duty.GRID, holder, since))
        if Role.LEADER in people and tiers.get(name.subject.key):
            duties.append(_duty(name.subject, Duty.LEAD, people[Role.LEADER], since))
        visits.append(_visit(name.subject, holder, on - timedelta(days=7 + number * 37 % 240), number))
    grid_services.state_all(actor=None, area=area, stated=duties, action="demo", source=_("simulated"))
    Visit.objects.bulk_create(visits)
    record(actor=None, action="assist.visit.demo", target=area, area=area, details={"visits": len(visits)})


def _duty(subject: Subject, duty: str, person: User, since: date) -> Responsibility:
    return Responsibility(
        subject=subject,
        duty=duty,
        person=person,
        unit=person.organisation,
        valid_from=since,
        known_from=datetime.combine(since, time(12), CHINA),
        source=_("simulated"),
        batch="demo",
        simulated=True,
    )


def _visit(subject: Subject, visitor: User, day: date, number: int) -> Visit:
    findings, need, step = FINDINGS[number % len(FINDINGS)]
    at = datetime.combine(day, time(16), CHINA)
    return Visit(
        area=subject.area,
        subject=subject,
        visitor=visitor,
        unit=visitor.organisation,
        planned_on=day,
        planned_at=at - timedelta(days=7),
        done_on=day,
        reported_at=at,
        findings=findings,
        needs=[need.value] if need else [],
        next_step=step,
        simulated=True,
    )


def _request(demo_enterprise: str) -> None:
    manager = User.objects.filter(is_demo=True, username=Role.ENTERPRISE_MANAGER).first()
    subject = Subject.objects.filter(key=demo_enterprise).select_related("area").first()
    if manager is None or subject is None or subject.requests.exists():
        return
    text = "七月以来每周限电两次，注塑车间停工，请协调错峰用电指标。"
    requests_services.ask_for_help(actor=manager, subject=subject, topic=Topic.POWER, text=text)
