"""Monthly output of each firm, and the other indicators from it.

    log yᵢₜ = levelᵢ + growthᵢ(t) + commonₜ + sectorₛₜ + ownᵢₜ + seasonᵢₘ + Σ_w βᵢ_w H_wₜ + noiseᵢₜ + shocksᵢₜ

common, sector and own are autoregressive of order one, noise is independent, and H are the three windows around the
Spring Festival: the share of the window that lies in the month, less the mean of that calendar month over the known
years. The path is scaled so that the base year's sum is what was fitted to the plan; shocks stay in it as they are.

Source of the festival windows: W. R. Bell, S. C. Hillmer, J. Am. Stat. Assoc. 78 (1983) 526; genhol of X-13ARIMA-SEATS
(centred by calendar month). All effects are assumptions of the file of parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final

import numpy as np
from scipy.signal import lfilter

from zhizao.engines.simulation.entropy import Bools, Floats, Ints
from zhizao.engines.simulation.facts import EconomyFacts
from zhizao.engines.simulation.parameters import Factor, Parameters
from zhizao.kernel.calendar import spring_festival
from zhizao.kernel.span import Span

_FESTIVAL_YEARS: Final = range(1990, 2051)
_YEAR_END: Final = 0.5
"""Research is booked late: December has so much more than a mean month."""


@dataclass(frozen=True)
class Firms:
    """The firms that are simulated: those of the facts, then newcomers. Months count from the first of the span.

    Attributes
    ----------
    output : shape (n,), gross output of the base year (a newcomer: of its first year), 万元
    sector, tier : shape (n,)
    like : shape (n,), the listed firm that a newcomer is of the trade of; a listed one itself
    entry, exit : shape (n,), first month and the month after the last
    listed : how many of them stand in the facts
    """

    output: Floats
    sector: Ints
    tier: Ints
    like: Ints
    entry: Ints
    exit: Ints
    listed: int

    def alive(self, months: int) -> Bools:
        """Shape (n, months): whether a firm reports."""
        month = np.arange(months)
        return (month >= self.entry[:, None]) & (month < self.exit[:, None])


@dataclass(frozen=True)
class Shock:
    """Log changes by shocks, shape (n, months): of output, and of electricity beyond output."""

    output: Floats
    electricity: Floats


def festival_regressors(span: Span, windows: tuple[tuple[int, int], ...]) -> Floats:
    """Shape (windows, months): the share of each window in each month, centred by calendar month.

    Examples
    --------
    The first week of the lunar year 2020 lay wholly in January (25 to 31), that of 2021 wholly in February:

    >>> H = festival_regressors(Span.parse("2020-01..2021-02"), ((0, 6),))[0].round(2)
    >>> (H[0] > 0).item(), (H[1] < 0).item(), (H[12] < 0).item(), (H[13] > 0).item()
    (True, True, True, True)
    >>> H[5].item()
    0.0
    """
    months = [(month.first_year, month.start_month % 12) for month in span.each_month()]
    return np.array([[_share(year, m, window) - _mean(m, window) for year, m in months] for window in windows])


@cache
def _share(year: int, month: int, window: tuple[int, int]) -> float:
    """The share of the year's window that lies in a month (0 to 11)."""
    first = spring_festival(year)
    days = [first + timedelta(days=day) for day in range(window[0], window[1] + 1)]
    return sum(day.year == year and day.month == month + 1 for day in days) / len(days)


@cache
def _mean(month: int, window: tuple[int, int]) -> float:
    return sum(_share(year, month, window) for year in _FESTIVAL_YEARS) / len(_FESTIVAL_YEARS)


def calm_path(
    firms: Firms, facts: EconomyFacts, parameters: Parameters, span: Span, rng: np.random.Generator
) -> Floats:
    """Log output without noise and shocks, before it is scaled; shape (n, months)."""
    of = parameters.output
    n, months = len(firms.output), span.months
    since = np.arange(months) - (facts.base_year * 12 + 6 - span.start_month)
    planned = np.array(facts.growth)
    attained = planned * rng.normal(of.attainment, of.attainment_spread, len(planned))
    leads = firms.tier == firms.tier.min()
    own_growth = np.where(leads, of.leader_growth_spread, of.firm_growth_spread) * rng.standard_normal(n)
    forward = (np.log1p(np.maximum(attained, -0.5))[firms.sector] + own_growth) / 12
    backward = (np.log1p(of.past_growth) + own_growth) / 12
    path = np.where(since >= 0, forward[:, None] * since, backward[:, None] * since)
    path += autoregressive(of.common, (1, months), rng)
    path += autoregressive(of.sector, (len(planned), months), rng)[firms.sector]
    path += autoregressive(of.own, (n, months), rng)
    path += _events(parameters, span)
    spread = np.array([sector.seasonal for sector in parameters.sectors])[firms.sector]
    season = np.array(of.season) + spread[:, None] * rng.standard_normal((n, 12))
    season -= season.mean(axis=1, keepdims=True)
    path += season[:, (span.start_month + np.arange(months)) % 12]
    effects = np.array(parameters.festival.effects) * rng.uniform(0.5, 1.5, (n, 1))
    path += effects @ festival_regressors(span, parameters.festival.windows)
    return path


def noise(firms: Firms, parameters: Parameters, months: int, rng: np.random.Generator) -> Floats:
    """Log noise of each firm and month, independent; each firm has a spread of its own."""
    of = parameters.output
    own = of.noise * rng.uniform(*of.noise_between_firms, (len(firms.output), 1))
    return np.asarray(own * rng.standard_normal((len(firms.output), months)), dtype=np.float64)


def autoregressive(factor: Factor, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Paths of order one, started from their stationary distribution; ``spread`` is of the innovation.

    >>> autoregressive(Factor(0.0, 0.0), (2, 3), np.random.default_rng(1)).tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    steps = factor.spread * rng.standard_normal(shape)
    steps[:, 0] /= np.sqrt(1 - factor.persistence**2)
    return np.asarray(lfilter([1.0], [1.0, -factor.persistence], steps, axis=1), dtype=np.float64)


def _events(parameters: Parameters, span: Span) -> Floats:
    changes = np.zeros(span.months)
    for printed, sizes in parameters.output.common_events.items():
        first = Span.parse(printed).start_month - span.start_month
        for month, size in enumerate(sizes, start=first):
            if 0 <= month < span.months:
                changes[month] += size
    return changes


def scaled(path: Floats, firms: Firms, base: slice) -> Floats:
    """Output in 万元: listed firms sum to their base year's output, newcomers' first twelve months to theirs."""
    level = np.exp(path) * firms.alive(path.shape[1])
    sums = level[:, base].sum(axis=1)
    month = np.arange(path.shape[1])
    first_year = (month >= firms.entry[:, None]) & (month < firms.entry[:, None] + 12)
    new = slice(firms.listed, None)
    sums[new] = (level[new] * first_year[new]).sum(axis=1) * 12 / np.minimum(12, (firms.exit - firms.entry)[new])
    return np.asarray(level * (firms.output / sums)[:, None], dtype=np.float64)


def indicators(
    firms: Firms,
    facts: EconomyFacts,
    parameters: Parameters,
    output: Floats,
    usual: Floats,
    shock: Shock,
    base: slice,
    rng: np.random.Generator,
) -> dict[str, Floats]:
    """All indicators, each of shape (n, months); ``usual`` is output without noise and shocks, also before entry.

    The base year's sums of revenue, profit and tax are those stated. Money in 万元, electricity in 万千瓦时, energy in
    吨标准煤.
    """
    of = parameters.ratios
    n, months = output.shape
    alive = firms.alive(months)

    def ratio(mean: float, spread: float = of.spread) -> Floats:
        return np.asarray(mean * np.exp(spread * rng.standard_normal((n, 1))), dtype=np.float64)

    def wobble(spread: float = of.noise) -> Floats:
        return np.exp(spread * rng.standard_normal((n, months)))

    def total(values: Floats, quantity: str) -> float:
        """What the base year's sum is multiplied by."""
        stated = facts.totals.get(quantity)
        found = float(values[: firms.listed, base].sum())
        return stated / found if stated and found else 1.0

    before = np.concatenate([output[:, :1], output[:, :-1]], axis=1)
    usual_before = np.concatenate([usual[:, :1], usual[:, :-1]], axis=1)
    share = ratio(of.revenue, of.spread / 5)
    revenue = share * ((1 - of.revenue_lag) * output + of.revenue_lag * before) * wobble() * alive
    factor = total(revenue, "operating_revenue")
    revenue *= factor
    usual_revenue = factor * share * ((1 - of.revenue_lag) * usual + of.revenue_lag * usual_before) * alive
    margin = of.profit_margin + of.profit_spread * rng.standard_normal((n, 1))
    profit = margin * revenue + of.profit_leverage * (revenue - usual_revenue)
    if "profit_total" in facts.totals:
        listed = slice(0, firms.listed)
        missing = facts.totals["profit_total"] - float(profit[listed, base].sum())
        profit += missing / float(revenue[listed, base].sum()) * revenue
    tax = ratio(of.tax_rate) * revenue * wobble()
    tax *= total(tax, "tax_paid")
    smooth_revenue = _smoothed(np.where(alive, revenue, usual_revenue), 0.6)
    steady = _smoothed(usual * np.exp(0.3 * shock.output), of.employee_persistence)
    power = usual * (np.maximum(output, 1e-9) / usual) ** of.electricity_elasticity * np.exp(shock.electricity)
    sector = np.array([sector.intensity for sector in parameters.sectors])[firms.sector, None]
    electricity = power / sector * ratio(1.0) * wobble() * alive
    for members, stated in facts.output_per_electricity:
        electricity[members] *= output[members, base].sum() / stated / electricity[members, base].sum()
    month = np.arange(months) % 12
    late = 1 + _YEAR_END * ((month == 11) - 1 / 12)
    ahead = np.concatenate([output[:, 1:], output[:, -1:]], axis=1)
    return {
        "gross_output": output,
        "operating_revenue": revenue,
        "profit_total": profit,
        "tax_paid": tax,
        "receivables": ratio(of.receivable_days / 30) * smooth_revenue * wobble() * alive,
        "employees": np.maximum(steady * 12 / ratio(of.output_per_employee_wan_yuan), 3.0) * alive,
        "electricity": electricity,
        "energy_use": electricity * of.coal_tonnes_of_wan_kwh * (1 + ratio(of.other_energy)) * wobble(of.noise / 2),
        "rd_expense": ratio(of.rd, 2 * of.spread) * smooth_revenue * late * wobble() * alive,
        "orders_new": ((1 - of.orders_lead) * output + of.orders_lead * ahead) * wobble(2 * of.noise) * alive,
    }


def _smoothed(values: Floats, persistence: float) -> Floats:
    """An exponential mean over time that starts at the mean of the first year."""
    start = values[:, :12].mean(axis=1, keepdims=True) * persistence
    found, _ = lfilter([1 - persistence], [1.0, -persistence], values, axis=1, zi=start)
    return np.asarray(found, dtype=np.float64)
