from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.base.jobs.tables import TimeColumn
from zhizao.base.ui.tables import Table, TextColumn


class RunTable(Table):
    sha12 = TextColumn(_("Run"), order_by="fingerprint", linkify=True)
    engine = TextColumn(_("Engine"))
    engine_version = TextColumn(_("Version"))
    area = TextColumn(_("Area"), order_by="area__path")
    as_of = TextColumn(_("As of"))
    made_by = TextColumn(_("Made by"), order_by="made_by__username", default=_("system"))
    made_at = TimeColumn(_("Made"))

    class Meta(Table.Meta):
        pass

    export_name = "runs"
    fixed_columns = ("sha12",)
    caption = _("Runs")
    empty_text = _("No runs")

    def render_as_of(self, value: object) -> str:
        return str(value)
