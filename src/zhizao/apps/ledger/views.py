"""The ledger's pages: indicators, a subject's months, imports."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from zhizao.apps.ledger import charts, groups, pages, queries, targets
from zhizao.apps.ledger.columns import TEMPLATE
from zhizao.apps.ledger.definitions import QUALITY, definitions, said
from zhizao.apps.ledger.forms import ImportForm
from zhizao.apps.ledger.models import Indicator
from zhizao.apps.ledger.queries import Basis
from zhizao.apps.ledger.tables import (
    BatchTable,
    GroupTable,
    IndicatorTable,
    SubjectTable,
    frequency_words,
    sheet_table,
)
from zhizao.base.accounts.access import needs, public
from zhizao.base.facts.queries import today
from zhizao.base.files import uploads
from zhizao.base.files.services import receive
from zhizao.base.jobs.problems import from_json, place_words, refuse, remedy_words, words
from zhizao.base.jobs.services import enqueue
from zhizao.base.ui import exports
from zhizao.base.ui.numbers import period
from zhizao.base.ui.views import table_response
from zhizao.kernel.result import Refused

FILE_KINDS = {"csv", "xlsx"}


def basis_of(request: HttpRequest, *, scope: str = "enterprise") -> Basis:
    """The scope and price basis of the address; words that do not exist are left out."""
    known = definitions()
    wanted = request.GET.get("scope", scope), request.GET.get("price_basis", "current")
    return Basis(
        wanted[0] if wanted[0] in known.scopes else scope, wanted[1] if wanted[1] in known.price_bases else "current"
    )


def _indicator(key: str) -> Indicator:
    found = Indicator.objects.filter(key=key).first()
    if found is None:
        raise Http404
    return found


@public
def indicators(request: HttpRequest) -> HttpResponse:
    """Every indicator with unit, owner and deadline."""
    table = IndicatorTable(queries.indicators())
    context = {"count": queries.indicators().count()}
    return table_response(
        request, table=table, title=_("Indicators"), template="ledger/indicators.html", context=context
    )


@public
def indicator(request: HttpRequest, key: str) -> HttpResponse:
    """What an indicator means, how good it is, and for those with a right to the rows its course and its parts."""
    found = _indicator(key)
    words_of = partial(said, language=request.LANGUAGE_CODE)
    quality = [(charts.QUALITY_WORDS[name], words_of(found.definition["quality"][name])) for name in QUALITY]
    basis = basis_of(request)
    points, parts, span = [], [], None
    if request.user.has_perm("ledger.view") and not found.is_derived:
        points = pages.trend(request.user, found, basis=basis, as_of=request.as_of)
        span = pages.latest_span(request.user, found, basis=basis, as_of=request.as_of)
        parts = groups.groups(request.user, found, span, basis=basis, as_of=request.as_of) if span else []
    context = {
        "indicator": found,
        "definition": {name: words_of(found.definition[name]) for name in ("scope", "owner", "deadline")},
        "frequency": frequency_words(found),
        "quality": quality,
        "points": points,
        "finding": charts.trend_finding(found, points),
        "simulated": any(point.simulated for point in points),
        "groups": parts,
        "span": period(span) if span else "",
        "used": Indicator.objects.filter(key__in=_inputs(found)),
        "basis": basis,
    }
    return table_response(
        request, table=GroupTable(parts), title=str(found), template="ledger/indicator.html", context=context
    )


def _inputs(found: Indicator) -> list[str]:
    from zhizao.apps.ledger.deriving import inputs  # polars: only where a formula is read

    return inputs(found, frozenset(queries.indicators().values_list("key", flat=True))) if found.is_derived else []


@needs("ledger.view")
def indicator_data(request: HttpRequest, key: str) -> JsonResponse:
    found = _indicator(key)
    points = pages.trend(request.user, found, basis=basis_of(request), as_of=request.as_of)
    return JsonResponse(charts.trend_chart(found, points))


@needs("ledger.view")
def subjects(request: HttpRequest) -> HttpResponse:
    """Whose figures there are."""
    found = pages.reporting(request.user, as_of=request.as_of)
    text = request.GET.get("q", "").strip()
    rows = [{"key": subject.key, "name": name} for subject, name in found if text in name or text in subject.key]
    context = {"count": len(rows), "q": text}
    table = SubjectTable(rows)
    return table_response(request, table=table, title=_("Figures"), template="ledger/subjects.html", context=context)


@needs("ledger.view")
def subject(request: HttpRequest, key: str) -> HttpResponse:
    """A subject's figures by month, each opening what stands behind it."""
    found = queries.subjects(request.user).filter(key=key).first()
    if found is None:
        raise Http404
    asked = request.GET.get("year", "")
    basis = basis_of(request, scope="enterprise" if found.kind == "enterprise" else "all")
    sheet = pages.sheet(
        request.user,
        found,
        basis=basis,
        year=int(asked) if asked.isdecimal() and len(asked) == 4 else None,
        as_of=request.as_of,
    )
    name = pages.figures.name_of(found, on=request.as_of or today(), as_of=request.as_of)
    context: dict[str, Any] = {"subject": found, "sheet": sheet, "name": name, "basis": basis}
    context["targets"] = targets.reached(request.user, found, as_of=request.as_of)
    table = sheet_table(sheet.indicators, sheet.rows)
    return table_response(request, table=table, title=name, template="ledger/subject.html", context=context)


@needs("ledger.batches")
def batches(request: HttpRequest) -> HttpResponse:
    """What was brought in, by whom and when."""
    found = queries.batches(request.user)
    context = {"count": found.count(), "may_import": _may_import(request)}
    table = BatchTable(found)
    return table_response(request, table=table, title=_("Imports"), template="ledger/batches.html", context=context)


@needs("ledger.batches")
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One import, and what the check warned of."""
    found = queries.batches(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    problems = [from_json(item) for item in found.warnings]
    warnings = [(place_words(problem.place), words(problem), remedy_words(problem)) for problem in problems]
    context = {"batch": found, "warnings": warnings, "was_known": "known" in request.GET}
    return render(request, "ledger/batch.html", context)


def _may_import(request: HttpRequest) -> bool:
    return not request.looking_back and request.user.has_perm("ledger.import")


@needs("ledger.import")
def import_page(request: HttpRequest) -> HttpResponse:
    """Take in a file: a job checks it and stores it whole, or says what is wrong."""
    if request.looking_back:
        raise PermissionDenied
    posted = request.method == "POST"  # a file above the cap leaves both empty
    form = ImportForm(request.POST, request.FILES) if posted else ImportForm()
    if posted:
        try:
            area = request.user.organisation.area
            stored = receive(actor=request.user, upload=uploads.take(request, "file"), area=area, kinds=FILE_KINDS)
        except Refused as refused:
            form.errors.pop("file", None)
            refuse(form, refused, field="file")
        else:
            return redirect(
                enqueue(actor=request.user, kind="ledger.import", parameters={"file": stored.pk}, area=area)
            )
    return render(request, "ledger/import.html", {"form": form}, status=422 if form.errors else 200)


@public
def template(request: HttpRequest) -> HttpResponse:
    """An empty file with the right columns and one example a kind."""
    return exports.attachment(TEMPLATE.encode("utf-8-sig"), "observations.csv", exports.CSV)
