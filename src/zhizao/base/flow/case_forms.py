"""The forms of the acts on a case. Each carries the version of the case that its page showed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.models import Organisation, User
from zhizao.base.flow import acting, allowing, kinds
from zhizao.base.flow.fields import Field
from zhizao.base.flow.models import Case, Part
from zhizao.base.flow.permissions import HANDLERS

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area

AREA_TEXT = forms.Textarea(attrs={"rows": 4})
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
ANSWER = "answer_"


class ActForm(forms.Form):
    """What every act sends: the version that was seen. Subclasses that need no reason drop ``text``."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("Reason"), max_length=acting.LONGEST_TEXT, widget=AREA_TEXT)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, initial={"version": case.version}, **options)
        self.case = case

    def seen_again(self) -> None:
        """Show the version of now with what was typed: who sends it again has looked at the case."""
        self.data = self.data.copy()
        self.data["version"] = str(Case.objects.values_list("version", flat=True).get(pk=self.case.pk))


class SayForm(ActForm):
    text = forms.CharField(label=_("Opinion"), max_length=acting.LONGEST_TEXT, widget=AREA_TEXT)


class ResumeForm(ActForm):
    text = forms.CharField(label=_("Remark"), max_length=acting.LONGEST_TEXT, widget=AREA_TEXT, required=False)


class AttachForm(ActForm):
    file = forms.FileField(label=_("File"), required=False, help_text=_("pdf, docx, xlsx, png or jpg"))
    text = forms.CharField(label=_("Remark"), max_length=acting.LONGEST_TEXT, widget=AREA_TEXT, required=False)
    field_order = ("file", "text")


class GiveBackForm(ActForm):
    to = forms.ChoiceField(label=_("Return to"), choices=[("step", _("the step before"))], widget=forms.RadioSelect)
    field_order = ("to", "text")

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, case=case, **options)
        self.fields["to"].initial = "step"
        if case.shown_to_subject and case.subject_id:
            self.fields["to"].choices += [("subject", _("the enterprise, which adds what is missing"))]


class PartForm(ActForm):
    text = None
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Organisation.objects.none())
    what = forms.CharField(label=_("What is to be done"), max_length=acting.LONGEST_TEXT, widget=AREA_TEXT)
    due_on = forms.DateField(label=_("Due on"), required=False, widget=DAY)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, case=case, **options)
        self.fields["unit"].queryset = units(case.area)


class AnswerForm(ActForm):
    text = None
    state = forms.ChoiceField(label=_("Answer of the unit"), choices=[], widget=forms.RadioSelect)
    answer = forms.CharField(label=_("In words"), max_length=acting.LONGEST_TEXT, widget=AREA_TEXT)

    def __init__(self, *args: Any, case: Case, part: Part, actor: User, **options: Any) -> None:
        super().__init__(*args, case=case, **options)
        taken_back = actor.organisation_id != part.unit_id
        choices = [(Part.State.DONE, _("carried out")), (Part.State.DECLINED, _("cannot be done"))]
        self.fields["state"].choices = [(Part.State.DECLINED, _("taken back"))] if taken_back else choices
        self.fields["state"].initial = self.fields["state"].choices[0][0]


class TransferForm(ActForm):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Organisation.objects.none(), required=False)
    owner = forms.ModelChoiceField(
        label=_("Case owner"), queryset=User.objects.none(), required=False, help_text=_("Empty: whoever of the unit.")
    )
    field_order = ("unit", "owner", "text")

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, case=case, **options)
        self.fields["unit"].queryset = units(case.area)
        self.fields["owner"].queryset = people(case.area)


class CloseForm(ActForm):
    result = forms.ChoiceField(label=_("Result"), choices=[("", "—"), *Case.Outcome.choices])
    text = forms.CharField(label=_("Result in words"), max_length=acting.LONGEST_TEXT, widget=AREA_TEXT)
    field_order = ("result", "text")


class RateForm(ActForm):
    rating = forms.TypedChoiceField(
        label=_("Rating"),
        coerce=int,
        choices=[(5, _("5 very good")), (4, "4"), (3, "3"), (2, "2"), (1, _("1 very poor"))],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=_("In words"), max_length=acting.LONGEST_TEXT, widget=AREA_TEXT, required=False)
    field_order = ("rating", "text")


class FieldsForm(ActForm):
    """What a step, or a gateway that waits, asks: its own fields. What was typed goes to the service as it is."""

    text = None

    def __init__(self, *args: Any, case: Case, asked: Iterable[Field], **options: Any) -> None:
        super().__init__(*args, case=case, **options)
        for field in asked:
            self.fields[f"{ANSWER}{field.name}"] = _asked(field)

    def answer(self) -> dict[str, str]:
        """What was typed, by the names of the procedure."""
        values = {name.removeprefix(ANSWER): self.cleaned_data[name] for name in self.fields if name != "version"}
        return {name: value for name, value in values.items() if value}


def _asked(field: Field) -> forms.CharField:
    options: list[tuple[str, Any]] = list(field.choices)
    if field.kind == "yes_no":
        options = [("yes", _("yes")), ("no", _("no"))]
    widgets: dict[str, forms.Widget] = {
        "text": forms.Textarea(attrs={"rows": 3}),
        "date": forms.DateInput(attrs={"type": "date"}),
    }
    widget = forms.Select(choices=[("", "—"), *options]) if options else widgets.get(field.kind, forms.TextInput())
    return forms.CharField(label=field.title, required=field.required, widget=widget)


def fields_of(form: Iterable[dict[str, Any]]) -> list[Field]:
    """The fields of a step as its row keeps them."""
    return [
        Field(
            name=item["name"],
            kind=item["kind"],
            label=item["label"],
            options=tuple((value, label) for value, label in item["options"]),
            required=item["required"],
            label_en=item.get("label_en", ""),  # steps begun under an earlier version have none
            options_en=tuple((value, label) for value, label in item.get("options_en", ())),
        )
        for item in form
    ]


class OpenForm(forms.Form):
    """A new case by hand."""

    kind = forms.ChoiceField(label=_("Kind"))
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("In one line what is to be done."))
    text = forms.CharField(label=_("Text"), max_length=acting.LONGEST_TEXT, widget=AREA_TEXT, required=False)
    subject = forms.CharField(
        label=_("About"), max_length=200, required=False, help_text=_("Name or id of the enterprise, park or chain.")
    )
    severity = forms.ChoiceField(label=_("Severity"), choices=Case.Severity)
    owner = forms.ModelChoiceField(
        label=_("Case owner"), queryset=User.objects.none(), required=False, help_text=_("Empty: whoever of your unit.")
    )
    shown_to_subject = forms.BooleanField(label=_("The enterprise sees the case and can rate it"), required=False)

    def __init__(self, *args: Any, actor: User, area: Area, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(kind.key, kind.label) for kind in kinds.openable(actor)]
        self.fields["owner"].queryset = people(area)


class CaseFilter(forms.Form):
    """Which cases the list shows; running ones unless something else is chosen."""

    q = forms.CharField(label=_("Number or title"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("running")), *Case.Status.choices, ("all", _("all"))],
    )
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Organisation.objects.none(), required=False, empty_label=_("all")
    )
    whose = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=[("", _("all")), ("mine", _("mine")), ("nobody", _("without an owner"))],
    )
    overdue = forms.ChoiceField(
        label=_("Due"), required=False, choices=[("", _("all")), ("yes", _("overdue")), ("no", _("in time"))]
    )

    def __init__(self, *args: Any, actor: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [("", _("all")), *((kind.key, kind.label) for kind in kinds.every())]
        if actor.organisation is not None and not actor.organisation.is_outside:
            self.fields["unit"].queryset = units(actor.organisation.area)


def units(area: Area) -> Any:
    """The units that may have cases of an area: its own and those below it."""
    inside = ("department", "district", "park")
    return Organisation.objects.filter(area__path__startswith=area.path, kind__in=inside, is_active=True)


def people(area: Area) -> Any:
    """Those who may own cases of an area."""
    of_units = Q(organisation__in=units(area).order_by().values("pk"))
    found = User.objects.filter(of_units, is_active=True, grants__role__in=HANDLERS)
    return found.select_related("organisation").distinct().order_by("organisation__path", "username")


ROLE_WORDS = {allowing.OWNER: _("who has the case"), allowing.SUBJECT: _("the enterprise")}
