"""The tables of growth: indicators, and one of them by group."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from zhizao.apps.ledger.tables import FigureColumn
from zhizao.base.ui import numbers
from zhizao.base.ui.tables import NumberColumn, Table, TextColumn
from zhizao.base.ui.templatetags.zz import dated


class ChangeColumn(NumberColumn):
    """A change with its sign, in per cent or points; unknown where it is not defined."""

    def render(self, value: object) -> str | SafeString:
        text = numbers.signed(value, self.unit, decimals=self.decimals)
        return format_html('<span class="unk">{}</span>', "—") if text is None else text


class _Growth(Table):
    comparable = ChangeColumn(gettext_lazy("Comparable growth"), unit="%", orderable=False, strong=True)
    raw = ChangeColumn(gettext_lazy("Growth as published"), unit="%", orderable=False)
    entry = ChangeColumn(gettext_lazy("Entries"), unit="百分点", orderable=False)
    exit = ChangeColumn(gettext_lazy("Exits"), unit="百分点", orderable=False)
    missing = ChangeColumn(gettext_lazy("Late or missing"), unit="百分点", orderable=False)
    revision = ChangeColumn(gettext_lazy("Revision of the base"), unit="百分点", orderable=False)
    count = NumberColumn(gettext_lazy("Reporting"), unit="家", orderable=False)
    late = NumberColumn(gettext_lazy("Late or missing"), unit="家", orderable=False)


class GrowthTable(_Growth):
    name = TextColumn(gettext_lazy("Indicator"), accessor="standing__name", orderable=False)
    cell = FigureColumn(gettext_lazy("Year to date"), orderable=False)
    unit = TextColumn(gettext_lazy("Unit"), accessor="standing__unit", orderable=False, quiet=True)

    class Meta:
        sequence = ("name", "cell", "unit", "...")

    export_name = "economy"
    fixed_columns = ("name",)
    caption = gettext_lazy("Indicators of the year to date")

    def render_name(self, record: dict[str, Any]) -> SafeString:
        address = dated({"request": self.request}, record["address"])
        return format_html('<a href="{}">{}</a>', address, record["standing"].name)

    def value_name(self, record: dict[str, Any]) -> str:
        return str(record["standing"].name)


class GroupGrowthTable(_Growth):
    name = TextColumn(gettext_lazy("Division"), orderable=False)
    cell = FigureColumn(gettext_lazy("Year to date"), orderable=False)
    part = NumberColumn(gettext_lazy("Share"), unit="%", orderable=False)
    points = ChangeColumn(gettext_lazy("Contribution"), unit="百分点", decimals=2, orderable=False)

    class Meta:
        sequence = ("name", "cell", "part", "points", "...")

    export_name = "groups"
    fixed_columns = ("name",)
    caption = gettext_lazy("One indicator by group")
