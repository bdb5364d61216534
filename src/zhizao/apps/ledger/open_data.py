"""The open-data page: protected tables for everybody, with licence and quality; an analyst publishes new ones there."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from zhizao.apps.ledger import published
from zhizao.apps.ledger.definitions import definitions
from zhizao.apps.ledger.forms import PublishForm
from zhizao.apps.ledger.models import Publication
from zhizao.base.accounts.access import needs, public
from zhizao.base.facts.queries import instant
from zhizao.base.jobs.problems import refuse
from zhizao.base.ui import exports
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span


@public
def page(request: HttpRequest) -> HttpResponse:
    """Every table that is published, as of the day looked back to."""
    return _page(request, PublishForm(keys=definitions().publication["indicators"]))


def _page(request: HttpRequest, form: PublishForm) -> HttpResponse:
    found = Publication.objects.filter(made_at__lte=instant(request.as_of)).select_related("indicator", "area")
    language = "en" if request.LANGUAGE_CODE.startswith("en") else "zh"
    context = {
        "tables": found,
        "count": len(found),
        "licence": definitions().publication["licence"][language],
        "rules": definitions().publication,
        "form": form,
        "may_publish": not request.looking_back and request.user.has_perm("ledger.publish"),
    }
    return render(request, "ledger/open.html", context, status=422 if form.errors else 200)


@needs("ledger.publish")
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Publish a year of an indicator; it cannot be taken back."""
    if request.looking_back:
        raise PermissionDenied
    form = PublishForm(request.POST, keys=definitions().publication["indicators"])
    if form.is_valid():
        area, span = request.user.organisation.area, Span.of_year(form.cleaned_data["year"])
        try:
            published.publish(actor=request.user, area=area, indicator=form.cleaned_data["indicator"], span=span)
        except Refused as refused:
            refuse(form, refused)
        else:
            return redirect("ledger:open")
    return _page(request, form)


@public
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A table as CSV; a hidden cell is empty, and says so."""
    import polars as pl

    from zhizao.kernel.tables import write_csv

    found = Publication.objects.filter(pk=pk).select_related("indicator").first()
    if found is None:
        raise Http404
    rows = [
        (
            cell["name"] or "*",
            found.indicator.key,
            str(found.span),
            None if cell["value"] is None else float(cell["value"]),
            found.indicator.unit,
            cell["contributors"],
            "protected" if cell["value"] is None else "simulated" if found.simulated else "normal",
        )
        for cell in found.cells
    ]
    names = ("group", "indicator", "span", "value", "unit", "contributors", "status")
    types = (pl.String, pl.String, pl.String, pl.Float64, pl.String, pl.Int64, pl.String)
    frame = pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")
    return exports.attachment(write_csv(frame), f"{found.indicator.key}-{found.span}.csv", exports.CSV)
