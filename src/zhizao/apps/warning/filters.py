"""What the list of alarms is narrowed by; it lives in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhizao.apps.warning import sorting
from zhizao.apps.warning.models import Alarm
from zhizao.apps.warning.words import FAMILIES
from zhizao.base.ui.numbers import period
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet


class AlarmFilter(forms.Form):
    """Empty narrows nothing; what is no choice narrows nothing either."""

    text = forms.CharField(label=_("Name"), required=False, max_length=60)
    family = forms.ChoiceField(label=_("Family of alarms"), required=False, choices=[("", _("all")), *FAMILIES.items()])
    severity = forms.ChoiceField(label=_("Severity"), required=False, choices=[("", _("all")), *Alarm.Severity.choices])
    month = forms.TypedChoiceField(label=_("Month"), required=False, coerce=int, empty_value=None)
    lapsed = forms.BooleanField(label=_("lapsed ones too"), required=False)

    def __init__(self, *args: Any, months: Sequence[int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["month"].choices = [("", _("all")), *((month, period(Span(month, 1))) for month in months)]
        self.is_valid()

    def wanted(self) -> dict[str, Any]:
        """What ``queries.alarms`` is asked with."""
        said = self.cleaned_data
        narrowed = {name: said.get(name) or None for name in ("family", "severity", "month")}
        return narrowed | {"with_lapsed": bool(said.get("lapsed"))}

    def narrowed(self, rows: QuerySet[Alarm], as_of: date | None) -> QuerySet[Alarm]:
        """Those about whom the text is a part of the name."""
        text = self.cleaned_data.get("text", "").strip()
        return rows.filter(sorting.called(text, as_of)) if text else rows
