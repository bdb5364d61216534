"""Nodes, members and flows of chains in the columns in which they can be taken in again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from zhizao.apps.chain import sheets
from zhizao.apps.chain.models import NodeEdge
from zhizao.apps.registry import queries as register
from zhizao.apps.registry.link_sheet import CONFIDENCES
from zhizao.base.facts.queries import facts_at

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from zhizao.apps.chain.queries import ChainView


def frame(what: str, chains: Iterable[ChainView], *, as_of: date | None = None) -> pl.DataFrame:
    """One of the three tables of some chains."""
    import polars as pl

    types = {"integer": pl.Int64, "date": pl.Date}
    schema = {column.name: types.get(column.kind, pl.String) for column in sheets.columns(what)}
    rows = {sheets.NODES: _nodes, sheets.MEMBERS: _members}.get(what)
    found = rows(chains) if rows else _edges(chains, as_of)
    return pl.DataFrame(list(found), schema=schema)


def _nodes(chains: Iterable[ChainView]) -> Iterator[dict[str, Any]]:
    for chain in chains:
        for node in chain.nodes:
            yield {
                "chain": chain.name,
                "node": node.name,
                "stage": node.stage or None,
                "products": node.products or None,
                "place": node.fact.place if node.fact else None,
                "layer": node.layer,
                "valid_from": node.fact.valid_from if node.fact else None,
                "source": node.fact.source if node.fact else None,
            }


def _members(chains: Iterable[ChainView]) -> Iterator[dict[str, Any]]:
    for chain in chains:
        for node in chain.nodes:
            for member in node.members:
                yield {
                    "chain": chain.name,
                    "node": node.name,
                    "name": member.name,
                    "enterprise": member.enterprise.id_part if member.enterprise else None,
                    "member_type": _word(sheets.TYPES, member.member_type),
                    "basis": _word(sheets.BASES, member.basis),
                    "confidence": _word(CONFIDENCES, member.confidence),
                    "valid_from": member.fact.valid_from,
                    "valid_to": member.fact.valid_to,
                    "source": member.source or None,
                }


def _edges(chains: Iterable[ChainView], as_of: date | None) -> Iterator[dict[str, Any]]:
    for chain in chains:
        called = {node.subject.pk: node.name for node in chain.nodes}
        rows = NodeEdge.objects.filter(subject__in=called, buyer__in=called)
        for edge in facts_at(rows, **register.view(as_of).at).order_by("pk"):
            yield {
                "chain": chain.name,
                "supplier": called[edge.subject_id],
                "buyer": called[edge.buyer_id],
                "product": edge.product or None,
                "confidence": _word(CONFIDENCES, edge.confidence),
                "valid_from": edge.valid_from,
                "valid_to": edge.valid_to,
                "source": edge.source or None,
            }


def _word(words: Mapping[str, str], code: str) -> str:
    return next(word for word, value in words.items() if value == code)
