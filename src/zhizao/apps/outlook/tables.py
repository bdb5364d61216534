"""The lists of the outlook: targets with their chance, the years of one, the targets of a finished period."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhizao.apps.outlook import words
from zhizao.apps.outlook.evidence import reference
from zhizao.apps.outlook.opening import link
from zhizao.apps.outlook.pictures import bar, sparkline_of
from zhizao.apps.outlook.shown import Actual, Evaluated, TargetOutlook
from zhizao.base.ui import numbers
from zhizao.base.ui.numbers import period
from zhizao.base.ui.tables import PAGE_SIZES, Column, NumberColumn, Table, TextColumn
from zhizao.base.ui.templatetags.zz import query

OPENS = (
    '<a class="{0}" href="{1}" hx-get="{1}" hx-target="#drawer" hx-select="#drawer" hx-swap="outerHTML"'
    ' hx-push-url="true">{2}</a>'
)


def opens(request: HttpRequest, shown: object, to: str, *, kind: str = "fig") -> SafeString:
    """A figure that opens its evidence in the drawer."""
    return format_html(OPENS, kind, query({"request": request}, evidence=to), shown)


def chip(request: HttpRequest, item: TargetOutlook) -> SafeString:
    """Shape, per cent and bar; opens how it was told."""
    inside = format_html(
        '<span class="shape" aria-hidden="true">{}</span><b>{}</b>{}',
        words.SHAPES[item.kind],
        words.chance_or_state(item),
        "" if item.state in ("reached", "missed") else bar(item.p, kind=item.kind),
    )
    return opens(request, inside, reference(request, item.key), kind=f"p {item.kind}")


def _observed(request: HttpRequest, figure: Actual | None, unit: str) -> str | SafeString:
    """A figure of the ledger, which opens its rows; unknown where there is none."""
    if figure is None:
        return format_html('<span class="unk">—{}</span>', _("unknown"))
    text = numbers.figure(figure.value, unit) or ""
    return opens(request, text, figure.reference) if figure.reference else text


class _Whole(Table):
    """A list that is short enough for one page."""

    class Meta(Table.Meta):
        pass

    def configure(self, request: HttpRequest, *, page_size: int = PAGE_SIZES[-1]) -> Table:
        return super().configure(request, page_size=page_size)


class LinkedName(TextColumn):
    """The name of a target, leading to its page."""

    def render(self, value: object, record: TargetOutlook | Evaluated, table: Table) -> SafeString:
        name = format_html('<a href="{}">{}</a>', link(table.request, "outlook:target", record.key), value)
        reason = words.why(record)
        return format_html('{} <small class="unit">{}</small>', name, reason) if reason else name

    def value(self, value: object) -> object:
        return value


class BlankColumn(NumberColumn):
    """Figures that only some rows have, such as the bounds of a forecast: the others stay empty."""

    def render(self, value: object) -> str:
        return numbers.figure(value, decimals=self.decimals) or ""


class SignedColumn(NumberColumn):
    """Differences, with their sign; a dash where one side is not known."""

    def render(self, value: object) -> str:
        return numbers.signed(value, decimals=self.decimals) or "—"


class TargetTable(_Whole):
    """Targets, the one that asks most for a decision first."""

    name = LinkedName(gettext_lazy("Target"), wrap=True)
    unit = TextColumn(gettext_lazy("Unit"), quiet=True)
    base = NumberColumn(gettext_lazy("Base"), empty_values=(), orderable=False)
    target = NumberColumn(gettext_lazy("Target"), accessor="value", strong=True, orderable=False)
    picture = Column(gettext_lazy("Path"), empty_values=(), orderable=False, exclude_from_export=True)
    latest = NumberColumn(gettext_lazy("Latest"), accessor="actual", empty_values=(), orderable=False)
    latest_span = TextColumn(gettext_lazy("Period"), accessor="actual", empty_values=(), quiet=True, orderable=False)
    median = NumberColumn(gettext_lazy("Forecast median"), accessor="expected", empty_values=(), orderable=False)
    chance = Column(gettext_lazy("Probability"), accessor="p", empty_values=())
    reason = TextColumn(gettext_lazy("Why it cannot be told"), empty_values=(), orderable=False)
    pillar = TextColumn(gettext_lazy("Category"), quiet=True)

    export_name = "outlook"
    group_by = "state"
    fixed_columns = ("name",)
    caption = gettext_lazy("Targets by state: base, target, path, latest figure, forecast and probability")

    class Meta(_Whole.Meta):
        sequence = ("name", "unit", "base", "target", "picture", "latest", "latest_span", "median", "chance", "...")

    def __init__(self, data: list[TargetOutlook], **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("reason", "pillar"):
            self.columns.hide(name)
        if not any(item.expected is not None for item in data):
            self.columns.hide("median")
        ends = {words.year_of(item) for item in data}
        if len(ends) == 1:
            self.columns["target"].column.verbose_name = _("%(year)s target") % {"year": ends.pop()}

    @property
    def groups(self) -> Any:
        """The groups with their state in words."""
        return [
            type(group)(str(words.STATES.get(group.name, group.name or "")) or None, group.rows)
            for group in super().groups
        ]

    def render_unit(self, value: str) -> str:
        return numbers.unit_name(value)

    def value_base(self, record: TargetOutlook) -> Decimal | None:
        return record.path[0].value if record.path else None

    def render_base(self, record: TargetOutlook) -> str:
        return words.stated(self.value_base(record))

    def render_target(self, record: TargetOutlook) -> str:
        return words.bound(record)

    def value_target(self, record: TargetOutlook) -> Decimal:
        return record.value

    def render_picture(self, record: TargetOutlook) -> SafeString:
        return sparkline_of(record)

    def render_latest(self, record: TargetOutlook) -> str | SafeString:
        return _observed(self.request, record.actual[-1] if record.actual else None, record.unit)

    def value_latest(self, record: TargetOutlook) -> object:
        return record.actual[-1].value if record.actual else None

    def render_latest_span(self, record: TargetOutlook) -> str:
        return period(record.actual[-1].span) if record.actual else ""

    value_latest_span = render_latest_span

    def render_median(self, record: TargetOutlook) -> str | SafeString:
        if record.expected is None:
            return format_html('<span class="unk">—{}</span>', _("unknown"))
        text = numbers.figure(record.expected, record.unit, decimals=words.places(record.unit, [record.value]))
        return opens(self.request, text, words.pointer(record, "expected")) if record.evidence else text or ""

    def value_median(self, record: TargetOutlook) -> float | None:
        digits = words.places(record.unit, [record.value])
        return None if record.expected is None else round(record.expected, digits)

    def render_chance(self, record: TargetOutlook) -> SafeString:
        return chip(self.request, record)

    def value_chance(self, record: TargetOutlook) -> str:
        return words.chance_or_state(record)

    def render_reason(self, record: TargetOutlook) -> str:
        return words.why(record)

    value_reason = render_reason


class YearTable(_Whole):
    """The years of a target: path, actual or forecast with its interval, gap."""

    span = TextColumn(gettext_lazy("Year"), orderable=False)
    path = NumberColumn(gettext_lazy("Planned path"), orderable=False)
    value = NumberColumn(gettext_lazy("Actual or forecast"), orderable=False)
    low = BlankColumn(gettext_lazy("80% low"), orderable=False)
    high = BlankColumn(gettext_lazy("80% high"), orderable=False)
    gap = SignedColumn(gettext_lazy("Gap"), orderable=False)
    gap_pct = SignedColumn(gettext_lazy("Gap, %"), decimals=1, orderable=False)
    status = TextColumn(gettext_lazy("Status"), orderable=False)

    export_name = "target"
    fixed_columns = ("span",)
    caption = gettext_lazy("The target by year")

    class Meta(_Whole.Meta):
        row_attrs = {"class": lambda record: "forecast" if record["ahead"] else None}

    def __init__(self, data: list[dict[str, Any]], *, unit: str, decimals: int, **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("path", "value", "low", "high", "gap"):
            self.columns[name].column.unit = unit
            self.columns[name].column.decimals = decimals
        if not any(row["low"] is not None for row in data):
            for name in ("low", "high"):
                self.columns.hide(name)

    def render_value(self, record: dict[str, Any]) -> str | SafeString:
        text = numbers.figure(record["value"], decimals=self.columns["value"].column.decimals)
        if text is None:
            return format_html('<span class="unk">—{}</span>', _("unknown"))
        return opens(self.request, text, record["reference"]) if record["reference"] else text

    def value_value(self, record: dict[str, Any]) -> object:
        return record["value"]


class EvaluationTable(_Whole):
    """What became of each target of a finished period, and what had been said of it."""

    name = LinkedName(gettext_lazy("Target"), wrap=True)
    unit = TextColumn(gettext_lazy("Unit"), quiet=True)
    base = NumberColumn(gettext_lazy("Base"), empty_values=(), orderable=False)
    target = NumberColumn(gettext_lazy("Target"), accessor="value", strong=True, orderable=False)
    came = NumberColumn(gettext_lazy("Came"), accessor="actual", empty_values=(), orderable=False)
    last = NumberColumn(gettext_lazy("Latest"), empty_values=(), orderable=False)
    last_span = TextColumn(gettext_lazy("Period"), accessor="last", empty_values=(), quiet=True, orderable=False)
    path_value = NumberColumn(gettext_lazy("Path of that year"), empty_values=(), orderable=False)
    short_by = NumberColumn(gettext_lazy("Short by"), empty_values=(), orderable=False)
    gone = NumberColumn(gettext_lazy("Way made, %"), accessor="gone_pct", empty_values=(), decimals=0)
    verdict = TextColumn(gettext_lazy("Verdict"))
    first_call = TextColumn(gettext_lazy("First said"), accessor="calls", empty_values=(), orderable=False)
    last_call = TextColumn(gettext_lazy("Last said"), accessor="calls", empty_values=(), orderable=False)
    brier = NumberColumn(gettext_lazy("Brier score"), decimals=3)
    reason = TextColumn(gettext_lazy("Why not measurable"), empty_values=(), orderable=False, wrap=True, quiet=True)

    export_name = "evaluation"
    group_by = "pillar"
    fixed_columns = ("name",)
    caption = gettext_lazy("Targets of the period: reached, missed or not measurable, with the forecast record")
    only_at_end = ("came", "short_by", "gone", "brier")
    only_at_mid_term = ("last", "last_span", "path_value")

    def __init__(self, data: list[Evaluated], *, is_final: bool, **options: Any) -> None:
        left_out = self.only_at_mid_term if is_final else self.only_at_end
        super().__init__(data, exclude=left_out, **options)
        self.columns.hide("reason")

    def render_unit(self, value: str) -> str:
        return numbers.unit_name(value)

    def value_brier(self, value: float | None) -> float | None:
        return value

    def render_brier(self, value: float | None) -> str:
        return numbers.figure(value, decimals=3) or "—"

    def render_base(self, record: Evaluated) -> str:
        return words.stated(record.base)

    def render_target(self, record: Evaluated) -> str:
        return words.bound(record)

    def value_base(self, record: Evaluated) -> Decimal | None:
        return record.base

    def value_target(self, record: Evaluated) -> Decimal | None:
        return record.value

    def render_came(self, record: Evaluated) -> str | SafeString:
        return _observed(self.request, record.actual, record.unit)

    def value_came(self, record: Evaluated) -> object:
        return record.actual.value if record.actual else None

    def render_last(self, record: Evaluated) -> str | SafeString:
        return _observed(self.request, record.last, record.unit)

    def value_last(self, record: Evaluated) -> object:
        return record.last.value if record.last else None

    def render_last_span(self, record: Evaluated) -> str:
        return period(record.last.span) if record.last else ""

    value_last_span = render_last_span

    def render_path_value(self, record: Evaluated) -> str:
        return numbers.figure(record.path_value, record.unit) or "—"

    def value_short_by(self, record: Evaluated) -> Decimal | None:
        return record.short_by

    def value_path_value(self, record: Evaluated) -> Decimal | None:
        return record.path_value

    def render_short_by(self, record: Evaluated) -> str:
        return numbers.figure(record.short_by, record.unit) or "—" if record.short_by else "—"

    def render_gone(self, record: Evaluated) -> str:
        return numbers.figure(record.gone_pct, decimals=0) or "—"

    def value_gone(self, record: Evaluated) -> Decimal | None:
        return record.gone_pct

    def render_verdict(self, record: Evaluated) -> SafeString:
        return words.mark(words.VERDICT_KINDS[record.verdict], self.value_verdict(record))

    def value_verdict(self, record: Evaluated) -> str:
        return str({**words.VERDICTS, **words.AT_MID_TERM}[record.verdict])

    def render_first_call(self, record: Evaluated) -> str:
        return _said(record, 0)

    def render_last_call(self, record: Evaluated) -> str:
        return _said(record, -1)

    value_first_call, value_last_call = render_first_call, render_last_call

    def render_reason(self, record: Evaluated) -> str:
        return words.why(record)

    value_reason = render_reason


def _said(record: Evaluated, at: int) -> str:
    """A call and its day; a backtest is told as one."""
    if not record.calls:
        return "—"
    call = record.calls[at]
    text = f"{words.chance(call.p)} · {call.as_of:%Y-%m}"
    return f"{text} {_('backtest')}" if call.is_backtest else text
