"""Which true values a printed figure stands for, and whether two printed figures may both be true.

A printed figure stands for every value that rounds to it; counted things are exact. A word that binds it widens it on
one side, but not without end: 突破663亿元 tells of a figure a little above 663, not of 2,000. So

    eq     [v − h, v + h]        h = half a unit of the last printed digit; 0 for counted things
    about  [v − a, v + a]        a = 5 % of v, at least h          (约, 左右, 近)
    ge gt  [v − h, v × 1.1 + h]                                    (突破, 超过, 余, 以上, 不低于)
    le lt  [v × 0.9 − h, v + h]                                    (不超过, 以内, 不足)

and two figures agree if their intervals meet. A limit that is itself the target (不低于, ≥) has no far end:
pass ``open_ended=True``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.growth import half_step, is_exact

NEAR: Final = Decimal("0.10")
"""How far beyond its words a bound figure may lie, as a share of it."""
ABOUT: Final = Decimal("0.05")
_INFINITY: Final = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval of values.

    >>> Interval(Decimal(1), Decimal(2)).meets(Interval(Decimal(2), Decimal(3)))
    True
    """

    low: Decimal
    high: Decimal

    def meets(self, other: Interval) -> bool:
        """Whether the two have a value in common."""
        return self.low <= other.high and other.low <= self.high

    def __contains__(self, value: Decimal) -> bool:
        return self.low <= value <= self.high

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __mul__(self, other: Interval) -> Interval:
        """Product of two intervals that are not negative."""
        return Interval(self.low * other.low, self.high * other.high)

    def __truediv__(self, other: Interval) -> Interval:
        """Quotient of two intervals that are not negative; without end where the divisor reaches 0."""
        high = self.high / other.low if other.low > 0 else _INFINITY
        return Interval(self.low / other.high if other.high else _INFINITY, high)

    def times(self, factor: Decimal) -> Interval:
        """Both ends times a factor that is not negative."""
        return Interval(self.low * factor, self.high * factor)


def interval(value: Decimal, *, bound: str = "eq", unit: str = "", open_ended: bool = False) -> Interval:
    """The values that a printed figure stands for.

    Parameters
    ----------
    value : as printed: its digits say how it was rounded
    bound : eq, about, ge, gt, le or lt
    unit : the printed unit; counted things printed without decimals are exact
    open_ended : whether a bound has no far end

    Examples
    --------
    >>> interval(Decimal("10.3"))
    Interval(low=Decimal('10.25'), high=Decimal('10.35'))
    >>> interval(Decimal(176), unit="家") == Interval(Decimal(176), Decimal(176))
    True
    >>> interval(Decimal(663), bound="ge")
    Interval(low=Decimal('662.5'), high=Decimal('729.80'))
    """
    half = Decimal(0) if is_exact(value, unit) else half_step(value)
    if bound == "about":
        reach = max(abs(value) * ABOUT, half)
        return Interval(value - reach, value + reach)
    low, high = value - half, value + half
    if bound in ("ge", "gt"):
        high = _INFINITY if open_ended else value + abs(value) * NEAR + half
    elif bound in ("le", "lt"):
        low = -_INFINITY if open_ended else value - abs(value) * NEAR - half
    return Interval(low, high)
