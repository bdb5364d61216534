"""``/api/v1/forms``: definitions for anyone; an enterprise's programs write and hand in its own reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from zhizao.base.accounts.api_auth import TokenAuth, anonymous
from zhizao.base.forms import queries, services
from zhizao.base.forms.definition import Form
from zhizao.base.forms.library import library
from zhizao.base.forms.models import Submission
from zhizao.base.jobs.problems import place_words, remedy_words, say, words
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

READ, WRITE = "forms:read", "forms:write"

router = Router(tags=["forms"])


class RowOut(Schema):
    code: str
    name: dict[str, str]
    unit: str
    kind: str
    indicator: str
    measure: str
    required: bool
    formula: str
    choices: dict[str, dict[str, str]]


class ColumnOut(Schema):
    id: str
    name: dict[str, str]
    reach: str
    year_earlier: bool


class CheckOut(Schema):
    id: str
    severity: str
    expr: str
    text: dict[str, str]
    cells: list[str]


class DeadlineOut(Schema):
    period: str
    opens: date
    due: datetime
    demonstration: bool


class FormOut(Schema):
    id: str
    edition: str
    number: str
    title: dict[str, str]
    unit: str
    effective_from: date
    effective_to: date | None
    rhythm: str


class FormDetailOut(FormOut):
    columns: list[ColumnOut]
    rows: list[RowOut]
    parameters: dict[str, str]
    checks: list[CheckOut]
    deadlines: list[DeadlineOut]


class DraftIn(Schema):
    cells: dict[str, str] = Field(description="Cell, as 01.ytd, to its figure as text; cells left out stay as they are")
    reasons: dict[str, str] = Field({}, description="Check to the reason why its figures are right all the same")
    revision: int = Field(1, ge=1, description="The revision that the draft was read at; 1 for a new one")


class ReasonsIn(Schema):
    reasons: dict[str, str] = {}
    revision: int = Field(ge=1)


class FindingOut(Schema):
    check: str
    severity: str
    cells: list[str]
    words: str


class ReportOut(Schema):
    form: str
    edition: str
    period: str
    subject: str
    state: str
    late: bool
    revision: int
    cells: dict[str, str]
    filled: dict[str, str] = Field(description="Cells that were filled in, with the source of their figure")
    findings: list[FindingOut]


class ProblemOut(Schema):
    code: str
    place: str
    words: str
    remedy: str


class RefusedOut(Schema):
    problems: list[ProblemOut]


class Period(Schema):
    period: str = Field(description="2025-03, 2025-01..02, 2025Q1", max_length=40)


def form_or_404(request: HttpRequest, name: str) -> Form:
    """The newest edition of a form where the caller is."""
    editions = library(queries.place_of(request.user)).editions(name)
    if not editions:
        raise Http404
    return editions[0]


@router.get("forms", response=list[FormOut], auth=[TokenAuth(READ), anonymous])
def forms(request: HttpRequest) -> Any:
    """The newest edition of every form."""
    return library(queries.place_of(request.user)).newest()


@router.get("forms/{slug:form}", response=FormDetailOut, auth=[TokenAuth(READ), anonymous])
def definition(request: HttpRequest, form: str) -> Any:
    """What a form asks, how it is checked, and when it is due."""
    found = form_or_404(request, form)
    fields = {name: getattr(found, name) for name in FormOut.model_fields}
    fields |= {"columns": found.columns, "rows": found.rows, "checks": found.checks}
    fields["parameters"] = {name: f"{value:f}" for name, value in found.parameters.items()}
    fields["deadlines"] = [
        {"period": str(d.period), "opens": d.opens, "due": d.due, "demonstration": d.demonstration}
        for d in library(queries.place_of(request.user)).deadlines
        if d.form == form
    ]
    return fields


@router.put("forms/{slug:form}", response={200: ReportOut, 409: ReportOut, 422: RefusedOut}, auth=TokenAuth(WRITE))
def write(request: HttpRequest, form: str, asked: Query[Period], draft: DraftIn) -> Any:
    """Write a draft of the own enterprise's report; what is wrong in it is told, and does not stop it."""
    form_or_404(request, form)
    try:
        report = services.open_report(actor=request.user, form=form, period=Span.parse(asked.period))
        kept = services.save(
            actor=request.user,
            submission=report,
            cells=draft.cells,
            revision=draft.revision,
            reasons=draft.reasons,
        )
    except services.StaleReport as stale:
        return Status(409, _report(stale.current))
    except Refused as refused:
        return Status(422, _refused(refused))
    return _report(kept)


@router.post("forms/{slug:form}", response={200: ReportOut, 409: ReportOut, 422: RefusedOut}, auth=TokenAuth(WRITE))
def hand_in(request: HttpRequest, form: str, asked: Query[Period], reasons: ReasonsIn) -> Any:
    """Hand in the draft; refused with every error and every remark without a reason."""
    form_or_404(request, form)
    try:
        report = services.open_report(actor=request.user, form=form, period=Span.parse(asked.period))
        done = services.submit(
            actor=request.user, submission=report, revision=reasons.revision, reasons=reasons.reasons
        )
    except services.StaleReport as stale:
        return Status(409, _report(stale.current))
    except Refused as refused:
        return Status(422, _refused(refused))
    return _report(done)


def _report(submission: Submission) -> dict[str, Any]:
    found = queries.assess(submission)
    return {
        "form": submission.form,
        "edition": submission.edition,
        "period": str(submission.period),
        "subject": submission.subject_key,
        "state": submission.state,
        "late": submission.late,
        "revision": submission.revision,
        "cells": {**found.printed, **found.computed},
        "filled": {cell: item.source for cell, item in found.filled.items()},
        "findings": [
            {
                "check": finding.id,
                "severity": finding.severity,
                "cells": list(finding.cells),
                "words": say(finding.message, finding.params),
            }
            for finding in found.outcome.findings
        ],
    }


def _refused(refused: Refused) -> dict[str, Any]:
    return {
        "problems": [
            {"code": p.code, "place": place_words(p.place), "words": words(p), "remedy": remedy_words(p)}
            for p in refused.problems
        ]
    }
