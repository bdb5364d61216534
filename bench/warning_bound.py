"""How many shocks could be found at all: a detector that knows what no real one knows, on the same economies.

It knows the simulation's own model: of every enterprise what was to be expected and how far it is wont to be off, how
often shocks come, how large and long they are and how they fade, which months and trades lose power and how deep. It
reads output and electricity of every month (January too, nothing late, no error), and calls by the odds

    own(i,t)  = Σ_{d=0..2} a_firm_month · mean over sizes and lengths of  L(i, t−d, size, length)
    cut(i,t)  = P(sector cut at t−d with depth s | all its enterprises) · L/(1 + L)

L the likelihood ratio of an event that began d months ago against none; y = log output less its expectation is normal
with the enterprise's own spread, and log electricity less 0.8 y normal with the ratios' noise, both moved by the shock.
By Neyman and Pearson no detector that reads these figures does better at one month's decision; only its silence after
an alarm and overlaps of events make it less than exact. Noise is drawn anew; events, entries and exits are those of the
economy. What suppliers pass on is in the figures, and calling it is false, as for the engine. Staff, which the
simulation moves without noise of its own, is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from zhizao.engines.simulation import Economy
from zhizao.engines.simulation.paths import Firms, Shock
from zhizao.engines.simulation.shocks import changes
from zhizao.engines.warning.figures import Floats
from zhizao.kernel.span import Span

WITHIN = 3
"""Months in which an event may be called: its first and the two after."""
DEPTHS = 11


@dataclass(frozen=True)
class Bound:
    """Log odds of every enterprise and month, NaN where there is none."""

    subjects: tuple[str, ...]
    month_names: list[str]
    worse: Floats

    def months(self) -> list[str]:
        """As ``Figures.months``."""
        return self.month_names


def bound(economy: Economy, seed: int) -> Bound:
    """The odds, from noise of their own."""
    of = economy.parameters
    months = [str(month) for month in economy.span.each_month()]
    table = economy.enterprises
    subjects = tuple(table["subject"].to_list())
    place = {month: number for number, month in enumerate(months)}
    entry = np.array([place.get(one, 0) for one in table["entry"].to_list()])
    end = np.array([place.get(one, len(months)) for one in table["exit"].to_list()])
    alive = (np.arange(len(months)) >= entry[:, None]) & (np.arange(len(months)) < end[:, None])
    shock = _shock(economy, subjects)
    rng = np.random.default_rng([seed, 9])
    spread = of.output.noise * rng.uniform(*of.output.noise_between_firms, (len(subjects), 1))
    y = np.where(alive, shock.output + spread * rng.standard_normal(alive.shape), np.nan)
    e = np.where(alive, shock.electricity + of.ratios.noise * rng.standard_normal(alive.shape), np.nan)
    ratios = _Ratios(y, e, spread, of.ratios.noise, of.shocks.recovery, of.shocks.power_on_electricity)
    names, trade = np.unique(table["sector"].to_numpy(), return_inverse=True)
    sizes = np.linspace(*of.shocks.size, DEPTHS)
    prior = of.shocks.power_cuts_a_year / len(of.shocks.power_months) * of.shocks.power_cut_sectors / len(names)
    odds, calm = np.zeros(y.shape), np.ones(y.shape)
    lengths = range(of.shocks.months[0], of.shocks.months[1] + 1)
    scarce = np.isin([int(month[5:]) for month in months], of.shocks.power_months)
    for since in range(WITHIN):
        own = [np.exp(ratios.log(size, length, since)) for size in sizes for length in lengths]
        odds += of.shocks.a_firm_month * np.mean(own, axis=0)
        of_cut = np.array([np.exp(ratios.log(size, 1, since, power=True)) for size in sizes])
        for one in range(len(names)):
            members = trade == one
            hit = _hit(of_cut[:, members], of.shocks.power_cut_share, prior)
            calm[members] *= 1 - hit * np.roll(scarce, since)
    probability = 1 - calm / (1 + odds)
    worse = np.log(probability + 1e-15) - np.log(1 - probability + 1e-15)
    return Bound(subjects, months, np.where(alive, worse, np.nan))


@dataclass(frozen=True)
class _Ratios:
    y: Floats
    e: Floats
    spread: Floats
    ratio_noise: float
    recovery: float
    on_electricity: float

    def log(self, size: float, length: int, since: int, *, power: bool = False) -> Floats:
        """log L of an event of this size and length that began so many months ago; 0 where nothing is known."""
        total = np.zeros(self.y.shape)
        for step in range(since + 1):
            left = size if step < length else size * self.recovery ** (step - length + 1)
            change, back = np.log1p(-left), since - step
            total[:, back:] += _gain(self.y, change, self.spread)[:, : total.shape[1] - back]
            moved = self.on_electricity * change if power else 0.0
            total[:, back:] += _gain(self.e, moved, self.ratio_noise)[:, : total.shape[1] - back]
        return np.minimum(total, 300.0)


def _gain(x: Floats, change: float, spread: Floats | float) -> Floats:
    return np.nan_to_num((x * change - change**2 / 2) / spread**2)


def _hit(of_cut: Floats, share: float, prior: float) -> Floats:
    """How likely each enterprise of a trade was cut off; the trade as a whole tells whether there was a cut."""
    whole = np.log(1 - share + share * of_cut).sum(axis=1) + np.log(prior / len(of_cut))
    most = np.maximum(whole.max(axis=0), 0.0)
    weight = np.exp(whole - most)
    cut = weight / (np.exp(-most) * (1 - prior) + weight.sum(axis=0))
    own = share * of_cut / (1 - share + share * of_cut)
    return np.asarray((cut[:, None, :] * own).sum(axis=0))


def _shock(economy: Economy, subjects: tuple[str, ...]) -> Shock:
    """What all events together change."""
    row = {subject: number for number, subject in enumerate(subjects)}
    spans = [Span.parse(text) for text in economy.events["span"].to_list()]
    frame = economy.events.select("kind", "size").with_columns(
        firm=pl.Series([row[one] for one in economy.events["subject"].to_list()], dtype=pl.Int64),
        start=pl.Series([span.start_month - economy.span.start_month for span in spans], dtype=pl.Int64),
        months=pl.Series([span.months for span in spans], dtype=pl.Int64),
    )
    none = np.zeros(len(subjects))
    whole = none.astype(np.int64)
    firms = Firms(none, whole, whole, whole, whole, whole, len(subjects))
    return changes(frame, firms, economy.parameters, economy.span.months)
