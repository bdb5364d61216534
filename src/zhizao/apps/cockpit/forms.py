"""What is asked before a brief is written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class IssueForm(forms.Form):
    """Which month, and the last day that may be known."""

    month = forms.CharField(
        label=_("Month"), max_length=20, help_text=_("Such as 2025-06; 2025-02 is January and February.")
    )
    as_of = forms.DateField(
        label=_("As known at the end of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["month"].widget.attrs["inputmode"] = "numeric"
