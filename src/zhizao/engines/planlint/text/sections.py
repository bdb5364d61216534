"""The tree of headings of a plan, told by how they are numbered.

Official documents number their parts in one order (第一篇, 第一章, 第一节, 一、, （一）, 1., （1）, ①), whichever
they use of these; Markdown counts its ``#``. A heading holds for every line up to the next one of its rank or above.

Source: GB/T 9704-2012, 7.3.3, for 一、（一） 1. （1）.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from zhizao.engines.planlint.document import Document
from zhizao.kernel import text

_NUMERAL: Final = "[一二三四五六七八九十百]{1,4}"
_STYLES: Final = (
    re.compile(rf"第(?:{_NUMERAL}|[0-9]{{1,3}})[篇编](?=\s|[、：:]|$|\S)"),
    re.compile(
        rf"第(?:{_NUMERAL}|[0-9]{{1,3}})(?:章|部分)|(?:附件|附录|附表)\s*(?:{_NUMERAL}|[0-9]{{1,2}})?(?=\s|[：:]|$)"
    ),
    re.compile(rf"第(?:{_NUMERAL}|[0-9]{{1,3}})节"),
    re.compile(rf"{_NUMERAL}(?=[、．.])"),
    re.compile(rf"[（(]{_NUMERAL}[）)]"),
    re.compile(r"[0-9]{1,2}(?=[、．.](?![0-9])|[.．]?\s+[^\s0-9])"),
    re.compile(r"[（(][0-9]{1,2}[）)]"),
    re.compile(r"[①-⑳]"),
)
_MARKDOWN: Final = re.compile(r"(#{1,6})\s+(?=\S)")
_BELOW_MARKDOWN: Final = 10
"""Numbered lines stand below every ``#``."""
_CONTENTS: Final = re.compile(r"[.．·…]{3,}\s*[0-9]{1,4}$|\s[0-9]{1,4}$")
_TITLE_LENGTH: Final = 40
_END: Final = re.compile(r"[。：:；;！!]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its rank (0 highest), its number as printed, its words without the number, and its line."""

    rank: int
    number: str
    title: str
    line: int


@dataclass(frozen=True, slots=True)
class Sections:
    """The headings of a document, and which of them hold for a line."""

    headings: tuple[Heading, ...]
    _lines: tuple[int, ...]
    _paths: tuple[tuple[Heading, ...], ...]

    def above(self, line: int) -> tuple[Heading, ...]:
        """The headings that a line stands under, from the chapter down; a heading stands under itself."""
        at = bisect_right(self._lines, line)
        return self._paths[at - 1] if at else ()

    def section_of(self, line: int) -> str:
        """Their numbers, one path: 第二章/三/（一）; a heading without number is named by its words.

        >>> from zhizao.engines.planlint.document import load
        >>> found = read(load("第一章 总则\\n一、目标\\n（一）总量\\n产值增长。\\n二、布局\\n".encode()))
        >>> [found.section_of(line) for line in (1, 4, 5)]
        ['第一章', '第一章/一/（一）', '第一章/二']
        """
        return "/".join(heading.number or heading.title[:20] for heading in self.above(line))

    def titles_of(self, line: int) -> tuple[str, ...]:
        """The words of the headings above a line, from the chapter down."""
        return tuple(heading.title for heading in self.above(line))


def heading_of(words: str) -> tuple[int, str, str, bool] | None:
    """Rank, number, title of a line that is or opens with a heading, and whether it is nothing else; else None.

    >>> heading_of("（一）总量目标。到2030年，产值达到5亿元。")
    (14, '（一）', '总量目标', False)
    >>> heading_of("## 一、目标"), heading_of("2025年产值达到5亿元。")
    ((2, '一', '目标', True), None)
    """
    words = text.normalise(words)
    hashes = _MARKDOWN.match(words)
    body = words[hashes.end() :] if hashes else words
    for style, pattern in enumerate(_STYLES):
        if (found := pattern.match(body)) is not None:
            rest = body[found.end() :].lstrip(" 、．.：:")
            rank = len(hashes[1]) if hashes else _BELOW_MARKDOWN + style
            title, alone = _title(rest)
            return rank, re.sub(r"\s", "", found[0]).translate(_FULL), title, alone
    if hashes:
        return len(hashes[1]), "", body[:_TITLE_LENGTH], True
    return None


_FULL: Final = str.maketrans("()", "（）")


def _title(rest: str) -> tuple[str, bool]:
    """The title that the words behind a number are or begin with, and whether they are nothing more."""
    end = _END.search(rest)
    if end is None:
        short = len(rest) <= _TITLE_LENGTH
        return (rest, True) if short else (re.split("[，,]", rest, maxsplit=1)[0][:_TITLE_LENGTH], False)
    title = rest[: end.start()]
    if len(title) > _TITLE_LENGTH:
        title = re.split("[，,]", title, maxsplit=1)[0][:_TITLE_LENGTH]
    return title, end.end() == len(rest) and end[0] in "：:"


def read(document: Document, *, skip: Collection[int] = ()) -> Sections:
    """The headings of a document; lines of ``skip`` (cells of tables) are none."""
    return _tree(_headings(document, skip))


def _headings(document: Document, skip: Collection[int]) -> Iterable[Heading]:
    for number, line in enumerate(document.lines, start=1):
        if number in skip or "\t" in line or not line.strip():
            continue
        words = line.strip()
        if (found := heading_of(words[:200])) is None or (len(words) <= 60 and _CONTENTS.search(words)):
            continue
        rank, printed, title, _ = found
        yield Heading(rank, printed, title, number)


def _tree(headings: Iterable[Heading]) -> Sections:
    stack: list[Heading] = []
    paths: list[tuple[Heading, ...]] = []
    for heading in headings:
        while stack and stack[-1].rank >= heading.rank:
            stack.pop()
        stack.append(heading)
        paths.append(tuple(stack))
    every = tuple(path[-1] for path in paths)
    return Sections(every, tuple(heading.line for heading in every), tuple(paths))
