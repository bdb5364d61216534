"""The lists of gaps and of local sourcing. A figure opens the run that it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhizao.apps.chain.gaps_gains import FILLED, STRENGTHENED
from zhizao.apps.chain.gaps_queries import YES
from zhizao.apps.chain.map_words import GAPS, kind
from zhizao.apps.chain.risk_queries import Computed
from zhizao.apps.chain.risk_tables import OpenedColumn, SubjectColumn
from zhizao.base.ui.tables import NumberColumn, StatusColumn, Table, TextColumn

GAIN_DECIMALS = 6
CHAIN = "chain"
ORDER = list(GAPS)
DOUBT = "?"
"""Behind a class of which too little is known."""
KINDS = {gap: kind(gap) for gap in GAPS} | {f"{gap}{DOUBT}": "none" for gap in GAPS}
WORDS = {f"{gap}{doubt}": words for gap, words in GAPS.items() for doubt in ("", DOUBT)}


def words_of(text: Mapping[str, str]) -> str:
    """A text of a rule in the reader's language."""
    return text.get("zh" if (get_language() or "zh").startswith("zh") else "en", "")


class GapTable(Table):
    chain_name = TextColumn(_("Chain"))
    name = SubjectColumn(_("Node"), wrap=True)
    gap = StatusColumn(_("Gap"), kinds=KINDS, words=WORDS)
    why = TextColumn(_("Why"), wrap=True)
    demand_wan_yuan = NumberColumn(_("Bought a year"), unit="万元")
    local_share_pct = NumberColumn(_("Local share"), unit="%")
    gain_wan_yuan = OpenedColumn(_("Value added won if made here"), unit="万元")
    esri_gain = OpenedColumn(_("ESRI falls with a second supplier"), decimals=GAIN_DECIMALS)
    candidates = NumberColumn(_("Candidates"), decimals=0)

    export_name = "gaps"
    fixed_columns = ("name", "gap")
    caption = _("Gaps of the chains")

    class Meta(Table.Meta):
        pass


def gap_rows(found: Computed, *, gap: str = "", chain: str = "", unknown: bool = False) -> list[dict[str, Any]]:
    """A row a gap: the certain ones by class and gain, then those of which too little is known."""
    rules = found.data["rules"]
    result = []
    for place, node in enumerate(found.data["nodes"]):
        for at, one in enumerate(node["gaps"]):
            certain = one["status"] == YES
            if (gap and one["gap"] != gap) or (chain and node["chain"] != chain) or (not certain and not unknown):
                continue
            result.append(
                {
                    "subject": node["subject"],
                    "id": node["subject"].partition(":")[2],
                    "name": node["name"],
                    "chain_name": node["chain_name"],
                    "gap": one["gap"] if certain else f"{one['gap']}{DOUBT}",
                    "certain": certain,
                    "why": why(rules[one["gap"]], one),
                    "demand_wan_yuan": node["demand_wan_yuan"],
                    "local_share_pct": node["local_share_pct"],
                    "gain_wan_yuan": one.get("gain_wan_yuan") if one["gap"] in FILLED else "",
                    "esri_gain": one.get("esri_gain") if one["gap"] in STRENGTHENED else "",
                    "candidates": len(one.get("candidates", ())),
                    "at": found.reference(f"/nodes/{place}/gaps/{at}"),
                }
            )
    return sorted(result, key=_order)


def _order(row: Mapping[str, Any]) -> tuple[bool, int, float, float, str]:
    gains = -(row["gain_wan_yuan"] or 0.0), -(row["esri_gain"] or 0.0)
    return not row["certain"], ORDER.index(row["gap"].removesuffix(DOUBT)), *gains, row["subject"]


def why(rule: Mapping[str, Any], gap: Mapping[str, Any]) -> str:
    """The conditions that decided, or the facts that are missing."""
    if gap["status"] == YES:
        return "；".join(words_of(rule["conditions"].get(name, {})) or name for name in gap["deciding"])
    return "；".join(str(FACTS.get(name, name)) for name in gap["missing"])


FACTS = {
    "local_firms": _("local firms are not known"),
    "demand_wan_yuan": _("what is bought is not known"),
    "demand_above_median": _("what is bought is not known"),
    "local_share_pct": _("the local share is not known"),
    "location_quotient": _("the location quotient is not known"),
    "suppliers": _("suppliers are not known"),
    "hhi": _("the concentration of suppliers is not known"),
    "outside_region_share_pct": _("the region of outside suppliers is not known"),
    "esri_rank_pct": _("systemic risk of the node is not known"),
    "idle_firms": _("whether local firms sell here is not known"),
}


class PurchaseTable(Table):
    buyer_name = TextColumn(_("Buyer"), wrap=True)
    supplier_name = TextColumn(_("Supplier"), wrap=True)
    product = TextColumn(_("Goods"))
    wan_yuan = OpenedColumn(_("Amount a year"), unit="万元")
    basis = TextColumn(_("How known"))

    export_name = "gap-rows"
    caption = _("The purchases that show it")

    class Meta(Table.Meta):
        pass


class SourcingTable(Table):
    name = TextColumn(_("Name"), wrap=True)
    suppliers = NumberColumn(_("Suppliers"), unit="家", decimals=0)
    suppliers_local = NumberColumn(_("local ones"), unit="家", decimals=0)
    count_pct = NumberColumn(_("Local share by count"), unit="%")
    count_coverage_pct = NumberColumn(_("Coverage of the count"), unit="%")
    bought = OpenedColumn(_("Bought a year"), unit="万元")
    bought_local = OpenedColumn(_("bought locally"), unit="万元")
    value_pct = NumberColumn(_("Local share by value"), unit="%", strong=True)
    value_coverage_pct = NumberColumn(_("Coverage of the value"), unit="%")
    nodes_pct = NumberColumn(_("Mean over its nodes, by value"), unit="%")

    export_name = "local-sourcing"
    fixed_columns = ("name",)
    caption = _("Local sourcing")

    class Meta(Table.Meta):
        pass


def sourcing_rows(found: Computed, by: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Local sourcing of each group with shares in per cent."""
    shares = {
        "count_pct": "share_by_count",
        "count_coverage_pct": "coverage_by_count",
        "value_pct": "share_by_value",
        "value_coverage_pct": "coverage_by_value",
    }
    means = found.data["chain_shares"] if by == CHAIN else {}
    return [
        row
        | {"nodes_pct": (mean := means.get(row["group"], {}).get("share")) and mean * 100}
        | {name: None if row[share] is None else row[share] * 100 for name, share in shares.items()}
        | {"name": names.get(row["group"], row["group"]), "at": found.reference(f"/sourcing/{by}/{place}")}
        for place, row in enumerate(found.data["sourcing"][by])
    ]
