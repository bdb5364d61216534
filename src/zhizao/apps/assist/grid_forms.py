"""The forms of the grid, of visits, notes and requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhizao.apps.assist import grid_queries, visits_queries
from zhizao.apps.assist.models import Duty, Topic, Visit
from zhizao.apps.assist.requests_services import LONGEST
from zhizao.base.accounts.models import Organisation, User

if TYPE_CHECKING:
    from django.db.models import QuerySet

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
OUTSIDE = (Organisation.Kind.ENTERPRISE, Organisation.Kind.BANK)
FILE_HINT = _("A photo or document (png, jpg, pdf, docx, xlsx).")


def colleagues(actor: User) -> QuerySet[User]:
    """Open accounts of the administration that the actor may see."""
    found = User.objects.visible_to(actor).filter(is_active=True, organisation__is_active=True)
    return found.exclude(organisation__kind__in=OUTSIDE).select_related("organisation").order_by("name", "username")


def units(actor: User) -> QuerySet[Organisation]:
    """Units of the administration that the actor may see."""
    return Organisation.objects.visible_to(actor).filter(is_active=True).exclude(kind__in=OUTSIDE)


class WordsField(forms.CharField):
    """A text that may be long. The browser is not told how long: it would cut what is pasted without a word."""

    def __init__(self, *, most: int = LONGEST, rows: int = 4, **options: Any) -> None:
        validators = [MaxLengthValidator(most)]
        super().__init__(validators=validators, widget=forms.Textarea(attrs={"rows": rows}), **options)


class PersonField(forms.ModelChoiceField):
    """Chooses an account, with its unit beside the name."""

    def label_from_instance(self, obj: User) -> str:
        return f"{obj}（{obj.organisation}）"


class GridFilter(forms.Form):
    STATES = (
        ("", _("all")),
        (grid_queries.NOBODY, _("nobody looks after it")),
        (grid_queries.OVERDUE, _("visit overdue")),
        (grid_queries.SOON, _("visit due soon")),
        (grid_queries.LATER, _("visit later")),
    )

    q = forms.CharField(label=_("Name or street"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    holder = forms.CharField(label=_("Who"), required=False, max_length=40, widget=forms.HiddenInput)


class VisitFilter(forms.Form):
    STATES = (
        ("", _("all")),
        (visits_queries.PLANNED, _("planned")),
        (visits_queries.LATE, _("not reported")),
        (visits_queries.DONE, _("visit made")),
        (visits_queries.CANCELLED, _("given up")),
    )

    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    whose = forms.ChoiceField(label=_("Whose"), required=False, choices=[("", _("everybody's")), ("own", _("my own"))])


class DutyForm(forms.Form):
    duty = forms.ChoiceField(label=_("Duty"), choices=Duty.choices)
    person = PersonField(User.objects.none(), label=_("Responsible person"), required=False)
    unit = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Unit"),
        required=False,
        help_text=_("Empty: the unit of the person. Name a unit alone if nobody is chosen yet."),
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DAY)
    source = forms.CharField(label=_("Source"), max_length=400, help_text=_("The document or list that says so."))

    def __init__(self, data: Any, *, actor: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["person"].queryset = colleagues(actor)
        self.fields["unit"].queryset = units(actor)


class HandOverForm(forms.Form):
    leaver = PersonField(User.objects.none(), label=_("Who leaves"))
    successor = PersonField(User.objects.none(), label=_("Who takes over"))
    source = forms.CharField(label=_("Reason"), max_length=400)

    def __init__(self, data: Any, *, actor: User, **options: Any) -> None:
        super().__init__(data, **options)
        planned = Visit.objects.filter(reported_at=None, cancelled_at=None)
        busy = Q(responsibilities__isnull=False) | Q(pk__in=planned.order_by().values("visitor"))
        held = User.objects.visible_to(actor).filter(busy).distinct()
        self.fields["leaver"].queryset = held.select_related("organisation").order_by("name", "username")
        self.fields["successor"].queryset = colleagues(actor)


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("xlsx or csv with the columns of the template."))


class PlanForm(forms.Form):
    visitor = PersonField(User.objects.none(), label=_("Visitor"))
    planned_on = forms.DateField(label=_("Date of the visit"), widget=DAY)
    kind = forms.ChoiceField(label=_("Kind"), choices=Visit.Kind.choices)

    def __init__(self, data: Any, *, actor: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["visitor"].queryset = colleagues(actor)


class ReportForm(forms.Form):
    done_on = forms.DateField(label=_("Visited on"), widget=DAY)
    findings = WordsField(label=_("Findings"), help_text=_("What was seen and said."))
    needs = forms.MultipleChoiceField(
        label=_("The enterprise needs"), required=False, choices=Topic.choices, widget=forms.CheckboxSelectMultiple
    )
    next_step = WordsField(
        label=_("Next step"), rows=2, required=False, help_text=_("What was promised, by whom, until when.")
    )
    file = forms.FileField(label=_("File"), required=False, help_text=FILE_HINT)


class CorrectReportForm(ReportForm):
    why = forms.CharField(label=_("Reason of the correction"), max_length=400)


class ReasonForm(forms.Form):
    why = forms.CharField(label=_("Reason"), max_length=400)


class NoteForm(forms.Form):
    text = WordsField(label=_("What was observed"), help_text=_("What was heard or seen, and from whom."))
    becomes = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[("file", _("keep it in the enterprise's record")), ("case", _("make a case of it at once"))],
        widget=forms.RadioSelect,
        initial="file",
    )


class RequestForm(forms.Form):
    topic = forms.ChoiceField(label=_("What it is about"), choices=Topic.choices, widget=forms.RadioSelect)
    text = WordsField(
        label=_("Request"), rows=6, help_text=_("What is lacking, since when, how much, and what has been tried.")
    )
    file = forms.FileField(label=_("File"), required=False, help_text=FILE_HINT)
