"""Units of measure of plans and statistics: read as printed, converted exactly, and only within a dimension.

A unit is a factor (a fraction) over base units with powers: 亩 is 2000/3 of 米 to the power 2, 万元/亩 is money over
area. Money in yuan, dollars, energy, coal equivalent, percentage points and the things counted (台, 家, 人 …) are bases
of their own: no conversion leads from one to another, unless a dated factor with its source is given (``Factor``).

Source: metric units and the mu (1 亩 = 10000/15 m²) 《国务院关于在我国统一实行法定计量单位的命令》 (国发〔1984〕28号);
multiples GB/T 3101-1993; 1 kWh = 3.6 MJ (SI).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from zhizao.kernel import text as texts
from zhizao.kernel.numerals import MULTIPLIERS, to_decimal
from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.span import Span

Dimension = tuple[tuple[str, int], ...]
"""Base and power, ordered by base: ``(("length", 2),)`` is an area."""

Number = Decimal | Fraction | int

_BASES: Final[dict[str, tuple[Dimension, dict[str, str]]]] = {
    "money": ((("money", 1),), {"元": "1", "角": "1/10", "分": "1/100"}),
    "dollar": ((("dollar", 1),), {"美元": "1"}),
    "length": ((("length", 1),), {"米": "1", "公里": "1000", "千米": "1000", "厘米": "1/100", "毫米": "1/1000"}),
    "area": (
        (("length", 2),),
        {"平方米": "1", "平方公里": "1000000", "公顷": "10000", "亩": "2000/3"},
    ),
    "volume": ((("length", 3),), {"立方米": "1", "升": "1/1000"}),
    "mass": ((("mass", 1),), {"吨": "1", "千克": "1/1000", "公斤": "1/1000", "克": "1/1000000"}),
    "energy": (
        (("energy", 1),),
        {"千瓦时": "1", "兆瓦时": "1000", "千焦": "1/3600", "兆焦": "1/3.6", "吉焦": "1000/3.6", "太焦": "1000000/3.6"},
    ),
    "coal": ((("coal", 1),), {"吨标准煤": "1", "千克标准煤": "1/1000"}),
    "power": ((("day", -1), ("energy", 1)), {"千瓦": "24", "兆瓦": "24000"}),
    "apparent_power": ((("apparent_power", 1),), {"千伏安": "1"}),
    "data": ((("data", 1),), {"GB": "1", "TB": "1000", "PB": "1000000", "EB": "1000000000"}),
    "month": ((("month", 1),), {"个月": "1", "季度": "3", "年": "12"}),
    "day": ((("day", 1),), {"天": "1", "小时": "1/24", "分钟": "1/1440", "秒": "1/86400"}),
    "working_day": ((("working_day", 1),), {"工作日": "1"}),
    "ratio": ((), {"%": "1/100", "‰": "1/1000", "倍": "1"}),
    "percentage_point": ((("percentage_point", 1),), {"百分点": "1"}),
}
_COUNTED: Final = (
    "人 名 家 户 个 项 件 台 辆 套 台套 座 条 栋 幢 间 处 组 架 箱 片 粒 罐 瓶 盒 支 只 块 张 份 部 艘 株 头 种 类 "
    "批次 人次 件次 次"
)
COUNTED: Final = tuple(_COUNTED.split(" "))
"""Things counted; each is a dimension of its own: 台 and 辆 are not added up unseen."""

_OTHER_FORMS: Final = {
    "元": "人民币 RMB CNY",
    "美元": "USD",
    "米": "m",
    "千米": "km",
    "厘米": "cm",
    "毫米": "mm",
    "平方米": "㎡ m2 m² 平米 平方",
    "平方公里": "㎢ km2 km² 平方千米",
    "公顷": "hm2 hm² ha",
    "立方米": "㎥ m3 m³",
    "升": "L",
    "吨": "t",
    "千克": "kg",
    "克": "g",
    "千瓦时": "kWh kW·h 度",
    "兆瓦时": "MWh",
    "千焦": "kJ",
    "兆焦": "MJ",
    "吉焦": "GJ",
    "太焦": "TJ",
    "吨标准煤": "tce 吨标煤",
    "千克标准煤": "kgce 千克标煤 公斤标准煤",
    "千瓦": "kW",
    "兆瓦": "MW",
    "千伏安": "kVA",
    "个月": "月",
    "天": "日",
    "小时": "时",
    "工作日": "个工作日",
    "百分点": "个百分点 pp",
    "台套": "台/套 台(套) 台（套）",
}
ALIASES: Final = {form: symbol for symbol, forms in _OTHER_FORMS.items() for form in forms.split(" ")}
"""Other printed forms, each with the symbol of its unit."""

_PREFIX: Final = re.compile("[十百千万亿]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its printed symbol, its size in base units, and its dimension.

    Parameters
    ----------
    symbol : str
        As printed, other forms of the same unit replaced by one (㎡ by 平方米).
    factor : Fraction
    dimension : Dimension

    Examples
    --------
    >>> unit("亿元").convert(Decimal("817.6"), to=unit("万元"))
    Decimal('8176000')
    >>> unit("百分点").convert(Decimal(3), to=unit("%"))
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: 百分点 cannot be converted to %. Choose a unit of the same kind.
    """

    symbol: str
    factor: Fraction
    dimension: Dimension

    def __str__(self) -> str:
        return self.symbol

    def __truediv__(self, other: Unit) -> Unit:
        """The unit of a quotient: 万元 over 亩 is 万元/亩."""
        dimension = _product(self.dimension, other.dimension, sign=-1)
        return Unit(f"{self.symbol}/{other.symbol}", self.factor / other.factor, dimension)

    def is_convertible(self, other: Unit) -> bool:
        """Whether both measure the same thing.

        >>> unit("亩").is_convertible(unit("平方公里")), unit("台").is_convertible(unit("辆"))
        (True, False)
        """
        return self.dimension == other.dimension

    def ratio(self, to: Unit) -> Fraction:
        """How many of the other unit make one of this, exactly.

        >>> unit("亩").ratio(unit("平方米"))
        Fraction(2000, 3)

        Raises
        ------
        Refused
            ``units.dimension``.
        """
        if not self.is_convertible(to):
            message = mark("%(unit)s cannot be converted to %(to)s.")
            raise _refusal(
                "dimension", message, mark("Choose a unit of the same kind."), unit=self.symbol, to=to.symbol
            )
        return self.factor / to.factor

    def convert(self, value: Number, to: Unit, *, places: int | None = None) -> Decimal:
        """A value of this unit in another.

        Parameters
        ----------
        value : Decimal, Fraction or int
        to : Unit
        places : int, optional
            Decimals to keep, half up. Without it the result is exact where its decimal ends, and has 28 significant
            digits where it does not (亩 in 平方米).

        Raises
        ------
        Refused
            ``units.dimension``.

        Examples
        --------
        >>> unit("平方公里").convert(1, to=unit("亩"))
        Decimal('1500')
        >>> unit("亩").convert(1, to=unit("平方米"), places=2)
        Decimal('666.67')
        """
        return _rounded(Fraction(value) * self.ratio(to), places)


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor between two dimensions that an authority sets for a time: coal equivalent of power, an exchange rate.

    Parameters
    ----------
    value : Decimal
    unit : Unit
        Of the factor itself, such as 千克标准煤/千瓦时.
    effective : Span
        The months for which it holds.
    source : str
        Document, number, article or table.

    Examples
    --------
    >>> heat = Factor(Decimal("0.1229"), unit("kgce/kWh"), Span.parse("2021-01..2025-12"), "GB/T 2589-2020, annex A")
    >>> heat.convert(Decimal(1), unit("万千瓦时"), to=unit("tce"), span=Span.of_year(2022))
    Decimal('1.229')
    """

    value: Decimal
    unit: Unit
    effective: Span
    source: str

    def convert(self, value: Number, unit: Unit, *, to: Unit, span: Span, places: int | None = None) -> Decimal:
        """A value of ``span`` in another dimension, by this factor or by its inverse, whichever the dimensions ask for.

        Raises
        ------
        Refused
            ``units.dimension``, ``units.factor_date``.
        """
        if not self.effective.contains(span):
            raise _refusal(
                "factor_date",
                mark("The factor of %(effective)s does not hold for %(span)s (%(source)s)."),
                mark("Give the factor of that time."),
                effective=str(self.effective),
                span=str(span),
                source=self.source,
            )
        exact = Fraction(value) * unit.factor / to.factor
        if _product(unit.dimension, self.unit.dimension, sign=1) == to.dimension:
            return _rounded(exact * Fraction(self.value) * self.unit.factor, places)
        if _product(unit.dimension, self.unit.dimension, sign=-1) == to.dimension:
            return _rounded(exact / (Fraction(self.value) * self.unit.factor), places)
        message = mark("%(unit)s cannot be converted to %(to)s by a factor in %(factor)s.")
        remedy = mark("Choose units that the factor links.")
        raise _refusal("dimension", message, remedy, unit=unit.symbol, to=to.symbol, factor=self.unit.symbol)


@lru_cache(maxsize=1024)
def unit(text: str) -> Unit:
    """Read a unit: a name, with 十, 百, 千, 万, 亿 before it, or several with ``/`` between.

    An empty text and a bare 万 or 亿 are plain numbers.

    Raises
    ------
    Refused
        ``units.unknown``.

    Examples
    --------
    >>> unit("万千瓦时").symbol, unit("㎡").symbol, unit("百万元").factor
    ('万千瓦时', '平方米', Fraction(1000000, 1))
    >>> unit("亿元／平方公里").dimension
    (('length', -2), ('money', 1))
    >>> unit("斗")
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: “斗” is not a known unit. Use a unit such as 万元, 亩, 千瓦时, 吨, 家 or %.
    """
    body = re.sub(r"\s", "", texts.normalise(text))
    if (whole := _simple(body)) is not None:
        return whole
    found = [_simple(part) if part else None for part in body.split("/")]
    if any(part is None for part in found):
        remedy = mark("Use a unit such as 万元, 亩, 千瓦时, 吨, 家 or %%.")
        raise _refusal("unknown", mark("“%(text)s” is not a known unit."), remedy, text=text)
    first, *others = (part for part in found if part is not None)
    for other in others:
        first = first / other
    return first


def names() -> tuple[str, ...]:
    """Every printed name that ``unit`` knows, without 万 and 亿; the longest first.

    >>> {"平方公里", "亩", "台", "kWh", "%"} <= set(names())
    True
    """
    return _NAMES


def _simple(name: str) -> Unit | None:
    """A unit without a quotient: its own name first (千瓦时, 百分点), then 万, 亿 … and a name."""
    if not name:
        return Unit("", Fraction(1), ())
    prefix = _PREFIX.match(name)
    for length in range(prefix.end() + 1 if prefix else 1):
        rest = name[length:]
        symbol = ALIASES.get(rest, rest)
        if symbol in _UNITS or (not rest and length):
            known = _UNITS.get(symbol, Unit("", Fraction(1), ()))
            return Unit(name[:length] + symbol, known.factor * _multiplier(name[:length]), known.dimension)
    return None


def _multiplier(prefix: str) -> int:
    product = 1
    for character in prefix:
        product *= MULTIPLIERS[character]
    return product


def _product(one: Dimension, other: Dimension, *, sign: int) -> Dimension:
    powers = dict(one)
    for base, power in other:
        powers[base] = powers.get(base, 0) + sign * power
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def _rounded(value: Fraction, places: int | None) -> Decimal:
    if places is None:
        return to_decimal(value)
    scaled = value * 10**places
    whole = int(abs(scaled) + Fraction(1, 2))
    return Decimal(f"{'-' if scaled < 0 else ''}{whole}E{-places}")


def _refusal(code: str, message: str, remedy: str, **params: object) -> Refused:
    return Refused(Problem(f"units.{code}", message, remedy=remedy, params=params))


def _known() -> Iterable[Unit]:
    for dimension, sizes in _BASES.values():
        for symbol, size in sizes.items():
            over, _, under = size.partition("/")
            yield Unit(symbol, Fraction(over) / Fraction(under or "1"), dimension)
    for symbol in COUNTED:
        yield Unit(symbol, Fraction(1), ((symbol, 1),))


_UNITS: Final = {known.symbol: known for known in _known()}
_NAMES: Final = tuple(sorted((*_UNITS, *ALIASES), key=lambda name: (-len(name), name)))
