"""The list of certificates, institutions and patents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext

from zhizao.apps.registry.tables import simulated_mark
from zhizao.base.ui.tables import Column, Table, TextColumn

if TYPE_CHECKING:
    from zhizao.apps.registry.possessions import Item


class PossessionTable(Table):
    enterprise = Column(gettext_lazy("Enterprise"), orderable=True)
    kind = TextColumn(gettext_lazy("Kind"))
    name = TextColumn(gettext_lazy("Name"), wrap=True)
    number = TextColumn(gettext_lazy("Number"))
    valid_from = TextColumn(gettext_lazy("Valid from"))
    valid_to = TextColumn(gettext_lazy("Valid to"))
    days_left = TextColumn(gettext_lazy("Runs out"))
    source = TextColumn(gettext_lazy("Source"), quiet=True, wrap=True)

    export_name = "possessions"
    fixed_columns = ("enterprise",)
    caption = gettext_lazy("By kind and enterprise")

    class Meta(Table.Meta):
        pass

    def render_enterprise(self, record: Item) -> SafeString:
        url = reverse("registry:file", args=[record.subject.id_part])
        if day := self.request.as_of:
            url = f"{url}?as_of={day.isoformat()}"
        mark = simulated_mark() if record.subject.simulated else ""
        return format_html('<a href="{}">{}</a>{}', url, record.enterprise, mark)

    def value_enterprise(self, record: Item) -> str:
        return record.enterprise

    def render_days_left(self, value: int) -> SafeString:
        words = ngettext("in %(n)d day", "in %(n)d days", value) % {"n": value}
        return format_html('<span class="st watch">{}</span>', words)

    def value_days_left(self, value: int) -> int:
        return value
