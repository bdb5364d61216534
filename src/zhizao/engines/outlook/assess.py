"""From a panel and its targets to probabilities: the forecast of what is needed, the paths, the counts.

The forecast starts where the first of the series that targets need ends; what others know beyond that is kept on all
paths. Past errors come from rolling origins a quarter of a year apart, as many as leave two years of figures before the
first: enough for nine whole vectors over the horizon where the record is long. The forecast is mixed with the line of
each series (``trend_line``): a year's sum asks for more than the next month. Those that do not overlap
(``Sampler.evidence``) are what an outside view is weighed against (``prior``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from zhizao.engines.outlook.choosing import side_by_side
from zhizao.engines.outlook.forecast import COMBINED, Forecast, forecast
from zhizao.engines.outlook.hierarchy import Bools, Floats, Hierarchy
from zhizao.engines.outlook.panel import Panel
from zhizao.engines.outlook.paths import Sampler, sampler
from zhizao.engines.outlook.reconcile import Projection, shrink, structural
from zhizao.engines.outlook.target import Chance, Futures, Target, chance, joint_chances
from zhizao.engines.outlook.trend_line import with_lines
from zhizao.kernel.executor import Executor
from zhizao.kernel.result import Problem, Refused

WHOLE_VECTORS: Final = 9
_LEAST_YEARS: Final = 2
_LATEST_YEARS: Final = 1
"""A series that ended longer ago than this does not hold the others back; what it lacks is told as unknown."""


@dataclass(frozen=True, eq=False)
class Assessment:
    """Probabilities of targets.

    Attributes
    ----------
    chances : of each target that can be told, in their order, then of the pillars
    problems : why a target could not be told, by its key
    futures : panel and paths they come from
    """

    chances: tuple[Chance, ...]
    problems: Mapping[str, tuple[Problem, ...]]
    futures: Futures


def assess(
    panel: Panel,
    targets: Sequence[Target],
    *,
    draws: int,
    rng: np.random.Generator,
    tree: Hierarchy | None = None,
    combined: int = COMBINED,
    executor: Executor | None = None,
) -> Assessment:
    """P of each target.

    Parameters
    ----------
    panel : Panel
        What is known at the as-of date and nothing else.
    targets : sequence of Target
        Of series of the panel.
    draws : int
    rng : Generator
    tree : Hierarchy, optional
        Over all series of the panel, in its order: every path adds up. Without it, only series in need are forecast.
    combined : int
        How many of the largest series get the median of three models; see ``forecast.forecast``.
    executor : Executor, optional
        Where forecasts are made and past errors reconciled.

    Raises
    ------
    Refused
        As ``forecast.forecast``.
    """
    wanted = dict.fromkeys(name for target in targets for name in target.needed)
    if tree is None:
        panel = panel.only(np.array([panel.series.index(name) for name in wanted], dtype=np.int64))
    start = first_open(panel, tuple(wanted))
    last = max([target.span.end_month for target in targets], default=start)
    horizon = max(-(-(last - start) // panel.step_months), 0)
    every = max(1, panel.season // 4)
    if horizon:
        known = panel.before(start)
        spare = known.values.shape[1] - _LEAST_YEARS * panel.season
        origins = max(0, min(WHOLE_VECTORS - 1 + -(-horizon // every), spare // every))
        found = forecast(known, horizon=horizon, levels=(80,), origins=origins, combined=combined, executor=executor)
        found = with_lines(found, known, every=every)
        drawer = sampler(
            found,
            every=every,
            projection=_projection(tree, found) if tree else None,
            series=tuple(wanted),
            executor=executor,
        )
    else:
        drawer = Sampler(tuple(wanted), start, panel.step_months, *_nothing(len(wanted)), 0, 0.0)
    futures = Futures(panel, drawer, drawer.draw(draws, rng) if horizon else np.empty((draws, len(wanted), 0)))
    return _counted(targets, futures)


assess_targets = assess  # the name it has in the package, where that of the module is taken


def _projection(tree: Hierarchy, found: Forecast) -> Projection:
    """Weights of the past errors; by the number of leaves where some series has none."""
    errors = side_by_side(found.errors)
    enough = bool((np.isfinite(errors).sum(axis=1) >= 2).all())
    return Projection(tree, shrink(errors) if enough else structural(tree))


def first_open(panel: Panel, names: Sequence[str]) -> int:
    """The first month that the series which are still reported do not all know.

    >>> first_open(Panel(("a", "b"), 24300, 1, np.array([[1.0, 2.0, 3.0], [1.0, 2.0, np.nan]])), ["a", "b"])
    24302
    """
    known = panel.known()[[panel.series.index(name) for name in names]]
    cells = known.shape[1]
    ends = np.where(known.any(axis=1), cells - known[:, ::-1].argmax(axis=1), 0)
    current = ends[ends > cells - _LATEST_YEARS * panel.season]
    return panel.first_month + panel.step_months * int(current.min() if len(current) else cells)


def _nothing(count: int) -> tuple[Floats, Floats]:
    return np.empty((count, 0)), np.empty((1, count, 0))


def _counted(targets: Sequence[Target], futures: Futures) -> Assessment:
    chances: list[Chance] = []
    reached: dict[str, Bools] = {}
    problems: dict[str, tuple[Problem, ...]] = {}
    for target in targets:
        try:
            told, hits = chance(target, futures)
        except Refused as refused:
            problems[target.key] = refused.problems
        else:
            chances.append(told)
            reached[target.key] = hits
    return Assessment((*chances, *joint_chances(targets, reached)), problems, futures)
