"""P(target): how many of the joint paths, with what has already happened in them, reach what was promised.

Every kind of target is a function of a path, taken **on the path** and never of means:

| kind | function of a path |
|---|---|
| total, cumulative | Σ over the span of the series |
| level | the value at the end of the span (a stock) |
| share, ratio | Σ series / Σ denominator |
| growth | (Σ over the span / Σ over the base)^(1 / years between them) − 1 |
| count | how many of the series have a total of the threshold or more |

Cells that are known at the as-of date are the same on all paths: a total of a year is what is realised plus the path of
the rest. ``ge`` and ``le`` take the bound itself as reached; ``eq`` asks for no more than the tolerance of distance.

P is the share of the paths that reach the bound, with Wilson's interval, which tells how well the draws tell P. What P
has in it is how far forecasts missed before, jointly for all series and months. It does not have: revisions of what is
published, a change of concept or scope, and what never happened in the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from zhizao.engines.outlook.hierarchy import Bools, Floats
from zhizao.engines.outlook.panel import Panel
from zhizao.engines.outlook.paths import Sampler
from zhizao.engines.outlook.probability import wilson
from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.span import Span

INSIDE: Final = (
    mark("how far forecasts of these series missed before, jointly for all series and months"),
    mark("what has happened in the period so far"),
)
NOT_INSIDE: Final = (
    mark("revisions of published figures"),
    mark("changes of concept, scope or the set of firms"),
    mark("events of a kind that is not in the record"),
)


class Kind(StrEnum):
    """What of the paths a target is about."""

    TOTAL = "total"
    CUMULATIVE = "cumulative"
    LEVEL = "level"
    SHARE = "share"
    RATIO = "ratio"
    GROWTH = "growth"
    COUNT = "count"


TargetKind = Kind  # the name it has in the package


class Bound(StrEnum):
    """Which side of the value is reached."""

    GE = "ge"
    LE = "le"
    EQ = "eq"


@dataclass(frozen=True, kw_only=True)
class Target:
    """One promise.

    Attributes
    ----------
    key : its name
    kind, bound : see ``Kind``, ``Bound``
    series : names of the series that are summed, or counted
    span : the period it is for
    value : the bound, in the unit of the series; of a share, a growth: 0.45 for 45 %
    denominator : names of the series below the line, of a share or ratio
    base : the span that a growth starts from; by default the same one a year earlier
    threshold : from which total a series counts
    tolerance : of ``eq``, in the unit of the value
    pillar : the group for which joint probability is told
    """

    key: str
    kind: Kind
    series: tuple[str, ...]
    span: Span
    bound: Bound
    value: float
    denominator: tuple[str, ...] = ()
    base: Span | None = None
    threshold: float = 0.0
    tolerance: float = 0.0
    pillar: str = ""

    @property
    def needed(self) -> tuple[str, ...]:
        """All series that it is about."""
        return (*self.series, *self.denominator)

    def reached(self, found: Floats) -> Bools:
        """Whether figures of the target reach its bound; unknown ones (NaN) do not.

        >>> t = Target(key="t", kind=Kind.TOTAL, series=("a",), span=Span.of_year(2025), bound=Bound.LE, value=5.0)
        >>> t.reached(np.array([5.0, 5.1, np.nan])).tolist()
        [True, False, False]
        """
        if self.bound is Bound.GE:
            return np.asarray(found >= self.value)
        if self.bound is Bound.LE:
            return np.asarray(found <= self.value)
        return np.asarray(np.abs(found - self.value) <= self.tolerance)


@dataclass(frozen=True)
class Chance:
    """P of a target.

    Attributes
    ----------
    key : of the target, or of the pillar
    p : share of the draws that reach it
    low, high : Wilson's 95 % interval
    hits, draws : counts
    expected : mean of the figure over the draws (NaN for a pillar)
    quantiles : 5, 10, 25, 50, 75, 90, 95 % of the figure
    """

    key: str
    p: float
    low: float
    high: float
    hits: int
    draws: int
    expected: float
    quantiles: Mapping[int, float]


QUANTILES: Final = (5, 10, 25, 50, 75, 90, 95)


@dataclass(frozen=True, eq=False)
class Futures:
    """History and paths on one grid of cells.

    Attributes
    ----------
    panel : what is known
    sampler : of the cells from its ``first_month`` on; cells that the panel knows beyond it are taken from the panel
    paths : shape (B, m, H), of the sampler's series
    """

    panel: Panel
    sampler: Sampler
    paths: Floats

    def total(self, name: str, span: Span) -> Floats:
        """Σ over the cells of a span on every path, shape (B,).

        Raises
        ------
        Refused
            ``outlook.beyond`` where the span ends after the paths, ``outlook.unknown_past`` where a cell before them
            is not known, ``outlook.not_cells`` where the span cuts cells.
        """
        step = self.panel.step_months
        if (span.start_month - self.panel.first_month) % step or span.months % step:
            message = mark("%(span)s is not made of the periods of the figures, %(months)s months each.")
            raise _refusal("not_cells", message, span=str(span), months=step)
        start = self.sampler.first_month
        end_of_paths = start + step * self.paths.shape[2]
        if span.end_month > end_of_paths:
            raise _refusal("beyond", mark("%(span)s ends after the forecasts."), span=str(span))
        past, known, joint = self._known(name, span)
        cells = (np.arange(span.start_month, span.end_month, step) - start) // step
        ahead = cells >= 0
        if (~ahead & ~known & ~joint).any():
            message = mark("%(series)s is not known for all of %(span)s.")
            raise _refusal("unknown_past", message, series=name, span=str(span))
        drawn = ahead & ~known & ~joint
        row = self.sampler.series.index(name)
        found: Floats = past + self.paths[:, row, :][:, cells[drawn]].sum(axis=1)
        return found

    def _known(self, name: str, span: Span) -> tuple[float, Bools, Bools]:
        """The known sum within a span, which of its cells are known, and which in a joint figure inside it."""
        panel, step = self.panel, self.panel.step_months
        row = panel.series.index(name)
        cells = (np.arange(span.start_month, span.end_month, step) - panel.first_month) // step
        inside = (cells >= 0) & (cells < panel.values.shape[1])
        values = np.where(inside, panel.values[row, np.where(inside, cells, 0)], np.nan)
        known = ~np.isnan(values)
        joint = np.zeros(len(cells), dtype=bool)
        past = float(values[known].sum())
        for one in panel.joint:
            if one.series == row and cells[0] <= one.first and one.first + one.cells <= cells[-1] + 1:
                places = slice(one.first - int(cells[0]), one.first - int(cells[0]) + one.cells)
                past += one.value - float(values[places][known[places]].sum())
                joint[places] = True
        return past, known, joint

    def figures(self, target: Target) -> Floats:
        """The figure of a target on every path, shape (B,); NaN where it is not defined on a path.

        Raises
        ------
        Refused
            As ``total``.
        """
        if target.kind is Kind.COUNT:
            reached = [self.total(name, target.span) >= target.threshold for name in target.series]
            return np.asarray(np.sum(reached, axis=0), dtype=np.float64)
        span = target.span
        if target.kind is Kind.LEVEL:
            span = Span(span.end_month - self.panel.step_months, self.panel.step_months)
        above = self._sum(target.series, span)
        if target.kind in (Kind.SHARE, Kind.RATIO):
            return _over(above, self._sum(target.denominator, span))
        if target.kind is Kind.GROWTH:
            base = target.base or span.year_earlier()
            years = (span.end_month - base.end_month) / 12
            ratio = _over(above, self._sum(target.series, base))
            return np.asarray(np.where(ratio >= 0, np.abs(ratio) ** (1 / years), np.nan) - 1.0)
        return above

    def _sum(self, names: Sequence[str], span: Span) -> Floats:
        found: Floats = np.sum([self.total(name, span) for name in names], axis=0)
        return found


def _over(above: Floats, below: Floats) -> Floats:
    """A ratio; not defined where what stands below is nought or less."""
    positive = below > 0
    return np.divide(above, below, out=np.full_like(above, np.nan), where=positive)


def chance(target: Target, futures: Futures) -> tuple[Chance, Bools]:
    """P of a target, and on which paths it is reached.

    Examples
    --------
    >>> panel = Panel(("a",), 24300, 1, np.array([[1.0, 2.0]]))
    >>> sampler = Sampler(("a",), 24302, 1, np.array([[3.0]]), np.ones((1, 1, 1)), 1, 1.0)
    >>> futures = Futures(panel, sampler, np.array([[[2.0]], [[4.0]]]))
    >>> t = Target(key="t", kind=Kind.TOTAL, series=("a",), span=Span(24300, 3), bound=Bound.GE, value=6.0)
    >>> found, _ = chance(t, futures)
    >>> found.p, found.hits, found.expected
    (0.5, 1, 6.0)
    """
    figures = futures.figures(target)
    return _told(target.key, target.reached(figures), figures)


def joint_chances(targets: Sequence[Target], reached: Mapping[str, Bools]) -> list[Chance]:
    """For each pillar, P that all of its targets are reached together; ``pillar:`` before its name."""
    pillars = list(dict.fromkeys(target.pillar for target in targets if target.pillar and target.key in reached))
    found = []
    for pillar in pillars:
        together = np.all([reached[t.key] for t in targets if t.pillar == pillar and t.key in reached], axis=0)
        found.append(_told(f"pillar:{pillar}", together, np.full(len(together), np.nan))[0])
    return found


def _told(key: str, reached: Bools, figures: Floats) -> tuple[Chance, Bools]:
    hits, draws = int(reached.sum()), len(reached)
    low, high = wilson(hits, draws)
    defined = figures[~np.isnan(figures)]
    expected = float(defined.mean()) if len(defined) else float("nan")
    shown = np.percentile(defined, QUANTILES).tolist() if len(defined) else []
    return Chance(
        key, hits / draws, low, high, hits, draws, expected, dict(zip(QUANTILES, shown, strict=False))
    ), reached


def _refusal(code: str, message: str, **params: object) -> Refused:
    return Refused(Problem(f"outlook.{code}", message, params=params))
