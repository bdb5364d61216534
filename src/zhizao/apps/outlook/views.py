"""The pages of the outlook: all targets, one of them, an enterprise, how good calls were, the finished period."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhizao.apps.outlook import charts, pages, queries, record_pages, services, target_page, words
from zhizao.apps.outlook.opening import link, of_area
from zhizao.apps.outlook.shown import EnterpriseOutlook, TargetOutlook
from zhizao.apps.outlook.tables import EvaluationTable, TargetTable, YearTable
from zhizao.apps.registry import queries as register
from zhizao.base.accounts.access import needs
from zhizao.base.accounts.models import Area
from zhizao.base.ui.views import table_response


def _may_run(request: HttpRequest, area: Area) -> bool:
    return not request.looking_back and request.user.has_perm("outlook.run", area)


@needs("outlook.view")
@of_area
def overview(request: HttpRequest, area: Area) -> HttpResponse:
    """Every target with its probability, the one that asks most for a decision first."""
    told = queries.overview(request.user, area, as_of=request.as_of)
    may_run = _may_run(request, area)
    if told is None:
        return render(request, "outlook/none.html", {"area": area, "may_run": may_run})
    items = pages.urgent_first(told.targets)
    shown = pages.filtered(request, items)
    context = {
        "area": area,
        "told": told,
        "answer": pages.overview_answer(items),
        "groups": pages.strip(request, items),
        "is_filtered": len(shown) < len(items),
        "joint": pages.joint_rows(request, told),
        "urgent": [(item, pages.target_href(request, item)) for item in items if item.state == "unlikely"][:3],
        "is_settled": all(item.state in ("reached", "missed") for item in items),
        "simulated": any(item.simulated for item in items),
        "may_run": may_run,
    }
    title = _("Will we make it")
    return table_response(
        request, table=TargetTable(shown), title=title, template="outlook/overview.html", context=context
    )


@needs("outlook.run")
@require_POST
@of_area
def run(request: HttpRequest, area: Area) -> HttpResponse:
    """Have all targets told anew from what is known now; a job does it."""
    return redirect(services.start_run(actor=request.user, area=area))


def _target(request: HttpRequest, area: Area, key: str) -> TargetOutlook:
    found = queries.target(request.user, area, key, as_of=request.as_of)
    if found is None:
        raise Http404
    return found


@needs("outlook.view")
@of_area
def target(request: HttpRequest, area: Area, key: str) -> HttpResponse:
    """One target: its fan, its probability over time, what moved it, the pace it needs, what would close its gap."""
    item = _target(request, area, key)
    title = _("%(name)s · %(bound)s%(unit)s in %(year)s") % pages.promise(item)
    context = target_page.context(request, area, item)
    context["data"] = {name: link(request, "outlook:target_data", key, name) for name in CHARTS}
    table = YearTable(pages.years(item), unit=item.unit, decimals=words.places(item.unit, [item.value]))
    return table_response(request, table=table, title=title, template="outlook/target.html", context=context)


CHARTS = ("fan", "chance", "moved", "pace")


@needs("outlook.view")
@of_area
def target_data(request: HttpRequest, area: Area, key: str, chart: str) -> JsonResponse:
    """What a chart of the target's page draws."""
    item = _target(request, area, key)
    if chart == "fan":
        return JsonResponse(charts.fan(item, title=pages.fan_title(item)))
    if chart == "pace":
        return JsonResponse(charts.pace(item, title=pages.pace_title(item)))
    if chart == "chance":
        points = queries.p_over_time(request.user, area, key, as_of=request.as_of)
        return JsonResponse(charts.chance(points, pages.cuts(), title=pages.chance_title(points)))
    moved = queries.moved(request.user, area, key, as_of=request.as_of) if chart == "moved" else None
    if moved is None:
        raise Http404
    return JsonResponse(charts.steps(moved, title=pages.moved_title(moved)))


def _enterprise(request: HttpRequest, key: str) -> EnterpriseOutlook | None:
    subject = register.enterprise(request.user, key)
    if subject is None:
        raise Http404
    return queries.enterprise(request.user, subject, as_of=request.as_of)


@needs("outlook.enterprise")
def enterprise(request: HttpRequest, key: str) -> HttpResponse:
    """What an enterprise's months are expected to bring."""
    told = _enterprise(request, key)
    context = {
        "key": key,
        "told": told,
        "series": record_pages.series_rows(request, key, told),
        "may_open_run": request.user.has_perm("outlook.view"),
    }
    return render(request, "outlook/enterprise.html", context)


@needs("outlook.enterprise")
def enterprise_data(request: HttpRequest, key: str, indicator: str) -> JsonResponse:
    """One indicator of an enterprise."""
    told = _enterprise(request, key)
    found = next((one for one in told.series if one.indicator == indicator), None) if told else None
    if found is None:
        raise Http404
    return JsonResponse(charts.series(found, title=found.name, is_flow=record_pages.is_flow(indicator)))


@needs("outlook.view")
@of_area
def calibration(request: HttpRequest, area: Area) -> HttpResponse:
    """How often came what was told."""
    told = queries.calibration(request.user, area, as_of=request.as_of)
    context: dict[str, Any] = {
        "area": area,
        "told": told,
        "answer": record_pages.calibration_answer(told),
        "finding": record_pages.calibration_title(told),
        "data": link(request, "outlook:calibration_data"),
    }
    return render(request, "outlook/calibration.html", context)


@needs("outlook.view")
@of_area
def calibration_data(request: HttpRequest, area: Area) -> JsonResponse:
    """What the reliability diagram draws."""
    told = queries.calibration(request.user, area, as_of=request.as_of)
    return JsonResponse(charts.reliability(told, title=record_pages.calibration_title(told)))


@needs("outlook.view")
@of_area
def evaluation(request: HttpRequest, area: Area) -> HttpResponse:
    """Each target of the period: reached, missed or not measurable, with what had been forecast."""
    told = queries.evaluation(request.user, area, as_of=request.as_of)
    if told is None:
        return render(request, "outlook/none.html", {"area": area, "may_run": _may_run(request, area)})
    rows = record_pages.judged(told)
    chosen = request.GET.get("verdict", "")
    context = {
        "area": area,
        "told": told,
        "answer": record_pages.evaluation_answer(told, rows),
        "groups": record_pages.verdicts(request, told, rows),
        "simulated": told.simulated or any(row.last is not None and row.last.simulated for row in rows),
        "unmeasured": [row for row in rows if row.verdict == "not_measurable"][:5],
    }
    title = _("Evaluation of the period")
    table = EvaluationTable([row for row in rows if chosen in ("", row.verdict)], is_final=told.is_final)
    return table_response(request, table=table, title=title, template="outlook/evaluation.html", context=context)
