"""Known shocks: a firm stops, a supplier fails, power is cut; what a failing supplier's buyers lose.

A shock multiplies output by 1 − size in each of its months, and afterwards fades by a constant share each month. A
failing supplier takes ``propagation × its share in the buyer's purchases × size`` from each buyer; there is no second
round. Shocks of one firm do not overlap; power cuts and what suppliers pass on may. In the base year no firm of the
highest tier has a shock of its own.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from zhizao.engines.simulation.entropy import Ints
from zhizao.engines.simulation.links import Network
from zhizao.engines.simulation.parameters import Parameters
from zhizao.engines.simulation.paths import Firms, Shock
from zhizao.kernel.span import Span

FIRM_STOPS, SUPPLIER_FAILS, POWER_CUT = "firm_stops", "supplier_fails", "power_cut"
_LEAST_LEFT: Final = 0.01
"""A shock that has faded below this is over."""
_FADING: Final = 3
"""Months before the base year in which no leading firm's shock may end."""


def draw(firms: Firms, network: Network, parameters: Parameters, span: Span, rng: np.random.Generator) -> pl.DataFrame:
    """The events: ``event``, ``kind``, ``firm``, ``is_direct``, ``start`` (month of the span), ``months``, ``size``.

    An event may have several rows: the firms under a power cut, the buyers of a failing supplier (not ``is_direct``).
    """
    of = parameters.shocks
    single = _single(firms, network, parameters, span, rng)
    cuts = _power_cuts(firms, parameters, span, rng).with_columns(pl.col("event") + len(single))
    direct = pl.concat([single, cuts])
    failing = single.filter(pl.col("kind") == SUPPLIER_FAILS)
    shares = network.shares().select(firm=pl.col("supplier"), buyer=pl.col("buyer"), share=pl.col("share"))
    passed = (
        failing.join(shares, on="firm", how="inner", maintain_order="left_right")
        .with_columns(size=(of.propagation * pl.col("share") * pl.col("size")), firm=pl.col("buyer"))
        .filter(pl.col("size") >= of.least_propagated)
        .with_columns(is_direct=pl.lit(value=False))
        .select(direct.columns)
    )
    return pl.concat([direct, passed]).sort("event", "is_direct", "firm", descending=[False, True, False])


def changes(events: pl.DataFrame, firms: Firms, parameters: Parameters, months: int) -> Shock:
    """Log changes by all events together, shape (n, months) each."""
    of = parameters.shocks
    output = np.zeros((len(firms.output), months))
    electricity = np.zeros_like(output)
    firm, start = events["firm"].to_numpy(), events["start"].to_numpy()
    length, size = events["months"].to_numpy(), events["size"].to_numpy()
    power = (events["kind"] == POWER_CUT).to_numpy()
    longest = int(length.max()) if len(events) else 0
    fading = int(np.ceil(np.log(_LEAST_LEFT) / np.log(of.recovery))) if 0 < of.recovery < 1 else 0
    for step in range(longest + fading):
        left = size * np.where(step < length, 1.0, of.recovery ** (step - length + 1.0))
        at = start + step
        hit = (left >= _LEAST_LEFT) & (at < months)
        change = np.log1p(-left[hit])
        np.add.at(output, (firm[hit], at[hit]), change)
        np.add.at(electricity, (firm[hit], at[hit]), of.power_on_electricity * change * power[hit])
    return Shock(output, electricity)


def _single(
    firms: Firms, network: Network, parameters: Parameters, span: Span, rng: np.random.Generator
) -> pl.DataFrame:
    """Shocks of single firms, half of them suppliers of others; not overlapping within a firm."""
    of = parameters.shocks
    n = len(firms.output)
    wanted = max(of.least, round(of.a_firm_month * n * span.months))
    leads = firms.tier == firms.tier.min()
    weight = np.where(leads, of.leaders, 1.0)
    base = 12 * parameters.years_before
    supplies = np.zeros(n)
    supplies[network.supplier[network.supplier < n]] = 1.0
    found = _frame(np.array([], dtype=np.int64), np.array([], dtype=np.int64), of.months, of.size, rng, FIRM_STOPS)
    for _ in range(20):  # a few rounds: what overlaps is drawn again
        missing = wanted - len(found)
        if missing <= 0:
            break
        drawn = [found]
        halves = ((FIRM_STOPS, weight, missing - missing // 2), (SUPPLIER_FAILS, weight * supplies, missing // 2))
        for kind, weights, count in halves:
            if count and weights.sum():
                firm = rng.choice(n, size=count, p=weights / weights.sum())
                first, last = firms.entry[firm] + 1, firms.exit[firm] - of.months[1]
                start = first + (rng.random(count) * np.maximum(last - first, 0)).astype(np.int64)
                # what a plan says of its leading firms is taken to be of a year without mishaps
                fits = (last > first) & ~(leads[firm] & (start < base + 12) & (start + of.months[1] + _FADING > base))
                drawn.append(_frame(firm[fits], start[fits], of.months, of.size, rng, kind))
        found = _without_overlap(pl.concat(drawn))
    return found.with_columns(event=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))


def _without_overlap(events: pl.DataFrame) -> pl.DataFrame:
    """Events of one firm that begin before an earlier one has ended are left out."""
    while True:
        events = events.sort("firm", "start", "months", "size")
        end_before = (pl.col("start") + pl.col("months")).shift(1).over("firm")
        kept = events.filter((pl.col("start") > end_before).fill_null(value=True))
        if len(kept) == len(events):
            return events
        events = kept


def _frame(
    firm: Ints, start: Ints, months: tuple[int, int], size: tuple[float, float], rng: np.random.Generator, kind: str
) -> pl.DataFrame:
    columns = {
        "event": np.zeros(len(firm), dtype=np.int64),
        "kind": np.full(len(firm), kind),
        "firm": firm.astype(np.int64),
        "is_direct": np.ones(len(firm), dtype=bool),
        "start": start.astype(np.int64),
        "months": rng.integers(months[0], months[1] + 1, len(firm)),
        "size": rng.uniform(size[0], size[1], len(firm)).round(4),
    }
    return pl.DataFrame(columns, schema_overrides={"kind": pl.String})


def _power_cuts(firms: Firms, parameters: Parameters, span: Span, rng: np.random.Generator) -> pl.DataFrame:
    """Cuts of one month in the months of scarce power, each for a share of the firms of some sectors."""
    of = parameters.shocks
    rows = [_frame(np.array([], dtype=np.int64), np.array([], dtype=np.int64), (1, 1), of.size, rng, POWER_CUT)]
    years = span.months // 12
    for event in range(rng.poisson(of.power_cuts_a_year * years)):
        start = 12 * int(rng.integers(years)) + int(rng.choice(of.power_months)) - 1
        sectors = rng.choice(len(parameters.sectors), min(of.power_cut_sectors, len(parameters.sectors)), replace=False)
        there = (firms.entry <= start) & (firms.exit > start) & np.isin(firms.sector, sectors)
        hit = np.flatnonzero(there & (rng.random(len(there)) < of.power_cut_share))
        cut = _frame(hit, np.full(len(hit), start), (1, 1), of.size, rng, POWER_CUT)
        depth = round(float(rng.uniform(*of.size)), 4)  # one depth for all: it is one cut
        rows.append(cut.with_columns(event=pl.lit(event + 1, dtype=pl.Int64), size=pl.lit(depth)))
    return pl.concat(rows)
