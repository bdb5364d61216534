"""The lists of risk and what-ifs. A figure opens the run that it is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhizao.apps.chain.risk_models import Scenario
from zhizao.apps.chain.risk_queries import Computed
from zhizao.apps.chain.tables import dated
from zhizao.base.facts.models import Subject
from zhizao.base.jobs.tables import TimeColumn
from zhizao.base.ui.tables import NumberColumn, Table, TextColumn
from zhizao.base.ui.templatetags.zz import query

ESRI_DECIMALS = 4
Row = Mapping[str, Any]


class OpenedColumn(NumberColumn):
    """A figure that opens its place in the run: ``record["at"]`` is the reference of its row.

    An empty text is a figure that nobody asks for there, and stays empty.
    """

    def render(self, value: object, record: Row, bound_column: Any, table: Table) -> str | SafeString:
        if value == "":
            return ""
        text = super().render(value)
        if value is None or not record.get("at"):
            return text
        address = query({"request": table.request}, evidence=f"{record['at']}/{bound_column.accessor}")
        return format_html(
            '<a class="fig" href="{0}" hx-get="{0}" hx-target="#drawer" hx-select="#drawer" '
            'hx-swap="outerHTML" hx-push-url="true">{1}</a>',
            address,
            text,
        )


class SubjectColumn(TextColumn):
    """The name of an enterprise, which leads to its page of risk; a node leads to its page of gaps."""

    def render(self, value: str, record: Row, table: Table) -> SafeString:
        kind, _colon, id_part = record["subject"].partition(":")
        names = {Subject.Kind.ENTERPRISE: "chain:risk_firm", Subject.Kind.NODE: "chain:gap_node"}
        if kind not in names:
            return format_html("{}", value)
        return format_html(
            '<a href="{}">{}</a>', dated(reverse(names[kind], args=[id_part]), table.request.as_of), value
        )

    def value(self, value: str) -> str:
        return value


def rows(found: Computed, what: str) -> list[dict[str, Any]]:
    """The rows of a table of a run, each with its reference and its rank."""
    return [
        {**row, "at": found.reference(f"/{what}/{place}"), "rank": place + 1}
        for place, row in enumerate(found.data[what])
    ]


class RiskTable(Table):
    rank = NumberColumn(_("Place"), decimals=0)
    name = SubjectColumn(_("Enterprise"), wrap=True)
    sector = TextColumn(_("Sector"))
    esri = OpenedColumn(_("ESRI"), decimals=ESRI_DECIMALS, strong=True)
    esri_down = OpenedColumn(_("ESRI to buyers"), decimals=ESRI_DECIMALS)
    esri_up = OpenedColumn(_("ESRI to suppliers"), decimals=ESRI_DECIMALS)
    vulnerability = OpenedColumn(_("Vulnerability"), decimals=ESRI_DECIMALS)
    iterations = NumberColumn(_("Iterations"), decimals=0)
    revenue_wan_yuan = OpenedColumn(_("Recorded sales"), unit="万元")

    export_name = "systemic-risk"
    fixed_columns = ("name",)
    caption = _("Enterprises by systemic risk")

    class Meta(Table.Meta):
        pass


class TogetherTable(Table):
    name = SubjectColumn(_("Node"), wrap=True)
    firms = NumberColumn(_("Enterprises"), decimals=0)
    esri = OpenedColumn(_("ESRI"), decimals=ESRI_DECIMALS, strong=True)
    esri_down = OpenedColumn(_("ESRI to buyers"), decimals=ESRI_DECIMALS)
    esri_up = OpenedColumn(_("ESRI to suppliers"), decimals=ESRI_DECIMALS)

    export_name = "systemic-risk-nodes"
    fixed_columns = ("name",)
    caption = _("Nodes and chains: all their enterprises stop at once")

    class Meta(Table.Meta):
        pass


class LossTable(Table):
    name = SubjectColumn(_("Enterprise"), wrap=True)
    sector = TextColumn(_("Sector"))
    loss_pct = NumberColumn(_("Loss of its production"), unit="%", strong=True)
    loss_down_pct = NumberColumn(_("through suppliers"), unit="%")
    loss_up_pct = NumberColumn(_("through customers"), unit="%")
    lost_weight = OpenedColumn(_("Part of ESRI"), decimals=ESRI_DECIMALS)
    lost_wan_yuan = OpenedColumn(_("Lost day by day, in all"), unit="万元")

    export_name = "what-if"
    fixed_columns = ("name",)
    caption = _("Losses by enterprise")

    class Meta(Table.Meta):
        pass


def loss_rows(found: Computed) -> list[dict[str, Any]]:
    """Losses by firm with shares in per cent."""
    return [
        row | {f"{name}_pct": row[name] * 100 for name in ("loss", "loss_down", "loss_up")}
        for row in rows(found, "firms")
    ]


class ShareTable(Table):
    name = TextColumn(_("Name"), wrap=True)
    lost_share = OpenedColumn(_("Part of ESRI"), decimals=ESRI_DECIMALS, strong=True)
    share = OpenedColumn(_("Share of all sales"), decimals=ESRI_DECIMALS)

    export_name = "what-if-groups"

    class Meta(Table.Meta):
        pass


def share_rows(found: Computed, what: str) -> list[dict[str, Any]]:
    """Losses by sector or node; of enterprises without a sector it says so."""
    return [row | {"name": row["name"] or gettext("no sector recorded")} for row in rows(found, what)]


class ScenarioTable(Table):
    name = TextColumn(_("Scenario"), linkify=True, wrap=True)
    made_by = TextColumn(_("Stored by"), order_by="made_by__username")
    made_at = TimeColumn(_("Stored"))

    export_name = "scenarios"
    fixed_columns = ("name",)
    caption = _("Stored scenarios")
    empty_text = _("No scenario has been stored.")

    class Meta(Table.Meta):
        model = Scenario
        fields = ("name", "made_by", "made_at")


def named_paths(data: Mapping[str, Any], paths: Sequence[Row]) -> list[dict[str, Any]]:
    """Paths of a loss with the names of the firms and the share in per cent."""
    return [
        {
            "names": [data["names"].get(firm, firm) for firm in path["firms"]],
            "down": path["down"],
            "alone": len(path["firms"]) == 1,
            "share_pct": path["share"] * 100,
        }
        for path in paths
    ]
