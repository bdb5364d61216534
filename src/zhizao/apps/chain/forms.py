"""The forms by which the chain office keeps its chains."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhizao.apps.chain import sheets
from zhizao.apps.chain.models import Leader, Placement, Stage
from zhizao.base.facts.models import Link

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
STAGES = [("", _("not stated")), *Stage.choices]


class SourceForm(forms.Form):
    """What every act asks: whence it is known."""

    source = forms.CharField(
        label=_("Source"), max_length=400, help_text=_("The document, list or visit that says so.")
    )


class ChainForm(SourceForm):
    name = forms.CharField(label=_("Chain"), max_length=120)
    field_order = ("name", "source")


class NodeForm(SourceForm):
    name = forms.CharField(label=_("Chain node"), max_length=120)
    stage = forms.ChoiceField(label=_("Chain stage"), choices=STAGES, required=False)
    products = forms.CharField(label=_("Products"), max_length=400, required=False)
    field_order = ("name", "stage", "products", "source")


class MoveForm(forms.Form):
    """Where a node stands on the map, with the reason."""

    stage = forms.ChoiceField(label=_("Chain stage"), choices=STAGES, required=False)
    layer = forms.IntegerField(
        label=_("Layer"),
        required=False,
        min_value=0,
        max_value=sheets.MOST_LAYERS,
        help_text=_("The column of the map, from 0 upstream. Empty: it is computed."),
    )
    products = forms.CharField(label=_("Products"), max_length=400, required=False)
    source = forms.CharField(label=_("Reason"), max_length=400)


class MemberForm(SourceForm):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As the document or the enterprise writes it."))
    enterprise = forms.CharField(
        label=_("Enterprise"),
        max_length=120,
        required=False,
        help_text=_("Id, credit code or registered name of who is meant; empty: nobody in the register."),
    )
    member_type = forms.ChoiceField(label=_("Kind"), choices=Placement.MemberType.choices)
    basis = forms.ChoiceField(label=_("How known"), choices=Placement.Basis.choices)
    confidence = forms.ChoiceField(label=_("Confidence"), choices=Link.Confidence.choices)
    valid_from = forms.DateField(
        label=_("Valid from"), required=False, widget=DAY, help_text=_("Empty: it has always been so.")
    )
    field_order = ("name", "enterprise", "member_type", "basis", "confidence", "valid_from", "source")


class EndForm(forms.Form):
    """End something, or say that it never was."""

    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=DAY, help_text=_("Empty: it has never been so.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=400)


class LeaderForm(SourceForm):
    kind = forms.ChoiceField(label=_("Kind of leader"), choices=Leader.Kind.choices)
    person = forms.CharField(label=_("Person"), max_length=80)
    post = forms.CharField(label=_("Post and organisation"), max_length=200, required=False)
    enterprise = forms.CharField(
        label=_("Enterprise"),
        max_length=120,
        required=False,
        help_text=_("Of an enterprise leader: id, credit code or registered name."),
    )
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DAY)
    field_order = ("kind", "person", "post", "enterprise", "valid_from", "source")


class MatterForm(forms.Form):
    title = forms.CharField(label=_("Matter"), max_length=200)
    owner = forms.CharField(label=_("Who"), max_length=120, help_text=_("The department or person who sees to it."))
    due_on = forms.DateField(label=_("Due on"), widget=DAY)


class CloseForm(forms.Form):
    result = forms.CharField(label=_("Result"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


class EdgeForm(SourceForm):
    buyer = forms.ChoiceField(label=_("Buying node"))
    product = forms.CharField(label=_("Goods"), max_length=200, required=False)
    confidence = forms.ChoiceField(label=_("Confidence"), choices=Link.Confidence.choices)
    field_order = ("buyer", "product", "confidence", "source")

    def __init__(self, data: Any, *, buyers: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["buyer"].choices = buyers


class RenewForm(forms.Form):
    until = forms.DateField(label=_("Goes on until"), widget=DAY)
    source = forms.CharField(label=_("Source"), max_length=400, help_text=_("Contract or declaration that says so."))
    every = forms.BooleanField(label=_("All of them, also those that are not shown"), required=False)


class UploadForm(forms.Form):
    WHAT = (
        (sheets.NODES, _("nodes of chains")),
        (sheets.MEMBERS, _("names at nodes")),
        (sheets.EDGES, _("flows between nodes")),
    )

    what = forms.ChoiceField(label=_("What is in it"), choices=WHAT)
    file = forms.FileField(
        label=_("File"), help_text=_("xlsx or csv with the columns of the template; others are left out.")
    )
    valid_from = forms.DateField(
        label=_("Valid from"), widget=DAY, help_text=_("For rows that name no day of their own.")
    )


class DaysForm(forms.Form):
    """The two days that are compared."""

    before = forms.DateField(label=_("Earlier day"), widget=DAY)
    after = forms.DateField(label=_("Later day"), widget=DAY)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("before") and data.get("after") and data["before"] > data["after"]:
            self.add_error("after", _("The second day lies before the first."))
        return data
