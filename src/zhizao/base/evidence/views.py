from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhizao.base.accounts.access import needs, public
from zhizao.base.evidence import queries
from zhizao.base.evidence.models import Run
from zhizao.base.evidence.tables import RunTable
from zhizao.base.files import store
from zhizao.base.files.views import attachment
from zhizao.base.ui.views import table_response
from zhizao.kernel.result import Refused

PREVIEW_CHARACTERS = 4_000


@needs("evidence.list")
def run_list(request: HttpRequest) -> HttpResponse:
    runs = queries.runs(request.user)
    context = {"count": runs.count()}
    return table_response(
        request, table=RunTable(runs), title=_("Runs"), template="evidence/run_list.html", context=context
    )


@public
def run_page(request: HttpRequest, sha12: str) -> HttpResponse:
    """A run with all that determines it; anyone may open one that was made public."""
    run = _run_or_404(request, sha12)
    try:
        preview = _preview(run)
    except Refused as refused:
        preview = str(refused)
    context = {
        "run": run,
        "inputs": queries.inputs_of(request.user, run),
        "parameters": json.dumps(run.parameters, ensure_ascii=False, indent=1, sort_keys=True),
        "preview": preview,
    }
    return render(request, "evidence/run.html", context)


@public
def output(request: HttpRequest, sha12: str) -> HttpResponse:
    """The output's bytes; anyone may have those of a public run."""
    run = _run_or_404(request, sha12)
    ending = "csv" if run.media_type == "text/csv" else "json"
    return attachment(
        request, sha256=run.output_sha256, name=f"{run.engine}-{run.sha12}.{ending}", media_type=run.media_type
    )


@public
def figure(request: HttpRequest, reference: str) -> HttpResponse:
    """The evidence of one figure on a page of its own, or as a part where htmx asks for it."""
    evidence = queries.resolve(request.user, reference, as_of=request.as_of)
    if evidence is None:
        raise Http404
    template = evidence.template if request.htmx else "evidence/figure.html"
    return render(request, template, {"evidence": evidence})


def _run_or_404(request: HttpRequest, sha12: str) -> Run:
    run = queries.run_by_name(request.user, sha12)
    if run is None:
        raise Http404
    return run


def _preview(run: Run) -> str:
    """The beginning of the output, as people read it."""
    text = store.read(run.output_sha256).decode()
    if run.media_type == "application/json":
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    return text if len(text) <= PREVIEW_CHARACTERS else f"{text[:PREVIEW_CHARACTERS]}\n…"
