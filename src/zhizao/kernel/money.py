"""Money in yuan as a whole number of fen, so that sums are exact in Python and in SQL.

An amount that is no whole number of fen is refused, not rounded; only what is shown is rounded, half up.
Shown as in plans and bulletins: 亿元 with one decimal, 万元 with none.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from zhizao.kernel import text as texts
from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.units import unit

Amount = Decimal | int | str

_FEN_PER: Final = {"元": 100, "万元": 10**6, "亿元": 10**10}
_PLACES: Final = {"元": 2, "万元": 0, "亿元": 1}


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in fen; amounts are added, subtracted, negated and compared, and multiplied by whole numbers.

    Parameters
    ----------
    fen : int

    Examples
    --------
    >>> total = Money.from_wan_yuan("2780.7") + Money.from_yi_yuan("1.2")
    >>> total.fen, total.wan_yuan, total.to_chinese()
    (14780700000, Decimal('14780.7'), '1.5亿元')
    """

    fen: int

    @classmethod
    def from_yuan(cls, amount: Amount) -> Money:
        """So many yuan; refused (``money.not_a_number``, ``money.below_fen``) where that is no whole number of fen.

        >>> Money.from_yuan("1,234.56").fen
        123456
        >>> Money.from_yuan("0.001")
        Traceback (most recent call last):
        zhizao.kernel.result.Refused: 0.001元 is not a whole number of fen. Round the amount to two decimals of a yuan.
        """
        return cls.from_unit(amount, "元")

    @classmethod
    def from_wan_yuan(cls, amount: Amount) -> Money:
        """So many times ten thousand yuan, as ``from_yuan``.

        >>> Money.from_wan_yuan("9006.67").fen
        9006670000
        """
        return cls.from_unit(amount, "万元")

    @classmethod
    def from_yi_yuan(cls, amount: Amount) -> Money:
        """So many times a hundred million yuan, as ``from_yuan``.

        >>> Money.from_yi_yuan("663.2").fen
        6632000000000
        """
        return cls.from_unit(amount, "亿元")

    @classmethod
    def from_unit(cls, amount: Amount, printed_unit: str) -> Money:
        """An amount in any unit of yuan, as ``from_yuan``; ``units.dimension`` where the unit is not one.

        >>> Money.from_unit(3, "百万元") == Money.from_wan_yuan(300)
        True
        """
        fen = Fraction(_number(amount)) * unit(printed_unit).ratio(unit("分"))
        if fen.denominator != 1:
            raise Refused(
                Problem(
                    "money.below_fen",
                    mark("%(amount)s%(unit)s is not a whole number of fen."),
                    remedy=mark("Round the amount to two decimals of a yuan."),
                    params={"amount": amount, "unit": printed_unit},
                )
            )
        return cls(int(fen))

    @property
    def yuan(self) -> Decimal:
        """In yuan, exactly.

        >>> Money(123456).yuan
        Decimal('1234.56')
        """
        return unit("分").convert(self.fen, to=unit("元"))

    @property
    def wan_yuan(self) -> Decimal:
        """In 万元, exactly.

        >>> Money(123456).wan_yuan
        Decimal('0.123456')
        """
        return unit("分").convert(self.fen, to=unit("万元"))

    @property
    def yi_yuan(self) -> Decimal:
        """In 亿元, exactly.

        >>> Money.from_wan_yuan(2550).yi_yuan
        Decimal('0.255')
        """
        return unit("分").convert(self.fen, to=unit("亿元"))

    def to_chinese(self, printed_unit: str | None = None) -> str:
        """As shown: 亿元 with one decimal, 万元 with none, 元 with two; if none is given, the largest that fits.

        >>> Money.from_yi_yuan("817.55").to_chinese(), Money.from_wan_yuan("2780.7").to_chinese()
        ('817.6亿元', '2781万元')
        >>> Money.from_wan_yuan(2550).to_chinese("亿元"), Money(50).to_chinese()
        ('0.3亿元', '0.50元')
        """
        if printed_unit is None:
            printed_unit = next((name for name in ("亿元", "万元") if abs(self.fen) >= _FEN_PER[name]), "元")
        places = _PLACES.get(printed_unit, 2)
        return f"{unit('分').convert(self.fen, to=unit(printed_unit), places=places):f}{printed_unit}"

    def __str__(self) -> str:
        return self.to_chinese()

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __mul__(self, times: int) -> Money:
        return Money(self.fen * times)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.fen != 0


def _number(amount: Amount) -> Decimal:
    try:
        number = Decimal(texts.normalise(amount).replace(",", "")) if isinstance(amount, str) else Decimal(amount)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Refused(
            Problem(
                "money.not_a_number",
                mark("“%(text)s” is not an amount of money."),
                remedy=mark("Write it in digits, without a unit."),
                params={"text": amount},
            )
        )
    return number
