"""Puts the simulated economy together: sizes, links, shocks, paths, reports; the same seed gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from zhizao.engines.simulation import links, paths, shocks, targets
from zhizao.engines.simulation.entropy import Bools, Floats, Ints, fit
from zhizao.engines.simulation.facts import EconomyFacts, reached, subject_of
from zhizao.engines.simulation.parameters import Parameters
from zhizao.engines.simulation.paths import Firms
from zhizao.engines.simulation.reports import Reported, report
from zhizao.kernel.credit_code import build
from zhizao.kernel.span import Span

_BLOCK: Final = 4096
"""Firms whose reports are made together; each block has random numbers of its own, so that blocks may be left out."""
_CODES: Final = "YY"
"""Organisation parts that begin so are issued by no authority."""
NEWCOMER: Final = "模拟新增企业"
SMALL_SUPPLIER: Final = "模拟本地供应商"


@dataclass(frozen=True)
class Economy:
    """A simulated economy: the truth, and what is reported of it.

    Attributes
    ----------
    facts, parameters, seed, span : what it was made from
    enterprises : ``subject``, ``name``, ``credit_code``, ``tier_name``, ``industry`` (in the plan's words), ``sector``,
        ``entry``, ``exit`` (months; null: was there at the start, is there at the end), ``is_new`` (not in the facts;
        the earliest first), ``status``
    events : known shocks, ``event``, ``kind``, ``subject``, ``is_direct``, ``span``, ``size``
    links : ``supplier``, ``buyer`` (keys of subjects), ``span`` (the year), ``amount_wan_yuan``, ``is_registered``
        (the supplier is among the enterprises; else a small local one), ``status``
    small_suppliers : ``subject``, ``name``, ``status`` of the local suppliers that are no registered enterprises
    trade : ``subject``, ``span`` (the year), purchases and sales inside and outside of the region, 万元
    targets : yearly values of the plan's targets
    residuals : each statement of the plan about output, what is stated and what is reached
    """

    facts: EconomyFacts
    parameters: Parameters
    seed: int
    span: Span
    enterprises: pl.DataFrame
    events: pl.DataFrame
    links: pl.DataFrame
    small_suppliers: pl.DataFrame
    trade: pl.DataFrame
    targets: pl.DataFrame
    residuals: pl.DataFrame
    ticks: dict[str, Ints]
    alive: Bools

    def reports(self) -> Iterator[Reported]:
        """What the firms report, a block of firms at a time: for economies that do not fit into memory as one frame."""
        subjects = self.enterprises["subject"].to_list()
        for number, start in enumerate(range(0, len(subjects), _BLOCK)):
            part = slice(start, start + _BLOCK)
            rng = np.random.default_rng([self.seed, 1, number])
            truth = {indicator: ticks[part] for indicator, ticks in self.ticks.items()}
            yield report(truth, self.alive[part], subjects[part], self.span, self.parameters, rng)

    @cached_property
    def reported(self) -> Reported:
        """All reports as one; subjects as text."""
        parts = list(self.reports())
        text = pl.col("subject").cast(pl.String)
        return Reported(
            *(
                pl.concat([getattr(part, name).with_columns(text) for part in parts])
                for name in ("observations", "disturbances", "slips")
            )
        )

    @property
    def observations(self) -> pl.DataFrame:
        """The reports as rows of the ledger, with all their versions."""
        return self.reported.observations

    @cached_property
    def truth(self) -> pl.DataFrame:
        """The true monthly values: ``subject``, ``span``, one column for each indicator, in its unit."""
        firm, month = np.nonzero(self.alive)
        months = np.array([str(one) for one in self.span.each_month()])
        frame = pl.DataFrame(
            {
                "subject": self.enterprises["subject"].gather(pl.Series(firm, dtype=pl.UInt32)),
                "span": pl.Series(months[month], dtype=pl.String),
            }
        )
        return frame.with_columns(
            pl.Series(indicator, ticks[firm, month] / 10.0 ** self.parameters.units[indicator][1])
            for indicator, ticks in self.ticks.items()
        )


def simulate(facts: EconomyFacts, parameters: Parameters, seed: int) -> Economy:
    """Simulate the economy of some facts.

    Parameters
    ----------
    facts : EconomyFacts
        ``facts_of_pack`` reads them from a plan pack, ``invented`` makes some up.
    parameters : Parameters
    seed : int
        0 or more. The same facts, parameters and seed give the same economy.

    Raises
    ------
    Refused
        As ``entropy.fit`` and ``kernel.calendar.spring_festival``.

    Examples
    --------
    >>> from zhizao.engines.simulation import invented, shipped_parameters
    >>> economy = simulate(invented(30, seed=1), shipped_parameters(), seed=7)
    >>> economy.observations.columns[:6]
    ['subject', 'indicator', 'span', 'scope', 'price_basis', 'value']
    >>> economy.residuals.filter(exact=True)["deviation_pct"].abs().max() < 0.001
    True
    """
    size_rng, firm_rng, link_rng, shock_rng, path_rng, ratio_rng, target_rng = (
        np.random.default_rng([seed, 0, stream]) for stream in range(7)
    )
    span = parameters.span(facts.base_year)
    years = range(span.first_year, span.last_year + 1)
    base = slice(12 * parameters.years_before, 12 * parameters.years_before + 12)
    firms = _firms(facts, parameters, _sizes(facts, parameters, size_rng), span, firm_rng)
    network = links.draw(firms, facts, parameters, years, link_rng)
    events = shocks.draw(firms, network, parameters, span, shock_rng)
    shock = shocks.changes(events, firms, parameters, span.months)
    calm = paths.calm_path(firms, facts, parameters, span, path_rng)
    disturbed = calm + paths.noise(firms, parameters, span.months, path_rng) + shock.output
    output = paths.scaled(disturbed, firms, base)
    scale = output.sum(axis=1) / (np.exp(disturbed) * firms.alive(span.months)).sum(axis=1)
    usual = np.exp(calm) * scale[:, None]
    found = paths.indicators(firms, facts, parameters, output, usual, shock, base, ratio_rng)
    order = np.lexsort((firms.tier, firms.sector))
    ticks = {name: _ticks(values, parameters.units[name][1], order) for name, values in found.items()}
    yearly = {
        name: values.reshape(len(values), len(years), 12).sum(axis=2) / 10.0 ** parameters.units[name][1]
        for name, values in ticks.items()
    }
    names = _names(facts, firms)
    subjects = [subject_of(name) for name in names]
    small = _small_suppliers(network.pool)
    linked = links.yearly(network, firms, yearly["gross_output"], years)
    return Economy(
        facts=facts,
        parameters=parameters,
        seed=seed,
        span=span,
        enterprises=_enterprises(names, subjects, facts, parameters, firms, span),
        events=_events(events, subjects, span),
        links=_links(linked, subjects, small["subject"].to_list()),
        small_suppliers=small,
        trade=_trade(linked, network, firms, yearly, subjects, years),
        targets=targets.values(facts, parameters, firms, yearly, years, target_rng),
        residuals=reached(facts.statements, yearly["gross_output"][:, parameters.years_before]),
        ticks=ticks,
        alive=firms.alive(span.months),
    )


def simulated_codes(count: int, region_code: str, *, first: int = 1) -> list[str]:
    """Credit codes of a reserved block, with valid check characters: organisation parts ``YY000001`` and on.

    >>> simulated_codes(2, "999999")
    ['91999999YY000001XX', '91999999YY0000028X']
    """
    return [
        build(kind="91", region=region_code, organisation=f"{_CODES}{number:06}")
        for number in range(first, first + count)
    ]


def _sizes(facts: EconomyFacts, parameters: Parameters, rng: np.random.Generator) -> Floats:
    """Output of the base year: log-normal within a tier, fitted to what is stated."""
    of = parameters.sizes
    n = len(facts.firms)
    prior = of.tier_step ** -facts.tier.astype(np.float64) * np.exp(of.spread * rng.standard_normal(n))
    whole = max((statement.value for statement in facts.statements), default=0.0)
    prior *= (whole or 10 * of.least_wan_yuan * n) / prior.sum()
    return fit(prior, facts.statements, floor=of.least_wan_yuan)


def _firms(facts: EconomyFacts, parameters: Parameters, output: Floats, span: Span, rng: np.random.Generator) -> Firms:
    """The firms listed, some of the lowest tier with a late start or an early end, and newcomers."""
    of = parameters.entries
    n, months = len(output), span.months
    lowest = facts.tier == facts.tier.max()
    stated = np.zeros(n, dtype=bool)
    for statement in facts.statements:
        if len(statement.firms) == 1:
            stated[statement.firms] = True
    free = lowest & ~stated
    base_end = 12 * (parameters.years_before + 1)
    entry = np.where(free & (rng.random(n) < of.late_start), rng.integers(1, base_end - 6, n), 0)
    leaves = base_end + np.floor(12 * rng.exponential(1 / max(of.exits_a_year, 1e-9), n)).astype(np.int64)
    leave = np.where(free & (leaves < months), leaves, months)
    new = int(rng.poisson(of.new_a_year * n * parameters.years_after))
    size = of.new_size * float(np.median(output[lowest])) * np.exp(parameters.sizes.spread * rng.standard_normal(new))
    like = np.concatenate([np.arange(n), rng.choice(np.flatnonzero(lowest), new)])
    return Firms(
        output=np.concatenate([output, size]),
        sector=facts.sector[like],
        tier=facts.tier[like],
        like=like,
        entry=np.concatenate([entry, np.sort(rng.integers(base_end, months - 6, new))]),
        exit=np.concatenate([leave, np.full(new, months)]),
        listed=n,
    )


def _ticks(values: Floats, decimals: int, order: Ints) -> Ints:
    """Rounded so that the year of a firm, and of a run of firms in this order, has its sum within one last digit.

    The running sum is rounded and its steps are taken; any stretch is then off by less than one digit.
    """
    n, months = values.shape
    by_year = values[order].reshape(n, months // 12, 12).swapaxes(0, 1)
    running = np.rint(np.cumsum(by_year.ravel() * 10.0**decimals))
    steps = np.diff(running, prepend=0.0).astype(np.int64).reshape(by_year.shape)
    found = np.empty((n, months), dtype=np.int64)
    found[order] = steps.swapaxes(0, 1).reshape(n, months)
    return found


def _names(facts: EconomyFacts, firms: Firms) -> list[str]:
    new = len(firms.output) - firms.listed
    return facts.firms["name"].to_list() + [f"{NEWCOMER}{number:05}" for number in range(1, new + 1)]


def _enterprises(
    names: list[str], subjects: list[str], facts: EconomyFacts, parameters: Parameters, firms: Firms, span: Span
) -> pl.DataFrame:
    months = [str(month) for month in span.each_month()]
    return pl.DataFrame(
        {
            "subject": subjects,
            "name": names,
            "credit_code": simulated_codes(len(names), facts.region_code),
            "tier_name": facts.firms["tier_name"].gather(pl.Series(firms.like, dtype=pl.UInt32)),
            "industry": facts.firms["industry"].gather(pl.Series(firms.like, dtype=pl.UInt32)),
            "sector": [parameters.sectors[sector].code for sector in firms.sector.tolist()],
            "entry": [months[month] if month else None for month in firms.entry.tolist()],
            "exit": [months[month] if month < span.months else None for month in firms.exit.tolist()],
            "is_new": [place >= firms.listed for place in range(len(names))],
            "status": ["simulated"] * len(names),
        },
        schema_overrides={"entry": pl.String, "exit": pl.String},
    )


def _events(events: pl.DataFrame, subjects: list[str], span: Span) -> pl.DataFrame:
    start, months = events["start"].to_list(), events["months"].to_list()
    spans = [
        str(Span(span.start_month + first, min(length, span.months - first)))
        for first, length in zip(start, months, strict=True)
    ]
    return events.select(
        "event",
        "kind",
        pl.Series("subject", subjects, dtype=pl.String).gather(events["firm"]),
        "is_direct",
        pl.Series("span", spans, dtype=pl.String),
        pl.col("size").round(4),
    )


def _small_suppliers(count: int) -> pl.DataFrame:
    names = [f"{SMALL_SUPPLIER}{number:05}" for number in range(1, count + 1)]
    subjects = [subject_of(name) for name in names]
    return pl.DataFrame({"subject": subjects, "name": names, "status": ["simulated"] * count})


def _links(linked: pl.DataFrame, subjects: list[str], small: list[str]) -> pl.DataFrame:
    keys = pl.Series(subjects + small, dtype=pl.String)
    return linked.select(
        keys.gather(linked["supplier"]).alias("supplier"),
        keys.gather(linked["buyer"]).alias("buyer"),
        pl.col("year").cast(pl.String).alias("span"),
        "amount_wan_yuan",
        (pl.col("supplier") < len(subjects)).alias("is_registered"),
        pl.lit("simulated").alias("status"),
    )


def _trade(
    linked: pl.DataFrame,
    network: links.Network,
    firms: Firms,
    yearly: dict[str, Floats],
    subjects: list[str],
    years: range,
) -> pl.DataFrame:
    """Purchases and sales of each firm and year; outside is what the links do not have."""
    n = len(subjects)
    frames = []
    for place, year in enumerate(years):
        of_year = linked.filter(year=year)
        amount = of_year["amount_wan_yuan"].to_numpy()
        bought = np.bincount(of_year["buyer"].to_numpy(), weights=amount, minlength=n)
        sold = np.bincount(of_year["supplier"].to_numpy(), weights=amount, minlength=n)[:n]
        growth = yearly["gross_output"][:, place] / firms.output
        frames.append(
            pl.DataFrame(
                {
                    "subject": subjects,
                    "span": [str(year)] * n,
                    "purchases_inside_wan_yuan": bought.round(1),
                    "purchases_outside_wan_yuan": (network.purchases_outside * growth).round(1),
                    "sales_inside_wan_yuan": sold.round(1),
                    "sales_outside_wan_yuan": np.maximum(yearly["operating_revenue"][:, place] - sold, 0.0).round(1),
                    "suppliers_outside": network.outside,
                }
            ).filter(pl.Series(yearly["gross_output"][:, place] > 0))
        )
    return pl.concat(frames)
