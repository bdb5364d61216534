"""A finished period: each target reached, missed or not measurable, with the numbers, and what had been forecast.

Figures are compared exactly, as they are printed. How far the way was gone is (actual − base) / (target − base). A
target is **not measurable**, never missed, where there is no figure, where its unit or price basis is not the target's
(real growth says nothing of a nominal target), or where the figure is an estimate or a forecast; a provisional or
simulated figure is judged and its status shown. The record beside it: every call of P before the end, and their Brier
score.

Source: mid-term and final evaluation of plans, 国家发展改革委 (methods: reached, missed, not measurable); G. W. Brier,
Mon. Weather Rev. 78 (1950) 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from zhizao.engines.outlook.target import Bound
from zhizao.kernel.result import Problem, Refused, mark

UNFIT: Final = ("estimated", "forecast", "missing")
"""Statuses of a figure that settle nothing."""


class Verdict(StrEnum):
    """What became of a target."""

    REACHED = "reached"
    MISSED = "missed"
    NOT_MEASURABLE = "not_measurable"


@dataclass(frozen=True)
class Promise:
    """A target as the plan prints it; ``base`` and ``value`` in ``unit``, ``tolerance`` for eq."""

    key: str
    bound: Bound
    value: Decimal
    unit: str
    base: Decimal | None = None
    price_basis: str = ""
    tolerance: Decimal = Decimal(0)


@dataclass(frozen=True)
class Actual:
    """What is observed at the end; ``price_basis`` empty: the indicator knows none."""

    value: Decimal | None
    unit: str
    status: str = "normal"
    price_basis: str = ""


@dataclass(frozen=True)
class Call:
    """A probability told on a day; ``is_backtest``: computed later, with what was known then."""

    as_of: date
    p: float
    is_backtest: bool = False


@dataclass(frozen=True)
class Evaluation:
    """What became of a target.

    Attributes
    ----------
    key : of the target
    verdict : Verdict
    reason : why it is not measurable, a msgid; empty otherwise
    actual : the figure, with its status
    short_by : how far the figure lies on the wrong side of the bound, 0 where reached, None where not measurable
    gone : share of the way from base to target, None where there is no base or no way
    calls : what had been forecast, the earliest first
    brier : mean squared distance of the calls from what came, None without calls or verdict
    """

    key: str
    verdict: Verdict
    reason: str
    actual: Actual
    short_by: Decimal | None
    gone: Decimal | None
    calls: tuple[Call, ...]
    brier: float | None


def evaluate(promise: Promise, actual: Actual, calls: Sequence[Call] = ()) -> Evaluation:
    """Judge one target.

    Raises
    ------
    Refused
        ``outlook.not_a_probability`` where a call is none.

    Examples
    --------
    >>> promise = Promise("output", Bound.GE, Decimal("1500"), "亿元", base=Decimal("1000"))
    >>> told = evaluate(promise, Actual(Decimal("1400"), "亿元"), [Call(date(2024, 6, 30), 0.25)])
    >>> told.verdict.value, told.short_by, told.gone, told.brier
    ('missed', Decimal('100'), Decimal('0.8'), 0.0625)
    >>> evaluate(promise, Actual(None, "亿元", "missing")).verdict.value
    'not_measurable'
    """
    if any(not 0 <= call.p <= 1 for call in calls):
        raise Refused(Problem("outlook.not_a_probability", mark("A probability lies between 0 and 1.")))
    ordered = tuple(sorted(calls, key=lambda call: call.as_of))
    if reason := _unfit(promise, actual):
        return Evaluation(promise.key, Verdict.NOT_MEASURABLE, reason, actual, None, None, ordered, None)
    assert actual.value is not None
    short = _short(promise, actual.value)
    verdict = Verdict.MISSED if short else Verdict.REACHED
    happened = verdict is Verdict.REACHED
    score = sum((call.p - happened) ** 2 for call in ordered) / len(ordered) if ordered else None
    return Evaluation(promise.key, verdict, "", actual, short, _gone(promise, actual.value), ordered, score)


def _unfit(promise: Promise, actual: Actual) -> str:
    if actual.value is None:
        return mark("There is no figure.")
    if actual.status in UNFIT:
        return mark("The figure is an estimate or a forecast.")
    if actual.unit != promise.unit:
        return mark("The figure is in another unit than the target.")
    if promise.price_basis and actual.price_basis and promise.price_basis != actual.price_basis:
        return mark("The figure has another price basis than the target.")
    return ""


def _short(promise: Promise, value: Decimal) -> Decimal:
    if promise.bound is Bound.GE:
        return max(promise.value - value, Decimal(0))
    if promise.bound is Bound.LE:
        return max(value - promise.value, Decimal(0))
    return max(abs(value - promise.value) - promise.tolerance, Decimal(0))


def _gone(promise: Promise, value: Decimal) -> Decimal | None:
    if promise.base is None or promise.base == promise.value:
        return None
    return (value - promise.base) / (promise.value - promise.base)


def counts(evaluations: Sequence[Evaluation]) -> dict[Verdict, int]:
    """How many of each.

    >>> counts([])
    {<Verdict.REACHED: 'reached'>: 0, <Verdict.MISSED: 'missed'>: 0, <Verdict.NOT_MEASURABLE: 'not_measurable'>: 0}
    """
    return {verdict: sum(one.verdict is verdict for one in evaluations) for verdict in Verdict}
