"""How a period is written: the text forms of ``span.Span.parse``, read into (first month, number of months)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from zhizao.kernel import numerals
from zhizao.kernel import text as texts
from zhizao.kernel.result import Problem, Refused, mark

Months = tuple[int, int]
"""First month (year × 12 + month − 1) and number of months."""


def read(text: str, *, year: int | None = None) -> Months:
    """Read a period; the forms and refusals are those of ``Span.parse``.

    >>> read("2025年1—5月") == (2025 * 12, 5)
    True
    >>> read("一季度")
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: “一季度” does not name its year. Write the year before it, such as 2025年一季度.
    """
    body = _canonical(text)
    for pattern, build in _FORMS:
        if (found := pattern.fullmatch(body)) is not None:
            return build(found, _Context(text, year))
    raise _refusal(
        "span.unreadable",
        mark("“%(text)s” is not a period."),
        mark("Write it as 2025, 2025Q1, 2025-05, 2025-01..05 or 2025年1—5月."),
        text,
    )


def plan_months(number: int) -> Months:
    """The sixty months of a national five-year plan; the 2nd ended in 1962 and the 3rd began in 1966.

    >>> plan_months(14) == (2021 * 12, 60), plan_months(1) == (1953 * 12, 60)
    (True, True)
    """
    return (1948 + 5 * number + (3 if number > 2 else 0)) * 12, 60


class _Context:
    """The text being read and the year meant where it names none."""

    def __init__(self, text: str, year: int | None) -> None:
        self.text, self._year = text, year

    def year(self, printed: str | None) -> int:
        if printed is not None:
            return int(printed)
        if self._year is None:
            raise _refusal(
                "span.needs_year",
                mark("“%(text)s” does not name its year."),
                mark("Write the year before it, such as 2025年一季度."),
                self.text,
            )
        return self._year


def _refusal(code: str, message: str, remedy: str, text: str) -> Refused:
    return Refused(Problem(code, message, remedy=remedy, params={"text": text}))


_QUOTES_AND_BLANKS: Final = re.compile(r"[\s“”\"'‘’「」]")
_DASH: Final = re.compile(r"[—–―~]+|至|到|\.\.")
_WRITTEN_YEAR: Final = re.compile(r"[零〇○一二三四五六七八九]{4}(?=年)")
_WRITTEN_MONTH: Final = re.compile(r"[一二三四五六七八九十]{1,2}(?=月|个月|[~-][一二三四五六七八九十]{1,2}月)")


def _canonical(text: str) -> str:
    """No quotes and blanks, one dash (``~``; ``-`` stays), Arabic years and months, no words that keep the period."""
    body = _QUOTES_AND_BLANKS.sub("", texts.normalise(text))
    body = re.sub("^(?:截止到?|截至到?|自|从|到)", "", body)
    body = _DASH.sub("~", body).replace("年度", "年").replace("月份", "月").upper()
    body = _WRITTEN_YEAR.sub(lambda found: str(numerals.parse(found[0])), body)
    body = _WRITTEN_MONTH.sub(lambda found: str(numerals.parse(found[0])), body)
    return re.sub(r"(?:(?<=\d[年月])|(?<=季度)|(?<=半年))(?:末|底|期间|累计)$", "", body)


_QUARTERS: Final = {character: number for number in range(1, 5) for character in (str(number), "一二三四"[number - 1])}
_Build = Callable[[re.Match[str], _Context], Months]


def _year(found: re.Match[str], context: _Context) -> Months:
    return context.year(found["year"]) * 12, 12


def _years(found: re.Match[str], context: _Context) -> Months:
    first, last = int(found["year"]), int(found["last_year"])
    return first * 12, (last - first + 1) * 12


def _quarters(found: re.Match[str], context: _Context) -> Months:
    first = _QUARTERS[found["quarter"]]
    last = _QUARTERS[found["last"]] if "last" in found.re.groupindex else first
    return context.year(found["year"]) * 12 + 3 * first - 3, 3 * (last - first + 1)


def _first_quarters(found: re.Match[str], context: _Context) -> Months:
    return context.year(found["year"]) * 12, 3 * int(numerals.parse(found["count"]))


def _first_months(found: re.Match[str], context: _Context) -> Months:
    return context.year(found["year"]) * 12, int(found["month"])


def _half(found: re.Match[str], context: _Context) -> Months:
    return context.year(found["year"]) * 12 + (0 if found["half"] == "上" else 6), 6


def _months(found: re.Match[str], context: _Context) -> Months:
    groups = found.groupdict()
    year, first = context.year(groups["year"]), int(groups["month"])
    last_year, last = int(groups.get("last_year") or year), int(groups.get("last") or first)
    return year * 12 + first - 1, (last_year - year) * 12 + last - first + 1


def _spoilt_month(found: re.Match[str], context: _Context) -> Months:
    raise _refusal(
        "span.ambiguous",
        mark("“%(text)s” may be January, or October with its zero lost."),
        mark("Write it as 2020-01 or 2020-10."),
        context.text,
    )


def _plan(found: re.Match[str], context: _Context) -> Months:
    start, months = plan_months(int(numerals.parse(found["number"])))
    match found["part"] or "":
        case "末" | "期末" | "末期" | "年末":
            return start + 48, 12
        case "初" | "期初" | "初期":
            return start, 12
        case "以来":
            return start, (context.year(None) + 1) * 12 - start
    return start, months


_Y: Final = r"(?P<year>\d{4})"
_LAST_Y: Final = r"(?P<last_year>\d{4})"
_M: Final = r"(?P<month>0?[1-9]|1[0-2])"
_LAST_M: Final = r"(?P<last>0?[1-9]|1[0-2])"
_OPTIONAL_Y: Final = rf"(?:{_Y}年)?"
_PLAN_PART: Final = r"(?:期间|时期|规划|规划期)?(?P<part>末|期末|末期|年末|初|期初|初期|以来)?"
_FORMS: Final[tuple[tuple[re.Pattern[str], _Build], ...]] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (rf"{_Y}年?", _year),
        (rf"{_OPTIONAL_Y}全年", _year),
        (rf"{_Y}\.1", _spoilt_month),
        (rf"{_Y}年?Q(?P<quarter>[1-4])", _quarters),
        (rf"{_Y}(?:-|/|\.|年){_M}月?", _months),
        (rf"{_Y}-{_M}~{_LAST_M}", _months),
        (rf"{_Y}-{_M}~{_LAST_Y}-{_LAST_M}", _months),
        (rf"{_Y}年{_M}月[~-]{_LAST_Y}年{_LAST_M}月", _months),
        (rf"{_OPTIONAL_Y}{_M}月", _months),
        (rf"{_OPTIONAL_Y}{_M}月?[~-]{_LAST_M}月", _months),
        (rf"{_Y}年?[~-]{_LAST_Y}年?", _years),
        (rf"{_OPTIONAL_Y}第?(?P<quarter>[一二三四1-4])季度", _quarters),
        (rf"{_OPTIONAL_Y}第?(?P<quarter>[一二三1-3])[~-](?P<last>[二三四2-4])季度", _quarters),
        (rf"{_OPTIONAL_Y}前(?P<count>[两二三23])个?季度", _first_quarters),
        (rf"{_OPTIONAL_Y}前{_M}个月", _first_months),
        (rf"{_OPTIONAL_Y}(?P<half>[上下])半年", _half),
        (rf"(?P<number>[一二三四五六七八九十]{{1,3}})五{_PLAN_PART}", _plan),
        (rf"第(?P<number>[一二三四五六七八九十]{{1,3}})个五年(?:规划|计划)?{_PLAN_PART}", _plan),
    )
)
