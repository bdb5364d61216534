"""The forms that take a file in, and that publish a table."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhizao.apps.ledger.models import Indicator


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("File of observations"),
        help_text=_("CSV or xlsx with the columns of the template; every problem is said with its row and column."),
    )


class PublishForm(forms.Form):
    indicator = forms.ModelChoiceField(queryset=Indicator.objects.none(), to_field_name="key", label=_("Indicator"))
    year = forms.IntegerField(label=_("Year"), min_value=1950, max_value=2100)

    def __init__(self, *args: object, keys: list[str], **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["indicator"].queryset = Indicator.objects.filter(key__in=keys)
