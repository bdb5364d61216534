"""The list of those who have to report."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from zhizao.base.forms import queries
from zhizao.base.forms.definition import text_in
from zhizao.base.forms.library import library
from zhizao.base.ui.numbers import period as in_words
from zhizao.base.ui.tables import StatusColumn, Table, TextColumn
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

STATE_KINDS = {
    "late": "bad",
    "due": "none",
    "draft": "none",
    "returned": "watch",
    "submitted": "watch",
    "accepted": "good",
}
STATE_WORDS = {
    "late": gettext_lazy("late, not handed in"),
    "due": gettext_lazy("not handed in yet"),
    "draft": gettext_lazy("being filled in"),
    "returned": gettext_lazy("returned"),
    "submitted": gettext_lazy("handed in, to be judged"),
    "accepted": gettext_lazy("passed"),
}


class BoardFilter(forms.Form):
    """Which form, which period, which state."""

    form = forms.ChoiceField(label=gettext_lazy("Form"), required=False)
    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("all")), *((k, v) for k, v in STATE_WORDS.items() if k != "draft")],
    )

    def __init__(self, data: Any, *, place: str, today: date) -> None:
        super().__init__(data)
        self._library = library(place)
        opened = queries.periods(place, today=today)
        self._due = [d for d in opened if d.due.date() <= today] or opened
        words = get_language() or "zh"
        self.fields["form"].choices = [(f.id, f"{f.number} {text_in(f.title, words)}") for f in self._library.newest()]
        form, period = self.chosen()
        known = list(dict.fromkeys(d.period for d in queries.periods(place, form, today=today)))
        self.fields["period"].choices = [(str(span), in_words(span)) for span in known]
        self.data = {**{name: data.get(name, "") for name in self.fields}, "form": form, "period": str(period or "")}

    def chosen(self) -> tuple[str, Span | None]:
        """The form and the period; by default those that were due last."""
        form = self.data.get("form") or (self._due[0].form if self._due else "")
        same = [d.period for d in self._due if d.form == form]
        latest = same[0] if same else None
        try:
            asked = Span.parse(self.data["period"]) if self.data.get("period") else latest
        except Refused:
            asked = latest
        return form, asked if asked and self._library.deadline(form, asked) else latest


class BoardTable(Table):
    organisation = TextColumn(gettext_lazy("Enterprise"), accessor="organisation__name", wrap=True)
    state = StatusColumn(gettext_lazy("State"), kinds=STATE_KINDS, words=STATE_WORDS)
    handed_in = TextColumn(gettext_lazy("Handed in"), accessor="submission__submitted_at", default="—")
    late = TextColumn(gettext_lazy("In time"), accessor="submission__late", default="—")
    reasons = TextColumn(gettext_lazy("Explained"), accessor="submission__reasons", default="—", orderable=False)

    class Meta(Table.Meta):
        pass

    export_name = "reports"
    fixed_columns = ("organisation",)
    caption = gettext_lazy("Reports")
    empty_text = gettext_lazy("Nobody in your area has to report this form.")

    def render_organisation(self, value: str, record: queries.Due) -> str | SafeString:
        """The name opens the report where there is one."""
        if record.submission is None:
            return value
        return format_html('<a href="{}">{}</a>', record.submission.get_absolute_url(), value)

    def value_organisation(self, value: str) -> str:
        return value

    def render_handed_in(self, value: Any) -> str:
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")

    def render_late(self, value: bool) -> str:  # noqa: FBT001 -- called by django-tables2
        return _("late") if value else _("in time")

    def render_reasons(self, value: dict[str, str]) -> str:
        return str(len(value)) if value else "—"


class CircleTable(Table):
    organisation = TextColumn(gettext_lazy("Enterprise"), accessor="organisation__name", wrap=True)
    asked = StatusColumn(
        gettext_lazy("Has to report"),
        kinds={True: "good", False: "none"},
        words={True: gettext_lazy("asked to report"), False: gettext_lazy("not asked")},
    )
    ground = TextColumn(gettext_lazy("Ground"), accessor="ground", wrap=True)
    since = TextColumn(gettext_lazy("Since"), accessor="since", default="—")
    until = TextColumn(gettext_lazy("Until"), accessor="until", default="—")

    export_name = "reporters"
    fixed_columns = ("organisation",)
    caption = gettext_lazy("Enterprises with an account")
    empty_text = gettext_lazy("No enterprise in your area has an account.")

    def render_organisation(self, value: str, record: queries.Reporter) -> SafeString:
        """The name opens the form by which its duty is stated."""
        return format_html('<a href="?enterprise={}#duty">{}</a>', record.organisation.pk, value)

    def value_organisation(self, value: str) -> str:
        return value

    def render_ground(self, value: str, record: queries.Reporter) -> str:
        if value == "stated":
            return record.source
        return str(GROUNDS[value])


GROUNDS = {
    "above_scale": gettext_lazy("above-scale by the register, since its first account"),
    "none": gettext_lazy("the register does not have it as above-scale"),
}


class DutyForm(forms.Form):
    """Whether an enterprise is asked to report, in which days, and on what ground."""

    asked = forms.ChoiceField(
        label=gettext_lazy("Has to report"),
        choices=[("yes", gettext_lazy("asked to report")), ("no", gettext_lazy("not asked"))],
    )
    since = forms.DateField(label=gettext_lazy("Since"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        label=gettext_lazy("Until (last day)"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(label=gettext_lazy("Ground"), max_length=500)
