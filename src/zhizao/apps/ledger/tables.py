"""The ledger's lists."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhizao.apps.ledger.models import Indicator
from zhizao.apps.ledger.pages import Cell
from zhizao.base.ui import numbers
from zhizao.base.ui.tables import Column, NumberColumn, StatusColumn, Table, TextColumn
from zhizao.base.ui.templatetags.zz import query


class FigureColumn(NumberColumn):
    """Figures that open their evidence, with their status in a word."""

    def render(self, value: Cell | None, table: Table) -> str | SafeString:
        if value is None:
            return ""
        shown = numbers.figure(value.value, self.unit or value.unit)
        text = super().render(None) if shown is None else shown
        if value.value is not None and value.reference:
            address = query({"request": table.request}, evidence=value.reference)
            text = format_html(
                '<a class="fig" href="{0}" hx-get="{0}" hx-target="#drawer" hx-select="#drawer" '
                'hx-swap="outerHTML" hx-push-url="true">{1}</a>',
                address,
                text,
            )
        return format_html('{} <small class="unit">{}</small>', text, value.word) if value.word else text

    def value(self, value: Cell | None) -> object:
        return None if value is None else value.value


def sheet_table(indicators: list[Indicator], rows: list[dict[str, Any]]) -> Table:
    """A subject's months, a column an indicator."""
    columns = [(item.key, FigureColumn(str(item), unit=item.unit, orderable=False)) for item in indicators]
    return SheetTable(rows, extra_columns=columns)


class SheetTable(Table):
    span = TextColumn(gettext_lazy("Period"), orderable=False)

    export_name = "figures"
    fixed_columns = ("span",)
    caption = gettext_lazy("Figures by month")


class IndicatorTable(Table):
    name = TextColumn(gettext_lazy("Indicator"), accessor="key", linkify=lambda record: record.get_absolute_url())
    unit = TextColumn(gettext_lazy("Unit"))
    kind = StatusColumn(gettext_lazy("Kind"), kinds={})
    frequency = Column(gettext_lazy("Frequency"), accessor="definition", orderable=False)
    owner = TextColumn(gettext_lazy("Who answers for it"), accessor="definition__owner", orderable=False)
    deadline = TextColumn(gettext_lazy("Deadline"), accessor="definition__deadline", orderable=False)

    export_name = "indicators"
    fixed_columns = ("name",)
    caption = gettext_lazy("Indicators")

    def render_name(self, record: Indicator) -> str:
        return str(record)

    def render_kind(self, record: Indicator) -> str:
        return _("computed") if record.is_derived else record.get_kind_display()

    def render_frequency(self, record: Indicator) -> str:
        return frequency_words(record)

    value_name, value_kind, value_frequency = render_name, render_kind, render_frequency


def frequency_words(indicator: Indicator) -> str:
    """How often a figure is due, in a word."""
    words = {"month": _("monthly"), "quarter": _("quarterly"), "year": _("yearly")}
    return words.get(indicator.definition.get("frequency", ""), "")


class GroupTable(Table):
    name = TextColumn(gettext_lazy("Name"), orderable=False)
    cell = FigureColumn(gettext_lazy("Sum"), orderable=False)
    count = NumberColumn(gettext_lazy("Subjects with a figure"), decimals=0, orderable=False)
    missing = NumberColumn(gettext_lazy("Missing"), decimals=0, orderable=False)

    export_name = "groups"
    group_by = "kind"
    fixed_columns = ("name",)
    caption = gettext_lazy("Sums by sector, tier and area")


class SubjectTable(Table):
    name = TextColumn(gettext_lazy("Subject"), linkify=lambda record: reverse("ledger:subject", args=[record["key"]]))
    key = TextColumn(gettext_lazy("Key of the subject"), quiet=True)

    export_name = "subjects"
    fixed_columns = ("name",)
    caption = gettext_lazy("Subjects with figures")


class BatchTable(Table):
    name = TextColumn(gettext_lazy("File"), linkify=True)
    made_at = Column(gettext_lazy("When"))
    made_by = TextColumn(gettext_lazy("Who"), default="—")
    rows = NumberColumn(gettext_lazy("Rows"), decimals=0, accessor="rows")
    added = NumberColumn(gettext_lazy("New rows"), decimals=0)
    unchanged = NumberColumn(gettext_lazy("Known already"), decimals=0, orderable=False)

    export_name = "imports"
    fixed_columns = ("name",)
    caption = gettext_lazy("Imports")

    def render_made_at(self, value: Any) -> str:
        from django.utils.timezone import localtime

        return f"{localtime(value):%Y-%m-%d %H:%M}"
