"""Ratios of a sentence: rates that bear the name of their part, classes of size, shares told as amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.growth import COUNT_UNITS
from zhizao.engines.planlint.rules._common import claim_mention, computed, last_year, plain, printed, text
from zhizao.engines.planlint.rules._paragraphs import BACK, Line, Said, lines
from zhizao.engines.planlint.rules._statements import Statement, Statements, statements
from zhizao.engines.planlint.rules.agreement import REGISTER
from zhizao.engines.planlint.text import concepts
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

HUNDRED: Final = Decimal(100)
_RATE: Final = re.compile("(?P<stem>[一-龥]{2})率$")
_BEHIND: Final = 8
_SIZE: Final = re.compile(
    r"(?P<number>[0-9.]{1,6}|[一二三五百千十]{1,3})?(?P<step>[亿万])元?(?P<open>以上)?(?:的)?"
    r"(?:规上|规模以上)?(?:工业|制造业)?(?P<what>企业|项目|产业集群|集群|园区|产业链)?(?:达到?|为|共|有)?(?P<count>[0-9]{1,6})(?:家|个|户|条)"
)
_OVER: Final = re.compile("(?:超过?|突破|过)$")
_RANGE: Final = re.compile("[0-9一-龥](?:亿元?|万元?)?(?:至|到|[-—–~～])$")
_NUMERALS: Final = {"一": 1, "二": 2, "三": 3, "五": 5, "十": 10, "百": 100, "千": 1000}
_AS_AMOUNT: Final = re.compile("[，,（(]?(?:也)?(?:即|约合|折合|合)(?:约|达到?|为)?")


def find_named(facts: Facts) -> Iterator[Finding]:
    """A rate is not that of the part that bears its name in the whole before it.

    Formula: 综合利用率 = what is 利用 ÷ the amount before it, both of the rate's sentence and one unit; any earlier
    amount of the sentence may be the whole. Tolerance: rounding and bounds of all three. An error.

    A finding: 产生量185万吨，综合利用量156.5万吨，综合利用率90%. None: a part that the sentence does not name; a
    rate of another year.
    """
    for line in lines(facts):
        for at, rate in enumerate(line.figures):
            stem = _RATE.search(text(rate.record, "indicator"))
            if stem is None or rate.unit != "%" or at < 2 or text(rate.record, "kind") == "growth":
                continue
            near = [one for one in line.figures[max(0, at - 2 * BACK) : at] if one.is_amount]
            parts = [one for one in near if stem["stem"] in _words(line, one) and line.together(one, rate)]
            wholes = [
                one
                for one in near
                if parts and one.end <= parts[-1].start and one not in parts and _holds(one, parts[-1])
            ]
            if wholes and _same_year(parts[-1], rate):
                yield from _rate(facts, rate, parts[-1], wholes)


def _words(line: Line, one: Said) -> str:
    """The words of a figure: what it measures, and what is counted behind it or done before it."""
    before = re.split("[，。；：、（(0-9]", line.words[max(0, one.start - _BEHIND) : one.start])[-1]
    return text(one.record, "indicator") + before


def _holds(whole: Said, part: Said) -> bool:
    """Whether an amount may be the whole of another: in its unit, and no less."""
    within, own = whole.within(part.unit), part.within(part.unit)
    return within is not None and own is not None and within.high >= own.low


def _same_year(one: Said, other: Said) -> bool:
    return last_year(one.record) == last_year(other.record)


def _rate(facts: Facts, rate: Said, part: Said, wholes: Sequence[Said]) -> Iterator[Finding]:
    own, top = rate.within("%"), part.within(part.unit)
    spans = [whole.within(part.unit) for whole in wholes]
    if own is None or top is None or any(_meets(top, below, own) for below in spans):
        return
    whole = wholes[-1]
    yield _share_of(facts, "derived.named_rate", rate, part, whole)


def _meets(top: Interval, below: Interval | None, own: Interval) -> bool:
    return below is None or below.low <= 0 or (top / below).times(HUNDRED).meets(own)


def _share_of(facts: Facts, rule: str, rate: Said, part: Said, whole: Said) -> Finding:
    below = whole.within(part.unit)
    middle = whole.value if below is None or whole.unit == part.unit else (below.low + below.high) / 2
    given = part.value / middle * HUNDRED
    return Finding(
        rule,
        Severity.ERROR,
        mark("“%(name)s” is stated as %(stated)s%%; %(part)s of %(whole)s is %(given)s%%."),
        text(rate.record, "id"),
        {
            "name": text(rate.record, "indicator"),
            "stated": plain(rate.value),
            "part": plain(part.value) + part.unit,
            "whole": plain(whole.value) + whole.unit,
            "given": plain(given, 1),
        },
        (
            printed(mark("Rate as printed"), rate.value, "%"),
            printed(mark("Part printed"), part.value, part.unit),
            printed(mark("Whole as printed"), whole.value, whole.unit),
            computed(mark("Share of the whole"), given, "%", by=f"{plain(part.value)}÷{plain(middle)}"),
        ),
        tuple(claim_mention(facts, one.row) for one in (rate, part, whole)),
        mark("Correct the rate, the part or the whole."),
    )


def find_sizes(facts: Facts) -> Iterator[Finding]:
    """More are said to be of a larger size than of a smaller one.

    Formula: of 超a亿元企业 n and 超b亿元企业 m in one sentence, a > b: n ≤ m. A warning: the classes may be bands.

    A finding: 超百亿元企业3家、超五十亿元企业37家、超十亿元企业31家. None: 10亿—50亿元; two sorts of things.
    """
    for line in lines(facts):
        counted = {one.start: one for one in line.figures if one.unit in COUNT_UNITS}
        sizes = [size for found in _SIZE.finditer(line.words) if (size := _size(line, found, counted)) is not None]
        for (least, what, few), (most, other, many) in pairwise(sizes):
            if not line.together(few, many) or (what and other and what != other) or least == most:
                continue
            more, fewer = (few, many) if least > most else (many, few)
            if more.value > fewer.value and not _is_new(more, fewer):
                yield _more_of_the_larger(facts, more, fewer, max(least, most), min(least, most))


def _size(line: Line, found: re.Match[str], counted: dict[int, Said]) -> tuple[Decimal, str, Said] | None:
    """Lower limit in 亿元, what is counted, and the count."""
    said = counted.get(found.start("count"))
    before = line.words[max(0, found.start() - 4) : found.start()]
    if said is None or _RANGE.search(before) or not (found["open"] or _OVER.search(before)):
        return None
    number = _number(found["number"])
    return (number if found["step"] == "亿" else number / 10000), found["what"] or "", said


def _number(words: str | None) -> Decimal:
    if not words:
        return Decimal(1)
    if words[0].isdigit():
        return Decimal(words.rstrip("."))
    value = 1
    for character in words:
        value *= _NUMERALS[character]
    return Decimal(value)


def _is_new(one: Said, other: Said) -> bool:
    """Whether one of the two is an addition, or said for another year."""
    added = any(re.search("新增|净增", text(each.record, "indicator")) for each in (one, other))
    return added or not _same_year(one, other) or "growth" in (text(one.record, "kind"), text(other.record, "kind"))


def _more_of_the_larger(facts: Facts, more: Said, fewer: Said, most: Decimal, least: Decimal) -> Finding:
    return Finding(
        "counts.sizes",
        Severity.WARNING,
        mark("%(more)s are said to be above %(most)s, and %(fewer)s above %(least)s, which the former are too."),
        text(more.record, "id"),
        {
            "more": plain(more.value) + more.unit,
            "most": plain(most) + "亿元",
            "fewer": plain(fewer.value) + fewer.unit,
            "least": plain(least) + "亿元",
        },
        (
            Number(mark("Above the higher limit"), more.value, more.unit),
            Number(mark("Above the lower limit"), fewer.value, fewer.unit),
        ),
        (claim_mention(facts, more.row), claim_mention(facts, fewer.row)),
        mark("Correct one of the two, or say that the classes are bands."),
    )


def find_amounts(facts: Facts) -> Iterator[Finding]:
    """A share and the amount that it is said to be do not fit the whole.

    Formula: share × whole = amount, where 即 or 约合 stands between the two; the whole is what the share names, or
    the enterprises above scale for a share of them, of the share's year. Tolerance: rounding and bounds of all
    three. An error.

    A finding: 占比提高到60%，即590家左右 of 1150. None: a whole that is stated nowhere.
    """
    known = statements(facts)
    by_row = {one.row: one for one in known.all if one.is_text}
    for line in lines(facts):
        for share, amount in zip(line.figures, line.figures[1:], strict=False):
            own = by_row.get(share.row)
            if share.unit != "%" or own is None or not _AS_AMOUNT.fullmatch(line.between(share, amount)):
                continue
            wholes = list(_wholes(known, own, amount))
            if wholes and not any(_fits(share, whole, amount) for whole in wholes):
                yield _not_the_amount(facts, share, amount, wholes[0])


def _wholes(known: Statements, own: Statement, amount: Said) -> Iterator[Statement]:
    of = own.concept.of
    if amount.unit in COUNT_UNITS:
        of = of or (REGISTER if re.search("规上|规模以上", own.name) else None)
    if of is None:
        return
    if not of.subject or of.whole:
        yield from (one for one in known.wholes(of.measure, own.year) if amount.within(one.unit) is not None)
        return
    yield from (one for one, match in known.like(of, year=own.year) if match.same is concepts.Same.YES)


def _fits(share: Said, whole: Statement, amount: Said) -> bool:
    part, of, said = share.within("%"), whole.values(), amount.within(whole.unit)
    return part is None or of is None or said is None or (part * of).times(1 / HUNDRED).meets(said)


def _not_the_amount(facts: Facts, share: Said, amount: Said, whole: Statement) -> Finding:
    given = share.value * whole.value / HUNDRED
    return Finding(
        "shares.as_amount",
        Severity.ERROR,
        mark("%(share)s%% of “%(whole)s” is %(given)s, not %(amount)s."),
        text(amount.record, "id"),
        {
            "share": plain(share.value),
            "whole": whole.name,
            "given": plain(given, 1) + whole.unit,
            "amount": plain(amount.value) + amount.unit,
        },
        (
            printed(mark("Share printed"), share.value, "%"),
            whole.number(),
            computed(mark("Amount of the share"), given, whole.unit, by=f"{plain(share.value)}%×{plain(whole.value)}"),
            printed(mark("Amount printed"), amount.value, amount.unit),
        ),
        (claim_mention(facts, share.row), claim_mention(facts, amount.row), *((whole.mention(facts),))),
        mark("Correct the share or the amount."),
    )


RULES: Final = (
    Rule("derived.named_rate", mark("A rate and the part that bears its name"), ("claims", TEXT), find_named),
    Rule("counts.sizes", mark("Classes of size that do not nest"), ("claims", TEXT), find_sizes),
    Rule("shares.as_amount", mark("A share and the amount it is said to be"), ("claims", TEXT), find_amounts),
)
