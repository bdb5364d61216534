"""The pages of the grid: who looks after which enterprises, said one by one, by a table, or handed over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.assist import grid_queries, grid_services, grid_sheet, visits_rhythm
from zhizao.apps.assist.grid_forms import DutyForm, GridFilter, HandOverForm, UploadForm
from zhizao.apps.assist.grid_tables import GridTable
from zhizao.apps.registry import queries as register
from zhizao.base.accounts.access import needs
from zhizao.base.accounts.models import Area
from zhizao.base.facts.models import Subject
from zhizao.base.files import store, uploads
from zhizao.base.files.models import StoredFile
from zhizao.base.files.services import receive
from zhizao.base.jobs.problems import refuse
from zhizao.base.ui import exports
from zhizao.base.ui.views import table_response
from zhizao.kernel.result import Refused

KINDS = {"xlsx", "csv"}


def own_area(request: HttpRequest) -> Area:
    """The area that the actor works for."""
    if request.user.organisation is None:
        raise PermissionDenied
    return request.user.organisation.area


def opened(request: HttpRequest, key: str) -> Subject:
    """The enterprise of the address; for one who may not see it there is none."""
    found = register.enterprise(request.user, key)
    if found is None:
        raise Http404
    return found


def may(request: HttpRequest, permission: str, target: object = None) -> bool:
    """Whether the page offers acts; none in the past."""
    return not request.looking_back and request.user.has_perm(permission, target)


def now_only(request: HttpRequest) -> None:
    """Nothing is done looking back."""
    if request.looking_back:
        raise PermissionDenied


def source(request: HttpRequest) -> str:
    """The foot of the pages: the day, and the rule by which visits are due."""
    day = register.view(request.as_of).on
    rule = visits_rhythm.rhythm(day)
    words = {"day": day, "since": rule.effective_from, "source": _(rule.source), "confidence": rule.confidence}
    return (
        _("As known on %(day)s. Visits are due by the rule of %(since)s (%(source)s, confidence %(confidence)s).")
        % words
    )


def called(subject: Subject, request: HttpRequest) -> str:
    """The name of an enterprise."""
    return register.parent_names([subject], register.view(request.as_of))[subject.pk]


def act(
    request: HttpRequest,
    *,
    form: forms.Form,
    do: Callable[[dict[str, Any]], Any],
    back: str,
    title: str,
    answer: str,
    verb: str = "",
    field: str | None = None,
    subject: Subject | None = None,
) -> HttpResponse:
    """Show a form, or do what it asks and go where ``do`` says (an address), by default back."""
    now_only(request)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():  # a file that came with what is refused is not kept either
                result = do(form.cleaned_data)
        except Refused as refused:
            refuse(form, refused, field=_place(refused.problems[0].code, field))
        else:
            return redirect(result if isinstance(result, str) else back)
    context = {
        "form": form,
        "title": title,
        "answer": answer,
        "verb": verb or _("Record"),
        "back": back,
        "subject": subject,
        "called": called(subject, request) if subject else "",
        "multipart": form.is_multipart(),
    }
    return render(request, "assist/grid_act.html", context, status=422 if form.errors else 200)


def _place(code: str, field: str | None) -> str | None:
    """At which field a refusal is told: over the form if it is not of what was typed."""
    if code in ("assist.visit_is_over", "assist.corrected_meanwhile", "assist.nothing_corrected"):
        return None
    return "file" if code.startswith("files.") else field


def posted(request: HttpRequest) -> Any:
    """The form's data if it was sent."""
    return request.POST if request.method == "POST" else None


def files_of(request: HttpRequest, area: Area) -> list[StoredFile]:
    """The file that came with a form, if one did.

    Raises
    ------
    Refused : it is too large or of a kind that is not taken.
    """
    if not request.FILES and uploads.cut_off(request, "file") is None:
        return []
    upload = uploads.take(request, "file")
    return [receive(actor=request.user, upload=upload, area=area, kinds={"png", "jpg", "pdf", "docx", "xlsx"})]


@needs("assist.grid")
def grid(request: HttpRequest) -> HttpResponse:
    """Every enterprise with whoever looks after it, and who has how much to do."""
    area = own_area(request)
    every = grid_queries.lines(request.user, area, as_of=request.as_of)
    form = GridFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    shown = grid_queries.of_holder(every, wanted["holder"]) if wanted.get("holder") else every
    if text := wanted.get("q", "").strip():
        shown = [line for line in shown if text in line.name or text in line.street]
    if state := wanted.get("state"):
        shown = [line for line in shown if line.state == state]
    counts = {name: sum(line.state == name for line in every) for name in ("nobody", "overdue", "soon")}
    return table_response(
        request,
        table=GridTable(shown, filter_form=form),
        title=_("Grid of enterprises"),
        source=source(request),
        template="assist/grid.html",
        context={
            "rows": grid_queries.rows_of(every),
            "lines": every,
            "counts": counts,
            "first": next((line for line in every if line.state == grid_queries.OVERDUE), None),
            "chosen": wanted.get("holder", ""),
            "may_assign": may(request, "assist.assign", area),
            "simulated": any(line.subject.simulated for line in every),
        },
    )


@needs("assist.assign")
def assign(request: HttpRequest, key: str) -> HttpResponse:
    """Say who has a duty for an enterprise."""
    subject = opened(request, key)
    form = DutyForm(posted(request), actor=request.user, initial={"valid_from": request.today})

    def do(data: dict[str, Any]) -> None:
        added = grid_services.assign(actor=request.user, subject=subject, **data)
        messages.success(request, _("Recorded.") if added else _("It was so already; nothing has changed."))

    return act(
        request,
        form=form,
        do=do,
        back=reverse("assist:enterprise", args=[key]),
        title=_("Who looks after it"),
        answer=_("Whoever had the duty before has it until the day before."),
        field="person",
        subject=subject,
    )


@needs("assist.assign")
def hand_over(request: HttpRequest) -> HttpResponse:
    """Give everything that somebody looks after to another."""
    area = own_area(request)
    form = HandOverForm(posted(request), actor=request.user, initial={"leaver": request.GET.get("who", "")})

    def do(data: dict[str, Any]) -> str:
        moved, visits = grid_services.hand_over(actor=request.user, area=area, **data)
        said = ngettext("%(n)d duty handed over.", "%(n)d duties handed over.", len(moved)) % {"n": len(moved)}
        more = ngettext("%(n)d planned visit too.", "%(n)d planned visits too.", visits) % {"n": visits}
        messages.success(request, f"{said} {more}" if visits else said)
        return f"{reverse('assist:grid')}?holder=person:{data['successor'].pk}"

    return act(
        request,
        form=form,
        do=do,
        back=reverse("assist:grid"),
        title=_("Hand over"),
        answer=_("All duties and planned visits of one person go to another from today."),
        verb=_("Hand over"),
        field="successor",
    )


@needs("assist.assign")
def template(request: HttpRequest) -> HttpResponse:
    """The table of duties: empty, or with ``?filled=1`` every enterprise with what is known."""
    filled = request.GET.get("filled") == "1"
    lines = grid_queries.lines(request.user, own_area(request), as_of=request.as_of) if filled else ()
    return exports.attachment(grid_sheet.form(lines), "duties.xlsx", exports.XLSX)


@needs("assist.assign")
def take_in(request: HttpRequest) -> HttpResponse:
    """Bring a table of duties, which is shown before it counts."""
    now_only(request)
    area = own_area(request)
    form = UploadForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = uploads.take(request, "file")
            stored = receive(
                actor=request.user, area=area, upload=upload, kinds=KINDS, roles=("analyst", "department_staff")
            )
            grid_sheet.preview(area, store.read(stored.sha256), file=stored.name, on=request.today)
        except Refused as refused:
            refuse(form, refused, field="file")
        else:
            return redirect("assist:duty_preview", pk=stored.pk)
    context = {"form": form, "title": _("Import duties")}
    return render(request, "assist/grid_import.html", context, status=422 if form.errors else 200)


@needs("assist.assign")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What a table would change; it counts when somebody says so."""
    now_only(request)
    area = own_area(request)
    stored = StoredFile.objects.visible_to(request.user).filter(pk=pk, area=area).first()
    if stored is None:
        raise Http404
    form = forms.Form(posted(request))
    data = store.read(stored.sha256)
    changes: list[grid_sheet.Change] = []
    try:
        if request.method == "POST":
            added = len(
                grid_sheet.take_in(actor=request.user, area=area, data=data, file=stored.name, on=request.today)
            )
            messages.success(request, ngettext("%(n)d duty recorded.", "%(n)d duties recorded.", added) % {"n": added})
            return redirect("assist:grid")
        changes = grid_sheet.preview(area, data, file=stored.name, on=request.today)
    except Refused as refused:
        form = forms.Form({})
        form.is_valid()
        refuse(form, refused)
    context = {
        "form": form,
        "stored": stored,
        "changes": [change for change in changes if change.is_new],
        "counts": dict(grid_sheet.counts(changes)),
        "title": _("Import duties"),
    }
    return render(request, "assist/grid_preview.html", context, status=422 if form.errors else 200)
