"""Report once: figures that are known already are filled in, locked, and say where they come from.

Three sources, the first that has a figure wins: last year's report of the same form (for its columns of last year), any
other report of the same organisation that states the same indicator for the same months, and what the app above knows
(``settings.FORMS_KNOWN_ITEMS``, the dotted name of ``known_items(subject_key, span) -> {indicator: Known}``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from zhizao.base.forms.definition import YEAR, Column, Form, Row, key
from zhizao.base.forms.library import library
from zhizao.base.forms.models import Submission
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span


@dataclass(frozen=True, slots=True)
class Known:
    """A figure of an indicator with its unit and where it comes from."""

    value: Decimal
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What a cell is filled with."""

    printed: str
    source: str


Provider = Callable[[str, Span], Mapping[str, Known]]


def provider() -> Provider | None:
    """What the roof has set, or None."""
    dotted = getattr(settings, "FORMS_KNOWN_ITEMS", None)
    return import_string(dotted) if dotted else None


def handed_in(submission: Submission) -> list[Submission]:
    """The other reports of the organisation that count: handed in and not returned."""
    return list(
        Submission.objects.filter(organisation=submission.organisation_id, state__in=Submission.HANDED_IN)
        .exclude(pk=submission.pk)
        .filter(start_month__gte=submission.start_month - 24)
        .order_by("form", "start_month")
    )


def known_cells(submission: Submission, form: Form, others: Iterable[Submission]) -> dict[str, Filled]:
    """The cells that the reporter need not fill in."""
    others = list(others)
    found = _last_year(submission, form, others)
    stated = _stated(submission, others)
    asked: dict[Span, Mapping[str, Known]] = {}
    ask = provider()
    for row, column in form.cells():
        cell = key(row, column)
        if cell in found or not row.indicator or row.node is not None:
            continue
        span = column.span(submission.period, row.measure)
        if filled := stated.get((row.indicator, span, row.unit)):
            found[cell] = filled
        elif ask is not None:
            if span not in asked:
                asked[span] = ask(submission.subject_key, span)
            if filled := _converted(asked[span].get(row.indicator), row, form):
                found[cell] = filled
    return found


def _last_year(submission: Submission, form: Form, others: list[Submission]) -> dict[str, Filled]:
    """The columns of last year from the report of a year ago."""
    period = library(submission.area.path).earlier(form.id, submission.period, YEAR)
    report = next((o for o in others if o.form == form.id and o.period == period), None)
    if report is None:
        return {}
    source = _("%(form)s of %(period)s") % {"form": form.number, "period": period}
    found = {}
    for row, column in form.cells():
        twin = _this_years(form, column)
        if column.year_earlier and twin and row.node is None and (printed := report.cells.get(key(row, twin))):
            found[key(row, column)] = Filled(printed, source)
    return found


def _this_years(form: Form, column: Column) -> Column | None:
    return next((c for c in form.columns if c.reach == column.reach and not c.year_earlier), None)


def _stated(submission: Submission, others: list[Submission]) -> dict[tuple[str, Span, str], Filled]:
    """What other forms' reports state, by indicator, span and unit."""
    found: dict[tuple[str, Span, str], Filled] = {}
    for other in others:
        if other.form == submission.form:
            continue
        form = other.definition
        for row, column in form.cells():
            printed = other.cells.get(key(row, column))
            if row.indicator and printed and not column.year_earlier and key(row, column) not in other.sources:
                span = column.span(other.period, row.measure)
                source = f"{form.number} {form.label(key(row, column), 'zh')}"
                found.setdefault((row.indicator, span, row.unit), Filled(printed, source))
    return found


def _converted(known: Known | None, row: Row, form: Form) -> Filled | None:
    """A known figure in the row's unit; what this form itself has brought is not known to it."""
    if known is None or known.source.startswith(form.number):
        return None
    value = known.value
    if known.unit != row.unit:
        from zhizao.kernel import units

        try:
            value = units.unit(known.unit).convert(value, units.unit(row.unit), places=row.places)
        except Refused:
            return None
    places = 0 if row.kind == "integer" else row.places
    return Filled(f"{round(value, places):f}", known.source)
