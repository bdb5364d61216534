"""The form by which an analyst sets the bounds of a lamp."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhizao.apps.warning.cutoffs import CLASSIC, colours_of
from zhizao.apps.warning.words import CLASSIC as WORDS

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class CutOffForm(forms.Form):
    """From which value on each colour holds; the coldest is all below."""

    key = forms.ChoiceField(label=_("What"))
    effective_from = forms.DateField(label=_("Effective from"), widget=DAY)
    why = forms.CharField(label=_("Reason"), max_length=400, help_text=_("A document, or experience."))

    def __init__(self, *args: Any, keys: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].choices = keys
        for lamp in CLASSIC:
            self.fields[lamp.value] = forms.DecimalField(
                label=_("%(colour)s from") % {"colour": WORDS[lamp][1]}, required=False, max_digits=12, decimal_places=4
            )
        self.order_fields(["key", *(lamp.value for lamp in CLASSIC), "effective_from", "why"])

    def colours(self) -> dict[str, Decimal]:
        """The bounds of the colours that this lamp has."""
        wanted = colours_of(self.cleaned_data["key"])
        return {lamp.value: value for lamp in wanted if (value := self.cleaned_data.get(lamp.value)) is not None}
