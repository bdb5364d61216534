"""The map's table: every node, by risk, with who of the region stands there and what is missing."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhizao.apps.chain.map_data import ChainMap, MapNode
from zhizao.apps.chain.map_words import esri, gap_mark, gap_words
from zhizao.apps.chain.models import Stage
from zhizao.base.ui import numbers
from zhizao.base.ui.tables import PAGE_SIZES, NumberColumn, Table, TextColumn


class NodeTable(Table):
    """The nodes of a map in the order given: the highest risk first."""

    node = TextColumn(gettext_lazy("Node"), accessor="view__name", wrap=True)
    stage = TextColumn(gettext_lazy("Place"), accessor="stage", quiet=True, empty_values=())
    named = NumberColumn(gettext_lazy("Named in the chain"), accessor="named", unit="家", decimals=0)
    here = NumberColumn(gettext_lazy("In the region"), accessor="here_count", unit="家", decimals=0)
    share = NumberColumn(gettext_lazy("Share in the region"), accessor="share_pct", unit="%", decimals=1)
    names = TextColumn(
        gettext_lazy("Enterprises in the region"), accessor="here", orderable=False, wrap=True, empty_values=()
    )
    gaps = TextColumn(gettext_lazy("Gaps"), accessor="gaps", orderable=False, wrap=True, empty_values=())
    risk = NumberColumn(gettext_lazy("ESRI"), accessor="risk")

    export_name = "chain-nodes"
    fixed_columns = ("node",)
    caption = gettext_lazy("Nodes of the chain by systemic risk")

    def __init__(self, found: ChainMap, *, href: Any, chosen: str = "", **options: Any) -> None:
        self.found, self.href = found, href
        row = {"class": lambda record: "selrow" if record.view.key == chosen else ""}
        super().__init__(found.by_risk, row_attrs=row, **options)

    def configure(self, request: Any, *, page_size: int = PAGE_SIZES[-1]) -> Table:
        return super().configure(request, page_size=page_size)

    def render_node(self, value: str, record: MapNode) -> SafeString:
        return format_html('<a href="{}">{}</a>', self.href(record), value)

    def value_node(self, value: str) -> str:
        return value

    def render_stage(self, value: str) -> str:
        return str(capfirst(Stage(value).label)) if value else _("unknown")

    def render_here(self, value: int | None) -> str:
        return "—" if value is None else str(value)

    def render_share(self, value: float | None) -> str:
        return numbers.figure(value, "%", decimals=1) or "—"

    def render_names(self, record: MapNode) -> str:
        return pgettext("list", ", ").join(member.called for member in record.here) or _("none")

    def render_gaps(self, record: MapNode) -> SafeString:
        return gap_mark(record)

    def value_gaps(self, record: MapNode) -> str:
        return gap_words(record)

    def render_risk(self, value: float | None, record: MapNode) -> str | SafeString:
        text = esri(value)
        if text is None:
            return format_html('<span class="unk">—{}</span>', _("unknown"))
        return format_html('<span class="risk-step r{}"></span>{}', self.found.level(value), text)
