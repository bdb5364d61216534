"""Filters of the lists, and the forms that change a plan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhizao.apps.plan.models import PlannedEnterprise, PlanVersion, Project, Row
from zhizao.apps.plan.queries import ProjectFilter, choices
from zhizao.apps.plan.services import QUOTES
from zhizao.apps.plan.sheets import SHEETS, Sheet, record_of


def _options(version: PlanVersion, model: type[Row], field: str, *, every: Any) -> list[tuple[str, Any]]:
    return [("", every), *((word, f"{word}（{count}）") for word, count in choices(version, model, field) if word)]


class EnterpriseFilter(forms.Form):
    q = forms.CharField(label=_("Name, pinyin or initials"), required=False)
    tier = forms.ChoiceField(label=_("Tier"), required=False)
    industry = forms.ChoiceField(label=_("Industry"), required=False)

    def __init__(self, data: Any, *, version: PlanVersion) -> None:
        super().__init__(data)
        for name in ("tier", "industry"):
            self.fields[name].choices = _options(version, PlannedEnterprise, name, every=_("all"))

    def wanted(self) -> dict[str, str]:
        """The words to filter by; a choice that does not exist filters nothing."""
        values = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return {"text": values.get("q", ""), "tier": values.get("tier", ""), "industry": values.get("industry", "")}


class ProjectFilterForm(forms.Form):
    q = forms.CharField(label=_("Project or owner"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    responsible_unit = forms.ChoiceField(label=_("Responsible unit"), required=False)
    nature = forms.ChoiceField(label=_("Nature of the works"), required=False)
    year = forms.IntegerField(label=_("Under way in"), required=False, min_value=1900, max_value=2200)
    least = forms.DecimalField(label=_("From (CNY 10 k)"), required=False, min_value=0)
    most = forms.DecimalField(label=_("To (CNY 10 k)"), required=False, min_value=0)

    def __init__(self, data: Any, *, version: PlanVersion) -> None:
        super().__init__(data)
        for name in ("sector", "responsible_unit", "nature"):
            self.fields[name].choices = _options(version, Project, name, every=_("all"))

    def wanted(self) -> ProjectFilter:
        """What the list is narrowed by; a value that is no number narrows nothing and is marked at its field."""
        values = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return ProjectFilter(
            sector=values.get("sector", ""),
            responsible_unit=values.get("responsible_unit", ""),
            nature=values.get("nature", ""),
            year=values.get("year"),
            least_wan_yuan=values.get("least"),
            most_wan_yuan=values.get("most"),
            text=values.get("q", ""),
        )


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Plan document"),
        help_text=_("txt, md, html, docx, pdf with text, or xlsx, with the plan's tables."),
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, help_text=_("What is new in this version, and since when.")
    )


class DocumentForm(forms.Form):
    file = forms.FileField(
        label=_("Document of this version"), help_text=_("The file that the plan was read from, unchanged.")
    )


class TableUploadForm(forms.Form):
    file = forms.FileField(
        label=_("Corrected table"), help_text=_("The downloaded table as xlsx or csv, heads unchanged.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("What was wrong."))


class DraftForm(forms.Form):
    """What a draft is for. The number of its document may come later, with the document, but not after publishing."""

    KINDS = (PlanVersion.Kind.AMENDMENT, PlanVersion.Kind.MID_TERM, PlanVersion.Kind.CORRECTION)

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        help_text=_("A correction mends what was read wrong; what decides anew has a document."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("Why the plan is amended."))
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=100,
        required=False,
        help_text=_("Of the document that decides it; it may be given when the draft is published."),
    )


class DiscardForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("Why the draft is given up."))


class PublishForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("It stands in the list of versions for everyone.")
    )
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=100,
        required=False,
        help_text=_("An amendment or adjustment must name the document that decides it."),
    )
    known_from = forms.DateField(
        label=_("In force since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The day the document was issued; empty means now."),
    )


class RowForm(forms.Form):
    """One row of a table; its fields are the columns of the sheet, its values are checked by ``sheets.build``."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, sheet: Sheet, row: Row, version: PlanVersion) -> None:
        self.sheet = sheet
        record = record_of(sheet, row)
        initial = {name: value for name, value in record.items() if value is not None}
        initial |= {"revision": row.revision, "reason": version.reason if version.based_on_id else ""}
        super().__init__(data, initial=initial)
        labels = {column.name: column.label for column in sheet.columns}
        for column in sheet.columns:
            self.fields[column.name] = _field(column.field, label=column.label, required=column.required)
            quote = QUOTES.get(column.name, "")
            if printed := record.get(quote):
                self.fields[column.name].help_text = _(
                    "If the figure changes, “%(column)s” (%(printed)s) is emptied, unless it is corrected too."
                ) % {"column": labels[quote], "printed": printed}
        self.fields["reason"] = forms.CharField(
            label=_("Reason"), required=version.is_reading, max_length=500, help_text=_("What was wrong.")
        )

    def values(self) -> dict[str, Any]:
        """The cells as typed."""
        return {column.name: self.cleaned_data[column.name] for column in self.sheet.columns}


def _field(field: models.Field, *, label: str, required: bool) -> forms.Field:
    if field.choices:
        return forms.ChoiceField(label=label, choices=field.choices, required=required)
    if isinstance(field, models.TextField):
        return forms.CharField(label=label, required=required, max_length=4000)
    return forms.CharField(label=label, required=required, max_length=field.max_length or 40)


SHEET_NAMES = tuple(SHEETS)
