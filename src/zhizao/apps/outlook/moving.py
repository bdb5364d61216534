"""What moved a target from one day to another: revised figures, new figures, the model; by sector and enterprise.

The P that is told is drawn towards what plans of the same kind reached, p = (1 − w) p_model + w v, by a weight w that
falls as the record grows. What moved p_model moves p by (1 − w) of that, with the w of the later day; what is left of
the change of p is the outside view's own pull (``OUTSIDE``), so that the causes add up to what was published.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zhizao.apps.outlook.telling import probability
from zhizao.kernel.result import Refused

if TYPE_CHECKING:
    import polars as pl

    from zhizao.apps.outlook.assessing import Told
    from zhizao.engines.outlook.change import Step

SHOWN = 20
MODEL, SPREAD, NEW_DATA, REVISIONS, OUTSIDE = "model", "spread", "new_data", "revisions", "outside"


def moved(
    *,
    before: Told,
    revised: Told,
    after: Told,
    published: Mapping[str, Any] | None,
    sector: Mapping[str, str],
) -> dict[str, Any] | None:
    """The change as a run keeps it; ``None`` where one of the days does not tell the target.

    Parameters
    ----------
    before, revised, after : as the same model tells what was known then, those months as known now, all known now
    published : what the run of the day before said, which another model may have made; its difference is the model's
    sector : of each enterprise
    """
    import numpy as np
    import polars as pl

    from zhizao.engines.outlook import change
    from zhizao.engines.outlook.target import Bound, Kind, Target

    told = (before, revised, after)
    if any(one.draws is None for one in told):
        return None
    promise = after.promise
    series = sorted({key for one in told for key in one.parts})
    target = Target(
        key=promise.key,
        kind=Kind.TOTAL,
        series=tuple(series),
        span=promise.span,
        bound=Bound(promise.bound),
        value=float(promise.value),
    )

    def step(one: Told) -> Step:
        assert one.draws is not None
        return change.Step(np.array([one.parts.get(key, 0.0) for key in series]), one.draws)

    last = step(after)
    try:
        found = change.moved(series, target, before=step(before), revised=step(revised), informed=last, after=last)
    except Refused:
        return None
    named, spread = found.table.drop_nulls("series"), found.table.filter(pl.col("series").is_null())
    causes = {cause: _row(named.filter(pl.col("cause") == cause)) for cause in (REVISIONS, NEW_DATA)} | {
        SPREAD: _row(spread)
    }
    then, now = probability(before), probability(after)
    start = {"p_model": found.p_before, "p": then["p"], "expected": found.before}
    if published is not None and published.get("p_model") is not None:
        start = dict(published)
        causes[MODEL] = _model(start, found)
    share = 1 - now["weight_outside"]
    causes = {key: _scaled(row, share) for key, row in causes.items()}
    causes[OUTSIDE] = {
        "change": 0.0,
        "points": 0.0,
        "p": now["p"] - start["p"] - share * (found.p_after - start["p_model"]),
    }
    enterprises = found.by({}).filter(pl.col("group").is_not_null() & (pl.col("change") != 0))
    sectors = found.by(dict(sector)).filter(pl.col("group").is_not_null())
    return {
        "before": start["expected"],
        "after": found.after,
        "p_before": start["p"],
        "p_after": now["p"],
        "causes": causes,
        "sectors": [_scaled(row, share) for row in _rows(sectors)] if len(sectors) > 1 else [],
        "enterprises": [_scaled(row, share) for row in _rows(enterprises.head(SHOWN))],
        "explained_by": list(found.explained_by()),
    }


def _scaled(row: dict[str, Any], share: float) -> dict[str, Any]:
    """A row of what moved the model's P, as far as it moved the P that is told."""
    return row | {"p": None if row["p"] is None else share * row["p"]}


def _row(frame: pl.DataFrame) -> dict[str, Any]:
    return {name: _number(frame[name].sum()) for name in ("change", "points", "p")}


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    columns = ("group", "change", "points", "p")
    return [
        {"key": key or ""} | {name: _number(value) for name, value in zip(columns[1:], values, strict=True)}
        for key, *values in frame.select(columns).iter_rows()
    ]


def _model(start: Mapping[str, float], found: Any) -> dict[str, Any]:
    """What another model tells of the same day; the published figures have twelve digits."""
    if math.isclose(found.before, start["expected"]) and math.isclose(found.p_before, start["p_model"]):
        return {"change": 0.0, "points": 0.0, "p": 0.0}
    change = found.before - start["expected"]
    points = 100 * change / start["expected"] if start["expected"] else None
    return {"change": change, "points": points, "p": found.p_before - start["p_model"]}


def _number(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)
