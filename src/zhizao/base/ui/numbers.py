"""How figures are written: thousands from five digits, a true minus, decimals by unit; names of units and of periods.

One place for the rules, so that a table, a stat and an export never differ.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import get_language

from zhizao.kernel.span import Span

MINUS = "−"

# Decimals shown by unit; a unit not listed shows what the value has, two at most.
DECIMALS = {
    "亿元": 1,
    "万元": 0,
    "元": 0,
    "亩": 1,
    "%": 1,
    "百分点": 1,
    "吨标准煤/万元": 4,
    "家": 0,
    "个": 0,
    "件": 0,
    "人": 0,
    "台": 0,
    "项": 0,
    "天": 0,
    "条": 0,
    "ESRI": 2,
}

# English names; a Chinese reader sees the unit as it is. Amounts are not converted, the scale is said in words.
_UNIT_NAMES = {
    "亿元": "CNY 100 m",
    "万元": "CNY 10 k",
    "元": "CNY",
    "亩": "mu",
    "平方公里": "km²",
    "平方米": "m²",
    "百分点": "pct. points",
    "家": "firms",
    "个": "items",
    "件": "pieces",
    "人": "persons",
    "项": "entries",
    "天": "days",
    "万千瓦时": "10 MWh",
    "吨标准煤": "tce",
    "吨标准煤/万元": "tce per CNY 10 k",
    "万元/人": "CNY 10 k per person",
    "万元/亩": "CNY 10 k per mu",
    "元/千瓦时": "CNY per kWh",
    "亿千瓦时": "100 GWh",
    "台": "units",
    "条": "lines",
}


def _decimal(value: object) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def figure(value: object, unit: str = "", *, decimals: int | None = None) -> str | None:
    """Write a figure as the look asks; text that is not a number passes as printed, ``None`` stays ``None``.

    >>> figure(12345.6, "万元"), figure(1300, "亿元"), figure(-8.84, "亿元"), figure("〉86%")
    ('12,346', '1300.0', '−8.8', '〉86%')
    """
    if value is None or value == "":
        return None
    number = _decimal(value)
    if number is None:
        return str(value) if isinstance(value, str) else None
    if isinstance(value, str):  # as printed: a text figure keeps its decimals
        places = max(0, -number.as_tuple().exponent)
    elif decimals is not None:
        places = decimals
    else:
        places = DECIMALS.get(unit, min(2, max(0, -number.normalize().as_tuple().exponent)))
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,f}" if abs(rounded) >= 10000 else f"{abs(rounded):f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def signed(value: object, unit: str = "", *, decimals: int | None = None) -> str | None:
    """Write a change with its sign; nought has none.

    >>> signed(33.04, "亿元"), signed(-8.84, "亿元"), signed(0.0, "%")
    ('+33.0', '−8.8', '0.0')
    """
    text = figure(value, unit, decimals=decimals)
    number = _decimal(value)
    if text is None or number is None or text.startswith(MINUS) or not text.strip("0."):
        return text
    return f"+{text}"


def unit_name(unit: str) -> str:
    """The unit in the reader's language.

    >>> unit_name("%")
    '%'
    """
    language = get_language() or ""
    return unit if language.startswith("zh") else _UNIT_NAMES.get(unit, unit)


def period(span: Span) -> str:
    """The period in the reader's language: 2025年1—2月, Jan–Feb 2025."""
    return span.to_chinese() if (get_language() or "zh").startswith("zh") else span.to_english()
