"""The factors of the calibration's table, learned anew from the training part of the M3 data.

What ``calibrate.TABLE`` holds: for each kind of series and each level, a and b ≥ 0 of q(p, h) = a + b (h − 1), from the
scores of up to 30 rolling origins a quarter of a year apart. Half of the series, in turn, are also cut to 2 to 3 years
and to 2 to 23 months, with the others whole beside them, for there are few young and no short ones. Every series weighs
alike, however many origins it has: coverage is asked over series, and those of long record are of another nature. Long
series have their own factor, from the twelve origins before; the others have hardly a past to take it from. The last 18
months, which the benchmark asks, are not read. Run: ``python -m bench.outlook_table``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from bench.outlook_m3 import DATA, HORIZON, series

from zhizao.engines.outlook.calibrate import LEVELS, TABLE, own_factors
from zhizao.engines.outlook.cells import Cells
from zhizao.engines.outlook.fallbacks import Kind
from zhizao.engines.outlook.forecast import ORIGINS as PAST
from zhizao.engines.outlook.models import outlook_at, peers_at

ORIGINS = 30
SHORT_LENGTHS = range(2, 24)
SEASON = 12
Scored = list[tuple[np.ndarray, np.ndarray]]
"""Of each origin: which series, and |error| / (g · spread) by month ahead."""


@dataclass(frozen=True)
class Origin:
    """What was missed from one origin."""

    errors: np.ndarray
    spread: np.ndarray
    kind: np.ndarray

    def scored(self, kind: Kind, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the series of a kind."""
        rows = np.flatnonzero(self.kind == kind)
        spread = np.where(self.spread > 0, self.spread, np.nan) * own[:, None]
        return rows, (np.abs(self.errors) / spread)[rows]


def origin(history: np.ndarray, cut: int, *, cropped: np.ndarray, length: int) -> Origin:
    """One origin, some series cropped to a length."""
    past = history[:, :cut].copy()
    past[cropped, : max(cut - length, 0)] = np.nan
    at = Cells(np.arange(len(past)), past, (), 1980 * 12, SEASON)
    made = outlook_at(at, cut, horizon=HORIZON, peers=peers_at(at, cut), late=False)
    came = np.pad(history, ((0, 0), (0, HORIZON)), constant_values=np.nan)[:, cut : cut + HORIZON]
    return Origin(came - made.mean, made.spread, made.kind)


def own(origins: list[Origin]) -> np.ndarray:
    """The factor of each series from the origins before, the latest first, as far as their errors were known then."""
    ahead = np.arange(1, HORIZON + 1)
    known = [np.where(ahead <= 3 * back, one.errors, np.nan) for back, one in enumerate(origins, start=1)]
    return own_factors(np.array(known), np.array([o.spread for o in origins]), np.array([o.kind for o in origins]))


def scores(history: np.ndarray) -> dict[Kind, Scored]:
    """Scores of each kind of series."""
    found: dict[Kind, Scored] = {kind: [] for kind in TABLE}
    count, cells = history.shape
    none = np.zeros(count, dtype=bool)
    cuts = [cells - 3 * back for back in range(1, ORIGINS + PAST + 1)]
    whole = [origin(history, cut, cropped=none, length=0) for cut in cuts if cut > 0]
    for back, cut in enumerate(cuts[:ORIGINS], start=1):
        one = whole[back - 1]
        found[Kind.LONG].append(one.scored(Kind.LONG, own(whole[back : back + PAST])))
        chosen = np.arange(count) % 2 == back % 2
        lengths = {Kind.YOUNG: 2 * SEASON + back % SEASON, Kind.SHORT: SHORT_LENGTHS[back % len(SHORT_LENGTHS)]}
        for kind, length in lengths.items():
            found[kind].append(origin(history, cut, cropped=chosen, length=length).scored(kind, np.ones(count)))
        found[Kind.YOUNG].append(one.scored(Kind.YOUNG, np.ones(count)))
    return found


def line(rows: np.ndarray, score: np.ndarray, level: int) -> tuple[float, float]:
    """a and b of one level."""
    each = 1 / np.bincount(rows)[rows]
    height, weight = np.empty(HORIZON), np.empty(HORIZON)
    for ahead, column in enumerate(score.T):
        told = np.isfinite(column)
        weight[ahead] = each[told].sum()
        height[ahead] = np.quantile(column[told], level / 100, weights=each[told], method="inverted_cdf")
    b, a = np.polyfit(np.arange(HORIZON), height, 1, w=np.sqrt(weight))
    return (float(a), float(b)) if b > 0 else (float(np.average(height, weights=weight)), 0.0)


def main() -> int:
    """Print the table learned beside the one that is shipped."""
    if not DATA.exists():
        print(f"{DATA.name} is not at hand: nothing to learn from")
        return 0
    history, _ = series(10_000)
    for kind, parts in scores(history).items():
        rows = np.concatenate([rows for rows, _ in parts])
        score = np.concatenate([score for _, score in parts])
        print(f"{kind.name}: {len(rows):,} forecasts")
        for level, shipped in zip(LEVELS, TABLE[kind], strict=True):
            a, b = line(rows, score, level)
            print(f"  {level} %: ({a:.2f}, {b:.3f})  shipped {shipped}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
