"""One cell: from the text that people write to a number, a date, a yes or no."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Final

from zhizao.kernel import text

_NUMBER: Final = re.compile(r"([-+]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)\s*([^\s0-9.,]*)")
_POWER: Final = {"万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
_UNIT: Final = re.compile("(万亿|千万|百万|万|亿)?(.*)")
_DATE: Final = re.compile(
    r"([12][0-9]{3})(?:(?P<sep>[-./])(?P<m>[01]?[0-9])(?:(?P=sep)(?P<d>[0-3]?[0-9]))?"
    r"|年(?P<m2>[01]?[0-9])月(?:(?P<d2>[0-3]?[0-9])[日号]?)?"
    r"|(?P<m3>[01][0-9])(?P<d3>[0-3][0-9]))(?:[ T]00:00(?::00)?)?"
)
_YES: Final = frozenset(("是", "有", "√", "✓", "y", "yes", "true", "1", "t"))
_NO: Final = frozenset(("否", "无", "×", "✗", "n", "no", "false", "0", "f"))


class BadCell(ValueError):  # noqa: N818 -- becomes a Problem with its place
    """A cell that cannot be read; ``code`` names why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def parse_decimal(cell: str, unit: str | None = None) -> Decimal:
    """A number as people write it, exactly.

    A suffix is taken if it fits the column's unit: ``万``, ``亿`` multiply (and are set against those of the unit),
    ``%`` stays as it is under the unit ``%`` and divides by 100 where the column has no unit.

    Parameters
    ----------
    cell : str
        Full-width digits, thousands separators and brackets for negative numbers are read.
    unit : str, optional
        Unit of the column.

    Raises
    ------
    BadCell
        ``tables.not_a_number`` or ``tables.other_unit``.

    Examples
    --------
    >>> parse_decimal("１，２３４．５万"), parse_decimal("1,234.5万", "万元"), parse_decimal("12.5%")
    (Decimal('12345000'), Decimal('1234.5'), Decimal('0.125'))
    """
    folded = text.normalise(cell)
    if (match := re.fullmatch(r"[(（](.+)[)）]", folded)) is not None:
        folded = f"-{match[1]}"
    match = _NUMBER.fullmatch(folded)
    if match is None:
        raise BadCell("tables.not_a_number")
    value = Decimal(match[1] + match[2].replace(",", ""))
    suffix = match[3]
    if not suffix or suffix == unit:
        return value
    if suffix == "%" and unit is None:
        return value / 100
    power, base = _split_unit(suffix)
    if power == 1 and unit is None:
        raise BadCell("tables.not_a_number")
    unit_power, unit_base = _split_unit(unit or "")
    if base not in ("", unit_base) or unit == "%":
        raise BadCell("tables.other_unit")
    return _plain(value * power / unit_power)


def _split_unit(unit: str) -> tuple[int, str]:
    match = _UNIT.fullmatch(unit)
    return (_POWER.get(match[1] or "", 1), match[2]) if match else (1, unit)


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def parse_integer(cell: str, unit: str | None = None) -> int:
    """A whole number; ``12.0`` is one, ``12.5`` is not.

    >>> parse_integer("2,000家", "家")
    2000
    """
    value = parse_decimal(cell, unit)
    if value != value.to_integral_value():
        raise BadCell("tables.not_whole")
    return int(value)


def parse_date(cell: str) -> dt.date:
    """A day, or a month as its first day: ``2020-08-01``, ``2020.08``, ``2020年8月``, ``2020/8/1``, ``20200801``.

    Raises
    ------
    BadCell
        ``tables.not_a_date``.

    Examples
    --------
    >>> parse_date("２０２０年８月"), parse_date("2020/8/31")
    (datetime.date(2020, 8, 1), datetime.date(2020, 8, 31))
    """
    match = _DATE.fullmatch(re.sub(r"\s*([年月日号])\s*", r"\1", text.normalise(cell)))
    if match is None:
        raise BadCell("tables.not_a_date")
    part = match.groupdict()
    month, day = (part[name] or part[f"{name}2"] or part[f"{name}3"] for name in "md")
    try:
        return dt.date(int(match[1]), int(month or 1), int(day or 1))
    except ValueError:
        raise BadCell("tables.not_a_date") from None


def parse_boolean(cell: str) -> bool:
    """Yes or no: 是/否, 有/无, √/×, yes/no, true/false, 1/0.

    Raises
    ------
    BadCell
        ``tables.not_yes_or_no``.

    Examples
    --------
    >>> parse_boolean("是"), parse_boolean("×")
    (True, False)
    """
    word = text.normalise(cell).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadCell("tables.not_yes_or_no")
