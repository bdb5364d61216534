"""What is asked of who writes down a measure that was taken."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from zhizao.apps.assist.measures import Measure


class HelpForm(forms.Form):
    """A measure, the hours of staff that it took and the day on which it was taken."""

    measure = forms.ChoiceField(label=_("Measure"))
    hours = forms.DecimalField(
        label=_("Hours of staff"),
        max_digits=8,
        decimal_places=2,
        required=False,
        help_text=_("All people together; empty if nobody counted."),
    )
    taken_on = forms.DateField(label=_("Taken on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *data: object, measures: Iterable[Measure], **options: object) -> None:
        super().__init__(*data, **options)
        self.fields["measure"].choices = [(one.key, one.name) for one in measures]


class CorrectHelpForm(HelpForm):
    """The same anew, with the reason."""

    why = forms.CharField(label=_("Reason of the correction"), max_length=400)

    def __init__(self, *data: object, measures: Iterable[Measure], **options: object) -> None:
        super().__init__(*data, measures=measures, **options)
        self.fields["measure"].choices = [*self.fields["measure"].choices, ("", _("none: it was not taken after all"))]
        self.fields["measure"].required = False
