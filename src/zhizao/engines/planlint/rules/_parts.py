"""The parts of a document that its text may point to: captions, annexes, headings; and where the text points to them.

One pass over the lines; every pattern is bounded, so that the time grows with the length only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from zhizao.engines.planlint.finding import Mention
from zhizao.engines.planlint.rules._lines import is_cell, mention
from zhizao.kernel import numerals, text
from zhizao.kernel.result import Refused

ANNEX: Final = "附件"
CAPTIONED: Final = frozenset({"图", "表", "专栏", "附图", "附表"})
_CHINESE: Final = "[一二三四五六七八九十]{1,3}"
_DASH: Final = "[-—–－.．‑]"
_NUMBER: Final = rf"(?:[0-9]{{1,3}}(?:\s?{_DASH}\s?[0-9]{{1,3}}){{0,3}}|{_CHINESE})"
_KIND: Final = "附[图表]|[图表]|专栏"
_CAPTION: Final = re.compile(
    rf"(?P<kind>{_KIND})\s*(?P<number>{_NUMBER})(?![0-9])\s*[：:、.．]?\s*(?P<title>.{{0,60}})$"
)
_NO_TITLE: Final = re.compile(
    r"^(?:所示|所列|显示|可见|可知|中|为|是|和|与|及|至|、|，|。|）|\)|给出|列出|反映)|[。；，：、！？]$"
)
_PAGE: Final = re.compile(r"(?:[.．…·]{2,}|\s{2,}|\t)\s*[0-9]{1,4}$")
_MARKDOWN: Final = re.compile(r"^(?:#{1,6}\s+|\*\*|>\s*)+|\*\*$")
_ANNEX_HEADING: Final = re.compile(
    rf"(?:附件|附录)\s*(?P<number>{_NUMBER})?\s*[：:、.．]?\s*(?P<title>[^。；，]{{0,50}})$"
)
_ANNEX_LIST: Final = re.compile(r"附件\s*[：:]\s*(?:1[.．、]\s*)?\S")
_ANNEX_ITEM: Final = re.compile(r"(?:附件\s*[：:]\s*)?([0-9]{1,2})[.．、]\s*(\S.{0,60})$")
_DEFINES: Final = re.compile(r"[：:].|[。；]$")
"""A numbered line that explains a word, and is no entry of the list of annexes."""
_CITED: Final = re.compile(
    rf"(?P<kind>{_KIND}|附件|附录)\s*(?P<number>{_NUMBER})(?![0-9]|\s?[家个台套名万亿%％年月日册张])"
    r"|(?:见|按照|依照)(?:本规划|本方案)?第(?P<part>[一二三四五六七八九十0-9]{1,3})(?P<level>[章节篇]|部分)"
)
_CUE: Final = re.compile(r"(?:如|见|按|据|由|同|和|与|及|至|[（(、])\s?$")
_AFTER: Final = re.compile(r"\s?(?:所示|所列|中|[）)])")
_WORD_BEFORE: Final = frozenset("代仪报列发外地电年版意企蓝")
_HEADINGS: Final = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("篇", rf"第({_CHINESE}|[0-9]{{1,2}})(?:篇|部分)"),
        ("章", rf"第({_CHINESE}|[0-9]{{1,2}})章"),
        ("节", rf"第({_CHINESE}|[0-9]{{1,2}})节"),
        ("一、", rf"({_CHINESE})、(?!{_CHINESE}[级线类、])"),
        ("（一）", rf"[（(]({_CHINESE})[）)]"),
        ("1.", r"([0-9]{1,2})[.．、](?![0-9])"),
        ("（1）", r"[（(]([0-9]{1,2})[）)]"),
    )
)


@dataclass(frozen=True, slots=True)
class Part:
    """A caption, an annex or an entry of the list of annexes: kind, number (``1-8``), title, index of its line."""

    kind: str
    number: str
    title: str
    index: int

    @property
    def name(self) -> str:
        """Kind and number as they are cited."""
        return self.kind + self.number


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in running text that points to a part."""

    kind: str
    number: str
    index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading: its style, its depth, its number, its own words, and of 3.2 the 3 above it."""

    style: str
    depth: int
    number: int
    index: int
    words: str
    above: str = ""


@dataclass(slots=True)
class Parts:
    """All parts of one document, in order."""

    captions: list[Part] = field(default_factory=list)
    annexes: list[Part] = field(default_factory=list)
    promised: list[Part] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)


def where(lines: Sequence[str], one: Citation) -> Mention:
    """The place of a citation."""
    return mention(lines, one.index, one.start, one.end)


def number_of(printed: str) -> str:
    """A number in one form: ``1-8`` for 1—8 and 1.8, ``4`` for 四.

    >>> number_of("1—8"), number_of("四"), number_of("２.1")
    ('1-8', '4', '2-1')
    """
    folded = re.sub(r"\s", "", text.fold(printed))
    if folded[:1].isdigit():
        return re.sub(_DASH, "-", folded)
    try:
        return str(int(numerals.parse(folded)))
    except (Refused, ValueError):
        return folded


@lru_cache(maxsize=1)
def parts_of(lines: tuple[str, ...]) -> Parts:
    """Read a document's parts; the last document's are kept, since several rules ask for them."""
    parts = Parts()
    in_list = False
    for index, raw in enumerate(lines):
        if not raw or raw.isspace():
            continue
        line = _MARKDOWN.sub("", text.normalise(raw)).strip()
        cell = is_cell(raw)
        in_list = not cell and _note_annex_list(parts, line, index, after=in_list)
        if not in_list and not _note_part(parts, line, index, cell=cell):
            parts.citations += _citations(raw, index)
        if not cell and not in_list:
            parts.headings += _heading(line, index)
    return parts


def _note_annex_list(parts: Parts, line: str, index: int, *, after: bool) -> bool:
    """Whether the line belongs to the list of annexes that a notice ends with; its entries are promises."""
    if not (after or _ANNEX_LIST.match(line)):
        return False
    if (found := _ANNEX_ITEM.match(line)) and not _DEFINES.search(found[2]):
        parts.promised.append(Part(ANNEX, found[1], found[2], index))
        return True
    if after:
        return False
    return bool(line.partition("：")[2].strip())


def _note_part(parts: Parts, line: str, index: int, *, cell: bool) -> bool:
    if len(line) > 90 or _PAGE.search(line[-_TITLE:]):
        return False
    if line.startswith("续表"):
        return True
    found = _CAPTION.match(line)
    if found and not _NO_TITLE.search(found["title"]) and not (cell and not found["title"]):
        parts.captions.append(Part(found["kind"], number_of(found["number"]), found["title"].strip(), index))
        return True
    if cell or not (found := _ANNEX_HEADING.match(line)):
        return False
    if _NO_TITLE.search(found["title"]):
        return False
    parts.annexes.append(Part(ANNEX, number_of(found["number"] or ""), found["title"].strip(), index))
    return True


def _citations(line: str, index: int) -> Iterator[Citation]:
    """Where a line points to a part of this document; a part of a document named in 《》 is none."""
    if not any(letter in line for letter in "图表栏附第"):
        return
    for found in _CITED.finditer(line):
        start, end = found.span()
        if line[max(start - 3, 0) : start].rstrip("的中 ").endswith("》"):
            continue
        if found["level"]:
            yield Citation(found["level"], number_of(found["part"]), index, start, end)
            continue
        kind, number = found["kind"], number_of(found["number"])
        before = line[max(start - 3, 0) : start]
        cued = _CUE.search(before) is not None or _AFTER.match(line, end) is not None
        if kind in ("附件", "附录"):
            yield Citation(ANNEX, number, index, start, end)
        elif cued or ("-" in number and before[-1:] not in _WORD_BEFORE):
            yield Citation(kind, number, index, start, end)


_DECIMAL: Final = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,2}){0,3})\s+(?=[\u4e00-\u9fff“])")
_TITLE: Final = 40


def _heading(line: str, index: int) -> Iterator[Heading]:
    if _PAGE.search(line[-_TITLE:]):
        return
    if (found := _DECIMAL.match(line)) and len(line) <= _TITLE and not line.endswith(("。", "；", "，")):
        above, _, number = found[1].rpartition(".")
        depth = found[1].count(".")
        style = "1.1" if depth else "1"
        below = len(_HEADINGS) + depth  # 1.1 stands below 第一章 too
        yield Heading(style, below, int(number), index, line[found.end() :].strip(), above)
        return
    for depth, (style, pattern) in enumerate(_HEADINGS):
        if found := pattern.match(line):
            number = number_of(found[1])
            if number.isdigit():
                yield Heading(style, depth, int(number), index, line[found.end() :].strip()[:40])
            return
