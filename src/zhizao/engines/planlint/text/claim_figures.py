"""The figures of a sentence: quantities, and what ``quantities`` leaves out because no unit follows it.

A figure keeps the unit that is printed: 两千万台 is 2000 with 万台, not 20,000,000 with 台. Beside quantities these are
figures: a bare number behind a word that says it is a value (强度降至0.42), 翻一番 (as 番), and tenths (八成 is 80 with
%). A length of time that nothing is said of (未来五年) is a time word and no figure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.kernel import quantities
from zhizao.kernel import text as texts
from zhizao.kernel.quantities import Bound, Quantity

DOUBLING: Final = "番"
TENTHS: Final = "printed in tenths"
FRACTION: Final = "printed as a fraction"
_DIGITS: Final = "〇一二三四五六七八九十"
_TIME_UNITS: Final = frozenset(("年", "个月", "天", "小时", "分钟", "秒", "工作日", "个工作日"))
_CHINESE: Final = "零一二三四五六七八九两十百千万亿"
_WRITTEN: Final = re.compile(rf"[{_CHINESE}]{{0,30}}?(?P<steps>[万亿]{{1,2}})(?![{_CHINESE}])")
_OTHER: Final = re.compile(
    r"翻(?:了)?(?P<times>[一两二三四])?番"
    r"|(?P<tenths>[一二三四五六七八九])成(?P<over>以上|多)?(?=$|[，。；、）,;的左])"
    r"|(?P<below>[二三四五六七八九十])分之(?P<above>[一二三四五六七八九])"
    r"|(?P<bare>(?<![0-9A-Za-z.,/:+\-—–~〔\[第图表栏件号〇])[0-9]{1,15}(?:\.[0-9]{1,6})?)(?![0-9A-Za-z./:+\-—–~%‰]|,[0-9]|[年月日号版届期级代])"
)
_BEFORE_VALUE: Final = re.compile(
    r"(?:达到|达|为|是|至|到|突破|不?超过|不?低于|不?高于|保持在|稳定在|控制在|增长|下降|提高|降低|减少|增加)约?$"
)
_BEFORE_TIME: Final = re.compile(r"(?:达到|达|为|至|到|不超过|超过|不低于|控制在|压缩|缩短|减少|增加|延长)(?:约)?$")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: value and upper end of a range in the printed unit, its bound, its place, the unit after 每."""

    value: Decimal
    high: Decimal | None
    unit: str
    bound: Bound
    start: int
    end: int
    per: str = ""
    note: str = ""


def figures(words: str) -> tuple[list[Figure], list[tuple[int, int]]]:
    """The figures of a text, and the places of numbers that are none (names, numbers without any word of value).

    >>> found, left = figures("年产量超过两千万台，强度降至0.42，五年内翻一番，占比达八成，入选500强")
    >>> [(str(one.value), one.unit, one.bound) for one in found]
    [('2000', '万台', 'gt'), ('0.42', '', 'eq'), ('1', '番', 'eq'), ('80', '%', 'eq')]
    >>> left
    [(34, 37)]
    """
    found: list[Figure] = []
    every = quantities.find(words)
    for quantity in every:
        is_time = quantity.unit in _TIME_UNITS
        if not is_time or _is_measured(words, quantity):
            found.append(_printed(quantity))
    left: list[tuple[int, int]] = []
    places = [(one.start, one.end) for one in every]
    for other in _OTHER.finditer(texts.fold(words)):
        if _covered(places, other.start()):
            continue
        figure = _other(words, other)
        if figure is None:
            left.append(other.span())
        else:
            found.append(figure)
    found.sort(key=lambda one: one.start)
    return found, left


def _is_measured(words: str, quantity: Quantity) -> bool:
    """Whether a length of time is a value: 压缩至3个工作日, and not 未来五年."""
    if _BEFORE_TIME.search(words, max(0, quantity.start - 4), quantity.start):
        return True
    return quantity.bound in ("le", "lt", "gt", "ge") and not quantity.text.endswith(("内", "以上", "余", "多年"))


def _covered(places: list[tuple[int, int]], place: int) -> bool:
    """Whether a place lies within one of these, which are in order."""
    at = bisect_right(places, (place, len(places) and places[-1][1]))
    return at > 0 and place < places[at - 1][1]


def _printed(quantity: Quantity) -> Figure:
    """A quantity with 万 and 亿 given back to the unit where they were written as part of a Chinese numeral."""
    value, high, unit = quantity.value, quantity.high, quantity.unit
    body = texts.fold(quantity.text)
    if not any(character.isdigit() for character in body if character.isascii()) and high is None:
        written = _WRITTEN.search(body)
        if written is not None and (steps := _step(written["steps"])) and value % steps == 0:
            value, unit = value / steps, written["steps"] + unit
    return Figure(value, high, unit, quantity.bound, quantity.start, quantity.end, quantity.per)


def _step(steps: str) -> int:
    factor = 1
    for character in steps:
        factor *= {"万": 10**4, "亿": 10**8}[character]
    return factor


def _other(words: str, found: re.Match[str]) -> Figure | None:
    start, end = found.span()
    if found["tenths"]:
        value = Decimal("一二三四五六七八九".index(found["tenths"]) + 1) * 10
        bound: Bound = "ge" if found["over"] else "about" if words[start - 1 : start] in ("近", "约") else "eq"
        return Figure(value, None, "%", bound, start, end, note=TENTHS)
    if found["below"]:
        value = 100 * Decimal(_DIGITS.index(found["above"])) / Decimal(_DIGITS.index(found["below"]))
        return Figure(value.quantize(Decimal("0.1")), None, "%", "about", start, end, note=FRACTION)
    if found["bare"]:
        if not _BEFORE_VALUE.search(words, max(0, start - 8), start):
            return None
        return Figure(Decimal(found["bare"]), None, "", "eq", start, end)
    times = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, None: 1}[found["times"]]
    return Figure(Decimal(times), None, DOUBLING, "eq", start, end)
