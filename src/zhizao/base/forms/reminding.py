"""Who is told of reports when: reporters before a report is due and when it is late, reviewers of what waits for them.

The calendar says how many working days before and after the deadline (``remind_before``, ``remind_after``). Each
enterprise is reminded once of each; one that missed its day, because no worker ran, is reminded at the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from zhizao.base.accounts.models import Area, Organisation, RoleGrant, User
from zhizao.base.accounts.roles import ENTERPRISE_ROLES, Role
from zhizao.base.audit.services import record
from zhizao.base.forms import queries
from zhizao.base.forms.definition import text_in
from zhizao.base.forms.library import CHINA, Deadline, library
from zhizao.base.forms.models import Reminder, Submission
from zhizao.base.messages.services import ask, notify, settle
from zhizao.kernel.calendar import add_working_days
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.base.forms.queries import Due

OUTSTANDING = ("due", "late", "draft")
LATE_FOR_DAYS = 31
"""Nobody is reminded by the calendar of what has been late for longer."""


def people(organisation: Organisation) -> list[User]:
    """Those who report for an organisation."""
    found = User.objects.filter(organisation=organisation, is_active=True, grants__role__in=ENTERPRISE_ROLES)
    return list(found.distinct())


def todo_of(organisation: Organisation, form: str, period: Span) -> str:
    """What to-dos about the report of an organisation are filed under."""
    return f"forms.report:{organisation.pk}:{form}:{period}"


@transaction.atomic
def remind(*, actor: User, form: str, period: Span) -> int:
    """Send a message to everyone who has not handed in the report; gives how many organisations that were."""
    if not rules.has_perm("forms.review", actor):
        raise PermissionDenied
    wanted = [due for due in queries.board(actor, form=form, period=period) if due.state in OUTSTANDING]
    for due in wanted:
        _tell(due)
    if wanted:
        details = {"form": form, "period": str(period), "organisations": len(wanted)}
        record(actor=actor, action="forms.report.remind", details=details)
    settle(actor=actor, subject=_late_list(actor.organisation.area, form, period))
    return len(wanted)


def _tell(due: Due) -> None:
    words = {
        "title": text_in(due.form.title, "zh"),
        "period": due.deadline.period.to_chinese(),
        "due": due.deadline.due.strftime("%Y-%m-%d %H:%M"),
    }
    title = _("Please hand in: %(title)s, %(period)s") % words
    body = _("It was due by %(due)s.") % words if due.state == "late" else _("It is due by %(due)s.") % words
    url = reverse("forms:begin", args=[due.deadline.form, due.deadline.period])
    to = people(due.organisation)
    notify(to=to, title=title, body=body, url=url)
    subject = todo_of(due.organisation, due.deadline.form, due.deadline.period)
    for person in to:
        ask(
            asked_by=None,
            area=due.organisation.area,
            title=title,
            url=url,
            to=person,
            subject=subject,
            due=due.deadline.due.date(),
        )


def remind_by_calendar(now: datetime) -> int:
    """Remind everyone whom the calendars of their areas say to remind by now, each once; gives how many that were."""
    reporters = Organisation.objects.filter(is_active=True, kind=Organisation.Kind.ENTERPRISE).exclude(
        enterprise_key=None
    )
    by_area: dict[Area, list[Organisation]] = defaultdict(list)
    for organisation in reporters.select_related("area").order_by("pk"):
        by_area[organisation.area].append(organisation)
    reminded = 0
    late: dict[tuple[Area, str, str, Span], int] = defaultdict(int)
    for area, organisations in by_area.items():
        for deadline, kind in _reached(library(area.path).deadlines, now):
            told = _remind_once(organisations, deadline, kind, now)
            reminded += told
            if kind == Reminder.Kind.AFTER and told and (office := reviewing(area)):
                late[*office, deadline.form, deadline.period] += told
    for (area, role, form, period), number in late.items():
        words = _named(form, period, area) | {"number": number}
        title = _("Late with %(title)s, %(period)s: %(number)s enterprises") % words
        url = f"{_board(form, period)}&state=late"
        ask(asked_by=None, area=area, title=title, url=url, role=role, subject=_late_list(area, form, period))
    return reminded


def _reached(deadlines: Iterable[Deadline], now: datetime) -> Iterator[tuple[Deadline, str]]:
    """The deadlines of which somebody may have to be reminded now, and of what sort the reminder is."""
    today = now.astimezone(CHINA).date()
    for deadline in deadlines:
        day = deadline.due.date()
        if abs((day - today).days) > LATE_FOR_DAYS:
            continue
        before, after = deadline.remind_before, deadline.remind_after
        if before is not None and not deadline.is_late(now):
            if max(_working_day(day, -before), deadline.opens) <= today:
                yield deadline, Reminder.Kind.BEFORE
        elif after is not None and deadline.is_late(now) and _working_day(day, after) <= today:
            yield deadline, Reminder.Kind.AFTER


def _working_day(day: date, working_days: int) -> date:
    """The day so many working days on; in a year whose holidays nobody knows yet, so many weekdays."""
    try:
        return add_working_days(day, working_days)
    except Refused:
        step = timedelta(days=1 if working_days > 0 else -1)
        left = abs(working_days)
        while left:
            day += step
            left -= day.weekday() < 5
        return day


@transaction.atomic
def _remind_once(organisations: list[Organisation], deadline: Deadline, kind: str, now: datetime) -> int:
    span = {"start_month": deadline.period.start_month, "months": deadline.period.months}
    same = Reminder.objects.filter(form=deadline.form, kind=kind, **span)
    told = set(same.values_list("organisation", flat=True))
    rest = [organisation for organisation in organisations if organisation.pk not in told]
    found = {
        s.organisation_id: s
        for s in Submission.objects.filter(form=deadline.form, organisation__in=rest, **span).select_related("area")
    }
    wanted = [
        due
        for due in queries.outstanding(rest, form=deadline.form, period=deadline.period, found=found)
        if due.state in OUTSTANDING
    ]
    Reminder.objects.bulk_create(
        Reminder(organisation=due.organisation, form=deadline.form, kind=kind, sent_at=now, **span) for due in wanted
    )
    for due in wanted:
        _tell(due)
    return len(wanted)


# --- what waits for those who judge


def reviewing(area: Area) -> tuple[Area, str] | None:
    """The nearest area, from an enterprise's own upwards, with an office that judges reports, and whose role it is."""
    codes = area.path.strip("/").split("/")
    paths = ["".join(f"{code}/" for code in codes[: depth + 1]) for depth in range(len(codes))]
    roles = (Role.DEPARTMENT_STAFF, Role.ANALYST)
    grants = RoleGrant.objects.filter(role__in=roles, user__is_active=True, user__organisation__area__path__in=paths)
    held = set(grants.values_list("user__organisation__area", "role"))
    for above in Area.objects.filter(path__in=paths).order_by("-path"):
        for role in roles:
            if (above.pk, role) in held:
                return above, role
    return None


def ask_to_judge(*, actor: User, submission: Submission) -> None:
    """Put a report that was handed in on the workbench of the office that judges it, with others of its sort."""
    if (office := reviewing(submission.area)) is None:
        return
    area, role = office
    title = _("To be judged: %(title)s, %(period)s") % _named(submission.form, submission.period, area)
    url = f"{_board(submission.form, submission.period)}&state=submitted"
    ask(asked_by=actor, area=area, title=title, url=url, role=role, subject=_judging(area, submission))


def settle_judging(*, actor: User, submission: Submission) -> None:
    """Take it off the workbench once none of its sort waits."""
    if (office := reviewing(submission.area)) is None:
        return
    same = {name: getattr(submission, name) for name in ("form", "start_month", "months")}
    waiting = Submission.objects.filter(state=Submission.State.SUBMITTED, area__path__startswith=office[0].path, **same)
    if not waiting.exists():
        settle(actor=actor, subject=_judging(office[0], submission))


def _judging(area: Area, submission: Submission) -> str:
    return f"forms.judge:{area.pk}:{submission.form}:{submission.period}"


def _late_list(area: Area, form: str, period: Span) -> str:
    return f"forms.late:{area.pk}:{form}:{period}"


def _board(form: str, period: Span) -> str:
    return f"{reverse('forms:board')}?form={form}&period={period}"


def _named(form: str, period: Span, area: Area) -> dict[str, str]:
    found = library(area.path).form(form, period)
    return {"title": text_in(found.title, "zh") if found else form, "period": period.to_chinese()}
