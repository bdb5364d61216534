"""The lists of the grid, of visits and of an enterprise's requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from zhizao.apps.assist import grid_queries, visits_queries
from zhizao.apps.assist.models import Topic
from zhizao.base.flow.models import Case
from zhizao.base.ui.tables import Column, NumberColumn, StatusColumn, Table, TextColumn

if TYPE_CHECKING:
    from datetime import date

    from zhizao.apps.assist.grid_queries import Line
    from zhizao.apps.assist.requests_queries import RequestLine
    from zhizao.apps.assist.visits_queries import VisitLine

KINDS = {
    grid_queries.NOBODY: "bad",
    grid_queries.OVERDUE: "bad",
    grid_queries.SOON: "watch",
    grid_queries.LATER: "good",
}
WORDS = {
    grid_queries.NOBODY: _("nobody looks after it"),
    grid_queries.OVERDUE: _("overdue"),
    grid_queries.SOON: _("due soon"),
    grid_queries.LATER: _("later"),
    grid_queries.UNKNOWN: _("unknown"),
}
VISIT_KINDS = {visits_queries.DONE: "good", visits_queries.PLANNED: "watch", visits_queries.LATE: "bad"}
CASE_KINDS = {"open": "watch", "suspended": "none", "closed": "good", "withdrawn": "none"}
VISIT_WORDS = {
    visits_queries.PLANNED: _("planned"),
    visits_queries.LATE: _("not reported"),
    visits_queries.DONE: _("visit made"),
    visits_queries.CANCELLED: _("given up"),
}


def dated(url: str, day: date | None) -> str:
    """The address, on the day that is looked back to."""
    return f"{url}?as_of={day.isoformat()}" if day else url


def joined(words: list[str]) -> str:
    """Words of a list, as the reader's language separates them."""
    return pgettext("list", ", ").join(words)


class GridTable(Table):
    name = TextColumn(_("Enterprise"), wrap=True)
    tier = TextColumn(_("Tier"), default="—")
    street = TextColumn(_("Street"), default="—")
    who = TextColumn(_("Who looks after it"), wrap=True, empty_values=(), orderable=False)
    alarms = TextColumn(_("Alarms"), orderable=False)
    last_visit = Column(_("Last visit"), empty_values=())
    due_on = Column(_("Visit due"), empty_values=())
    state = StatusColumn(_("State"), kinds=KINDS, words=WORDS)
    planned = TextColumn(_("Planned"), empty_values=(), orderable=False)
    cases_open = NumberColumn(_("Open cases"), decimals=0)

    export_name = "grid"
    fixed_columns = ("name",)
    caption = _("Enterprises of the grid, those without anybody first, then by the day on which a visit is due")

    class Meta(Table.Meta):
        pass

    def render_name(self, record: Line) -> SafeString:
        url = dated(reverse("assist:enterprise", args=[record.subject.id_part]), self.request.as_of)
        mark = format_html(' <span class="sim">{}</span>', _("simulated")) if record.subject.simulated else ""
        return format_html('<a href="{}">{}</a>{}', url, record.name, mark)

    def value_name(self, record: Line) -> str:
        return record.name

    def render_who(self, record: Line) -> str:
        return joined([str(duty.person or duty.unit) for duty in record.holders]) or "—"

    def render_alarms(self, record: Line) -> SafeString | str:
        if not record.alarms:
            return "—"
        kind = "bad" if record.is_serious else "watch"
        shape = StatusColumn.SHAPES[kind]
        return format_html(
            '<span class="st {}"><span aria-hidden="true">{}</span> {}</span>', kind, shape, len(record.alarms)
        )

    def value_alarms(self, record: Line) -> int:
        return len(record.alarms)

    def render_last_visit(self, value: date | None) -> SafeString | str:
        return _("none recorded") if value is None else value.isoformat()

    def value_last_visit(self, value: date | None) -> date | None:
        return value

    def render_due_on(self, record: Line) -> str:
        if record.due is None:
            return "—"
        reason = f" · {_('after an alarm')}" if record.due.by_alarm else ""
        return f"{record.due.on.isoformat()}{reason}"

    def value_due_on(self, record: Line) -> date | None:
        return record.due_on

    def render_planned(self, record: Line) -> SafeString | str:
        if record.planned is None:
            return "—"
        return format_html(
            '<a href="{}">{}</a>', record.planned.get_absolute_url(), record.planned.planned_on.isoformat()
        )

    def value_planned(self, record: Line) -> date | None:
        return record.planned.planned_on if record.planned else None


class VisitTable(Table):
    day = Column(_("Date of the visit"))
    name = TextColumn(_("Enterprise"), wrap=True)
    visitor = TextColumn(_("Visitor"))
    kind = TextColumn(_("Kind"))
    state = StatusColumn(_("State"), kinds=VISIT_KINDS, words=VISIT_WORDS)
    needs = TextColumn(_("The enterprise needs"), wrap=True, empty_values=(), orderable=False)
    findings = TextColumn(_("Findings"), wrap=True, orderable=False)
    next_step = TextColumn(_("Next step"), wrap=True, orderable=False)
    case = TextColumn(_("Case"), orderable=False)

    export_name = "visits"
    fixed_columns = ("day", "name")
    caption = _("Visits by day, the latest first")

    class Meta(Table.Meta):
        pass

    def render_day(self, record: VisitLine) -> SafeString:
        url = dated(record.visit.get_absolute_url(), self.request.as_of)
        return format_html('<a href="{}">{}</a>', url, record.day.isoformat())

    def value_day(self, record: VisitLine) -> date:
        return record.day

    def render_name(self, record: VisitLine) -> SafeString:
        mark = format_html(' <span class="sim">{}</span>', _("simulated")) if record.visit.simulated else ""
        return format_html("{}{}", record.name, mark)

    def value_name(self, record: VisitLine) -> str:
        return record.name

    def render_needs(self, record: VisitLine) -> str:
        return topics(record.visit.needs) or "—"

    def render_case(self, value: Case) -> SafeString:
        return format_html('<a href="{}">{}</a>', value.get_absolute_url(), value.number)

    def value_case(self, value: Case) -> str:
        return value.number


class RequestTable(Table):
    sent_on = Column(_("Sent"))
    topic = TextColumn(_("What it is about"))
    text = TextColumn(_("Request"), wrap=True, orderable=False)
    case = TextColumn(_("Case"), orderable=False)
    status = StatusColumn(_("State"), kinds=CASE_KINDS, words=dict(Case.Status.choices))
    due_on = Column(_("Answer due"))
    result = TextColumn(_("Result"), wrap=True, orderable=False)
    rating = TextColumn(_("Your rating"), empty_values=(), orderable=False)

    export_name = "requests"
    fixed_columns = ("sent_on", "topic")
    caption = _("Requests of the enterprise, the latest first")

    class Meta(Table.Meta):
        pass

    def render_case(self, value: Case) -> SafeString:
        return format_html('<a href="{}">{}</a>', value.get_absolute_url(), value.number)

    def value_case(self, value: Case) -> str:
        return value.number

    def render_due_on(self, record: RequestLine) -> SafeString | str:
        if record.due_on is None:
            return "—"
        more = _("provisional day") if record.case and record.case.due_provisional else ""
        return format_html('{} <small class="quiet">{}</small>', record.due_on.isoformat(), more)

    def value_due_on(self, record: RequestLine) -> date | None:
        return record.due_on

    def render_rating(self, record: RequestLine) -> SafeString | str:
        if record.rating is not None:
            return f"{record.rating}/5"
        if record.case is None or record.status != Case.Status.CLOSED:
            return "—"
        return format_html('<a href="{}">{}</a>', record.case.get_absolute_url(), _("Rate the help"))

    def value_rating(self, record: RequestLine) -> int | None:
        return record.rating


def topics(codes: list[str]) -> str:
    """Needs in words."""
    known = dict(Topic.choices)
    return joined([str(known.get(code, code)) for code in codes])
