"""Who is reminded of which visits: the visitor before a planned day and on it, a holder of what is due without a plan.

Enterprises that nobody looks after any more, because an account was closed or a unit is gone, go to the analysts; so do
planned visits of those whose account was closed.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.assist import grid_queries, visits_rhythm
from zhizao.apps.assist.grid_queries import NOBODY, OVERDUE
from zhizao.apps.assist.grid_services import names_of
from zhizao.apps.assist.models import Responsibility, Visit, VisitQuerySet
from zhizao.base.accounts.models import Area, User
from zhizao.base.accounts.roles import Role
from zhizao.base.facts.queries import CHINA
from zhizao.base.flow.deadline import due
from zhizao.base.messages.models import Notice, Todo
from zhizao.base.messages.services import ask, notify, settle


def due_topic(person: int, area: Area) -> str:
    """What the to-do of a person about visits that are due is filed under."""
    return f"assist.visits_due:{area.pk}:{person}"


def nobody_topic(area: Area) -> str:
    """What the to-do about enterprises that nobody looks after is filed under."""
    return f"assist.nobody:{area.pk}"


@transaction.atomic
def remind_all(on: date) -> dict[str, int]:
    """Remind everyone of everything that is to be remembered on a day."""
    counts = {"planned": _planned(on), "due": 0, "nobody": 0}
    for area in Area.objects.filter(pk__in=_open().order_by().values("area").distinct()):
        _visitor_left(area)
    with_duties = Responsibility.objects.order_by().values("subject__area").distinct()
    for area in Area.objects.filter(pk__in=with_duties):
        lines = [line for line in grid_queries.lines(None, area) if line.subject.area_id == area.pk]
        counts["due"] += _due(area, lines, on)
        counts["nobody"] += _nobody(area, lines)
    return counts


def _planned(on: date) -> int:
    """Tell visitors of visits planned for today or the working days before which the rule tells them."""
    until, _provisional = due(on, visits_rhythm.rhythm(on).remind_working_days_before)
    visits = list(_open().filter(planned_on__in=(on, until)).select_related("visitor", "subject"))
    called = names_of({visit.subject_id for visit in visits})
    told = 0
    for visit in visits:
        if visit.visitor is None or not visit.visitor.is_active:
            continue
        words = {"name": called.get(visit.subject_id, visit.subject.id_part), "day": visit.planned_on.isoformat()}
        told += _tell_once(visit.visitor, (_("%(day)s: visit %(name)s") % words)[:200], visit.get_absolute_url(), on)
    return told


def _open() -> VisitQuerySet:
    return Visit.objects.filter(reported_at=None, cancelled_at=None)


def _visitor_left(area: Area) -> None:
    """Ask the analysts to hand over the planned visits of those whose account was closed."""
    topic = f"assist.visitor_left:{area.pk}"
    left = list(_open().filter(area=area, visitor__is_active=False).order_by("planned_on").select_related("visitor"))
    if not left:
        settle(actor=None, subject=topic)
        return
    title = ngettext(
        "Who was to make %(n)d planned visit has left", "Who was to make %(n)d planned visits has left", len(left)
    )
    ask(
        asked_by=None,
        area=area,
        title=title % {"n": len(left)},
        url=f"{reverse('assist:hand_over')}?who={left[0].visitor_id}",
        role=Role.ANALYST,
        subject=topic,
        due=left[0].planned_on,
    )


def _tell_once(person: User, title: str, url: str, on: date) -> int:
    start = datetime.combine(on, time(), CHINA)
    if Notice.objects.filter(to=person, url=url, title=title, created_at__gte=start).exists():
        return 0
    notify(to=[person], title=title, url=url)
    return 1


def _due(area: Area, lines: list[grid_queries.Line], on: date) -> int:
    """Ask each holder to visit what is due within the days of the rule and has no visit planned; settle the others."""
    until, _provisional = due(on, visits_rhythm.rhythm(on).remind_working_days_before)
    waiting: dict[User, list[grid_queries.Line]] = defaultdict(list)
    for line in lines:
        if line.due is not None and line.due.on <= until and not (line.planned and line.planned.planned_on >= on):
            for duty in line.holders:
                if duty.person is not None:
                    waiting[duty.person].append(line)
    open_ones = Todo.objects.filter(subject__startswith=f"assist.visits_due:{area.pk}:", done_at=None)
    for todo in open_ones.select_related("to"):
        if todo.to not in waiting:
            settle(actor=None, subject=todo.subject)
    for person, some in waiting.items():
        title = ngettext("%(n)d enterprise is due for a visit", "%(n)d enterprises are due for a visit", len(some))
        ask(
            asked_by=None,
            area=area,
            title=title % {"n": len(some)},
            url=f"{reverse('assist:grid')}?holder=person:{person.pk}",
            to=person,
            subject=due_topic(person.pk, area),
            due=min(line.due.on for line in some if line.due is not None),
        )
    return sum(line.state == OVERDUE for line in lines)


def _nobody(area: Area, lines: list[grid_queries.Line]) -> int:
    left = [line for line in lines if line.state == NOBODY and line.duties]
    if not left:
        settle(actor=None, subject=nobody_topic(area))
        return 0
    title = ngettext(
        "Whoever looked after %(n)d enterprise has left", "Whoever looked after %(n)d enterprises has left", len(left)
    )
    ask(
        asked_by=None,
        area=area,
        title=title % {"n": len(left)},
        url=f"{reverse('assist:grid')}?state={NOBODY}",
        role=Role.ANALYST,
        subject=nobody_topic(area),
    )
    return len(left)
