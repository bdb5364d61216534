"""The lists of the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_tables2.data import TableData

from zhizao.apps.registry import certificates, describe, queries, resolving
from zhizao.apps.registry.attributes import YES
from zhizao.apps.registry.dossier import Entry
from zhizao.apps.registry.partners import Partner
from zhizao.apps.registry.queries import Line, View
from zhizao.base.ui.tables import Column, NumberColumn, Table, TextColumn

LINES_A_READ = 1000


class Lines(TableData):
    """The enterprises of a list by their keys; what is shown of each is read for a page only."""

    def __init__(self, keys: list[int], seen: View) -> None:
        super().__init__(keys)
        self.seen = seen

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return Part(self.data[key], self.seen)
        return queries.lines(queries.read([self.data[key]]), self.seen)[0]

    def __iter__(self) -> Iterator[Line]:
        for start in range(0, len(self), LINES_A_READ):
            yield from queries.lines(queries.read(self.data[start : start + LINES_A_READ]), self.seen)

    def order_by(self, aliases: Any) -> None:
        """Kept in the order of pinyin."""


class Part(TableData):
    """Some of the lines, read when they are shown: the table asks for its first page before the one that is wanted."""

    def __init__(self, keys: list[int], seen: View) -> None:
        super().__init__(keys)
        self.seen = seen

    @cached_property
    def lines(self) -> list[Line]:
        return queries.lines(queries.read(self.data), self.seen)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, key: Any) -> Any:
        return self.lines[key]

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)


def simulated_mark() -> SafeString:
    return format_html(' <span class="sim">{}</span>', _("simulated"))


class EnterpriseTable(Table):
    name = Column(gettext_lazy("Enterprise"), accessor="name", orderable=False)
    code = TextColumn(gettext_lazy("Credit code"), accessor="code", orderable=False, empty_values=())
    tier = TextColumn(gettext_lazy("Tier"), accessor="attributes", orderable=False)
    sector = TextColumn(gettext_lazy("Sector"), accessor="parents", orderable=False)
    industry = TextColumn(
        gettext_lazy("GB/T 4754 class"), accessor="attributes", orderable=False, quiet=True, wrap=True
    )
    park = TextColumn(gettext_lazy("Park"), accessor="parents", orderable=False)
    above_scale = TextColumn(gettext_lazy("Above-scale"), accessor="attributes", orderable=False)
    certificates = TextColumn(gettext_lazy("Certificates"), accessor="certificates", orderable=False, wrap=True)

    export_name = "enterprises"
    fixed_columns = ("name",)
    caption = gettext_lazy("Enterprises by pinyin of their registered name")

    class Meta(Table.Meta):
        pass

    def render_name(self, record: Line) -> SafeString:
        url = reverse("registry:file", args=[record.id])
        if day := self.request.as_of:
            url = f"{url}?as_of={day.isoformat()}"
        mark = simulated_mark() if record.subject.simulated else ""
        return format_html('<a href="{}">{}</a>{}', url, record.name, mark)

    def value_name(self, record: Line) -> str:
        return record.name

    def render_code(self, record: Line) -> SafeString:
        if not record.code:
            return format_html('<span class="unk">—{}</span>', _("unknown"))
        return format_html("{}{}", record.code, simulated_mark() if record.code_simulated else "")

    def value_code(self, record: Line) -> str:
        return f"{record.code}（{_('simulated')}）" if record.code_simulated else record.code

    def render_tier(self, record: Line) -> str:
        return record.get("tier") or ""

    def render_sector(self, record: Line) -> str:
        return "、".join(record.parents.get("sector", ()))

    def render_industry(self, record: Line) -> str:
        code = record.get("industry")
        return describe.industry(code) if code else ""

    def render_park(self, record: Line) -> str:
        return "、".join(record.parents.get("park", ()))

    def render_above_scale(self, record: Line) -> str:
        value = record.get("above_scale")
        return "" if value is None else _("yes") if value == YES else _("no")

    def render_certificates(self, record: Line) -> str:
        return "、".join(map(certificates.label, record.certificates))


class HistoryTable(Table):
    """Facts about one enterprise, each with its days, when it became known, and whence."""

    label = TextColumn(gettext_lazy("Fact"), orderable=False)
    value = TextColumn(gettext_lazy("Says"), orderable=False, wrap=True)
    days = TextColumn(gettext_lazy("Valid"), accessor="fact", orderable=False)
    holds = TextColumn(gettext_lazy("State"), orderable=False, empty_values=())
    known_from = TextColumn(gettext_lazy("Known from"), orderable=False, quiet=True)
    source = TextColumn(gettext_lazy("Source"), orderable=False, quiet=True, wrap=True)
    act = Column(gettext_lazy("Act"), accessor="fact", orderable=False, exclude_from_export=True)

    export_name = "history"
    fixed_columns = ("label", "value")
    caption = gettext_lazy("Every fact about the enterprise, the one known last first")

    class Meta(Table.Meta):
        pass

    def __init__(self, data: list[Entry], *, may_edit: bool, **options: Any) -> None:
        super().__init__(data, **options)
        if not may_edit:
            self.columns.hide("act")

    def render_value(self, record: Entry) -> SafeString:
        return format_html("{}{}", record.value, simulated_mark() if record.simulated else "")

    def render_days(self, record: Entry) -> str:
        return days_words(record)

    def render_holds(self, record: Entry) -> str:
        if record.fact.withdrawn:
            return _("withdraws")
        return _("counts") if record.holds else _("overtaken")

    def render_known_from(self, value: datetime) -> str:
        return date_format(timezone.localtime(value), "Y-m-d H:i")

    def render_act(self, record: Entry) -> SafeString:
        if record.fact.withdrawn or not record.holds:
            return SafeString("")
        url = reverse("registry:take_back", args=[record.fact.subject.id_part, record.model, record.fact.pk])
        return format_html('<a href="{}">{}</a>', url, _("End or withdraw"))


def days_words(entry: Entry) -> str:
    """The days of a fact: 2021-01-01 — 2023-12-31; open ends in words."""
    if entry.first is None and entry.last is None:
        return _("always")
    if entry.first is None:
        return _("until %(day)s") % {"day": entry.last}
    if entry.last is None:
        return _("since %(day)s") % {"day": entry.first}
    return f"{entry.first} — {entry.last}"


class PartnerTable(Table):
    """The suppliers and customers of an enterprise, each with what is bought a year."""

    role = TextColumn(gettext_lazy("Side of the link"), orderable=False)
    name = Column(gettext_lazy("Enterprise"), accessor="name", orderable=False)
    product = TextColumn(gettext_lazy("Goods"), accessor="link__product", orderable=False, wrap=True)
    amount = NumberColumn(gettext_lazy("Amount a year"), accessor="amount_wan_yuan", unit="万元", orderable=False)
    share = NumberColumn(gettext_lazy("Share"), accessor="share_pct", unit="%", orderable=False)
    since = TextColumn(gettext_lazy("Since"), orderable=False)
    basis = TextColumn(gettext_lazy("How known"), accessor="link__get_basis_display", orderable=False)
    confidence = TextColumn(gettext_lazy("Confidence"), accessor="link__get_confidence_display", orderable=False)
    source = TextColumn(gettext_lazy("Source"), accessor="link__source", orderable=False, quiet=True, wrap=True)

    export_name = "links"
    fixed_columns = ("role", "name")
    group_by = "role"
    caption = gettext_lazy("Suppliers and customers, the largest first")

    class Meta(Table.Meta):
        pass

    def render_name(self, record: Partner) -> SafeString:
        mark = simulated_mark() if record.link.simulated else ""
        if record.subject is None:
            count = record.link.parties
            many = "" if count in (None, 1) else ngettext("%(n)d firm", "%(n)d firms", count) % {"n": count}
            return format_html("{} {}{}", record.name, many, mark)
        url = reverse("registry:file", args=[record.subject.id_part])
        if day := self.request.as_of:
            url = f"{url}?as_of={day.isoformat()}"
        return format_html('<a href="{}">{}</a>{}', url, record.name, mark)

    def value_name(self, record: Partner) -> str:
        return record.name


class PairTable(Table):
    """Names and the enterprises that they may mean, each with its two answers."""

    name = TextColumn(gettext_lazy("Name"), orderable=False, wrap=True)
    candidate = TextColumn(gettext_lazy("Enterprise of the register"), orderable=False, wrap=True)
    score = TextColumn(gettext_lazy("Score"), orderable=False)
    reason = TextColumn(gettext_lazy("Reason"), orderable=False, wrap=True, quiet=True)
    act = Column(gettext_lazy("Act"), accessor="pk", orderable=False, exclude_from_export=True)

    export_name = "pairs"
    fixed_columns = ("name", "candidate")
    caption = gettext_lazy("Names that wait for a decision, the likeliest first")

    class Meta(Table.Meta):
        pass

    def __init__(self, data: Any, *, called: dict[int, str], token: str, **options: Any) -> None:
        super().__init__(data, **options)
        self.called, self.token = called, token

    def render_candidate(self, record: Any) -> SafeString:
        url = reverse("registry:file", args=[record.candidate.id_part])
        return format_html('<a href="{}">{}</a>', url, self.called.get(record.candidate_id, record.candidate.id_part))

    def render_reason(self, record: Any) -> str:
        return resolving.reason_words(record.reason.split(","))

    def render_act(self, record: Any) -> SafeString:
        url = reverse("registry:decide", args=[record.pk])
        answers = (("accepted", _("The same")), ("refused", _("Not the same")))
        buttons = format_html_join(
            " ", '<button class="btn" name="state" value="{}">{}</button>', ((value, word) for value, word in answers)
        )
        return format_html(
            '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">{}</form>',
            url,
            self.token,
            buttons,
        )
