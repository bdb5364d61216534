"""What moved it: the change of a forecast, and of P, from one vintage to the next, by cause and by enterprise.

Four forecasts of one figure, each the sum of what every series contributes (known months and forecast ones):

| | data | model |
|---|---|---|
| before | of the old vintage | old |
| revised | the old months with today's values | old |
| informed | all of today's | old |
| after | all of today's | new |

    after − before = (revised − before) + (informed − revised) + (after − informed)
                       revisions            new data               model

each the sum over series, so that points add up exactly. P is told on the same four: between two steps the draws move
by Δ = Σ Δᵢ and change their spread; the first part of the change of P is that of the old draws moved by Δ, divided
as Δᵢ / Δ (for a sum this is the Aumann–Shapley value); where Δ is next to nought, by the slope of P around the bound.
The second part, **spread**, belongs to no single series.

Source: M. Bańbura, M. Modugno, J. Appl. Econom. 29 (2014) 133, doi:10.1002/jae.2306 (news and revisions); R. J. Aumann,
L. S. Shapley, *Values of Non-Atomic Games* (1974).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from zhizao.engines.outlook.hierarchy import Floats
from zhizao.engines.outlook.target import Bound, Target
from zhizao.kernel.result import Problem, Refused, mark

CAUSES: Final = ("revisions", "new_data", "model")
_NEXT_TO_NOUGHT: Final = 1e-3
"""Of the draws' spread."""


@dataclass(frozen=True, eq=False)
class Step:
    """One of the four forecasts.

    Attributes
    ----------
    parts : what each series contributes to the expected figure, shape (n,)
    draws : the figure on each path, shape (B,)
    """

    parts: Floats
    draws: Floats


@dataclass(frozen=True, eq=False)
class Moved:
    """The change from one vintage to the next.

    Attributes
    ----------
    table : ``series``, ``cause``, ``change`` (of the figure), ``points`` (per cent of the figure before), ``p`` (change
        of P); one row more a cause, without a series, for the spread
    before, after : expected figure
    p_before, p_after : P
    """

    table: pl.DataFrame
    before: float
    after: float
    p_before: float
    p_after: float

    def by(self, groups: Mapping[str, str]) -> pl.DataFrame:
        """The same by group (a sector); a series without a group stands for itself.

        Returns
        -------
        DataFrame
            ``group``, ``change``, ``points``, ``p``, the greatest movement of P first.
        """
        named = self.table.with_columns(group=pl.col("series").replace(dict(groups)))
        summed = named.group_by("group", maintain_order=True).agg(pl.col("change", "points", "p").sum())
        return summed.sort(pl.col("p").abs(), pl.col("change").abs(), descending=True, maintain_order=True)

    def explained_by(self, share: float = 0.8) -> tuple[str, ...]:
        """The fewest series that explain a share of the movement of P in its own direction.

        The words “was 31 %, now 23 %: four firms explain it” count these.
        """
        total = self.p_after - self.p_before
        found: list[str] = []
        reached = 0.0
        rows = self.by({}).filter(pl.col("group").is_not_null()).sort(pl.col("p") * np.sign(total), descending=True)
        for series, p in rows.select("group", "p").iter_rows():
            if abs(reached) >= share * abs(total) or p * total <= 0:
                break
            found.append(series)
            reached += p
        return tuple(found)


def moved(series: Sequence[str], target: Target, *, before: Step, revised: Step, informed: Step, after: Step) -> Moved:
    """Split a change.

    Parameters
    ----------
    series : n names
    target : Target
        With a bound ge or le on a sum of the series.
    before, revised, informed, after : Step

    Raises
    ------
    Refused
        ``outlook.steps`` where the steps are not of these series; ``outlook.bound`` of an ``eq`` target.

    Examples
    --------
    >>> from zhizao.engines.outlook.target import Kind
    >>> from zhizao.kernel.span import Span
    >>> t = Target(key="t", kind=Kind.TOTAL, series=("a", "b"), span=Span(24300, 12), bound=Bound.GE, value=100.0)
    >>> draws = np.linspace(90, 110, 201)
    >>> old, new = Step(np.array([60.0, 40.0]), draws), Step(np.array([57.0, 41.0]), draws - 2)
    >>> told = moved(["a", "b"], t, before=old, revised=old, informed=new, after=new)
    >>> told.table.filter(cause="new_data").select("series", "change", pl.col("p").round(4)).rows()
    [('a', -3.0, -0.1493), ('b', 1.0, 0.0498), (None, 0.0, 0.0)]
    """
    if target.bound is Bound.EQ:
        raise Refused(
            Problem("outlook.bound", mark("What moved a target that is to be met exactly cannot be divided."))
        )
    steps = (before, revised, informed, after)
    if any(len(step.parts) != len(series) for step in steps):
        raise Refused(Problem("outlook.steps", mark("The forecasts are not of these series.")))
    whole = float(before.parts.sum())
    frames = [
        _frame(series, cause, _between(target, one, other), whole)
        for cause, one, other in zip(CAUSES, steps[:-1], steps[1:], strict=True)
    ]
    return Moved(pl.concat(frames), whole, float(after.parts.sum()), _p(target, before.draws), _p(target, after.draws))


def _between(target: Target, one: Step, other: Step) -> tuple[Floats, Floats, float]:
    """Change of each series, its part of the change of P, and what is left to the spread."""
    changes = other.parts - one.parts
    total, width = float(changes.sum()), max(float(one.draws.std()), 1e-300)
    moved_by_mean = _p(target, one.draws + total) - _p(target, one.draws)
    if abs(total) > _NEXT_TO_NOUGHT * width:
        slope = moved_by_mean / total
    else:
        near = 0.1 * width
        slope = (_p(target, one.draws + near) - _p(target, one.draws - near)) / (2 * near)
    parts = changes * slope
    return changes, parts, _p(target, other.draws) - _p(target, one.draws) - float(parts.sum())


def _frame(series: Sequence[str], cause: str, found: tuple[Floats, Floats, float], whole: float) -> pl.DataFrame:
    changes, p, spread = found
    points = 100 * changes / whole if whole else np.full(len(changes), np.nan)
    return pl.DataFrame(
        {
            "series": [*series, None],
            "cause": [cause] * (len(series) + 1),
            "change": [*changes.tolist(), 0.0],
            "points": [*points.tolist(), 0.0],
            "p": [*p.tolist(), spread],
        },
        schema_overrides={"series": pl.String},
    )


def _p(target: Target, draws: Floats) -> float:
    return float(target.reached(draws).mean())
