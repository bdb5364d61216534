"""The pages that change a plan: upload, review a draft, correct a row or a table, publish."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from zhizao.apps.plan import amending, publishable, queries, review_rows, services, spreadsheets
from zhizao.apps.plan.forms import DraftForm, PublishForm, RowForm, TableUploadForm, UploadForm
from zhizao.apps.plan.models import EDITORS, Plan, PlanVersion, Row
from zhizao.apps.plan.opening import chosen, link, of_plan
from zhizao.apps.plan.sheets import SHEETS, Sheet, record_of
from zhizao.apps.plan.wording import word
from zhizao.base.accounts.access import needs
from zhizao.base.files import uploads
from zhizao.base.files.services import receive
from zhizao.base.jobs.problems import from_json, place_words, refuse, remedy_words, words
from zhizao.base.jobs.services import enqueue
from zhizao.base.ui import exports
from zhizao.kernel.result import Place, Problem, Refused

DOCUMENT_KINDS = {"txt", "html", "docx", "pdf", "xlsx"}
TABLE_KINDS = {"xlsx", "csv"}
ROWS_OF_PAGE = 500


def _version(request: HttpRequest, plan: Plan, number: int) -> PlanVersion:
    version = queries.version_at(request.user, plan, number=number)
    if version is None:
        raise Http404
    request.version = version
    return version


def opened(request: HttpRequest, version: PlanVersion, number: int) -> PlanVersion:
    """The version of the address, which the actor must be allowed to change; nothing is changed looking back."""
    version = _version(request, version.plan, number)
    if request.looking_back or not request.user.has_perm("plan.edit", version):
        raise PermissionDenied
    return version


def _sheet(name: str) -> Sheet:
    if name not in SHEETS:
        raise Http404
    return SHEETS[name]


def said(problem: Problem) -> dict[str, str]:
    """A problem in the reader's words."""
    return {"place": place_words(problem.place), "words": words(problem), "remedy": remedy_words(problem)}


def _refuse_fields(form: Form, refused: Refused) -> None:
    """Each problem at the field that it is about; the field says where, so the place is not said again."""
    for problem in refused.problems:
        field = problem.place.column
        refuse(form, Refused(replace(problem, place=Place()) if field in form.fields else problem), field=field)


def _say_cut_off(request: HttpRequest, form: Form) -> None:
    """A file above the cap never reaches the form: say that, not that the field was left empty."""
    if request.method == "POST" and (problem := uploads.cut_off(request, "file")):
        form.errors.pop("file", None)
        refuse(form, Refused(problem), field="file")


@needs("plan.edit")
def upload(request: HttpRequest) -> HttpResponse:
    """Take in a document: a job reads it and leaves a draft to review."""
    plan = chosen(request) if request.GET.get("plan") else None
    if plan and not request.user.has_perm("plan.edit", plan):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and not request.looking_back and form.is_valid():
        area = plan.area if plan else request.user.organisation.area
        try:
            stored = receive(
                actor=request.user, upload=uploads.take(request, "file"), area=area, kinds=DOCUMENT_KINDS, roles=EDITORS
            )
        except Refused as refused:
            refuse(form, refused, field="file")
        else:
            parameters = {"file": stored.pk, "plan": plan.slug if plan else "", "reason": form.cleaned_data["reason"]}
            return redirect(enqueue(actor=request.user, kind="plan.read", parameters=parameters, area=area))
    _say_cut_off(request, form)
    return render(request, "plan/upload.html", {"form": form, "plan": plan}, status=422 if form.errors else 200)


@needs("plan.edit")
@of_plan
def review(request: HttpRequest, version: PlanVersion, number: int) -> HttpResponse:
    """A version as it was read: how many rows each table has, and every problem the reader met."""
    version = _version(request, version.plan, number)
    problems = [from_json(item) for item in version.problems]
    context = {
        "version": version,
        "plan": version.plan,
        "tables": queries.table_counts(version),
        "problems": [said(problem) | {"severity": problem.severity.value} for problem in problems],
        "errors": sum(problem.severity == "error" for problem in problems),
        "may_edit": not request.looking_back and request.user.has_perm("plan.edit", version),
        "may_publish": not request.looking_back and request.user.has_perm("plan.publish", version),
        "behind": version.is_draft and publishable.is_behind(version, queries.in_force(version.plan)),
    }
    return render(request, "plan/review.html", context)


@needs("plan.edit")
@of_plan
def amend(request: HttpRequest, version: PlanVersion, number: int) -> HttpResponse:
    """Start a draft from a version."""
    version = opened(request, version, number)
    form = DraftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        draft = services.start_draft(actor=request.user, version=version, **form.cleaned_data)
        return redirect(link(request, "plan:review", draft.number))
    context = {"form": form, "version": version, "plan": version.plan}
    return render(request, "plan/amend.html", context, status=422 if form.errors else 200)


@needs("plan.publish")
@of_plan
def publish(request: HttpRequest, version: PlanVersion, number: int) -> HttpResponse:
    """Confirm and publish a draft."""
    version = opened(request, version, number)
    if not request.user.has_perm("plan.publish", version):
        raise PermissionDenied
    initial = {"reason": version.reason, "document_number": version.document_number}
    form = PublishForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data.pop("known_from")
        try:
            services.publish_version(
                actor=request.user,
                version=version,
                known_from=services.start_of(day) if day else None,
                **form.cleaned_data,
            )
        except Refused as refused:
            _refuse_fields(form, refused)
        else:
            messages.success(request, _("Version %(number)s is published.") % {"number": version.number})
            return redirect(link(request, "plan:versions"))
    context = {"form": form, "version": version, "plan": version.plan, "tables": queries.table_counts(version)}
    return render(request, "plan/publish.html", context, status=422 if form.errors else 200)


@needs("plan.edit")
@of_plan
def table(request: HttpRequest, version: PlanVersion, number: int, name: str) -> HttpResponse:
    """A table of a version: rows to correct one by one, or to download, correct and upload as a whole."""
    sheet = _sheet(name)
    version = _version(request, version.plan, number)
    match request.GET.get("format"):
        case "xlsx":
            return exports.attachment(spreadsheets.xlsx(version, sheet), f"{name}.xlsx", exports.XLSX)
        case "csv":
            return exports.attachment(spreadsheets.csv(version, sheet), f"{name}.csv", exports.CSV)
    form = TableUploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        opened(request, version, number)
        if form.is_valid() and (draft := _replaced(request, version, sheet, form)):
            messages.success(request, _("Your table stands in version %(number)s.") % {"number": draft.number})
            return redirect(link(request, "plan:review", draft.number))
        _say_cut_off(request, form)
        status = 422
    may_edit = not request.looking_back and request.user.has_perm("plan.edit", version)
    context = {"version": version, "plan": version.plan, "sheet": sheet, "form": form, "may_edit": may_edit}
    pages = Paginator(queries.rows(version, sheet.model), ROWS_OF_PAGE)
    context["page"] = pages.get_page(request.GET.get("page"))
    context["grid"] = [(row, _cells(sheet, row)) for row in context["page"]]
    return render(request, "plan/table.html", context, status=status)


def _cells(sheet: Sheet, row: Row) -> list[tuple[Any, bool]]:
    record = record_of(sheet, row)
    return [(word(column.name, record[column.name]), column.is_number) for column in sheet.columns]


def _replaced(request: HttpRequest, version: PlanVersion, sheet: Sheet, form: TableUploadForm) -> PlanVersion | None:
    try:
        stored = receive(
            actor=request.user,
            upload=uploads.take(request, "file"),
            area=version.plan.area,
            kinds=TABLE_KINDS,
            roles=EDITORS,
        )
        records, columns = spreadsheets.read(stored.sha256, sheet, file=stored.name)
        return amending.replace_table(
            actor=request.user,
            version=version,
            sheet_name=sheet.name,
            records=records,
            columns=columns,
            file=stored.name,
            reason=form.cleaned_data["reason"],
        )
    except Refused as refused:
        refuse(form, refused, field="file")
        return None


@needs("plan.edit")
@of_plan
def row(request: HttpRequest, version: PlanVersion, number: int, name: str, position: int) -> HttpResponse:
    """Correct one row of a draft. If somebody else changed it meanwhile, both values are shown and nothing is lost."""
    sheet = _sheet(name)
    version = opened(request, version, number)
    current = queries.rows(version, sheet.model).filter(position=position - 1).first()
    if current is None:
        raise Http404
    form = RowForm(request.POST or None, sheet=sheet, row=current, version=version)
    if request.GET.get("back") == "reading":
        back = link(request, "plan:reading", number, **review_rows.kept(request), row=f"{name}-{position}")
    else:
        back = link(request, "plan:table", number, name)
    context: dict[str, Any] = {"version": version, "plan": version.plan, "sheet": sheet, "row": current, "form": form}
    context["back"] = back
    if request.method == "POST" and form.is_valid():
        try:
            services.correct_row(
                actor=request.user,
                version=version,
                sheet_name=name,
                position=position - 1,
                values=form.values(),
                revision=form.cleaned_data["revision"],
                reason=form.cleaned_data["reason"],
            )
        except services.StaleEdit as stale:
            return render(request, "plan/row.html", context | _both(form, sheet, stale), status=409)
        except Refused as refused:
            _refuse_fields(form, refused)
        else:
            messages.success(request, _("Row %(row)s is corrected.") % {"row": position})
            return redirect(back)
    return render(request, "plan/row.html", context, status=422 if form.errors else 200)


def _both(form: RowForm, sheet: Sheet, stale: services.StaleEdit) -> dict[str, Any]:
    """What the page shows after another's edit: where theirs and mine differ, and mine still in the form."""
    theirs, mine = record_of(sheet, stale.current), form.values()
    differing = [
        (column.label, theirs[column.name], mine[column.name])
        for column in sheet.columns
        if str(theirs[column.name] or "") != str(mine[column.name] or "")
    ]
    form.data = form.data.copy()
    form.data["revision"] = str(stale.current.revision)
    return {"form": form, "differing": differing}
