"""The list of cases: what each is about, where it stands, who has it, and how many working days are left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhizao.base.facts import queries as known
from zhizao.base.flow import deadline, kinds, queries
from zhizao.base.flow.models import Case, Step
from zhizao.base.ui.tables import StatusColumn, Table, TextColumn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from zhizao.base.accounts.models import Organisation, User
    from zhizao.base.flow.queries import Standing

STATUS_KINDS = {"open": "watch", "suspended": "none", "closed": "good", "withdrawn": "none"}
SEVERITY_KINDS = {"serious": "bad", "notice": "watch"}
SOON_DAYS = 2


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as the list shows it, now or as it stood."""

    case: Case
    status: str
    severity: str
    owner: User | None
    unit: Organisation | None
    due_on: date | None
    provisional: bool
    steps: tuple[str, ...]
    about: str
    left: int | None

    @property
    def number(self) -> str:
        return self.case.number

    @property
    def title(self) -> str:
        return self.case.title

    @property
    def kind(self) -> str:
        return kinds.label(self.case.kind)

    @property
    def step(self) -> str:
        return "、".join(self.steps)

    @property
    def is_running(self) -> bool:
        return self.status in Case.RUNNING

    @property
    def left_text(self) -> str:
        """The working days that are left, or by which it is late."""
        if self.left is None:
            return ""
        if self.left < 0:
            late = -self.left
            return ngettext("%(n)d working day late", "%(n)d working days late", late) % {"n": late}
        return ngettext("%(n)d working day left", "%(n)d working days left", self.left) % {"n": self.left}

    @property
    def left_kind(self) -> str:
        if self.left is None:
            return "none"
        return "bad" if self.left < 0 else "watch" if self.left <= SOON_DAYS else "none"

    def get_status_display(self) -> str:
        return str(Case.Status(self.status).label)

    def get_severity_display(self) -> str:
        return str(Case.Severity(self.severity).label)


def lines(actor: User, wanted: Mapping[str, Any], *, day: date, as_of: date | None = None) -> list[CaseLine]:
    """The cases that the actor may see and the filter asks for; what is due first stands first.

    Parameters
    ----------
    wanted : the cleaned data of ``CaseFilter``
    day : from which working days are counted
    """
    found = queries.cases(actor, kind=wanted.get("kind") or None, as_of=as_of)
    if text := (wanted.get("q") or "").strip():
        found = found.filter(Q(number__contains=text) | Q(title__icontains=text))
    rows = list(found)
    stood = queries.standings(rows, as_of) if as_of else None
    steps = _steps(rows) if stood is None else {pk: tuple(s.label for s in one.steps) for pk, one in stood.items()}
    called = known.names({row.subject_id for row in rows if row.subject_id}, on=day, as_of=as_of)
    found_lines = [_line(row, stood[row.pk] if stood else row, steps, called, day) for row in rows]
    kept = [line for line in found_lines if _is_wanted(line, wanted, actor)]
    return sorted(kept, key=lambda line: (not line.is_running, line.due_on or date.max, -line.case.pk))


def _line(
    case: Case, stood: Case | Standing, steps: Mapping[int, tuple[str, ...]], called: Mapping[int, str], day: date
) -> CaseLine:
    due = stood.due_on if stood.status in Case.RUNNING else None
    about = called.get(case.subject_id, case.subject.key) if case.subject else ""
    return CaseLine(
        case=case,
        status=stood.status,
        severity=stood.severity,
        owner=stood.owner,
        unit=stood.unit,
        due_on=stood.due_on,
        provisional=stood.due_provisional,
        steps=steps.get(case.pk, ()) if stood.status in Case.RUNNING else (),
        about=about,
        left=deadline.working_days(day, due)[0] if due else None,
    )


def _steps(rows: list[Case]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    ready = Step.objects.filter(state=Step.State.READY, case__in=[row.pk for row in rows])
    for case, label in ready.values_list("case", "label"):
        found[case] = (*found.get(case, ()), label)
    return found


def _is_wanted(line: CaseLine, wanted: Mapping[str, Any], actor: User) -> bool:
    status = wanted.get("status") or "running"
    tests = (
        status == "all" or (line.is_running if status == "running" else line.status == status),
        wanted.get("unit") is None or line.unit == wanted["unit"],
        {"mine": _is_mine(line, actor), "nobody": line.owner is None}.get(wanted.get("whose") or "", True),
        {"yes": line.left_kind == "bad", "no": line.left_kind != "bad"}.get(wanted.get("overdue") or "", True),
    )
    return all(tests)


def _is_mine(line: CaseLine, actor: User) -> bool:
    return line.owner == actor or (line.owner is None and line.unit is not None and line.unit == actor.organisation)


class CaseTable(Table):
    number = TextColumn(gettext_lazy("Number"))
    title = TextColumn(gettext_lazy("Title"), wrap=True)
    about = TextColumn(gettext_lazy("About"), wrap=True)
    kind = TextColumn(gettext_lazy("Kind"))
    step = TextColumn(gettext_lazy("Current step"), wrap=True)
    owner = TextColumn(gettext_lazy("Case owner"), empty_values=())
    unit = TextColumn(gettext_lazy("Unit"), wrap=True)
    due_on = TextColumn(gettext_lazy("Due on"), empty_values=())
    left = TextColumn(gettext_lazy("Working days"), empty_values=())
    severity = StatusColumn(gettext_lazy("Severity"), kinds=SEVERITY_KINDS)
    status = StatusColumn(gettext_lazy("State"), kinds=STATUS_KINDS)

    export_name = "cases"
    fixed_columns = ("number", "title")
    caption = gettext_lazy("Cases, what is due first at the top")

    class Meta(Table.Meta):
        empty_text = gettext_lazy("No case matches. Cases are opened from alarms, visits, requests and matters.")

    def render_number(self, record: CaseLine) -> SafeString:
        url = record.case.get_absolute_url()
        if self.request.as_of:
            url = f"{url}?as_of={self.request.as_of.isoformat()}"
        return format_html('<a href="{}">{}</a>', url, record.number)

    def value_number(self, record: CaseLine) -> str:
        return record.number

    def render_title(self, record: CaseLine) -> SafeString:
        if record.case.simulated:
            return format_html('{} <span class="sim">{}</span>', record.title, _("simulated"))
        return format_html("{}", record.title)

    def render_owner(self, record: CaseLine) -> SafeString:
        if record.owner is not None:
            return format_html("{}", record.owner)
        words = _("whoever of the unit") if record.unit else _("nobody yet")
        return format_html('<span class="quiet">{}</span>', words)

    def value_owner(self, record: CaseLine) -> str:
        return str(record.owner or "")

    def render_due_on(self, record: CaseLine) -> SafeString:
        if record.due_on is None:
            return format_html('<span class="quiet">{}</span>', _("clock stands") if record.is_running else "—")
        more = format_html(' <small class="quiet">{}</small>', _("provisional day")) if record.provisional else ""
        return format_html("{}{}", record.due_on.isoformat(), more)

    def value_due_on(self, record: CaseLine) -> date | None:
        return record.due_on

    def render_left(self, record: CaseLine) -> SafeString:
        shape = {"bad": "▼", "watch": "▲"}.get(record.left_kind, "")
        return format_html(
            '<span class="st {}"><span class="shape" aria-hidden="true">{}</span> {}</span>',
            record.left_kind,
            shape,
            record.left_text,
        )

    def value_left(self, record: CaseLine) -> int | None:
        return record.left
