"""What if: firms stop, an outside region fails, a customer is lost, a second supplier is found; an output to keep.

Two answers stand side by side. The cascade (ESRI) says what is lost in the end if nothing recovers; the course day by
day (ARIO) says when, how long stocks carry, and how the economy comes back.

    region fails     each buyer loses the share of its purchases that comes from there, in the cascade at once;
                     day by day the region is a producer whose goods lie in stock first
    lost customer    the supplier loses that part of its revenue; day by day that demand is gone as long as it lasts
    second supplier  takes a share of what the first sells to the buyer, before anything happens
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from zhizao.apps.chain import risk_run
from zhizao.apps.chain.network import FEN_PER_YUAN, Trade

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from zhizao.apps.chain.queries import ChainView
    from zhizao.engines.chain import Network, WhatIf

ENGINE = "chain.what_if"
ENGINE_VERSION = "1"
AFTER_DAYS = 180
"""How long the course goes on after the stop is over."""
LONGEST_DAYS = 365
DAYS_OF_A_YEAR = 365
YUAN_PER_WAN = 10_000
MOST_FIRMS = 500
LEAST_LOSS = 1e-9


@dataclass(frozen=True, slots=True)
class Second:
    """That ``second`` takes ``share_pct`` of what ``supplier`` sells to ``buyer``."""

    buyer: str
    supplier: str
    second: str
    share_pct: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens: losses in per cent of capacity, for some days. Firms by key, regions by name."""

    stops: Mapping[str, float]
    regions: Mapping[str, float]
    lost: tuple[tuple[str, str], ...]
    second: Second | None
    days: int

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "stops": dict(self.stops),
            "regions": dict(self.regions),
            "lost": [list(pair) for pair in self.lost],
            "second": None if self.second is None else asdict(self.second),
            "days": self.days,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Scenario:
        """From what ``plain`` gave."""
        return cls(
            stops={key: float(value) for key, value in data["stops"].items()},
            regions={key: float(value) for key, value in data["regions"].items()},
            lost=tuple((supplier, buyer) for supplier, buyer in data["lost"]),
            second=None if data["second"] is None else Second(**data["second"]),
            days=int(data["days"]),
        )


def make(trade: Trade, chains: Sequence[ChainView], scenario: Scenario) -> dict[str, Any]:
    """The output of a run.

    Raises
    ------
    Refused
        As for systemic risk; a firm that is not in the network, a link that is not there.
    """
    trade.refuse_if_closed()
    from zhizao.engines.chain import what_if, with_second_supplier

    before = trade.engine()
    network = before
    if (second := scenario.second) is not None:
        names = {"buyer": second.buyer, "supplier": second.supplier, "second": second.second}
        network = with_second_supplier(before, **names, share=second.share_pct / 100)
    shock = shock_of(trade, before, scenario)
    found = what_if(network, shock, rule=risk_run.rule())
    output: dict[str, Any] = {
        "unit": "1",
        "simulated": trade.simulated,
        "scenario": scenario.plain(),
        "esri": found.esri,
        "esri_down": found.esri_down,
        "esri_up": found.esri_up,
        "esri_without_second": None,
        "revenue_wan_yuan": float(_revenue(before).sum()) / YUAN_PER_WAN,
        "paths": risk_run.paths(network, shock),
        "names": {firm.key: firm.name for firm in trade.firms},
    }
    if second is not None:
        output["esri_without_second"] = what_if(before, shock, rule=risk_run.rule()).esri
    days = _course(trade, network, scenario)
    by_firm = days.pop("lost_by_firm")
    return output | days | _grouped(trade, chains, found, by_firm)


def shock_of(trade: Trade, network: Network, scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Losses towards buyers and towards suppliers; of several causes the greatest counts, as the scarcest input does.

    A second supplier alone is tried against the stop of the first.
    """
    from zhizao.engines.chain import lost_customer

    shock: dict[str, tuple[float, float]] = {}

    def add(firm: str, down: float, up: float) -> None:
        had = shock.get(firm, (0.0, 0.0))
        shock[firm] = max(had[0], down), max(had[1], up)

    for firm, loss_pct in scenario.stops.items():
        add(firm, loss_pct / 100, loss_pct / 100)
    for buyer, share in _shares_of_regions(trade, scenario.regions).items():
        add(buyer, share, share)
    for supplier, buyer in scenario.lost:
        for firm, (down, up) in lost_customer(network, supplier=supplier, buyer=buyer).items():
            add(firm, down, up)
    if not shock and scenario.second is not None:
        add(scenario.second.supplier, 1.0, 1.0)
    return shock


def _shares_of_regions(trade: Trade, regions: Mapping[str, float]) -> dict[str, float]:
    """The part of all purchases of each buyer that fails with the regions."""
    failing: dict[str, float] = {}
    for one in trade.from_outside:
        if (region := trade.regions[one.supplier]) in regions:
            failing[one.buyer] = failing.get(one.buyer, 0.0) + (one.fen or 0) * regions[region] / 100
    return {buyer: min(1.0, fen / trade.by_key[buyer].cost) for buyer, fen in failing.items()}


def _revenue(network: Network) -> npt.NDArray[np.float64]:
    import numpy as np

    known = network.out_strength if network.revenue is None else network.revenue
    return np.maximum(known, network.out_strength)


def _course(trade: Trade, network: Network, scenario: Scenario) -> dict[str, Any]:
    """Losses day by day, 万元; the regions that fail enter as producers, each of a product of its own."""
    import numpy as np

    from zhizao.engines.chain import Economy, course, stopped

    n, horizon = len(network.firms), scenario.days + AFTER_DAYS
    regions = sorted(scenario.regions)
    bought = [
        (n + regions.index(region), network.places[one.buyer], (one.fen or 0) / FEN_PER_YUAN)
        for one in trade.from_outside
        if (region := trade.regions[one.supplier]) in scenario.regions
    ]
    lost_links = {(network.places[supplier], network.places[buyer]) for supplier, buyer in scenario.lost}
    kept = np.array(
        [pair not in lost_links for pair in zip(network.supplier.tolist(), network.buyer.tolist(), strict=True)],
        dtype=bool,
    )
    flow = np.append(network.amount[kept], [yuan for _s, _b, yuan in bought]) / DAYS_OF_A_YEAR
    supplier = np.append(network.supplier[kept], [place for place, _b, _y in bought]).astype(np.int64)
    sold_by_regions = np.bincount(supplier, weights=flow, minlength=n + len(regions))[n:]
    output = np.append(_revenue(network) / DAYS_OF_A_YEAR, sold_by_regions)
    economy = Economy(
        supplier=supplier,
        buyer=np.append(network.buyer[kept], [place for _s, place, _y in bought]).astype(np.int64),
        flow=flow,
        output=output,
        product=np.append(network.market, len(network.markets) + np.arange(len(regions))).astype(np.int64),
    )
    share = np.zeros(n + len(regions))
    stops = dict(scenario.stops)
    if not (stops or regions or lost_links) and scenario.second is not None:
        stops = {scenario.second.supplier: 100.0}
    for firm, loss_pct in stops.items():
        share[network.places[firm]] = loss_pct / 100
    for place, region in enumerate(regions):
        share[n + place] = scenario.regions[region] / 100
    losses = stopped(share, days=horizon, stop_days=scenario.days)
    demand = np.ones_like(losses)
    gone = np.zeros(n + len(regions))
    for place, (seller, buyer) in enumerate(zip(network.supplier.tolist(), network.buyer.tolist(), strict=True)):
        if (seller, buyer) in lost_links:
            gone[seller] += network.amount[place] / DAYS_OF_A_YEAR
    final = np.maximum(economy.final_demand, 0.0)
    left = np.divide(final - gone, final, out=np.ones_like(final), where=final > 0)
    demand[: scenario.days] = np.clip(left, 0.0, 1.0)
    lost = course(economy, losses, demand=demand).lost[:, :n] / YUAN_PER_WAN
    direct = (losses[:, :n] * output[:n] + (1 - demand[:, :n]) * final[:n]) / YUAN_PER_WAN
    return {
        "baseline_wan_yuan_a_day": float(output[:n].sum()) / YUAN_PER_WAN,
        "lost_wan_yuan": float(lost.sum()),
        "direct_wan_yuan": float(direct.sum()),
        "lost_by_day": lost.sum(axis=1).tolist(),
        "direct_by_day": direct.sum(axis=1).tolist(),
        "lost_by_firm": dict(zip(network.firms, lost.sum(axis=0).tolist(), strict=True)),
    }


def _grouped(
    trade: Trade, chains: Sequence[ChainView], found: WhatIf, lost_by_firm: Mapping[str, float]
) -> dict[str, Any]:
    """Losses by firm, sector and node: of the cascade as shares, day by day as money."""
    groups = {node.key: (node.name, [firm.key for firm in node.enterprises]) for c in chains for node in c.nodes}
    members = risk_run.member_frame(trade, [(key, firms) for key, (_name, firms) in groups.items()])
    rows = found.firms.sort(["lost_weight", "firm"], descending=[True, False]).iter_rows(named=True)
    firms = [
        {
            "subject": row["firm"],
            "name": trade.by_key[row["firm"]].name,
            "sector": trade.sectors.get(trade.by_key[row["firm"]].sector, ""),
            **{name: row[name] for name in ("loss", "loss_down", "loss_up", "lost_weight")},
            "lost_wan_yuan": lost_by_firm[row["firm"]],
        }
        for row in rows
        if row["loss"] > LEAST_LOSS
    ]
    sectors = [
        {"name": trade.sectors.get(row["sector"], ""), "lost_share": row["lost_weight"], "share": row["weight"]}
        for row in found.by_sector().iter_rows(named=True)
    ]
    nodes = [
        {
            "subject": row["node"],
            "name": groups[row["node"]][0],
            "lost_share": row["lost_weight"],
            "share": row["weight"],
        }
        for row in found.by_node(members).iter_rows(named=True)
        if row["lost_weight"] > LEAST_LOSS
    ]
    return {"firms": firms[:MOST_FIRMS], "firms_hit": len(firms), "sectors": sectors, "nodes": nodes}
