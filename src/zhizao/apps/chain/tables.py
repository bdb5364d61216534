"""The lists of the chains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from zhizao.base.ui.tables import Column, NumberColumn, Table, TextColumn

if TYPE_CHECKING:
    from datetime import date

    from zhizao.apps.chain.listing import ChainLine


def dated(url: str, day: date | None) -> str:
    """The address, on the day that is looked back to."""
    return f"{url}?as_of={day.isoformat()}" if day else url


class ChainTable(Table):
    name = Column(gettext_lazy("Chain"))
    nodes = NumberColumn(gettext_lazy("Number of nodes"), decimals=0)
    names = NumberColumn(gettext_lazy("Number of names"), decimals=0)
    enterprises = NumberColumn(gettext_lazy("In the register"), decimals=0)
    empty = NumberColumn(gettext_lazy("Nodes with nobody"), decimals=0)
    leaders = TextColumn(gettext_lazy("Chain leaders"), wrap=True, empty_values=())
    matters = NumberColumn(gettext_lazy("Open matters"), decimals=0)
    due_on = TextColumn(gettext_lazy("Next due"))

    export_name = "chains"
    fixed_columns = ("name",)
    caption = gettext_lazy("Chains of the area by name")

    class Meta(Table.Meta):
        pass

    def render_name(self, record: ChainLine) -> SafeString:
        url = dated(reverse("chain:open", args=[record.view.id]), self.request.as_of)
        return format_html('<a href="{}">{}</a>', url, record.name)

    def value_name(self, record: ChainLine) -> str:
        return record.name

    def render_leaders(self, record: ChainLine) -> SafeString:
        if not record.leaders:
            return format_html('<span class="unk">—{}</span>', gettext_lazy("unknown"))
        words = "、".join(leader.person for leader in record.leaders)
        if any(leader.simulated for leader in record.leaders):
            return format_html('{} <span class="sim">{}</span>', words, gettext_lazy("simulated"))
        return format_html("{}", words)

    def value_leaders(self, record: ChainLine) -> str:
        return "、".join(leader.person for leader in record.leaders)


class ChangeTable(Table):
    node = TextColumn(gettext_lazy("Chain node"), wrap=True)
    what = TextColumn(gettext_lazy("What"))
    before = TextColumn(gettext_lazy("Before"), wrap=True)
    after = TextColumn(gettext_lazy("After"), wrap=True)
    source = TextColumn(gettext_lazy("Source"), quiet=True, wrap=True)

    export_name = "chain-changes"
    fixed_columns = ("node", "what")
    caption = gettext_lazy("What changed, by node from upstream to downstream")

    class Meta(Table.Meta):
        pass
