"""The pages of gaps and of local sourcing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhizao.apps.chain import gaps_queries
from zhizao.apps.chain.gaps_queries import YES
from zhizao.apps.chain.gaps_run import GROUPS
from zhizao.apps.chain.gaps_tables import (
    CHAIN,
    GapTable,
    PurchaseTable,
    SourcingTable,
    gap_rows,
    sourcing_rows,
    why,
    words_of,
)
from zhizao.apps.chain.map_words import GAPS, kind
from zhizao.apps.chain.risk_queries import Computed
from zhizao.apps.chain.risk_views import may_compute, nothing, source
from zhizao.base.accounts.access import needs
from zhizao.base.facts.models import Link
from zhizao.base.ui.numbers import figure
from zhizao.base.ui.views import table_response

GROUP_WORDS = {
    "node": gettext_lazy("Node"),
    "chain": gettext_lazy("Chain"),
    "buyer": gettext_lazy("Enterprise"),
    "tier": gettext_lazy("Tier"),
}


@needs("chain.read")
def gaps(request: HttpRequest) -> HttpResponse:
    """Every certain gap by class and by what closing it is worth; those of which too little is known on demand."""
    found = gaps_queries.gaps(request.user, request.as_of)
    if found is None:
        return nothing(request, _("Gaps"))
    chains = {node["chain"]: node["chain_name"] for node in found.data["nodes"]}
    gap, chain = request.GET.get("gap", ""), request.GET.get("chain", "")
    rows = gap_rows(
        found,
        gap=gap if gap in GAPS else "",
        chain=chain if chain in chains else "",
        unknown=request.GET.get("unknown") == "1",
    )
    certain = gap_rows(found)
    context = {
        "found": found,
        "data": found.data,
        "answer": answer(found),
        "first": certain[0] if certain else None,
        "chains": [(key, name, key == chain) for key, name in chains.items()],
        "classes": [(key, words, key == gap) for key, words in GAPS.items()],
        "unknown": request.GET.get("unknown") == "1",
        "open": len(gap_rows(found, unknown=True)) - len(certain),
        "may_compute": may_compute(request),
    }
    return table_response(
        request,
        table=GapTable(rows),
        title=_("Gaps"),
        source=source(found),
        template="chain/gaps.html",
        context=context,
    )


def answer(found: Computed) -> str:
    """How many nodes lack something, in a sentence."""
    nodes = found.data["nodes"]
    missing = sum(any(one["status"] == YES and one["gap"] == "missing" for one in node["gaps"]) for node in nodes)
    lacking = sum(any(one["status"] == YES for one in node["gaps"]) for node in nodes)
    return ngettext(
        "%(n)d of %(all)s nodes has a gap, at %(missing)s of them nobody here makes what is bought.",
        "%(n)d of %(all)s nodes have a gap, at %(missing)s of them nobody here makes what is bought.",
        lacking,
    ) % {"n": lacking, "all": len(nodes), "missing": missing}


@needs("chain.read")
def node(request: HttpRequest, node: str) -> HttpResponse:
    """One node: its gaps with the conditions that decided, the purchases that show them, who could close them."""
    found = gaps_queries.gaps(request.user, request.as_of)
    nodes = found.data["nodes"] if found else []
    place, row = next(((at, one) for at, one in enumerate(nodes) if one["subject"] == f"node:{node}"), (0, None))
    if found is None or row is None:
        raise Http404
    shown = [_gap(found, one, at=f"/nodes/{place}/gaps/{number}") for number, one in enumerate(row["gaps"])]
    places = sorted({at for one in row["gaps"] for at in one.get("rows", ())})
    context = {
        "found": found,
        "row": row,
        "sha12": found.run.sha12,
        "pointer": f"/nodes/{place}",
        "certain": [one for one in shown if one["certain"]],
        "doubtful": [one for one in shown if not one["certain"]],
        "candidates": _candidates(found, row),
        "simulated": found.data["simulated"],
        "count": len(places),
        "largest": _name(found, row["largest_supplier"]),
    }
    return table_response(
        request,
        table=PurchaseTable([_purchase(found, at) for at in places]),
        title=row["name"],
        source=source(found),
        template="chain/gaps_node.html",
        context=context,
    )


def _gap(found: Computed, one: dict[str, Any], *, at: str) -> dict[str, Any]:
    rule = found.data["rules"][one["gap"]]
    return one | {
        "words": GAPS[one["gap"]],
        "kind": kind(one["gap"]),
        "certain": one["status"] == YES,
        "rule": words_of(rule["title"]),
        "thresholds": "；".join(_threshold(name, value) for name, value in rule["thresholds"].items()),
        "why": why(rule, one),
        "pointer": at,
        "supplier_name": _name(found, one.get("supplier")),
    }


def _threshold(name: str, value: str) -> str:
    return _("threshold %(value)s") % {"value": f"{value}%" if name.endswith("_pct") else value}


def _name(found: Computed, key: str | None) -> str:
    return "" if key is None else found.data["names"].get(key, key)


def _candidates(found: Computed, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Who could close the gaps of a node, with the reasons; those inside first."""
    first = next((one["candidates"] for one in row["gaps"] if one.get("candidates")), [])
    return [
        one
        | {"called": one.get("called") or _name(found, one["firm"]), "id": (one["firm"] or "").partition(":")[2]}
        | {f"{name}_pct": None if one.get(name) is None else one[name] * 100 for name in ("product_match", "size_fit")}
        for one in first
    ]


def _purchase(found: Computed, at: int) -> dict[str, Any]:
    one = found.data["purchases"][at]
    return one | {
        "buyer_name": _name(found, one["buyer"]),
        "supplier_name": _name(found, one["supplier"]),
        "basis": str(dict(Link.Basis.choices).get(one["basis"], one["basis"])),
        "at": found.reference(f"/purchases/{at}"),
    }


@needs("chain.read")
def sourcing(request: HttpRequest) -> HttpResponse:
    """Local sourcing by count and by value with its coverage, by node, chain, enterprise or tier."""
    found = gaps_queries.gaps(request.user, request.as_of)
    if found is None:
        return nothing(request, _("Local sourcing"))
    asked = request.GET.get("by", "")
    by = asked if asked in GROUPS else GROUPS[0]
    nodes = found.data["nodes"]
    names = found.data["names"] | {node["subject"]: node["name"] for node in nodes}
    names |= {node["chain"]: node["chain_name"] for node in nodes}
    whole = next(iter(found.data["whole"]), None)
    context = {
        "found": found,
        "data": found.data,
        "whole": whole,
        "answer": _sourcing_answer(whole),
        "groups": [(key, GROUP_WORDS[key], key == by) for key in GROUPS],
        "apart_pct": _pct(found.data["of_no_node"]["wan_yuan"], found.data["of_no_node"]["all_wan_yuan"]),
        "may_compute": may_compute(request),
    }
    return table_response(
        request,
        table=SourcingTable(sourcing_rows(found, by, names), exclude=() if by == CHAIN else ("nodes_pct",)),
        title=_("Local sourcing"),
        source=source(found),
        template="chain/sourcing.html",
        context=context,
    )


def _pct(part: float | None, whole: float | None) -> float | None:
    return None if not whole or part is None else part / whole * 100


def _sourcing_answer(whole: dict[str, Any] | None) -> str:
    if whole is None or whole["share_by_value"] is None:
        return _("What the area's enterprises buy is not known.")
    return _(
        "Of what the area's enterprises buy, %(value)s%% by value and %(count)s%% by number of suppliers is local."
    ) % {
        "value": figure(whole["share_by_value"] * 100, "%"),
        "count": figure((whole["share_by_count"] or 0) * 100, "%"),
    }
