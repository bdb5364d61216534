"""Every probability that was published, and what came of it: P over time, and how good such calls were.

What came is read from the ledger: a figure of the target's own period, in its unit, that is neither an estimate nor a
forecast, held against the value that the call named. Of several calls of one target and day the one made last counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from zhizao.apps.outlook.models import Call
from zhizao.apps.outlook.promises import actuals, in_unit
from zhizao.apps.outlook.shown import Actual, Bin, Calibration, CallPoint, Coverage
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area, User

    Actor = User | AnonymousUser | None

BINS: Final = 10
UNFIT: Final = ("estimated", "forecast", "missing")
Outcomes = dict[tuple[str, str, Span], Actual]
"""By target, unit and period."""


def published(actor: Actor, area: Area, *, as_of: date | None, key: str = "") -> list[Call]:
    """The calls of an area up to a day, the earliest first."""
    rows = Call.objects.all() if actor is None else Call.objects.visible_to(actor)
    rows = rows.filter(area=area).select_related("run")
    if as_of is not None:
        rows = rows.filter(as_of__lte=as_of)
    if key:
        rows = rows.filter(target_key=key)
    last = {(call.target_key, call.as_of): call for call in rows.order_by("as_of", "made_at", "pk")}
    return list(last.values())


def outcomes(area: Area, calls: Iterable[Call], *, as_of: date | None) -> Outcomes:
    """What the ledger knows of the targets that calls were about, by year."""
    units = {(call.target_key, call.unit) for call in calls}
    known = actuals(area, sorted({key for key, _unit in units}), as_of=as_of)
    found: Outcomes = {}
    for key, unit in units:
        for item in in_unit(known[key], unit) if key in known else ():
            if item.status not in UNFIT:
                found[key, unit, item.span] = item
    return found


def happened(call: Call, came: Outcomes) -> bool | None:
    """Whether what a call was about came; ``None``: it is not known."""
    actual = came.get((call.target_key, call.unit, call.span))
    if actual is None:
        return None
    return _reaches(actual.value, call.bound, call.threshold)


def _reaches(value: Decimal, bound: str, threshold: Decimal) -> bool:
    return value >= threshold if bound == Call.Bound.AT_LEAST else value <= threshold


def of_target(actor: Actor, area: Area, key: str, *, as_of: date | None) -> tuple[CallPoint, ...]:
    """The calls of one target."""
    found = published(actor, area, as_of=as_of, key=key)
    return points(found, outcomes(area, found, as_of=as_of))


def points(found: Iterable[Call], came: Outcomes) -> tuple[CallPoint, ...]:
    """Calls as pages are told them."""
    return tuple(
        CallPoint(call.as_of, call.p, call.p_lo, call.p_hi, call.is_backtest, call.run.sha12, happened(call, came))
        for call in found
    )


def calibration(actor: Actor, area: Area, *, as_of: date | None) -> Calibration:
    """How good the calls were whose outcome is known.

    The climatological rate is the share that came among these very calls: a reference that knows more than anybody did.
    """
    found = published(actor, area, as_of=as_of)
    came = outcomes(area, found, as_of=as_of)
    settled = [(call, bool(said)) for call in found if (said := happened(call, came)) is not None]
    pairs = [(call.p, said) for call, said in settled]
    rate = sum(said for _p, said in pairs) / len(pairs) if pairs else None
    brier = _brier(pairs)
    reference = None if rate is None else _brier([(rate, said) for _p, said in pairs])
    return Calibration(
        bins=tuple(_bins(pairs)),
        brier=brier,
        climatology=rate,
        climatology_brier=reference,
        skill=1 - brier / reference if brier is not None and reference else None,
        coverage_by_horizon=tuple(_coverage(found, came)),
        calls=len(settled),
        backtests=sum(call.is_backtest for call, _said in settled),
        open_calls=len(found) - len(settled),
        simulated=any(item.simulated for item in came.values()),
    )


def _brier(pairs: Sequence[tuple[float, bool]]) -> float | None:
    return sum((p - said) ** 2 for p, said in pairs) / len(pairs) if pairs else None


def _bins(pairs: Sequence[tuple[float, bool]]) -> list[Bin]:
    from zhizao.engines.outlook.probability import wilson

    found = []
    for number in range(BINS):
        inside = [(p, said) for p, said in pairs if min(int(p * BINS), BINS - 1) == number]
        if inside:
            came = sum(said for _p, said in inside)
            low, high = wilson(came, len(inside))
            mean = sum(p for p, _said in inside) / len(inside)
            edges = number / BINS, (number + 1) / BINS
            found.append(Bin(*edges, len(inside), mean, came / len(inside), low, high))
    return found


def _coverage(found: Iterable[Call], came: Outcomes) -> list[Coverage]:
    """How often a year's figure lay inside the interval that was told so many years before."""
    seen: dict[int, list[tuple[bool, bool]]] = {}
    for call in found:
        for text, q025, q10, _q50, q90, q975 in call.fan:
            span = Span.parse(text)
            actual = came.get((call.target_key, call.unit, span))
            if actual is not None:
                value = float(actual.value)
                inside = q10 <= value <= q90, q025 <= value <= q975
                seen.setdefault(span.first_year - call.as_of.year, []).append(inside)
    return [
        Coverage(ahead, len(rows), sum(row[0] for row in rows) / len(rows), sum(row[1] for row in rows) / len(rows))
        for ahead, rows in sorted(seen.items())
    ]
