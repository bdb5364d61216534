"""The lists of warning: groups with their lamps, alarms, the months of a group, cut-offs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhizao.apps.warning import words
from zhizao.apps.warning.lamp_queries import Group, Month
from zhizao.apps.warning.listing import Line
from zhizao.apps.warning.opening import link
from zhizao.apps.warning.sorting import Lines
from zhizao.base.ui import numbers
from zhizao.base.ui.tables import PAGE_SIZES, NumberColumn, StatusColumn, Table, TextColumn
from zhizao.base.ui.templatetags.zz import query
from zhizao.engines.warning.lamps import Lamp

OPENS = (
    '<a class="fig" href="{0}" hx-get="{0}" hx-target="#drawer" hx-select="#drawer" hx-swap="outerHTML"'
    ' hx-push-url="true">{1}</a>'
)


def opens(request: HttpRequest, shown: object, to: str) -> SafeString:
    """A figure that opens its evidence in the drawer."""
    return format_html(OPENS, query({"request": request}, evidence=to), shown)


def lamp_mark(lamp: Lamp | None) -> SafeString:
    """The classic lamp: its word, and its shape in its colour."""
    kind = lamp.value.replace("_", "-") if lamp else "none"
    shape, _blank, word = words.classic(lamp).partition(" ")
    return format_html(
        '<span class="lamp {}"><span class="shape" aria-hidden="true">{}</span> {}</span>', kind, shape, word
    )


class LampColumn(TextColumn):
    """The classic lamp."""

    def render(self, value: Lamp | None) -> SafeString:
        return lamp_mark(value)

    def value(self, value: Lamp | None) -> str:
        return words.classic(value)


class EvidenceColumn(NumberColumn):
    """A figure of a group's last month, which opens the run."""

    def __init__(self, verbose_name: str, *, pointer: str, **options: Any) -> None:
        self.pointer = pointer
        super().__init__(verbose_name, empty_values=(), **options)

    def render(self, value: object, record: Group, table: Table) -> str | SafeString:
        text = numbers.figure(value, self.unit, decimals=self.decimals)
        if text is None:
            return format_html('<span class="unk">—{}</span>', _("unknown"))
        return opens(table.request, text, record.pointer(self.pointer))


class LampTable(Table):
    """Groups of enterprises with their lamps, the whole region first."""

    name = TextColumn(gettext_lazy("Group of enterprises"), wrap=True)
    risk = TextColumn(gettext_lazy("Risk lamp"), empty_values=(), accessor="risk")
    risk_pct = EvidenceColumn(gettext_lazy("In distress"), pointer="risk_pct", unit="%", decimals=1)
    lamp = LampColumn(gettext_lazy("Classic lamp"), empty_values=())
    percent = NumberColumn(gettext_lazy("Points"), unit="%", decimals=0)
    diffusion = EvidenceColumn(gettext_lazy("Diffusion, 0–100"), pointer="diffusion", decimals=1)
    diffusion_200 = NumberColumn(gettext_lazy("Diffusion, 0–200"), decimals=1)
    composite = EvidenceColumn(gettext_lazy("Coincident index"), pointer="coincident", decimals=1)
    climate = NumberColumn(gettext_lazy("Climate index"), empty_values=(), decimals=1)
    known = EvidenceColumn(gettext_lazy("That report"), pointer="known", unit="家")
    of = NumberColumn(gettext_lazy("Members"), unit="家")

    export_name = "lamps"
    group_by = "kind_word"
    fixed_columns = ("name",)
    caption = gettext_lazy("Groups of enterprises: risk lamp, classic lamp, diffusion, coincident and climate index")

    def __init__(self, data: list[Group], **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("diffusion_200", "percent"):
            self.columns.hide(name)
        if all(group.climate is None for group in data):
            self.columns.hide("climate")

    def configure(self, request: HttpRequest, *, page_size: int = PAGE_SIZES[-1]) -> Table:
        return super().configure(request, page_size=page_size)

    def render_name(self, value: str, record: Group) -> SafeString:
        return format_html('<a href="{}">{}</a>', link(self.request, "warning:lamps", group=record.key), value)

    def value_name(self, value: str) -> str:
        return value

    def render_risk(self, record: Group) -> SafeString:
        kind = words.risk_kind(record.risk)
        shape = StatusColumn.SHAPES[kind]
        return format_html(
            '<span class="st {}"><span class="shape" aria-hidden="true">{}</span> {}</span>',
            kind, shape, words.risk_word(record),
        )  # fmt: skip


class AlarmTable(Table):
    """Alarms, the latest month and the gravest first."""

    period = TextColumn(gettext_lazy("Month"), accessor="month")
    name = TextColumn(gettext_lazy("About"), wrap=True)
    severity = StatusColumn(gettext_lazy("Severity"), kinds=words.SEVERITIES, words=None)
    rule = TextColumn(gettext_lazy("Rule"), accessor="title", wrap=True)
    sentence = TextColumn(gettext_lazy("What is so"), wrap=True, orderable=False)
    score = NumberColumn(gettext_lazy("Score"), decimals=1)
    p = NumberColumn(gettext_lazy("Likely true"), unit="%", decimals=0)
    outcome = StatusColumn(gettext_lazy("Outcome"), kinds=words.VERDICTS, words=None, empty_values=())
    found_as_of = TextColumn(gettext_lazy("Found as of"), quiet=True)
    lapsed = TextColumn(gettext_lazy("Lapsed"), quiet=True, wrap=True, orderable=False)

    export_name = "alarms"
    group_by = "period_word"
    fixed_columns = ("name",)
    caption = gettext_lazy("Alarms by month: about whom, by which rule, how grave, what became of them")

    class Meta(Table.Meta):
        empty_text = gettext_lazy("No alarm matches.")

    def __init__(self, data: Lines, *, with_lapsed: bool, **options: Any) -> None:
        super().__init__(data, **options)
        self.columns.hide("found_as_of")
        if not with_lapsed:
            self.columns.hide("lapsed")

    def render_period(self, record: Line) -> str:
        return numbers.period(record.alarm.span)

    def render_name(self, value: str, record: Line) -> SafeString:
        sim = format_html('<span class="sim">{}</span>', _("simulated")) if record.alarm.simulated else ""
        return format_html('<a href="{}">{}</a>{}', link(self.request, "warning:alarm", record.alarm.pk), value, sim)

    def value_name(self, value: str) -> str:
        return value

    def render_severity(self, record: Line) -> SafeString:
        return _status(words.SEVERITIES[record.severity], record.alarm.get_severity_display())

    def value_severity(self, record: Line) -> str:
        return str(record.alarm.get_severity_display())

    def render_outcome(self, record: Line) -> SafeString | str:
        if record.outcome is None:
            return _("not judged yet")
        return _status(words.VERDICTS[record.outcome.verdict], record.outcome.get_verdict_display())

    def value_outcome(self, record: Line) -> str:
        return str(record.outcome.get_verdict_display()) if record.outcome else ""


def _status(kind: str, word: object) -> SafeString:
    return format_html(
        '<span class="st {}"><span class="shape" aria-hidden="true">{}</span> {}</span>',
        kind,
        StatusColumn.SHAPES[kind],
        word,
    )


class MonthTable(Table):
    """The months of a group, the latest first."""

    span = TextColumn(gettext_lazy("Month"), orderable=False)
    risk = TextColumn(gettext_lazy("Risk lamp"), empty_values=(), orderable=False)
    risk_pct = NumberColumn(gettext_lazy("In distress"), unit="%", decimals=1, orderable=False)
    lamp = LampColumn(gettext_lazy("Classic lamp"), empty_values=(), orderable=False)
    percent = NumberColumn(gettext_lazy("Points"), unit="%", decimals=0, orderable=False)
    diffusion = NumberColumn(gettext_lazy("Diffusion, 0–100"), decimals=1, orderable=False)
    diffusion_200 = NumberColumn(gettext_lazy("Diffusion, 0–200"), decimals=1, orderable=False)
    diffusion_mom = NumberColumn(gettext_lazy("on the month before"), decimals=1, orderable=False)
    coincident = NumberColumn(gettext_lazy("Coincident index"), decimals=1, orderable=False)
    leading = NumberColumn(gettext_lazy("Leading index"), decimals=1, orderable=False)
    known = NumberColumn(gettext_lazy("That report"), unit="家", orderable=False)

    export_name = "lamp-months"
    fixed_columns = ("span",)
    caption = gettext_lazy("Months of the group: lamps, diffusion and composite indices")

    def render_span(self, record: Month) -> str:
        return numbers.period(record.span)

    def render_risk(self, record: Month) -> SafeString:
        word = words.RISK[record.risk][1] if record.risk else _("too few to tell")
        return _status(words.risk_kind(record.risk), word)
