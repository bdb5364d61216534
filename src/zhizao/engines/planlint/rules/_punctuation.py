"""Marks and words typed twice, brackets without their pair, marks of two kinds, broken paragraphs (``encoding``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding
from zhizao.engines.planlint.rules._hits import Hit, lines_of, one_finding, search
from zhizao.engines.planlint.rules._lines import prose, sentences
from zhizao.kernel.result import mark

_LONGEST: Final = 4000
"""Characters of a sentence that are searched for repeated clauses."""
_DOUBLED: Final = re.compile(
    r"，[，。、；]|、[、，。；]|。[。，、；]|；[；，。、]|：[：，。]|《《|》》|“{2}|”{2}|的的(?!确)|[了着]的地"
)
_QUALITY: Final = re.compile(r"([\u4e00-\u9fff]{1,6}[化性型])[、和与及]\1(?!\w{0,2}[、和])")
_WORD: Final = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{2,8})[、和与]\1(?![\u4e00-\u9fff])")


def doubled(facts: Facts) -> Iterator[Finding]:
    """Marks and words typed twice.

    Formula: two marks that cannot follow one another (，，, 。，, 、。); a word before and behind 、, 和 or 与 (at its
    own limits, or a word in 化, 性, 型); a clause of 6 characters or more, without a figure, twice in a sentence;
    如下表所示 twice in one.

    A finding: 专业化、专业化协作; 质量，，效益. None: 工业、工业互联网; 研究和研究开发.
    """
    lines = lines_of(facts)
    yield from one_finding(
        "encoding.doubled",
        lines,
        (hit for hit in search(lines, _DOUBLED) if not _after_aim(lines, hit)),
        mark("%(count)s times marks follow one another that cannot, or a word stands twice: %(words)s."),
        mark("Keep one of them."),
        key="marks",
    )
    words = [*search(lines, _QUALITY), *search(lines, _WORD), *_twice(lines)]
    yield from one_finding(
        "encoding.doubled",
        lines,
        sorted(words, key=lambda hit: (hit.index, hit.start)),
        mark("%(count)s times the same words stand twice where another was meant, or none: %(words)s."),
        mark("Delete the repetition, or write the word that was meant."),
        key="words",
    )


def _after_aim(lines: Sequence[str], hit: Hit) -> bool:
    """目的的 and 标的的 are words."""
    return hit.words.startswith("的") and lines[hit.index][max(hit.start - 1, 0) : hit.start] in ("目", "标")


_CLAUSE: Final = re.compile(r"[^，；：。！？]+")
_FIGURE: Final = re.compile("[0-9０-９]")
_SHOWN: Final = re.compile("如[下上][表图]所示")


def _twice(lines: Sequence[str]) -> Iterator[Hit]:
    for index, line in prose(lines):
        for offset, sentence in sentences(line):
            seen: set[str] = set()
            for found in _CLAUSE.finditer(sentence[:_LONGEST]):
                words = found.group().strip("”“ ")
                if len(words) >= 6 and words in seen and not _FIGURE.search(words):
                    yield Hit(words, index, offset + found.start(), offset + found.end())
                seen.add(words)
            shown = list(_SHOWN.finditer(sentence[:_LONGEST]))
            if len(shown) > 1:
                yield Hit(shown[1].group(), index, offset + shown[1].start(), offset + shown[1].end())


_OPEN: Final = {"（": "）", "(": "）", "“": "”", "《": "》", "【": "】", "〔": "〕", "「": "」"}
_CLOSE: Final = {"）": "）", ")": "）", "”": "”", "》": "》", "】": "】", "〕": "〕", "」": "」"}
_PAIRED: Final = re.compile("[（(“《【〔「）)”》】〕」]")
_ITEM: Final = re.compile(r"(?:^|[\s，；：。])[0-9a-zA-Z]{1,2}[)）]|[①-⑳]")
_STOPS: Final = ("。", "；", "！", "？")


def brackets(facts: Facts) -> Iterator[Finding]:
    """Brackets and quotation marks that do not pair within a paragraph.

    Formula: a stack over the marks of a paragraph that ends with a stop; half-width and full-width brackets pair. Items
    like 1) are no brackets; cells and lines that a page broke are left out.

    A finding: “专精特新企业 without ”. None: （甲乙).
    """
    lines = lines_of(facts)
    yield from one_finding(
        "encoding.brackets",
        lines,
        (hit for index, line in prose(lines) if line.rstrip().endswith(_STOPS) for hit in _unpaired(line, index)),
        mark("%(count)s brackets or quotation marks are not paired in their paragraph: %(words)s."),
        mark("Add the mark that is missing, or delete the one too many."),
    )


def _unpaired(line: str, index: int) -> Iterator[Hit]:
    plain = _ITEM.sub(lambda found: " " * len(found.group()), line)
    stack: list[tuple[str, int]] = []
    for found in _PAIRED.finditer(plain):
        letter, at = found.group(), found.start()
        if letter in _OPEN:
            stack.append((letter, at))
        elif stack and _OPEN[stack[-1][0]] == _CLOSE[letter]:
            stack.pop()
        else:
            yield Hit(letter, index, at, at + 1)
    for letter, at in stack:
        yield Hit(letter, index, at, at + 1)


_MIXED: Final = re.compile(r"[（][^（）()\n]{0,60}\)|\([^（）()\n]{0,60}[）]")
_HALF_MARK: Final = re.compile(r"(?<=[\u4e00-\u9fff])[,;:?!](?=[\u4e00-\u9fff])")
_FULL_MARK: Final = re.compile(r"[\u4e00-\u9fff][，；：？！]")
_STRAIGHT: Final = re.compile('[＂"][^＂"\n]{1,40}[＂"]')
_ANGLE: Final = re.compile(r"[〈〉](?=\s?[0-9])")


def marks(facts: Facts) -> Iterator[Finding]:
    """Marks of two kinds for one purpose.

    Formula: a bracket opened full-width and closed half-width; half-width , ; : between Chinese characters, if they are
    less than a tenth of such marks; straight quotation marks (＂ or ") where curly ones are the rule; 〈 〉 for < >.

    A finding: （甲乙); 〉86%; ＂绿色＂ among “绿色”. None: a document that uses half-width marks throughout.
    """
    lines = lines_of(facts)
    yield from one_finding(
        "encoding.marks",
        lines,
        search(lines, _MIXED),
        mark("%(count)s brackets are opened full-width and closed half-width, or the reverse: %(words)s."),
        mark("Use one width for both."),
        key="brackets",
    )
    half = list(search(lines, _HALF_MARK))
    if half and len(half) * 10 < sum(len(_FULL_MARK.findall(line)) for line in lines):
        yield from one_finding(
            "encoding.marks",
            lines,
            half,
            mark("%(count)s marks between Chinese characters are half-width: %(words)s."),
            mark("Use full-width marks throughout."),
            key="half",
        )
    straight = list(search(lines, _STRAIGHT))
    if straight and len(straight) * 4 < sum(line.count("“") for line in lines):
        yield from one_finding(
            "encoding.marks",
            lines,
            straight,
            mark("%(count)s quotations bear straight marks among curly ones: %(words)s."),
            mark("Use “ and ” throughout."),
            key="straight",
        )
    yield from one_finding(
        "encoding.marks",
        lines,
        search(lines, _ANGLE),
        mark("%(count)s times a book-title mark stands for “greater” or “less”: %(words)s."),
        mark("Write ≥, ≤, > or <, and say whether the figure itself is included."),
        key="angle",
    )


_BROKEN: Final = re.compile(r"^\s*[，。；、）”》](?=\S)")


def broken(facts: Facts) -> Iterator[Finding]:
    """Paragraphs broken in mid-sentence.

    Formula: a line outside tables that begins with a mark that no sentence begins with.

    A finding: a paragraph that begins with ，. None: a line that begins with “ or （.
    """
    lines = lines_of(facts)
    yield from one_finding(
        "encoding.broken",
        lines,
        (
            Hit(found.group().strip(), index, 0, min(len(line), 12))
            for index, line in prose(lines)
            if (found := _BROKEN.match(line))
        ),
        mark("%(count)s paragraphs begin with a mark that belongs to the line before: %(words)s."),
        mark("Join the paragraph with the one before."),
    )
