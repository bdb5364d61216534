"""The form that takes a file in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("File of observations"),
        help_text=_("CSV or xlsx with the columns of the template; every problem is said with its row and column."),
    )
