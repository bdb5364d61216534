"""The pages of systemic risk: the area's enterprises, nodes and chains, and one enterprise."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhizao.apps.chain import risk_charts, risk_queries
from zhizao.apps.chain import risk_services as services
from zhizao.apps.chain.risk_queries import Computed
from zhizao.apps.chain.risk_section import firm_part
from zhizao.apps.chain.risk_tables import RiskTable, TogetherTable, rows
from zhizao.apps.registry import queries as registry
from zhizao.base.accounts.access import needs
from zhizao.base.accounts.models import Area
from zhizao.base.facts.models import Subject
from zhizao.base.ui.numbers import figure
from zhizao.base.ui.views import table_response


def own_area(request: HttpRequest) -> Area:
    """The area that the actor works for; nothing is computed looking back."""
    if request.looking_back or request.user.organisation is None:
        raise PermissionDenied
    return request.user.organisation.area


def may_compute(request: HttpRequest) -> bool:
    """Whether the page offers to compute; not in the past."""
    return not request.looking_back and request.user.has_perm("chain.compute")


@needs("chain.read")
def risk(request: HttpRequest) -> HttpResponse:
    """Every enterprise by what its stop would cost."""
    found = risk_queries.risk(request.user, request.as_of)
    if found is None:
        return nothing(request, _("Systemic risk"))
    table = RiskTable(rows(found, "firms"))
    context = {
        "found": found,
        "data": found.data,
        "answer": answer(found),
        "finding": risk_charts.top_finding(found.data),
        "first": found.data["firms"][0] if found.data["firms"] else None,
        "together": TogetherTable([*rows(found, "chains"), *rows(found, "nodes")], prefix="n-").configure(request),
        "known_pct": found.data["known_revenue_share"] * 100,
        "may_compute": may_compute(request),
    }
    return table_response(
        request,
        table=table,
        title=_("Systemic risk"),
        source=source(found),
        template="chain/risk.html",
        context=context,
    )


def answer(found: Computed) -> str:
    """Whose stop costs most, in a sentence."""
    if not found.data["firms"]:
        return _("There is no enterprise in the network.")
    first = found.data["firms"][0]
    return _("If “%(name)s” stopped, %(share)s%% of all recorded sales of the area would be lost.") % {
        "name": first["name"],
        "share": figure(first["esri"] * 100, "%"),
    }


def source(found: Computed) -> str:
    """The foot of the page and of its file."""
    return _("Run %(run)s, links as known on %(day)s.") % {"run": found.run.sha12, "day": found.run.as_of}


def nothing(request: HttpRequest, title: str) -> HttpResponse:
    """The page where nothing has been computed yet."""
    return render(request, "chain/risk_nothing.html", {"title": title, "may_compute": may_compute(request)})


@needs("chain.read")
def risk_data(request: HttpRequest) -> JsonResponse:
    """The chart of the highest risks."""
    found = risk_queries.risk(request.user, request.as_of)
    if found is None:
        raise Http404
    return JsonResponse(risk_charts.distribution(found.data))


@needs("chain.compute")
@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    """Have risk, gaps and local sourcing computed as the area is known today."""
    return redirect(services.ask(actor=request.user, area=own_area(request)))


@needs("chain.read")
def firm(request: HttpRequest, key: str) -> HttpResponse:
    """One enterprise: what its stop would cost whom, and how it is hit by the stops of others."""
    found = risk_queries.risk(request.user, request.as_of)
    part = firm_part(found, f"{Subject.Kind.ENTERPRISE}:{key}") if found is not None else None
    if found is None or part is None:
        raise Http404
    subject = Subject.objects.visible_to(request.user).filter(key=part["row"]["subject"]).first()
    if subject is None:
        raise Http404
    context = part | {
        "found": found,
        "subject": subject,
        "registered": registry.enterprise(request.user, key) is not None,
        "may_compute": may_compute(request),
        "source": source(found),
    }
    return render(request, "chain/risk_firm.html", context)
