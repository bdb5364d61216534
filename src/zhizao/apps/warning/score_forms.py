"""The form by which a person says what became of an alarm, and the one that publishes a threshold."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhizao.apps.warning.models import Outcome

if TYPE_CHECKING:
    from zhizao.apps.warning.tuning import Curve

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class JudgeForm(forms.Form):
    """``seen``: which judgement stood when the form was opened."""

    verdict = forms.ChoiceField(label=_("What became of it"), choices=Outcome.Verdict.choices, widget=forms.RadioSelect)
    why = forms.CharField(
        label=_("Reason"),
        help_text=_("By what you know it: a visit, a call, a document."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    cost_hours = forms.DecimalField(
        label=_("Hours of staff that it took"), required=False, min_value=0, max_value=10_000, decimal_places=2
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ChoiceForm(forms.Form):
    """``seen``: which choice was the last one when the page was opened."""

    value = forms.TypedChoiceField(label=_("Threshold"), coerce=Decimal)
    effective_from = forms.DateField(label=_("Effective from"), widget=DAY)
    why = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, told: Curve, **options: Any) -> None:
        super().__init__(data, **options)
        unit = "" if told.unit in ("", "1") else f" {told.unit}"
        self.fields["value"].choices = [(str(point.value), f"{point.value}{unit}") for point in told.points]
