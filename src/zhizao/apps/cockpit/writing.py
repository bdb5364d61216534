"""How a fact is written in a language: amounts in the unit of reports, growth as a word and a rate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from zhizao.apps.cockpit.book import Fact
from zhizao.base.ui.numbers import figure, signed
from zhizao.kernel.span import Span


def write(
    said: Fact, words: dict[str, Any], language: str, *, bare: bool = False, largest: Decimal | None = None
) -> str:
    """One fact. ``bare``: as a cell of a table has it, a signed figure without words and unit.

    ``largest``: the largest amount of the column that it stands in, which decides the unit.

    >>> words = {"up": "增长", "down": "下降", "flat": "持平", "unknown": "—未知"}
    >>> write({"kind": "change", "value": "-2.14"}, words, "zh"), write({"kind": "change", "value": None}, words, "zh")
    ('下降2.1%', '—未知')
    >>> write({"kind": "change", "value": "-2.14"}, words, "zh", bare=True)
    '−2.1'
    """
    kind, value = said["kind"], said["value"]
    if value is None:
        return str(words["unknown"])
    match kind:
        case "amount" | "rise":
            return _amount(said, words, bare=bare, with_sign=kind == "rise", largest=largest)
        case "change":
            if bare:
                return (signed(value_of(value), "%") or "") + (str(words["star"]) if said.get("doubtful") else "")
            doubt = str(words["doubtful"]) if said.get("doubtful") else ""
            return _turned(value, words, ("up", "down", "flat"), "%") + doubt
        case "moved":  # points, where the sentence has no word for their direction
            return _turned(value, words, ("raised", "lowered", "flat"), str(words["points"]))
        case "points":
            return signed(value_of(value), "%") or ""
        case "size":  # points without their sign, where the words say the direction
            return figure(abs(value_of(value)), "%") or ""
        case "share":
            return figure(value_of(value), "%") or ""
        case "count":
            return figure(Decimal(value), "家") or ""
        case "chance":
            return _chance(value)
        case "chance_change":
            return signed(Decimal(str(value)) * 100, "%") or ""
        case "day":
            return _day(date.fromisoformat(value), language)
        case "span":
            return _span(Span.parse(value), language)
        case "code":
            return str(words["codes"].get(value, value))
        case "texts":
            return str(words["list"]).join(value)
        case _:
            return str(said.get("en") or value) if language == "en" else str(value)


def value_of(value: Any) -> Decimal:
    """An exact value as a number; rates are rounded half up by ``figure``."""
    return Decimal(str(value))


def scale(said: Fact, words: dict[str, Any], largest: Decimal | None = None) -> dict[str, Any]:
    """The unit that reports have an amount in: the first of which there is at least one, of ``largest`` in a column.

    >>> units = {"万元": [{"unit": "亿元", "per": 10000, "places": 1}, {"unit": "万元", "per": 1, "places": 0}]}
    >>> [scale({"value": value, "unit": "万元"}, {"units": units})["unit"] for value in ("9999", "-10000", "0")]
    ['万元', '亿元', '万元']
    """
    rules = words["units"].get(said.get("unit", ""))
    if not rules:
        return {"unit": said.get("unit", ""), "per": 1, "places": None}
    size = abs(value_of(said["value"])) if largest is None else largest
    found: dict[str, Any] = next((rule for rule in rules if size >= Decimal(str(rule["per"]))), rules[-1])
    return found


def _amount(said: Fact, words: dict[str, Any], *, bare: bool, with_sign: bool, largest: Decimal | None) -> str:
    rule = scale(said, words, largest)
    value = value_of(said["value"]) / Decimal(str(rule["per"]))
    written = (signed if with_sign else figure)(value, rule["unit"], decimals=rule["places"]) or ""
    return written if bare else str(rule.get("text", words["amount"])).format(value=written, unit=rule["unit"]).strip()


def _turned(value: Any, words: dict[str, Any], names: tuple[str, str, str], unit: str) -> str:
    number = value_of(value)
    size = figure(abs(number), "%") or ""
    if not size.strip("0."):
        return str(words[names[2]])
    return str(words[names[0] if number > 0 else names[1]]).rstrip() + _gap(words) + size + unit


def _gap(words: dict[str, Any]) -> str:
    """What stands between a word and a figure in the language."""
    return str(words.get("gap", ""))


def _chance(p: float) -> str:
    if p < 0.01:
        return "<1%"
    return ">99%" if p > 0.99 else f"{100 * p:.0f}%"


def _day(day: date, language: str) -> str:
    return f"{day.day} {day:%B} {day.year}" if language == "en" else f"{day.year}年{day.month}月{day.day}日"


def _span(span: Span, language: str) -> str:
    return span.to_english() if language == "en" else span.to_chinese()
