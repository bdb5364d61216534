"""The pages by which the chain office keeps its chains: each a form with its source, refused in words at its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhizao.apps.chain import services
from zhizao.apps.chain.finding import enterprise_called
from zhizao.apps.chain.forms import (
    ChainForm,
    CloseForm,
    EdgeForm,
    EndForm,
    LeaderForm,
    MatterForm,
    MemberForm,
    MoveForm,
    NodeForm,
)
from zhizao.apps.chain.models import Leader, Matter, NodeEdge, Placement
from zhizao.apps.chain.queries import ChainView, NodeView
from zhizao.apps.chain.views import may_edit, opened
from zhizao.base.accounts.access import needs
from zhizao.base.accounts.models import Area
from zhizao.base.facts.models import Link, Subject
from zhizao.base.facts.queries import facts_at
from zhizao.base.jobs.problems import refuse
from zhizao.kernel.result import Refused


def posted(request: HttpRequest) -> Any:
    """The form's data if it was sent."""
    return request.POST if request.method == "POST" else None


def own_area(request: HttpRequest) -> Area:
    """The area that the actor works for; nothing is changed looking back."""
    if request.looking_back or request.user.organisation is None:
        raise PermissionDenied
    return request.user.organisation.area


def editable(request: HttpRequest, key: str) -> ChainView:
    """The chain of the address, which the actor must be allowed to change; nothing is changed looking back."""
    found = opened(request, key)
    if not may_edit(request, found.subject):
        raise PermissionDenied
    return found


def node_of(chain: ChainView, node: str) -> NodeView:
    """The node of the address, which must be one of the chain."""
    found = chain.node(node)
    if found is None:
        raise Http404
    return found


def act(
    request: HttpRequest,
    *,
    form: forms.Form,
    do: Callable[[dict[str, Any]], Any],
    chain: ChainView | None,
    title: str,
    answer: str,
    field: str | None = None,
    about: str = "",
) -> HttpResponse:
    """Show the form, or do what it asks and go to the chain's page."""
    if request.method == "POST" and form.is_valid():
        try:
            result = do(form.cleaned_data)
        except Refused as refused:
            refuse(form, refused, field=field)
        else:
            messages.success(request, _("Recorded.") if result else _("It was so already; nothing has changed."))
            key = result.id_part if isinstance(result, Subject) else chain.id if chain else ""
            return redirect(reverse("chain:open", args=[key]))
    context = {"form": form, "chain": chain, "title": title, "answer": answer, "about": about}
    return render(request, "chain/act.html", context, status=422 if form.errors else 200)


@needs("chain.edit")
def add_chain(request: HttpRequest) -> HttpResponse:
    """Enter a chain by hand."""
    area = own_area(request)
    return act(
        request,
        form=ChainForm(posted(request)),
        do=lambda data: services.add_chain(actor=request.user, area=area, **data),
        chain=None,
        title=_("Enter a chain"),
        answer=_("It gets an id of its own, which it keeps under every later name."),
        field="name",
    )


@needs("chain.edit")
def add_node(request: HttpRequest, key: str) -> HttpResponse:
    """Enter a node of a chain."""
    chain = editable(request, key)
    return act(
        request,
        form=NodeForm(posted(request)),
        do=lambda data: bool(services.add_node(actor=request.user, chain=chain.subject, chain_name=chain.name, **data)),
        chain=chain,
        title=_("Enter a node"),
        answer=_("It stands behind the nodes of its stage; its place can be changed later."),
        field="name",
    )


@needs("chain.edit")
def move(request: HttpRequest, key: str, node: str) -> HttpResponse:
    """Say where a node stands and what is made there, with the reason."""
    chain = editable(request, key)
    found = node_of(chain, node)
    before = {"stage": found.stage, "layer": found.layer, "products": found.products}
    return act(
        request,
        form=MoveForm(posted(request), initial=before),
        do=lambda data: services.set_node(actor=request.user, node=found.subject, **data),
        chain=chain,
        title=_("Change a node"),
        answer=_("It counts from today; the map of earlier days stays as it was."),
        about=found.name,
    )


@needs("chain.edit")
def add_member(request: HttpRequest, key: str, node: str) -> HttpResponse:
    """Put a name at a node."""
    chain = editable(request, key)
    found = node_of(chain, node)

    def do(data: dict[str, Any]) -> Any:
        data["enterprise"] = enterprise_called(request.user, data["enterprise"])
        return services.place(actor=request.user, placement=Placement(subject=found.subject, **data))

    first = {"basis": Placement.Basis.JUDGED, "confidence": Link.Confidence.MEDIUM, "valid_from": request.today}
    return act(
        request,
        form=MemberForm(posted(request), initial=first),
        do=do,
        chain=chain,
        title=_("Add a name at a node"),
        answer=_("A name that stands there already is stated anew."),
        field="enterprise",
        about=found.name,
    )


@needs("chain.edit")
def end_member(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Say that a name stands at its node no longer, or never did."""
    chain = editable(request, key)
    members = {member.fact.pk: (node, member) for node in chain.nodes for member in node.members}
    if pk not in members:
        raise Http404
    node, member = members[pk]
    return act(
        request,
        form=EndForm(posted(request), initial={"last_day": request.today}),
        do=lambda data: services.unplace(actor=request.user, placement=member.fact, **data),
        chain=chain,
        title=_("End a name at a node"),
        answer=_("What was known before stays as it is."),
        about=f"{node.name}: {member.name}",
    )


@needs("chain.edit")
def connect(request: HttpRequest, key: str, node: str) -> HttpResponse:
    """State that a node supplies another."""
    chain = editable(request, key)
    found = node_of(chain, node)
    buyers = [(other.key, other.name) for other in chain.nodes if other.key != found.key]

    def do(data: dict[str, Any]) -> Any:
        buyer = node_of(chain, data.pop("buyer")).subject
        return services.connect(actor=request.user, edge=NodeEdge(subject=found.subject, buyer=buyer, **data))

    return act(
        request,
        form=EdgeForm(posted(request), buyers=buyers, initial={"confidence": Link.Confidence.MEDIUM}),
        do=do,
        chain=chain,
        title=_("State what a node supplies"),
        answer=_("A flow from one node of the chain to another."),
        field="buyer",
        about=found.name,
    )


@needs("chain.edit")
def end_edge(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Say that a node supplies another no longer, or never did."""
    chain = editable(request, key)
    nodes = {node.subject.pk: node.name for node in chain.nodes}
    return _end(request, chain, NodeEdge.objects.filter(pk=pk, subject__in=nodes), _("End a flow between nodes"), nodes)


@needs("chain.edit")
def appoint(request: HttpRequest, key: str) -> HttpResponse:
    """State who leads a chain."""
    chain = editable(request, key)

    def do(data: dict[str, Any]) -> Any:
        data["enterprise"] = enterprise_called(request.user, data["enterprise"])
        return services.appoint(actor=request.user, leader=Leader(subject=chain.subject, **data))

    return act(
        request,
        form=LeaderForm(posted(request), initial={"valid_from": request.today}),
        do=do,
        chain=chain,
        title=_("Name a chain leader"),
        answer=_("An official, or the head of the enterprise that anchors the chain."),
        field="enterprise",
    )


@needs("chain.edit")
def end_leader(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Say that somebody leads the chain no longer, or never did."""
    chain = editable(request, key)
    return _end(request, chain, Leader.objects.filter(pk=pk, subject=chain.subject), _("End a chain leader"), {})


def _end(request: HttpRequest, chain: ChainView, rows: Any, title: str, nodes: dict[int, str]) -> HttpResponse:
    fact = facts_at(rows, on=request.today).first()
    if fact is None:
        raise Http404
    about = f"{nodes[fact.subject_id]} → {nodes.get(fact.buyer_id, '')}" if nodes else str(fact)
    return act(
        request,
        form=EndForm(posted(request), initial={"last_day": request.today}),
        do=lambda data: services.end_fact(actor=request.user, fact=fact, **data),
        chain=chain,
        title=title,
        answer=_("What was known before stays as it is."),
        about=about,
    )


@needs("chain.edit")
def open_matter(request: HttpRequest, key: str) -> HttpResponse:
    """Open a matter, with its owner and the day by which it is due."""
    chain = editable(request, key)
    return act(
        request,
        form=MatterForm(posted(request)),
        do=lambda data: services.open_matter(actor=request.user, chain=chain.subject, **data),
        chain=chain,
        title=_("Open a matter"),
        answer=_("What is to be done for the chain, by whom, and by which day."),
    )


@needs("chain.edit")
def close_matter(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Close a matter with what came of it."""
    chain = editable(request, key)
    matter = Matter.objects.visible_to(request.user).filter(chain=chain.subject, pk=pk).first()
    if matter is None:
        raise Http404
    return act(
        request,
        form=CloseForm(posted(request)),
        do=lambda data: services.close_matter(actor=request.user, matter=matter, **data),
        chain=chain,
        title=_("Close a matter"),
        answer=_("With what came of it."),
        about=matter.title,
        field="result",
    )
