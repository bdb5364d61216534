"""The pages that read a plan: open to everyone for what is published, as xlsx and csv too."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from zhizao.apps.plan import chains as chain_queries
from zhizao.apps.plan import charts, queries
from zhizao.apps.plan.figures import check_words
from zhizao.apps.plan.forms import EnterpriseFilter, ProjectFilterForm
from zhizao.apps.plan.models import PlannedEnterprise, PlanVersion, Project, Target
from zhizao.apps.plan.opening import link, of_plan
from zhizao.apps.plan.tables import (
    EnterpriseTable,
    LandTable,
    NodeTable,
    ProjectTable,
    SupplierTable,
    TargetTable,
)
from zhizao.base.accounts.access import public
from zhizao.base.ui.views import table_response
from zhizao.engines.planlint.growth import Check


def source_line(version: PlanVersion) -> str:
    """Where the figures of a page come from."""
    return _("Source: %(source)s.") % {"source": source_of(version)}


def source_of(version: PlanVersion) -> str:
    """The document and version that the figures come from; forms put “source” before it themselves."""
    plan = version.plan
    return _("%(title)s, issued %(day)s, version %(number)s of the plan") % {
        "title": plan.title,
        "day": date_format(plan.issued_on, "DATE_FORMAT") if plan.issued_on else "—",
        "number": version.number,
    }


def _list(
    request: HttpRequest, version: PlanVersion, table: Any, title: str, template: str, **context: Any
) -> HttpResponse:
    source = source_of(version)
    context |= {
        "source": source_line(version),
        "version": version,
        "plan": version.plan,
        "may_edit": _may_edit(request, version),
    }
    return table_response(request, table=table, title=title, source=source, template=template, context=context)


def _may_edit(request: HttpRequest, version: PlanVersion) -> bool:
    return not request.looking_back and request.user.has_perm("plan.edit", version)


@public
@of_plan
def overview(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """The plan at a glance: every target with the growth it states and the growth that follows from its end points."""
    items = queries.targets(version)
    summary = queries.summary(items)
    context = {
        "items": items,
        "summary": summary,
        "agrees": summary.checks[Check.AGREES],
        "points": summary.checks[Check.POINTS],
        "differs": summary.checks[Check.DIFFERS],
        "unstated": summary.total - summary.stated,
        "categories": len(queries.by_category(items)),
        "finding": charts.growth_finding(summary),
        "stated_items": [item for item in items if item.target.growth_stated_pct is not None],
    }
    return _list(request, version, TargetTable(items), _("Plan at a glance"), "plan/overview.html", **context)


@public
@of_plan
def growth_data(request: HttpRequest, version: PlanVersion) -> JsonResponse:
    items = queries.targets(version)
    return JsonResponse(charts.growth_chart(items, title=charts.growth_finding(queries.summary(items))))


@public
@of_plan
def target(request: HttpRequest, version: PlanVersion, key: str) -> HttpResponse:
    """One target: its path year by year, what it states and what follows."""
    item = _target(version, key)
    kind, words = check_words(item)
    position = item.target.position
    context = {
        "version": version,
        "plan": version.plan,
        "item": item,
        "target": item.target,
        "row": item.target.position,
        "finding": charts.path_finding(item),
        "at": {
            "base": f"/indicators/{position}/base_value",
            "target": f"/indicators/{position}/target_value",
            "stated": f"/indicators/{position}/growth_stated_pct",
            "computed": f"/growth/{position}/computed_pct",
        },
        "steps": [(item.years[n], value, f"/growth/{position}/path/{n}") for n, value in enumerate(item.path)],
        "check_kind": kind,
        "check_words": words,
        "source": source_line(version),
        "may_edit": _may_edit(request, version),
    }
    return render(request, "plan/target.html", context)


@public
@of_plan
def target_data(request: HttpRequest, version: PlanVersion, key: str) -> JsonResponse:
    return JsonResponse(charts.path_chart(_target(version, key)))


def _target(version: PlanVersion, key: str) -> queries.CheckedTarget:
    found = queries.rows(version, Target).filter(key=key).first()
    if found is None:
        raise Http404
    return queries.checked(found)


@public
@of_plan
def enterprises(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """The enterprises that the plan names, by tier and industry."""
    form = EnterpriseFilter(request.GET, version=version)
    wanted = form.wanted()
    found = list(queries.enterprises(version, **wanted))
    counts = queries.choices(version, PlannedEnterprise, "tier")
    table = EnterpriseTable(found, filter_form=form)
    context = {"tiers": counts, "total": sum(count for _tier, count in counts), "shown": len(found)}
    return _list(request, version, table, _("Enterprises of the plan"), "plan/enterprises.html", **context)


@public
@of_plan
def projects(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """The project library with its totals by sector and its timeline."""
    form = ProjectFilterForm(request.GET, version=version)
    found = queries.projects(version, form.wanted())
    totals, whole = queries.project_totals(found), queries.project_total("", found)
    undated = [item for item in found if not all(queries.period(item))]
    context = {
        "found": found,
        "totals": [(total, _money_cells(total, index)) for index, total in enumerate(totals)],
        "whole": whole,
        "whole_cells": _money_cells(whole, len(totals)),
        "chart_height": 80 + 22 * min(len(found), charts.TIMELINE_ROWS),
        "undated": len(undated),
        "undated_units": list(dict.fromkeys(item.responsible_unit for item in undated if item.responsible_unit)),
        "filtered": any(request.GET.get(name) for name in form.fields),
        "finding": charts.timeline_finding(found),
        "data_url": link(request, "plan:timeline_data", **{k: v for k in form.fields if (v := request.GET.get(k))}),
    }
    table = ProjectTable(found, filter_form=form)
    return _list(request, version, table, _("Project library"), "plan/projects.html", **context)


def _money_cells(total: queries.SectorTotal, index: int) -> list[tuple[Any, str]]:
    """The sums of a sector, each with its place in the reading's output."""
    return [(money.known, f"/project_totals/{index}/{field}/value") for field, money in total.money.items()]


@public
@of_plan
def timeline_data(request: HttpRequest, version: PlanVersion) -> JsonResponse:
    wanted = ProjectFilterForm(request.GET, version=version).wanted()
    return JsonResponse(charts.timeline_chart(queries.projects(version, wanted)))


@public
@of_plan
def project(request: HttpRequest, version: PlanVersion, number: int) -> HttpResponse:
    """One project of the library."""
    found = queries.rows(version, Project).filter(position=number - 1).first()
    if found is None:
        raise Http404
    start, finish = queries.period(found)
    context = {
        "version": version,
        "plan": version.plan,
        "project": found,
        "late": bool(start and finish and finish[1] < start[0]),
        "money": [
            (found._meta.get_field(field).verbose_name, getattr(found, field), f"/projects/{number - 1}/{field}")
            for field in queries.MONEY
        ],
        "gap": queries.money_gap(found),
        "source": source_line(version),
        "may_edit": _may_edit(request, version),
    }
    return render(request, "plan/project.html", context)


@public
@of_plan
def land(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """Land that enterprises hold, leave idle and ask for."""
    found = queries.land(version)
    totals = queries.land_totals(found)
    context = {"totals": totals, "count": len(found), "asking": len(found) - totals["demand_min_mu"].unknown}
    return _list(request, version, LandTable(found), _("Land needs"), "plan/land.html", **context)


@public
@of_plan
def suppliers(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """Suppliers of key enterprises: stated share of local ones against their counts."""
    found = queries.supplier_shares(version)
    context = {
        "count": len(found),
        "differing": [item for item in found if item.agrees is False],
        "lowest": min((item for item in found if item.computed_pct is not None), key=_share, default=None),
    }
    return _list(request, version, SupplierTable(found), _("Local suppliers"), "plan/suppliers.html", **context)


def _share(item: queries.CheckedShare) -> Any:
    return item.computed_pct


@public
@of_plan
def chains(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """The industry chains that the plan draws."""
    found = chain_queries.chains(version)
    context = {"version": version, "plan": version.plan, "source": source_line(version)}
    context |= {"chains": [(chain, charts.chain_finding(chain)) for chain in found]}
    return render(request, "plan/chains.html", context)


@public
@of_plan
def chain(request: HttpRequest, version: PlanVersion, number: int) -> HttpResponse:
    """One chain as a graph by stage, and its nodes with the enterprises of the list that stand there."""
    found = _chain(version, number)
    context = {"chain": found, "finding": charts.chain_finding(found), "gaps": found.at_level("bad")}
    return _list(request, version, NodeTable(found.nodes), found.name, "plan/chain.html", **context)


@public
@of_plan
def chain_data(request: HttpRequest, version: PlanVersion, number: int) -> JsonResponse:
    return JsonResponse(charts.chain_graph(_chain(version, number)))


def _chain(version: PlanVersion, number: int) -> chain_queries.Chain:
    found = chain_queries.chains(version)
    if not 1 <= number <= len(found):
        raise Http404
    return found[number - 1]


@public
@of_plan
def versions(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """Every version of the plan that the reader may see, on a line and in a list."""
    from zhizao.apps.plan.timeline import drawn  # the engine that compares: only where versions are

    known = list(queries.versions(request.user, version.plan).select_related("based_on__plan"))
    line = drawn(request, known)
    context = {
        "version": version,
        "plan": version.plan,
        "versions": known,
        "line": line,
        "listed": [(item, line["stops"][item.pk]) for item in known],
        "source": source_line(version),
        "may_edit": _may_edit(request, version),
    }
    return render(request, "plan/versions.html", context)
