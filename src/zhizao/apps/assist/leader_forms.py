"""The forms by which a leader decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhizao.apps.assist.grid_forms import DAY, PersonField, WordsField, colleagues
from zhizao.base.accounts.models import User


class WordForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = WordsField(label=_("What is to be done"), help_text=_("It stands in the case as it is."))


class AssignForm(WordForm):
    person = PersonField(User.objects.none(), label=_("Who takes it"))
    field_order = ("version", "person", "text")

    def __init__(self, data: Any, *, actor: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["person"].queryset = colleagues(actor)


class ReportForm(WordForm):
    due_on = forms.DateField(label=_("Report by"), widget=DAY)
    field_order = ("version", "due_on", "text")
