"""Numbers of headings, and chapters that the text points to (family ``references``)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.rules._hits import lines_of
from zhizao.engines.planlint.rules._lines import mention, prose
from zhizao.engines.planlint.rules._parts import CAPTIONED, Heading, parts_of, where
from zhizao.kernel.result import mark


def headings(facts: Facts) -> Iterator[Finding]:
    """Gaps and repetitions in the numbers of headings.

    Formula: under one parent the headings of one style (第一章, 第一节, 一、, （一）, 1., （1）) count 1, 2, … n; a
    count may begin anew at 1, or go on through the parents. Cells of tables are left out. A warning; a short line
    without number in between is shown as the likely heading.

    A finding: 四、 then 六、. None: 三、 of one chapter, 一、 of the next.
    """
    lines, parts = lines_of(facts), parts_of(lines_of(facts))
    current: dict[int, Heading] = {}
    ended: dict[int, Heading] = {}
    for one in parts.headings:
        for depth in [depth for depth in current if depth > one.depth]:
            ended[depth] = current.pop(depth)
        before = current.get(one.depth)
        before = before if before is None or before.above == one.above else None
        goes_on = ended.get(one.depth)
        expected = before.number + 1 if before else 1
        fits = one.number in (1, expected) or (before is None and goes_on and one.number == goes_on.number + 1)
        if not fits and (before is None or one.number >= before.number):
            above = [up for depth, up in current.items() if depth < one.depth]
            parent = max(above, key=lambda up: up.depth, default=None)
            yield _misnumbered(lines, one, before, parent)
        current[one.depth] = one


def _misnumbered(lines: Sequence[str], one: Heading, before: Heading | None, parent: Heading | None) -> Finding:
    is_repeated = before is not None and before.number == one.number
    nameless = [] if is_repeated or before is None else _nameless(lines, before.index + 1, one.index)
    expected = before.number + 1 if before else 1
    above = parent.words if parent else ""
    return Finding(
        "references.headings",
        Severity.WARNING,
        mark("Two headings in a row bear the number %(number)s.")
        if is_repeated
        else mark("The headings go from %(before)s to %(number)s; %(expected)s is left out."),
        key=f"{above}/{one.style}{expected}",
        params={"number": one.number, "before": before.number if before else 0, "expected": expected},
        numbers=(
            Number(mark("Number expected"), Decimal(expected), "", expression=one.style),
            Number(mark("Number printed"), Decimal(one.number), "", expression=one.words),
        ),
        places=(
            *((mention(lines, before.index),) if before else ()),
            *(mention(lines, index) for index in nameless[:2]),
            mention(lines, one.index),
        ),
        suggestion=mark("The line without number in between looks like the heading that is missing; number it.")
        if nameless
        else mark("Correct the numbers, or add the part that was left out."),
    )


_NAMELESS: Final = re.compile(r"[\u4e00-\u9fff][^。；：:！？]{2,28}(?<![，、。；：）])$")


def _nameless(lines: Sequence[str], start: int, end: int) -> list[int]:
    """Short lines without number or stop, which may be headings that lost theirs."""
    found = []
    for offset, line in prose(lines[start : min(end, start + 400)]):
        words = line.strip()
        if _NAMELESS.match(words) and not re.match(rf"{'|'.join(sorted(CAPTIONED))}|附件|单位|注|资料来源", words):
            found.append(start + offset)
    return found


def chapters(facts: Facts) -> Iterator[Finding]:
    """A chapter, section or part that the text points to and that no heading bears.

    Formula: numbers behind 见, 详见, 按照 − numbers of the headings 第N章 (节, 篇). An error where the document has
    such headings; a warning where its main parts are called otherwise (第一部分, 1) and none has the number.

    A finding: 详见第七章 in a plan of five chapters. None: 第十四个五年规划, 《…法》第三章.
    """
    lines, parts = lines_of(facts), parts_of(lines_of(facts))
    known: dict[str, set[str]] = defaultdict(set)
    for head in parts.headings:
        known[head.style].add(str(head.number))
    for one in parts.citations:
        style = "篇" if one.kind == "部分" else one.kind
        if style not in ("章", "节", "篇") or one.number in known[style]:
            continue
        others = known[style] or _main(parts.headings)
        if not others or (not known[style] and (style == "节" or one.number in others)):
            continue
        yield Finding(
            "references.chapters",
            Severity.ERROR if known[style] else Severity.WARNING,
            mark("The text points to part %(number)s (%(kind)s), which is not in the document."),
            key=f"{one.kind}{one.number}",
            params={"number": one.number, "kind": one.kind},
            numbers=(
                Number(mark("Cited"), Decimal(one.number) if one.number.isdigit() else None, one.kind),
                Number(mark("Parts of the document"), Decimal(len(others))),
            ),
            places=(where(lines, one),),
            suggestion=mark("Add the part, or correct its number."),
        )


def _main(headings_found: Sequence[Heading]) -> set[str]:
    """The numbers of the document's main parts, whatever they are called; none if it has no two."""
    depth = min((one.depth for one in headings_found), default=0)
    numbers = {str(one.number) for one in headings_found if one.depth == depth}
    return numbers if len(numbers) > 1 else set()
