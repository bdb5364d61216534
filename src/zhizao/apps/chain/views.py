"""The pages that read the chains: the list, one chain with its nodes and members, what changed between two days."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhizao.apps.chain import changes, listing, queries
from zhizao.apps.chain.forms import DaysForm
from zhizao.apps.chain.models import Matter, NodeEdge
from zhizao.apps.chain.queries import ChainView
from zhizao.apps.chain.tables import ChainTable, ChangeTable
from zhizao.apps.registry import queries as register
from zhizao.base.accounts.access import needs
from zhizao.base.facts.queries import facts_at, instant
from zhizao.base.ui.views import table_response


def opened(request: HttpRequest, key: str) -> ChainView:
    """The chain of the address; for one who may not see it there is none."""
    found = queries.chain(request.user, key, as_of=request.as_of)
    if found is None:
        raise Http404
    return found


def may_edit(request: HttpRequest, target: object = None) -> bool:
    """Whether the page offers acts; none in the past."""
    return not request.looking_back and request.user.has_perm("chain.edit", target)


def elsewhere(found: ChainView) -> list[tuple[str, str]]:
    """The other pages of a chain: its map and its file."""
    return [
        (_("Map"), reverse("chain:map", args=[found.id])),
        (_("The chain's file"), reverse("chain:file", args=[found.id])),
    ]


def source(request: HttpRequest) -> str:
    """The foot of every page."""
    day = register.view(request.as_of).on
    return _("Chain ledger, as known on %(day)s.") % {"day": day}


@needs("chain.read")
def chains(request: HttpRequest) -> HttpResponse:
    """The chains of the actor's areas."""
    found = listing.lines(request.user, as_of=request.as_of)
    return table_response(
        request,
        table=ChainTable(found),
        title=_("Chain ledger"),
        source=source(request),
        template="chain/list.html",
        context={
            "lines": found,
            "names": sum(line.names for line in found),
            "empty": sum(line.empty for line in found),
            "soonest": min((line.open_matters[0] for line in found if line.open_matters), key=_due, default=None),
            "may_edit": may_edit(request),
        },
    )


def _due(matter: Matter) -> date:
    return matter.due_on


@needs("chain.read")
def chain(request: HttpRequest, key: str) -> HttpResponse:
    """One chain: its nodes with who stands there and whence that is known, its leaders, its matters."""
    found = opened(request, key)
    when = instant(request.as_of)
    called = {node.subject.pk: node.name for node in found.nodes}
    flows = facts_at(NodeEdge.objects.filter(subject__in=called, buyer__in=called), **register.view(request.as_of).at)
    matters = queries.matters(request.user, found, as_of=request.as_of)
    context = {
        "chain": found,
        "stages": [(stage, [node for node in found.nodes if node.stage == stage]) for stage in found.stages],
        "flows": [(edge, called[edge.subject_id], called[edge.buyer_id]) for edge in flows.order_by("pk")],
        "leaders": queries.leaders(request.user, found, as_of=request.as_of),
        "open_matters": [matter for matter in matters if queries.open_at(matter, when)],
        "closed_matters": [matter for matter in matters if not queries.open_at(matter, when)],
        "empty": [node for node in found.nodes if node.has_makers and not node.enterprises],
        "elsewhere": elsewhere(found),
        "today": register.view(request.as_of).on,
        "may_edit": may_edit(request, found.subject),
        "source": source(request),
    }
    return render(request, "chain/open.html", context)


@needs("chain.read")
def changed(request: HttpRequest, key: str) -> HttpResponse:
    """What changed in a chain between two days, by default within a year."""
    found = opened(request, key)
    last = register.view(request.as_of).on
    first = {"before": last - timedelta(days=365), "after": last}
    form = DaysForm({name: request.GET.get(name) or day.isoformat() for name, day in first.items()})
    days = form.cleaned_data if form.is_valid() else first
    rows = changes.between(request.user, key, before=days["before"], after=days["after"])
    return table_response(
        request,
        table=ChangeTable(rows, filter_form=form),
        title=_("Changes of %(name)s") % {"name": found.name},
        source=source(request),
        template="chain/changes.html",
        context={"chain": found, "days": days, "count": len(rows)},
    )
