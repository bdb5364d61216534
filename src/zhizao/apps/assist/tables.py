"""The lists of help: the queue, and what measures did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from zhizao.apps.assist import reasons
from zhizao.apps.assist.queue import QueueRow
from zhizao.base.ui.tables import NumberColumn, Table, TextColumn
from zhizao.base.ui.templatetags.zz import dated, query


class OpenedColumn(NumberColumn):
    """A figure that opens what it is made of; ``at`` names the attribute of the row that holds the reference."""

    def __init__(self, verbose_name: str, *, at: str, **options: Any) -> None:
        super().__init__(verbose_name, **options)
        self.at = at

    def render(self, value: object, record: QueueRow, table: Table) -> str | SafeString:
        text = super().render(value)
        reference = getattr(record, self.at)
        if value is None or not reference:
            return text
        address = query({"request": table.request}, evidence=reference)
        return format_html(
            '<a class="fig" href="{0}" hx-get="{0}" hx-target="#drawer" hx-select="#drawer" '
            'hx-swap="outerHTML" hx-push-url="true">{1}</a>',
            address,
            text,
        )


class QueueTable(Table):
    """Each row with its place, however the reader sorts, its reason and the act, one click away."""

    place = NumberColumn(_("Rank"), decimals=0, empty_values=(), orderable=False)
    name = TextColumn(_("Enterprise"), wrap=True, order_by="name")
    value_per_hour = OpenedColumn(_("Loss avoided an hour"), unit="万元", decimals=1, strong=True, at="value_at")
    reason = TextColumn(_("Reason, and what is unknown"), wrap=True, empty_values=(), orderable=False)
    p_pct = NumberColumn(_("Chance that it is true"), unit="%", decimals=0, accessor="p")
    own = OpenedColumn(_("Own loss"), unit="万元", accessor="loss__own_wan_yuan", at="output_at")
    others = OpenedColumn(
        _("Loss at suppliers and buyers"), unit="万元", accessor="loss__others_wan_yuan", at="risk_at"
    )
    hours = NumberColumn(_("Hours"), decimals=0)
    case = TextColumn(_("Case"), empty_values=(), orderable=False)

    export_name = "help-first"
    fixed_columns = ("name", "case")
    caption = _("Who is helped first")

    class Meta(Table.Meta):
        pass

    def __init__(self, rows: Sequence[QueueRow], *, csrf_token: str = "", **options: Any) -> None:
        super().__init__(rows, **options)
        self.csrf_token = csrf_token  # empty: no acts
        ranked = [row for row in rows if row.value_per_hour is not None]
        self.places = {row.subject.pk: number for number, row in enumerate(ranked, start=1)}

    def render_place(self, record: QueueRow) -> str:
        return str(self.places.get(record.subject.pk, "—"))

    def value_place(self, record: QueueRow) -> int | None:
        return self.places.get(record.subject.pk)

    def render_name(self, record: QueueRow) -> SafeString:
        address = reverse("registry:file", args=[record.subject.id_part])
        mark = format_html(' <span class="sim">{}</span>', _now("simulated")) if record.simulated else ""
        return format_html('<a href="{}">{}</a>{}', address, record.name, mark)

    def value_name(self, record: QueueRow) -> str:
        return record.name

    def render_reason(self, record: QueueRow) -> SafeString:
        sign: str | SafeString = reasons.sign(record)
        if record.alarm is not None:
            address = dated({"request": self.request}, record.alarm.get_absolute_url())
            sign = format_html('<a href="{}">{}</a>', address, sign)
        doubts = reasons.in_turn(*reasons.unknown(record))
        return format_html('{} {} <span class="quiet">{}</span>', sign, reasons.stake(record), doubts)

    def value_reason(self, record: QueueRow) -> str:
        return reasons.in_turn(reasons.reason(record), *reasons.against(record))

    def render_p_pct(self, record: QueueRow) -> SafeString:
        return format_html('<span title="{}">{}</span>', reasons.source_of_p(record), f"{record.p * 100:.0f}")

    def value_p_pct(self, record: QueueRow) -> float:
        return round(record.p * 100, 2)

    def render_case(self, record: QueueRow) -> SafeString | str:
        if record.case is not None:
            return format_html('<a href="{}">{}</a>', record.case.get_absolute_url(), record.case.number)
        if record.alarm is None or not self.csrf_token:
            return "—"
        return format_html(
            '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
            '<button type="submit" class="btn">{}</button></form>',
            reverse("assist:open_case", args=[record.alarm.pk]),
            self.csrf_token,
            _now("Make a case"),
        )

    def value_case(self, record: QueueRow) -> str:
        return record.case.number if record.case else ""


class HelpedTable(Table):
    """What each measure did."""

    name = TextColumn(_("Measure"), accessor="measure__name", wrap=True)
    taken = NumberColumn(_("Times taken"), decimals=0)
    cases = NumberColumn(_("With an effect"), accessor="found__cases", decimals=0)
    effect_pct = NumberColumn(_("Mean effect"), unit="%", accessor="found__effect_pct", strong=True)
    low = NumberColumn(_("Low end"), unit="%", accessor="found__low")
    high = NumberColumn(_("High end"), unit="%", accessor="found__high")
    share_pct = NumberColumn(_("Share averted, pack"), unit="%")
    share_after_pct = NumberColumn(_("with own cases"), unit="%")
    confidence = TextColumn(_("Confidence"), accessor="measure__confidence")
    source = TextColumn(_("Source"), accessor="measure__source", wrap=True, quiet=True)

    export_name = "what-helped"
    fixed_columns = ("name",)
    caption = _("What helped")

    class Meta(Table.Meta):
        pass
