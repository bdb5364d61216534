"""The list of cases: what each is about, where it stands, who has it, and how many working days are left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from django.db.models import Case as CaseWhen
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, When
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_tables2.data import TableQuerysetData

from zhizao.base.accounts.models import Organisation, User
from zhizao.base.facts import queries as known
from zhizao.base.flow import deadline, kinds, queries
from zhizao.base.flow.models import Case, Step
from zhizao.base.ui.tables import StatusColumn, Table, TextColumn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from zhizao.base.flow.queries import Standing

STATUS_KINDS = {"open": "watch", "suspended": "none", "closed": "good", "withdrawn": "none"}
SEVERITY_KINDS = {"serious": "bad", "notice": "watch"}
SOON_DAYS = 2
CHUNK = 1_000


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
    is_late: bool
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
        if self.is_late:
            if not (late := -self.left):
                return _("overdue")  # since the last working day: no other has passed
            return ngettext("%(n)d working day late", "%(n)d working days late", late) % {"n": late}
        return ngettext("%(n)d working day left", "%(n)d working days left", self.left) % {"n": self.left}

    @property
    def left_kind(self) -> str:
        if self.left is None:
            return "none"
        return "bad" if self.is_late else "watch" if self.left <= SOON_DAYS else "none"

    def get_status_display(self) -> str:
        return str(Case.Status(self.status).label)

    def get_severity_display(self) -> str:
        return str(Case.Severity(self.severity).label)


def wanted_cases(actor: User, wanted: Mapping[str, Any], *, as_of: date | None = None) -> QuerySet[Case]:
    """The cases that the actor may see and the filter asks for, all of it in SQL; what is due first stands first.

    Parameters
    ----------
    wanted : the cleaned data of ``CaseFilter``
    """
    status = wanted.get("status") or "running"
    found = queries.cases(
        actor,
        kind=wanted.get("kind") or None,
        status=None if status == "all" else status,
        unit=wanted.get("unit"),
        overdue={"yes": True, "no": False}.get(wanted.get("overdue") or ""),
        as_of=as_of,
    )
    if text := (wanted.get("q") or "").strip():
        found = found.filter(Q(number__contains=text) | Q(title__icontains=text))
    mine = Q(stood_owner=actor.pk)
    if actor.organisation_id is not None:
        mine |= Q(stood_owner=None, stood_unit=actor.organisation_id)
    whose = {"mine": mine, "nobody": Q(stood_owner=None)}.get(wanted.get("whose") or "")
    found = found.filter(whose) if whose is not None else found
    over = When(queries.RUNS, then=0)
    found = found.order_by(CaseWhen(over, default=1), F("stood_due").asc(nulls_last=True), "-pk")
    return found.defer("state", "facts", "text", "result_text", "rating_text")  # long, and sorted with the rest


class Lines(TableQuerysetData):
    """The rows of the list: those that are shown, and no others, are fetched and become lines.

    Parameters
    ----------
    day : from which working days are counted
    """

    ordering = None  # what is due first, unless the reader sorts

    def __init__(self, data: QuerySet[Case], *, day: date, as_of: date | None = None) -> None:
        super().__init__(data)
        self.day = day
        self.as_of = as_of
        self._left: dict[date, int] = {}

    def __getitem__(self, key: Any) -> Any:
        return self._lines(list(self.data[key])) if isinstance(key, slice) else self._lines([self.data[key]])[0]

    def __iter__(self) -> Iterator[CaseLine]:
        rows = self.data.iterator(chunk_size=CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            yield from self._lines(chunk)

    def _lines(self, rows: list[Case]) -> list[CaseLine]:
        """The lines of some cases; as many queries for one as for all."""
        stood = queries.standings(rows, self.as_of) if self.as_of else None
        steps = _steps(rows) if stood is None else {pk: tuple(s.title for s in one.steps) for pk, one in stood.items()}
        called = known.names({row.subject_id for row in rows if row.subject_id}, on=self.day, as_of=self.as_of)
        return [_line(row, stood[row.pk] if stood else row, steps, called, self) for row in rows]

    def left(self, due: date) -> int:
        """The working days up to a due day; counted once for all the cases that have it."""
        if due not in self._left:
            self._left[due] = deadline.working_days(self.day, due)[0]
        return self._left[due]


def _line(
    case: Case, stood: Case | Standing, steps: Mapping[int, tuple[str, ...]], called: Mapping[int, str], rows: Lines
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
        is_late=due is not None and due < rows.day,
        left=rows.left(due) if due else None,
    )


def _steps(rows: list[Case]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    ready = Step.objects.filter(state=Step.State.READY, case__in=[row.pk for row in rows])
    for step in ready.only("case", "label", "label_en"):
        found[step.case_id] = (*found.get(step.case_id, ()), step.title)
    return found


def _by_name(
    found: QuerySet[Case], model: type[User | Organisation], column: str, *, is_descending: bool
) -> tuple[QuerySet[Case], bool]:
    """Sorted by the name of who a column holds; nobody stands last."""
    name = Subquery(model.objects.filter(pk=OuterRef(column)).values("name")[:1])
    first = name.desc(nulls_last=True) if is_descending else name.asc(nulls_last=True)
    return found.order_by(first, "-pk"), True


class CaseTable(Table):
    number = TextColumn(gettext_lazy("Number"))
    title = TextColumn(gettext_lazy("Title"), wrap=True)
    about = TextColumn(gettext_lazy("About"), wrap=True, orderable=False)
    kind = TextColumn(gettext_lazy("Kind"))
    step = TextColumn(gettext_lazy("Current step"), wrap=True, orderable=False)
    owner = TextColumn(gettext_lazy("Case owner"), empty_values=())
    unit = TextColumn(gettext_lazy("Unit"), wrap=True)
    due_on = TextColumn(gettext_lazy("Due on"), empty_values=())
    left = TextColumn(gettext_lazy("Working days"), empty_values=())
    severity = StatusColumn(gettext_lazy("Severity"), kinds=SEVERITY_KINDS, order_by="stood_severity")
    status = StatusColumn(gettext_lazy("State"), kinds=STATUS_KINDS, order_by="stood_status")

    export_name = "cases"
    fixed_columns = ("number", "title")
    caption = gettext_lazy("Cases, what is due first at the top")

    class Meta(Table.Meta):
        empty_text = gettext_lazy("No case matches. Cases are opened from alarms, visits, requests and matters.")

    def order_due_on(self, found: QuerySet[Case], is_descending: bool) -> tuple[QuerySet[Case], bool]:  # noqa: FBT001
        due = F("stood_due")
        first = due.desc(nulls_last=True) if is_descending else due.asc(nulls_last=True)
        return found.order_by(first, "-pk"), True

    order_left = order_due_on

    def order_owner(self, found: QuerySet[Case], is_descending: bool) -> tuple[QuerySet[Case], bool]:  # noqa: FBT001
        return _by_name(found, User, "stood_owner", is_descending=is_descending)

    def order_unit(self, found: QuerySet[Case], is_descending: bool) -> tuple[QuerySet[Case], bool]:  # noqa: FBT001
        return _by_name(found, Organisation, "stood_unit", is_descending=is_descending)

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

    def value_title(self, record: CaseLine) -> str:
        return f"{record.title}（{_('simulated')}）" if record.case.simulated else record.title

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
