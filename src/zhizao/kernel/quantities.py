"""Quantities in running Chinese text: value, range, unit and bound of 突破663亿元, 2000余台, 〉86%, 两千万台, 1—2倍.

What counts: a number with a unit that ``units`` knows, or with 万 or 亿 (50亿以上), or with a sign (〉86), or alone in
its text (a cell). Left out are dates, years, serials (表2-1, 第三章, 附件四), ratios (1:1), names (5G, J10-5) and
vague amounts (数十, 几百). Words that bind a number follow the Civil Code, article 1259: 以上, 以下 and 以内 include
the number, 不满 and 超过 do not; 突破, 余 and 多 are read as “at least”.

The text is read once from left to right; every pattern is bounded, so that the time grows with the length only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from zhizao.kernel import numerals, units
from zhizao.kernel import text as texts
from zhizao.kernel.result import Refused

Bound = Literal["eq", "ge", "le", "gt", "lt", "about"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity as printed.

    Parameters
    ----------
    value : Decimal
        The number before the unit, with the decimals printed: 663 of 663亿元; 20,000,000 of 两千万台.
    high : Decimal, optional
        The upper end of a range.
    unit : str
        As printed, without 余 and 多: 亿元, 万元/亩, 亿, or nothing. ``units.unit`` reads it.
    bound : str
        ``eq``, ``ge`` (at least), ``gt`` (more than), ``le``, ``lt`` or ``about``.
    start, end : int
        Its place in the text, words of the bound included.
    text : str
    per : str
        The unit after 每 in the same clause: 万千瓦时 of 每万千瓦时产值为709万元.

    Examples
    --------
    >>> (found,) = find("工业总产值突破663亿元")
    >>> found.value, found.unit, found.bound, found.text
    (Decimal('663'), '亿元', 'ge', '突破663亿元')
    """

    value: Decimal
    high: Decimal | None
    unit: str
    bound: Bound
    start: int
    end: int
    text: str
    per: str = ""


def find(text: str) -> list[Quantity]:
    """Every quantity of a text, in order.

    >>> [(str(q.value), q.unit, q.bound) for q in find("〉86%，接入设备2000余台，年产量超过两千万台，达90%以上")]
    [('86', '%', 'gt'), ('2000', '台', 'ge'), ('20000000', '台', 'gt'), ('90', '%', 'ge')]
    >>> [(str(q.value), str(q.high), q.unit) for q in find("增长1—2倍，占地100-150亩")]
    [('1', '2', '倍'), ('100', '150', '亩')]
    >>> find("2020年3月9日，表2-1，第三章，附件四，5G，1:1")
    []
    """
    return list(_scan(text))


_ARABIC: Final = (
    r"(?:\d{1,3}(?:,\d{3}){1,6}(?![\d,])|\d{1,3}(?: \d{3}){1,4}(?=\.?\d{0,4} ?[%‰百千万亿元吨人家个户件亩])|\d{1,30})"
    r"(?:\.\d{1,15})?"
)
"""Thousands apart by a comma, or by a blank where a unit follows at once."""
_CHINESE: Final = (
    r"(?:[零一二三四五六七八九两十][零一二三四五六七八九两十百千万亿]{0,30}|[百千万亿](?=[余多]))"
    r"(?:点[零一二三四五六七八九]{1,15})?"
)
_NUMBER: Final = re.compile(rf"(?P<parts>[百千])分之(?P<part>{_CHINESE})|(?P<arabic>{_ARABIC})|(?P<chinese>{_CHINESE})")
_RANGE: Final = re.compile(r" ?(?:[—–~-]{1,2}|至|到) ?")
_YEAR: Final = r"(?:19|20)\d\d"
_DATE: Final = re.compile(
    rf"{_YEAR}(?:年?[—–~至-]{{1,2}}{_YEAR})?年(?:\d{{1,2}}(?:[—–~至-]\d{{1,2}})?月(?:\d{{1,2}}日)?)?"
    rf"|{_YEAR}[-/]\d{{1,2}}(?:[-/]\d{{1,2}})?(?!\d)|{_YEAR}\.(?:0[1-9]|1[0-2])(?!\d)|{_YEAR}[—–~至-]{{1,2}}{_YEAR}"
    r"|\d{1,2}(?:[—–~至-]\d{1,2})?月(?:\d{1,2}日)?|\d{1,2}日|\d{1,4}:\d"
    r"|[零一二三四五六七八九][零〇○一二三四五六七八九]{3}年|[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}日)?"
)

# Not units in running text: dates and ordinals (月, 季度), scores and 十分, 长三角, names in one Latin letter.
_NOT_IN_TEXT: Final = frozenset(
    ("月", "日", "时", "季度", "度", "分", "角", "类", "m", "g", "t", "L", "pp", "RMB", "CNY")
)
# After a Chinese numeral these are mostly parts of words: 二次, 三支, 一分为二.
_NOT_AFTER_CHINESE: Final = frozenset(
    ("次", "部", "块", "份", "只", "间", "处", "头", "支", "张", "株", "升", "克", "种")
)
_TIME: Final = frozenset(("年", "个月", "天", "小时", "分钟", "秒", "工作日", "个工作日"))


def _pattern(name: str) -> str:
    return re.escape(name) + (r"(?![A-Za-z0-9])" if re.match("[A-Za-z]", name) else "")


_ONE: Final = "(?:" + "|".join(_pattern(name) for name in units.names() if name not in _NOT_IN_TEXT) + ")"
_UNIT: Final = re.compile(rf"(?P<first>{_ONE})(?:/[十百千万亿]{{0,3}}(?:{_ONE}|天|月|日)){{0,2}}")
_PREFIX: Final = re.compile("[十百千万亿]{0,3}")

_BOUNDS: Final[dict[Bound, str]] = {
    "ge": "不低于|不少于|不小于|至少|突破|≥",
    "le": "不超过|不高于|不大于|不多于|至多|最多|最高可?|≤",
    "gt": "超过|高于|大于|多于|超|>|〉",
    "lt": "低于|少于|小于|不足|不满|不到|<|〈",
    "about": "大约|(?<![节制合特预签规条])约|接近|将近|(?<![附最])近",
}
_SIGNS: Final = frozenset("≥≤>〉<〈")
_MINUS: Final = re.compile(r"[^A-Za-z0-9-]-$")
_BEFORE: Final = re.compile(
    "(?:" + "|".join(f"(?P<{bound}>{words})" for bound, words in _BOUNDS.items()) + ")(?:了|到|达到?|为|有)? ?$"
)
_AFTER: Final = re.compile("(?P<ge>(?:及|或)?以上)|(?P<le>(?:及|或)?以下|[之以]内)|(?P<about>左右|上下)")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9./+_:-]*|[零一二三四五六七八九十百千万亿]+")
_NAME_BEFORE: Final = re.compile(r"(?:[A-Za-z]|[第图表〔\[○〇]|附件|附表|附图|标号|编号|文号|[A-Za-z0-9][-/.+_:])$")
_NAME_AFTER: Final = re.compile(r"[A-Za-z0-9_+]|号|[-/.:]\d")
_WORD_BEFORE_ONE: Final = frozenset("统单专唯万划同合之不逐第")
_PER: Final = re.compile(rf"每(?P<unit>[十百千万亿]{{0,3}}{_ONE})[^，。；、！？\n\d]{{0,24}}$")


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number and its unit, without bounds and ranges."""

    value: Decimal
    unit: str
    end: int
    is_more: bool
    is_chinese: bool


def _scan(text: str) -> Iterator[Quantity]:
    folded = texts.fold(text)
    position = 0
    while (number := _NUMBER.search(folded, position)) is not None:
        start = number.start()
        date = _DATE.match(folded, start)
        if date is not None and (date[0][-1:] in "年月日" or not _UNIT.match(folded, date.end())):
            position = date.end()
        elif _NAME_BEFORE.search(folded, max(0, start - 2), start):
            position = _after_name(folded, start)
        elif (first := _amount(folded, number)) is None:
            position = _after_name(folded, start) if _NAME_AFTER.match(folded, number.end()) else number.end()
        else:
            last = _range_end(folded, first)
            is_negative = start - 1 > position and _MINUS.search(folded, start - 2, start) is not None
            quantity = _quantity(text, folded, start - is_negative, first, last)
            if quantity is not None:
                yield quantity
            position = (last or first).end


def _after_name(folded: str, start: int) -> int:
    """The end of a name with digits (J10-5/01, 5G, 图1-8, 标号8—39), of which no part is a quantity."""
    end = name.end() if (name := _NAME.match(folded, start)) is not None else start + 1
    dash = _RANGE.match(folded, end)
    other = _NAME.match(folded, dash.end()) if dash is not None else None
    return end if other is None else other.end()


def _amount(folded: str, number: re.Match[str]) -> _Amount | None:
    """The number, and the unit after it if there is one; ``None`` where the number is part of a name."""
    end = number.end()
    if number["parts"]:
        value = _chinese(number["part"])
        unit = "%" if number["parts"] == "百" else "‰"
        return None if value is None else _Amount(value, unit, end, is_more=False, is_chinese=False)
    if number["arabic"]:
        value = Decimal(number["arabic"].replace(",", "").replace(" ", ""))
        unit, unit_end, is_more = _unit(folded, end)
        if not unit and _NAME_AFTER.match(folded, end) and not _RANGE.match(folded, end):
            return None
        return _Amount(value, unit, unit_end, is_more, is_chinese=False)
    printed = number["chinese"]
    for length in (len(printed), len(printed) - 1):  # 十万千 + 瓦时 is 十万 + 千瓦时
        value = _chinese(printed[:length])
        if value is None or (length < len(printed) and printed[-1] not in "百千"):
            continue
        unit, unit_end, is_more = _unit(folded, number.start() + length)
        if unit and _is_plausible(folded, number.start(), printed, unit, unit_end):
            return _Amount(value, unit, unit_end, is_more, is_chinese=True)
    value = _chinese(printed)
    return None if value is None else _Amount(value, "", end, is_more=False, is_chinese=True)


def _chinese(printed: str) -> Decimal | None:
    """A Chinese numeral; a string of digits without 十, 百 … is a name or “three or four”, not a number."""
    whole = printed.partition("点")[0]
    if len(whole) > 1 and not set(whole) & set("十百千万亿"):
        return None
    if whole in ("百", "千", "万", "亿"):
        return Decimal(numerals.MULTIPLIERS[whole])
    try:
        return numerals.parse(printed)
    except Refused:
        return None


def _unit(folded: str, end: int) -> tuple[str, int, bool]:
    """Unit with its 万 or 亿, where it ends, and whether 余 or 多 stands before it or inside."""
    is_more = folded[end : end + 1] in ("余", "多")
    begin = end + 1 if is_more else end
    if folded[begin : begin + 1] == " ":
        begin += 1
    longest = _PREFIX.match(folded, begin)
    prefix = longest[0] if longest is not None else ""
    for length in range(len(prefix) + 1):
        at = begin + length
        inner = folded[at : at + 1] in ("余", "多") and length > 0
        if (found := _UNIT.match(folded, at + inner)) is not None:
            return prefix[:length] + found[0], found.end(), is_more or inner
    if prefix:
        at = begin + len(prefix)
        inner = folded[at : at + 1] in ("余", "多")
        return prefix, at + inner, is_more or inner
    return "", end, False


def _is_plausible(folded: str, start: int, printed: str, unit: str, unit_end: int) -> bool:
    """Whether Chinese numeral and unit are an amount and no part of a word (统一项目, 二元结构, 第十四个五年)."""
    before = folded[start - 1 : start]
    if before in ("数", "几") and printed[0] in "十百千万亿":
        return False
    if printed == "一" and (before in _WORD_BEFORE_ONE or folded.startswith("龙", unit_end)):
        return False
    if unit == "年" and before == "个":
        return False
    if unit == "元" and not set(printed) & set("十百千万亿"):
        return False
    return unit not in _NOT_AFTER_CHINESE


def _range_end(folded: str, first: _Amount) -> _Amount | None:
    """The amount after a dash, 至 or 到, if both are in one unit."""
    dash = _RANGE.match(folded, first.end)
    number = _NUMBER.match(folded, dash.end()) if dash is not None else None
    if number is None or _DATE.match(folded, number.start()):
        return None
    last = _amount(folded, number)
    if last is None or last.is_chinese != first.is_chinese or last.value <= first.value:
        return None
    return (
        last if first.unit in ("", last.unit) or (first.unit in "万亿" and last.unit.startswith(first.unit)) else None
    )


def _quantity(text: str, folded: str, start: int, first: _Amount, last: _Amount | None) -> Quantity | None:
    unit, end = (last or first).unit, (last or first).end
    begin, value = start, -first.value if folded[start] == "-" else first.value
    bound: Bound = "ge" if (last or first).is_more else "eq"
    before = _BEFORE.search(folded, max(0, begin - 8), begin)
    word = before.lastgroup if before is not None else None
    if before is not None and word is not None and not (word == "about" and unit in _TIME):
        begin = before.start()
        if word != "about" or bound == "eq":
            bound = word  # type: ignore[assignment]
    is_sign = before is not None and before[0].strip() in _SIGNS
    is_cell = not first.is_chinese and not folded[:begin].strip() and not folded[end:].strip()
    is_round = first.is_chinese and bound != "eq" and abs(first.value) >= 100
    if not (unit or is_sign or is_cell or is_round):
        return None
    after = _AFTER.match(folded, end)
    if after is not None and after.lastgroup is not None and bound not in ("gt", "lt"):
        bound, end = after.lastgroup, after.end()  # type: ignore[assignment]
    elif unit in _TIME and folded.startswith("内", end):
        bound, end = "le", end + 1
    per = _PER.search(folded, max(0, begin - 34), begin)
    high = last.value if last is not None else None
    return Quantity(value, high, unit, bound, begin, end, text[begin:end], per["unit"] if per is not None else "")
