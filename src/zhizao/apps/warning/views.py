"""The pages of warning: the overview, the list of alarms, one alarm, lamps month by month, cut-offs of lamps."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhizao.apps.warning import (
    alarm_page,
    charts,
    cut_off_page,
    cutoffs,
    filters,
    lamp_page,
    lamp_queries,
    listing,
    overview_page,
    queries,
    services,
    sorting,
)
from zhizao.apps.warning.models import Alarm
from zhizao.apps.warning.opening import area_of, link, of_area
from zhizao.apps.warning.tables import AlarmTable, LampTable, MonthTable
from zhizao.base.accounts.access import needs
from zhizao.base.accounts.models import Area
from zhizao.base.jobs.problems import refuse
from zhizao.base.ui.views import table_response
from zhizao.kernel.result import Refused


def _may_run(request: HttpRequest, area: Area) -> bool:
    return not request.looking_back and request.user.has_perm("warning.run", area)


def _nothing(request: HttpRequest, area: Area) -> HttpResponse:
    return render(request, "warning/none.html", {"area": area, "may_run": _may_run(request, area)})


@needs("warning.view")
@of_area
def overview(request: HttpRequest, area: Area) -> HttpResponse:
    """How the economy stands, and which alarms to look at first."""
    run = overview_page.run_of(request.user, area, as_of=request.as_of)
    if run is None:
        return _nothing(request, area)
    context = overview_page.context(request, area, run) | {"may_run": _may_run(request, area)}
    table = LampTable(context["groups"])
    title = _("Early warning")
    return table_response(request, table=table, title=title, template="warning/overview.html", context=context)


@needs("warning.view")
@of_area
def trend_data(request: HttpRequest, area: Area) -> JsonResponse:
    """Alarms by month and severity."""
    run = overview_page.run_of(request.user, area, as_of=request.as_of)
    if run is None:
        raise Http404
    month = overview_page.month_of(run)
    told = overview_page.counted(queries.alarms(request.user, area, as_of=request.as_of))
    title = overview_page.trend_title(told, month)
    return JsonResponse(charts.trend(told.count, month.start_month, title=title))


@needs("warning.run")
@require_POST
@of_area
def run(request: HttpRequest, area: Area) -> HttpResponse:
    """Have the alarms looked for anew from what is known now; a job does it."""
    return redirect(services.start_run(actor=request.user, area=area))


@needs("warning.view")
@of_area
def alarms(request: HttpRequest, area: Area) -> HttpResponse:
    """Every alarm, narrowed by the address."""
    form = filters.AlarmFilter(request.GET, months=queries.months_with_alarms(request.user, area, as_of=request.as_of))
    wanted = form.wanted()
    found = form.narrowed(queries.alarms(request.user, area, as_of=request.as_of, **wanted), request.as_of)
    lines = sorting.Lines(found, listing.Reader(area, as_of=request.as_of))
    table = AlarmTable(lines, filter_form=form, with_lapsed=wanted["with_lapsed"])
    answer = overview_page.list_answer(**lines.counts)
    context = {"area": area, "answer": answer, "may_run": _may_run(request, area)}
    return table_response(request, table=table, title=_("Alarms"), template="warning/alarms.html", context=context)


def _alarm(request: HttpRequest, pk: int) -> Alarm:
    found = queries.alarm(request.user, pk, as_of=request.as_of)
    if found is None:
        raise Http404
    return found


@needs("warning.view")
def alarm(request: HttpRequest, pk: int) -> HttpResponse:
    """One alarm with its arithmetic, its rule, and what became of it."""
    found = _alarm(request, pk)
    context = alarm_page.context(request, area_of(request) if request.GET.get("area") else found.area, found)
    context["data"] = link(request, "warning:alarm_data", pk)
    return render(request, "warning/alarm.html", context)


@needs("warning.view")
def alarm_data(request: HttpRequest, pk: int) -> JsonResponse:
    """The figure of an alarm against what was expected of it."""
    found = _alarm(request, pk)
    shown = charts.watched(found, [row.label for row in queries.arithmetic(found)])
    if shown is None:
        raise Http404
    return JsonResponse(charts.against(found, shown, title=alarm_page.chart_title(shown)))


def _group(request: HttpRequest, area: Area) -> lamp_queries.Group | None:
    key = request.GET.get("group", "")
    found = lamp_queries.group(request.user, area, key, as_of=request.as_of)
    if found is None and key:
        raise Http404
    return found


@needs("warning.view")
@of_area
def lamps(request: HttpRequest, area: Area) -> HttpResponse:
    """A group of enterprises month by month."""
    group = _group(request, area)
    if group is None:
        return _nothing(request, area)
    context = lamp_page.context(request, area, group)
    context["data"] = {name: link(request, "warning:lamps_data", name, group=group.key) for name in CHARTS}
    title = _("Lamps · %(name)s") % {"name": group.name}
    table = MonthTable(group.months[::-1])
    return table_response(request, table=table, title=title, template="warning/lamps.html", context=context)


CHARTS = {"indices": charts.indices, "diffusion": charts.diffusion, "risk": charts.risk}


@needs("warning.view")
@of_area
def lamps_data(request: HttpRequest, area: Area, chart: str) -> JsonResponse:
    """What a chart of the page of lamps draws."""
    group = _group(request, area)
    if group is None or chart not in CHARTS:
        raise Http404
    return JsonResponse(CHARTS[chart](group, title=getattr(lamp_page, f"{chart}_title")(group)))


@needs("warning.view")
@of_area
def cut_offs(request: HttpRequest, area: Area) -> HttpResponse:
    """By which bounds lamps take their colours; an analyst sets them."""
    may_set = not request.looking_back and request.user.has_perm("warning.tune", area)
    if request.method == "POST" and not may_set:
        raise PermissionDenied("warning.tune")
    form = cut_off_page.form_of(request, area) if may_set else None
    if request.method == "POST" and form is not None and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("key", "effective_from", "why")}
        try:
            cutoffs.set_cut_off(actor=request.user, area=area, colours=form.colours(), **said)
        except Refused as refused:
            refuse(form, refused)
        else:
            return redirect(link(request, "warning:cut_offs"))
    context = cut_off_page.context(request, area) | {"form": form, "may_set": may_set}
    status = 422 if form is not None and form.errors else 200
    return render(request, "warning/cut_offs.html", context, status=status)


@needs("warning.tune")
@require_POST
@of_area
def propose(request: HttpRequest, area: Area) -> HttpResponse:
    """Propose bounds from the region's own history."""
    cutoffs.propose(actor=request.user, area=area)
    return redirect(link(request, "warning:cut_offs"))
