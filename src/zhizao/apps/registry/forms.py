"""The filter of the register, and the forms that add to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhizao.apps.registry import certificates, queries
from zhizao.apps.registry.attributes import ASKED_BY_RULES, OWN
from zhizao.base.facts.models import Membership, Name

MOST_LINES, LONGEST_LINE = 1000, 200
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

NAMES = [
    (f"name:{kind}", Name.Kind(kind).label)
    for kind in (Name.Kind.REGISTERED, Name.Kind.SHORT, Name.Kind.FORMER, Name.Kind.ENGLISH, Name.Kind.ALIAS)
]
TREES = [(f"tree:{tree}", Membership.Tree(tree).label) for tree in queries.TREES]
WHAT = [
    (_("Attributes"), [(f"attribute:{name}", kind.label) for name, kind in OWN.items()]),
    (_("Belongs to"), TREES),
    (_("Names and code"), [*NAMES, ("code", _("credit code"))]),
    (_("Facts that rules ask for"), [(f"attribute:{name}", kind.label) for name, kind in ASKED_BY_RULES.items()]),
]


def kinds_of_certificate() -> list[tuple[str, str]]:
    """The kinds of certificate as choices."""
    return [(code, kind.label) for code, kind in certificates.kinds().items()]


class EnterpriseFilter(forms.Form):
    q = forms.CharField(label=_("Name, pinyin, initials or credit code"), required=False, max_length=100)
    tier = forms.ChoiceField(label=_("Tier"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    industry = forms.CharField(label=_("GB/T 4754 class"), required=False, max_length=5)
    certificate = forms.ChoiceField(label=_("Certificate"), required=False)
    above_scale = forms.ChoiceField(
        label=_("Above-scale"), required=False, choices=[("", _("all")), ("yes", _("yes")), ("no", _("no"))]
    )
    state = forms.ChoiceField(
        label=_("Records"),
        required=False,
        choices=[("", _("stand for themselves")), ("absorbed", _("go on in another"))],
    )

    def __init__(self, data: Any, *, actor: Any, seen: queries.View) -> None:
        super().__init__(data)
        every = [("", _("all"))]
        self.fields["tier"].choices = every + [(tier, tier) for tier in queries.tiers(actor)]
        self.fields["sector"].choices = every + queries.sectors(actor, seen)
        self.fields["certificate"].choices = every + kinds_of_certificate()

    def wanted(self) -> queries.Wanted:
        """What the list is narrowed by; a choice that does not exist narrows nothing."""
        values = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return queries.Wanted(
            text=values.get("q", ""),
            tier=values.get("tier", ""),
            sector=values.get("sector", ""),
            industry=values.get("industry", "").strip(),
            certificate=values.get("certificate", ""),
            above_scale=values.get("above_scale", ""),
            absorbed=values.get("state") == "absorbed",
        )


class SourceForm(forms.Form):
    """What every act asks: whence it is known."""

    source = forms.CharField(
        label=_("Source"), max_length=400, help_text=_("The document, list or visit that says so.")
    )


class DaysForm(SourceForm):
    """A fact with its days, the last not before the first."""

    valid_from = forms.DateField(
        label=_("Valid from"), required=False, widget=DAY, help_text=_("Empty: it has always been so.")
    )
    valid_to = forms.DateField(
        label=_("Valid to"), required=False, widget=DAY, help_text=_("The last day; empty: it still is so.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day lies before the first."))
        return data


class FactForm(DaysForm):
    what = forms.ChoiceField(label=_("Fact"), choices=WHAT)
    value = forms.CharField(
        label=_("Says"),
        max_length=400,
        help_text=_("Write a count as 1200, a date as 2024-07-20, yes or no as 是 or 否; a class by its code."),
    )
    field_order = ("what", "value", "valid_from", "valid_to", "source")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first = data.get("valid_from")
        if data.get("what") == f"name:{Name.Kind.REGISTERED}" and not first and not self.errors:
            self.add_error("valid_from", _("Say from which day on the enterprise bears this name."))
        return data


class CertificateForm(DaysForm):
    kind = forms.ChoiceField(label=_("Certificate"), choices=kinds_of_certificate)
    number = forms.CharField(label=_("Number"), max_length=80, required=False)
    authority = forms.CharField(label=_("Given by"), max_length=200, required=False)
    edition = forms.CharField(label=_("Edition of the rules"), max_length=100, required=False)
    valid_from = forms.DateField(label=_("Valid from"), widget=DAY)
    field_order = ("kind", "number", "authority", "edition", "valid_from", "valid_to", "source")


class InstitutionForm(DaysForm):
    name = forms.CharField(label=_("R&D institution"), max_length=200)
    level = forms.CharField(label=_("Level"), max_length=60, required=False)
    field_order = ("name", "level", "valid_from", "valid_to", "source")


class PatentForm(DaysForm):
    number = forms.CharField(label=_("Number"), max_length=40)
    title = forms.CharField(label=_("Title"), max_length=300, required=False)
    kind = forms.CharField(label=_("Kind"), max_length=40, required=False)
    field_order = ("number", "title", "kind", "valid_from", "valid_to", "source")


class PossessionFilter(forms.Form):
    q = forms.CharField(label=_("Enterprise, kind, name or number"), required=False, max_length=100)
    soon = forms.ChoiceField(
        label=_("Validity"), required=False, choices=[("", _("all")), ("yes", _("runs out within 90 days"))]
    )


class TakeBackForm(forms.Form):
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=DAY, help_text=_("Empty: it has never been so.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=400)


class MergeForm(forms.Form):
    survivor = forms.CharField(
        label=_("Goes on in"), max_length=100, help_text=_("The id of the enterprise, as its file shows it.")
    )
    since = forms.DateField(
        label=_("Merged on"),
        required=False,
        widget=DAY,
        help_text=_("Empty: the two records have always been one enterprise."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=400)


class SplitForm(forms.Form):
    since = forms.DateField(
        label=_("Separate from"), required=False, widget=DAY, help_text=_("Empty: the merge was an error.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=400)


class EnterForm(SourceForm):
    name = forms.CharField(label=_("Registered name"), max_length=200)
    valid_from = forms.DateField(
        label=_("In the register since"), required=False, widget=DAY, help_text=_("Empty: it has always been so.")
    )
    field_order = ("name", "valid_from", "source")


class UploadForm(forms.Form):
    REGISTER, LINKS = "register", "links"

    what = forms.ChoiceField(
        label=_("What is in it"), choices=[(REGISTER, _("enterprises")), (LINKS, _("suppliers and customers"))]
    )
    file = forms.FileField(
        label=_("File"), help_text=_("xlsx or csv with the columns of the template; others are left out.")
    )
    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=DAY,
        help_text=_("For enterprises whose row names no day of its own; each row of suppliers and customers has one."),
    )


class ResolveForm(forms.Form):
    names = forms.CharField(
        label=_("Names to look up"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One name a line, as they stand in a list, a report or a contract."),
    )
    keep = forms.BooleanField(label=_("Put doubtful names on the list to be decided"), required=False)

    def clean_names(self) -> str:
        text: str = self.cleaned_data["names"]
        lines = text.splitlines()
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(
                _("These are %(count)s lines; the page takes %(most)s. Divide them, or use the command."),
                params={"count": len(lines), "most": MOST_LINES},
            )
        for number, line in enumerate(lines, 1):
            if len(line) > LONGEST_LINE:
                raise forms.ValidationError(
                    _("Line %(number)s is longer than %(most)s characters: no name is. Write one name a line."),
                    params={"number": number, "most": LONGEST_LINE},
                )
        return text
