"""The pages of what-ifs: the form, the wait for the worker, the result, and two stored ones side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zhizao.apps.chain import risk_charts, risk_queries
from zhizao.apps.chain import risk_services as services
from zhizao.apps.chain.risk_queries import Computed
from zhizao.apps.chain.risk_tables import LossTable, ScenarioTable, ShareTable, loss_rows, named_paths, share_rows
from zhizao.apps.chain.risk_views import may_compute, nothing, own_area, source
from zhizao.apps.chain.what_if_forms import LIST, StoreForm, WhatIfForm, initial
from zhizao.apps.chain.what_if_run import Scenario
from zhizao.base.accounts.access import needs
from zhizao.base.jobs import queries as jobs
from zhizao.base.jobs.models import Job
from zhizao.base.jobs.problems import refuse
from zhizao.base.ui.numbers import figure
from zhizao.base.ui.views import table_response
from zhizao.kernel.result import Refused

MOST_OFFERED = 500


@needs("chain.read")
def what_if(request: HttpRequest) -> HttpResponse:
    """The form of a what-if, and those that were stored. Firms are those of the last run of systemic risk."""
    found = risk_queries.risk(request.user, request.as_of)
    if found is None:
        return nothing(request, _("What if"))
    firms = found.data["names"]
    form = WhatIfForm(
        request.POST if request.method == "POST" else None,
        initial=_initial(request, firms),
        firms=firms,
        regions=sorted(set(found.data["regions"].values())),
    )
    if request.method == "POST" and form.is_valid():
        job = services.ask_what_if(actor=request.user, area=own_area(request), scenario=form.scenario())
        return redirect("chain:what_if_wait", pk=job.pk)
    stored = risk_queries.scenarios(request.user)
    context = {
        "form": form,
        "list": LIST,
        "offered": [row["name"] for row in found.data["firms"][:MOST_OFFERED]],
        "may_compute": may_compute(request),
        "simulated": found.data["simulated"],
        "stored": list(stored[:MOST_OFFERED]),
        "status": 422 if form.errors else 200,
    }
    response = table_response(
        request, table=ScenarioTable(stored), title=_("What if"), template="chain/what_if.html", context=context
    )
    response.status_code = 422 if form.errors else response.status_code
    return response


def _initial(request: HttpRequest, names: Mapping[str, str]) -> dict[str, Any]:
    """What the address begins with: an earlier what-if, or a firm."""
    if (before := risk_queries.what_if(request.user, request.GET.get("from", ""))) is not None:
        return initial(Scenario.of(before.data["scenario"]), names)
    firm = request.GET.get("firm", "")
    return {"firm_1": names[firm]} if firm in names else {}


@needs("chain.compute")
@never_cache
def wait(request: HttpRequest, pk: int) -> HttpResponse:
    """Until the worker is done; then the result. A what-if that failed says so on the page of its job."""
    job = jobs.visible_jobs(request.user).filter(pk=pk, kind="chain.what_if").first()
    if job is None:
        raise Http404
    if not job.is_finished:
        response = render(request, "chain/what_if_wait.html", {"job": job})
        if "follow" in request.GET:
            response["Refresh"] = "2"  # progress without JavaScript
        return response
    to = (job.result or {}).get("url") if job.state == Job.State.DONE else job.get_absolute_url()
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = to
        return response
    return redirect(to)


@needs("chain.read")
def result(request: HttpRequest, sha12: str) -> HttpResponse:
    """What a scenario costs: by firm, sector, node, day by day, and along which paths."""
    return _result(request, _found(request, sha12), StoreForm())


def _result(request: HttpRequest, found: Computed, form: StoreForm) -> HttpResponse:
    data = found.data
    context = {
        "found": found,
        "data": data,
        "form": form,
        "said": said(data),
        "answer": answer(data),
        "finding": risk_charts.course_finding(data),
        "paths": named_paths(data, data["paths"]),
        "sectors": ShareTable(share_rows(found, "sectors"), prefix="s-").configure(request),
        "nodes": ShareTable(share_rows(found, "nodes"), prefix="n-").configure(request),
        "stored": risk_queries.scenarios(request.user).filter(run=found.run).first(),
        "may_compute": may_compute(request),
    }
    response = table_response(
        request,
        table=LossTable(loss_rows(found)),
        title=_("What if"),
        source=source(found),
        template="chain/what_if_result.html",
        context=context,
    )
    response.status_code = 422 if form.errors else response.status_code
    return response


def _found(request: HttpRequest, sha12: str) -> Computed:
    found = risk_queries.what_if(request.user, sha12)
    if found is None:
        raise Http404
    return found


def said(data: Mapping[str, Any]) -> list[str]:
    """What happens in a scenario, in words."""
    scenario, names = Scenario.of(data["scenario"]), data["names"]

    def called(key: str) -> str:
        return names.get(key, key)

    found = [
        _("“%(name)s” loses %(loss)s%% of its production") % {"name": called(firm), "loss": figure(loss)}
        for firm, loss in scenario.stops.items()
    ]
    found += [
        _("the region “%(name)s” delivers %(loss)s%% less") % {"name": region, "loss": figure(loss)}
        for region, loss in scenario.regions.items()
    ]
    found += [
        _("“%(supplier)s” loses its customer “%(buyer)s”") % {"supplier": called(supplier), "buyer": called(buyer)}
        for supplier, buyer in scenario.lost
    ]
    if (second := scenario.second) is not None:
        found.append(
            _("“%(second)s” takes %(share)s%% of what “%(supplier)s” sells to “%(buyer)s”")
            % {
                "second": called(second.second),
                "share": figure(second.share_pct),
                "supplier": called(second.supplier),
                "buyer": called(second.buyer),
            }
        )
    found.append(_("for %(days)s days") % {"days": scenario.days})
    return found


def answer(data: Mapping[str, Any]) -> str:
    """What it costs, in a sentence."""
    return _(
        "In the end %(share)s%% of all recorded sales would be lost if nothing recovered; %(count)s firms are hit."
    ) % {
        "share": figure(data["esri"] * 100, "", decimals=2),
        "count": data["firms_hit"],
    }


@needs("chain.read")
def result_data(request: HttpRequest, sha12: str) -> JsonResponse:
    """The chart of the losses day by day."""
    return JsonResponse(risk_charts.course(_found(request, sha12).data))


@needs("chain.compute")
@require_POST
def store(request: HttpRequest, sha12: str) -> HttpResponse:
    """Keep the what-if under a name."""
    found = _found(request, sha12)
    own_area(request)
    form = StoreForm(request.POST)
    if form.is_valid():
        try:
            services.store_scenario(actor=request.user, run=found.run, name=form.cleaned_data["name"])
        except Refused as refused:
            refuse(form, refused, field="name")
        else:
            return redirect("chain:what_if_result", sha12=found.run.sha12)
    return _result(request, found, form)


@needs("chain.read")
def compare(request: HttpRequest) -> HttpResponse:
    """Two stored scenarios side by side."""
    stored = {str(one.pk): one for one in risk_queries.scenarios(request.user)}
    pair = [stored.get(request.GET.get(name, "")) for name in ("a", "b")]
    if any(one is None for one in pair):
        return redirect(reverse("chain:what_if"))
    sides = []
    for one in pair:
        found = risk_queries.computed(one.run)
        data = found.data
        sides.append(
            {
                "scenario": one,
                "data": data,
                "found": found,
                "said": said(data),
                "finding": risk_charts.course_finding(data),
                "chart": reverse("chain:what_if_data", args=[one.run.sha12]),
                "first": loss_rows(found)[:10],
            }
        )
    same_day = sides[0]["found"].run.inputs == sides[1]["found"].run.inputs
    context = {"sides": sides, "same": same_day, "simulated": any(side["data"]["simulated"] for side in sides)}
    return render(request, "chain/what_if_compare.html", context)
