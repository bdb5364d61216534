"""Growth that a target implies, against the growth that the plan states.

A target names a base value in one year and a target value in a later year. The mean annual growth it implies is

    g = (target / base) ** (1 / n) − 1,    n = target year − base year.

A printed figure stands for every value that rounds to it, so a stated growth agrees if the interval of its rounding and
the interval of the computed growth overlap. Counted things printed without decimals are exact. A share's change is a
difference in percentage points; its mean annual growth is computed too, because plans state it.

Source
------
National Bureau of Statistics of China, "Average growth rate", horizontal method (水平法).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from enum import StrEnum

COUNT_UNITS = frozenset({"个", "家", "件", "户", "人", "名", "项", "台", "套", "条", "座", "处", "所"})
SHARE_UNITS = frozenset({"%", "％", "‰"})
_DIGITS = 34


class Check(StrEnum):
    """What the comparison of stated and computed growth says."""

    AGREES = "agrees"
    DIFFERS = "differs"
    POINTS = "points"  # agrees, but a share's change is to be said in percentage points
    NOT_STATED = "not_stated"
    NOT_COMPUTABLE = "not_computable"


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth of one target.

    Attributes
    ----------
    computed_pct : mean annual growth, %; ``None`` if base or target is missing, base is not positive or years is not
    total_pct : growth over all the years, %; ``None`` as above
    points : change of a share in percentage points; ``None`` for anything but a share
    gap_pct : stated minus computed, percentage points; ``None`` unless both are known
    check : what the comparison says
    """

    computed_pct: Decimal | None
    total_pct: Decimal | None
    points: Decimal | None
    gap_pct: Decimal | None
    check: Check


def annual_growth_pct(base: Decimal, target: Decimal, years: int) -> Decimal:
    """Mean annual growth in per cent.

    >>> annual_growth_pct(Decimal("817.6"), Decimal(1335), 5).quantize(Decimal("0.1"))
    Decimal('10.3')
    >>> annual_growth_pct(Decimal(60), Decimal(120), 5).quantize(Decimal("0.1"))
    Decimal('14.9')

    Raises
    ------
    ValueError : base is not positive, target is negative or years is not positive.
    """
    if base <= 0 or target < 0 or years <= 0:
        raise ValueError("growth needs a positive base, a target that is not negative and at least one year")
    with localcontext(prec=_DIGITS, rounding=ROUND_HALF_EVEN):
        return ((target / base) ** (Decimal(1) / years) - 1) * 100


def half_step(value: Decimal) -> Decimal:
    """Half a unit of the last printed digit: how far the figure behind a printed one may lie.

    >>> half_step(Decimal("10.3")), half_step(Decimal("176.0")), half_step(Decimal("908"))
    (Decimal('0.05'), Decimal('0.05'), Decimal('0.5'))
    """
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError("the value is not finite")
    return Decimal(5).scaleb(min(exponent, 0) - 1)


def path_values(base: Decimal, target: Decimal, years: int) -> list[Decimal]:
    """The geometric path from base to target, one value a year, ends included; straight where the base is not positive.

    >>> [str(v.quantize(Decimal("0.1"))) for v in path_values(Decimal(100), Decimal(121), 2)]
    ['100.0', '110.0', '121.0']
    >>> path_values(Decimal(0), Decimal(2), 2)
    [Decimal('0'), Decimal('1'), Decimal('2')]

    Raises
    ------
    ValueError : years is not positive.
    """
    if years <= 0:
        raise ValueError("a path needs at least one year")
    with localcontext(prec=_DIGITS, rounding=ROUND_HALF_EVEN):
        if base > 0 and target > 0:
            step = (target / base) ** (Decimal(1) / years)
            inner = [base * step**i for i in range(1, years)]
        else:
            inner = [base + (target - base) * i / years for i in range(1, years)]
    return [base, *inner, target]


def is_exact(value: Decimal, unit: str) -> bool:
    """Whether a printed figure stands for itself alone: counted things, printed without decimals.

    >>> is_exact(Decimal(60), "个"), is_exact(Decimal("17.0"), "件"), is_exact(Decimal(908), "亿元")
    (True, False, False)
    """
    exponent = value.as_tuple().exponent
    return unit in COUNT_UNITS and isinstance(exponent, int) and exponent >= 0


def _interval(value: Decimal, unit: str) -> tuple[Decimal, Decimal]:
    step = Decimal(0) if is_exact(value, unit) else half_step(value)
    return value - step, value + step


def check_growth(
    *, base: Decimal | None, target: Decimal | None, years: int | None, stated_pct: Decimal | None, unit: str = ""
) -> Growth:
    """Compute a target's growth and compare it with the stated one, all figures as printed.

    Parameters
    ----------
    base, target : as printed (their digits say how they were rounded), in ``unit``; ``None`` = unknown
    years : target year minus base year
    stated_pct : mean annual growth as printed, %
    unit : the printed unit; counted units are exact, per cent makes it a share

    Examples
    --------
    A printed 10 % may be anything from 9.5 to 10.5:

    >>> check_growth(base=Decimal(5), target=Decimal(8), years=5, stated_pct=Decimal(10), unit="个").check.value
    'agrees'

    Total growth stated as annual growth:

    >>> g = check_growth(base=Decimal(60), target=Decimal(120), years=5, stated_pct=Decimal(100), unit="个")
    >>> g.check.value, g.gap_pct.quantize(Decimal("0.1")), g.total_pct
    ('differs', Decimal('85.1'), Decimal('100'))

    A share: 40 % to 45 % is five points:

    >>> g = check_growth(base=Decimal(40), target=Decimal(45), years=5, stated_pct=Decimal("2.4"), unit="%")
    >>> g.check.value, g.points
    ('points', Decimal('5'))
    """
    share = unit in SHARE_UNITS
    points = target - base if share and base is not None and target is not None else None
    if base is None or target is None or not years or years < 0 or base <= 0 or target < 0:
        return Growth(None, None, points, None, Check.NOT_COMPUTABLE if stated_pct is not None else Check.NOT_STATED)
    computed = annual_growth_pct(base, target, years)
    with localcontext(prec=_DIGITS):
        total = (target / base - 1) * 100
    total = total.quantize(Decimal(1)) if total == total.to_integral_value() else total
    if stated_pct is None:
        return Growth(computed, total, points, None, Check.NOT_STATED)
    base_low, base_high = _interval(base, unit)
    target_low, target_high = _interval(target, unit)
    low = annual_growth_pct(base_high, max(target_low, Decimal(0)), years)
    high = annual_growth_pct(base_low, target_high, years) if base_low > 0 else Decimal("Infinity")
    stated_low, stated_high = _interval(stated_pct, "%")
    agrees = stated_low <= high and low <= stated_high
    check = Check.DIFFERS if not agrees else Check.POINTS if share else Check.AGREES
    return Growth(computed, total, points, stated_pct - computed, check)
