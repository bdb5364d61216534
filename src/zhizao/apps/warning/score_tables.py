"""The lists about scores: rules, missed falls, the points of a threshold, choices that were published."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhizao.apps.warning import words
from zhizao.apps.warning.opening import here, link
from zhizao.apps.warning.scoring import Missed, Row, Share
from zhizao.apps.warning.tuning import Point
from zhizao.base.ui import numbers
from zhizao.base.ui.tables import NumberColumn, Table, TextColumn

HUNDRED, THOUSAND = 100, 1000


class ShareColumn(NumberColumn):
    """A share in ``per`` (100 is %), with its interval; unknown where there is nothing to share."""

    def __init__(self, verbose_name: str, *, per: int = HUNDRED, **options: Any) -> None:
        self.per = per
        super().__init__(verbose_name, empty_values=(), orderable=False, **options)

    def render(self, value: Share | None) -> str | SafeString:
        if value is None:
            return format_html('<span class="unk">—{}</span>', _("unknown"))
        told = [numbers.figure(self.per * one, decimals=1) for one in (value.value, value.low, value.high)]
        return format_html('{} <small class="unit">{}</small>', told[0], f"{told[1]}–{told[2]}")

    def value(self, value: Share | None) -> float | None:
        return None if value is None else round(self.per * value.value, 2)


class BlankColumn(NumberColumn):
    """Figures that only some rows have; the others are a dash."""

    def __init__(self, verbose_name: str, **options: Any) -> None:
        super().__init__(verbose_name, empty_values=(), orderable=False, **options)

    def render(self, value: object) -> str:
        return numbers.figure(value, decimals=self.decimals) or "—"


class ScoreTable(Table):
    """The rules with their scores; all rules about enterprises that have events first."""

    title = TextColumn(gettext_lazy("Rule"), empty_values=(), orderable=False, wrap=True)
    alarms = NumberColumn(gettext_lazy("Alarms"), orderable=False)
    true = NumberColumn(gettext_lazy("True"), orderable=False)
    false = NumberColumn(gettext_lazy("False"), orderable=False)
    unknown = NumberColumn(gettext_lazy("Unknown"), orderable=False)
    waiting = NumberColumn(gettext_lazy("Not judged yet"), orderable=False)
    precision = ShareColumn(gettext_lazy("Precision"), unit="%")
    precision_at_k = ShareColumn(gettext_lazy("Precision of the ten worst"), unit="%")
    events = BlankColumn(gettext_lazy("Events"))
    recall = ShareColumn(gettext_lazy("Recall within two months"), unit="%")
    lead_months = BlankColumn(gettext_lazy("Lead, months"), decimals=2)
    false_per_1000 = ShareColumn(gettext_lazy("False per 1,000 enterprise-months"), per=THOUSAND)
    hours = BlankColumn(gettext_lazy("Hours of staff"), decimals=1)

    export_name = "alarm-scores"
    fixed_columns = ("title",)
    caption = gettext_lazy("Rules: alarms, what became of them, precision, recall, lead and false alarms")

    class Meta(Table.Meta):
        empty_text = gettext_lazy("No alarm has been found yet.")

    def __init__(self, data: list[Row], **options: Any) -> None:
        super().__init__(data, **options)
        if not any(row.hours is not None for row in data):
            self.columns.hide("hours")

    def render_title(self, record: Row) -> str:
        return record.title or _("Enterprises, all rules with events")

    value_title = render_title


class MissedTable(Table):
    """Falls that no alarm told in time."""

    name = TextColumn(gettext_lazy("Enterprise"), wrap=True)
    family = TextColumn(gettext_lazy("What happened"))
    span = TextColumn(gettext_lazy("Period"), orderable=False)
    worse_pct = NumberColumn(gettext_lazy("Off in the first month"), unit="%", decimals=1)
    stayed_pct = NumberColumn(gettext_lazy("Mean of the two after"), unit="%", decimals=1)

    export_name = "missed-falls"
    fixed_columns = ("name",)
    caption = gettext_lazy("Falls that were confirmed afterwards and that no alarm told within two months")

    class Meta(Table.Meta):
        empty_text = gettext_lazy("Nothing was missed.")

    def render_name(self, value: str, record: Missed) -> SafeString:
        return format_html('<a href="{}">{}</a>', link(self.request, "registry:file", record.key), value)

    def value_name(self, value: str) -> str:
        return value

    def render_family(self, value: str) -> str:
        return str(words.FAMILIES.get(value, value))

    value_family = render_family

    def render_span(self, record: Missed) -> str:
        return numbers.period(record.span)

    def value_span(self, record: Missed) -> str:
        return str(record.span)


class PointTable(Table):
    """What each value of a threshold would have given."""

    value = TextColumn(gettext_lazy("Threshold"), orderable=False)
    alarms = NumberColumn(gettext_lazy("Alarms"), orderable=False)
    false = NumberColumn(gettext_lazy("False"), orderable=False)
    precision_pct = NumberColumn(gettext_lazy("Precision"), unit="%", decimals=1, orderable=False)
    found = NumberColumn(gettext_lazy("Events found"), orderable=False)
    recall_pct = NumberColumn(gettext_lazy("Recall within two months"), unit="%", decimals=1, orderable=False)
    lead_months = NumberColumn(gettext_lazy("Lead, months"), decimals=2, orderable=False)
    false_per_1000 = NumberColumn(gettext_lazy("False per 1,000 enterprise-months"), decimals=2, orderable=False)
    called_now = NumberColumn(gettext_lazy("Called in the last month"), orderable=False)

    export_name = "threshold"
    fixed_columns = ("value",)
    caption = gettext_lazy("Values of the threshold: alarms, precision, recall and false alarms")

    def __init__(self, data: tuple[Point, ...], *, in_force: object, chosen: object, unit: str, **options: Any) -> None:
        self.in_force, self.chosen, self.unit = in_force, chosen, "" if unit == "1" else unit
        super().__init__([_point(point) for point in data], **options)

    def render_value(self, value: Any) -> SafeString:
        marks = [(self.in_force, _("in force")), (self.chosen, _("looked at"))]
        words_of = " · ".join(str(word) for mark, word in marks if mark == value)
        to = here(self.request, value=value, page=None)
        name = format_html('<a href="{}">{} {}</a>', to, value, self.unit)
        return format_html('{} <small class="unit">{}</small>', name, words_of) if words_of else name

    def value_value(self, value: Any) -> str:
        return str(value)


def _point(point: Point) -> dict[str, Any]:
    names = ("value", "alarms", "false", "found", "lead_months", "false_per_1000")
    return {name: getattr(point, name) for name in names} | {
        "precision_pct": None if point.precision is None else 100 * point.precision,
        "recall_pct": None if point.recall is None else 100 * point.recall,
        "called_now": len(point.now),
    }
