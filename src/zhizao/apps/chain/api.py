"""The chains for programs: the same nouns as the pages, scoped to the token's owner."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema

from zhizao.apps.chain import queries
from zhizao.base.accounts.api_auth import TokenAuth

router = Router(tags=["chains"], auth=[TokenAuth("chain:read")])


class ChainOut(Schema):
    id: str
    name: str
    nodes: int
    names: int
    enterprises: int = Field(description="Enterprises of the register that stand in the chain")


class MemberOut(Schema):
    name: str = Field(description="As printed")
    enterprise: str | None = Field(description="The id in the register; None where nobody of it is meant")
    member_type: str
    confidence: str = Field(description="H, M or L")
    basis: str
    source: str
    simulated: bool


class NodeOut(Schema):
    id: str
    name: str
    stage: str = Field(description="上游, 中游, 下游, or empty where nobody has said")
    layer: int | None = Field(description="The column set by hand; None: computed")
    products: str
    buyers: list[str] = Field(description="Ids of the nodes that it supplies")
    members: list[MemberOut]


class LeaderOut(Schema):
    kind: str
    person: str
    post: str
    simulated: bool


class ChainFileOut(Schema):
    id: str
    name: str
    nodes: list[NodeOut]
    leaders: list[LeaderOut]


@router.get("/chains", response=list[ChainOut], url_name="chains")
def chains(request: HttpRequest, as_of: date | None = None) -> list[dict[str, Any]]:
    """The chains of the token's areas."""
    if not request.user.has_perm("chain.read"):
        raise PermissionDenied
    return [
        {
            "id": view.id,
            "name": view.name,
            "nodes": len(view.nodes),
            "names": sum(len(node.members) for node in view.nodes),
            "enterprises": len(view.enterprises),
        }
        for view in queries.chains(request.user, as_of=as_of)
    ]


@router.get("/chains/{chain}", response=ChainFileOut, url_name="chain")
def chain(request: HttpRequest, chain: str, as_of: date | None = None) -> dict[str, Any]:
    """One chain with its nodes, the names at them, what flows between them, and its leaders."""
    if not request.user.has_perm("chain.read"):
        raise PermissionDenied
    view = queries.chain(request.user, chain, as_of=as_of)
    if view is None:
        raise Http404
    return {
        "id": view.id,
        "name": view.name,
        "nodes": [_node(node) for node in view.nodes],
        "leaders": [
            {"kind": row.kind, "person": row.person, "post": row.post, "simulated": row.simulated}
            for row in queries.leaders(request.user, view, as_of=as_of)
        ],
    }


def _node(node: queries.NodeView) -> dict[str, Any]:
    return {
        "id": node.id,
        "name": node.name,
        "stage": node.stage,
        "layer": node.layer,
        "products": node.products,
        "buyers": [key.partition(":")[2] for key in node.buyers],
        "members": [
            {
                "name": member.name,
                "enterprise": member.enterprise and member.enterprise.id_part,
                "member_type": member.member_type,
                "confidence": member.confidence,
                "basis": member.basis,
                "source": member.source,
                "simulated": member.simulated,
            }
            for member in node.members
        ],
    }
