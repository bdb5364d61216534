"""Names in a row and the number right beside them: 甲、乙、丙等三大产业; 三家企业（甲、乙、丙）; 三家，分别为甲、乙."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_DIGITS: Final = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_COUNT: Final = re.compile(
    r"(?P<open>等)?(?:共|这|“)?(?P<number>[两二三四五六七八九十]|[0-9]{1,2})(?P<unit>大(?!数|型|学|力|众|幅|规|量|会|气)|[家个项条类种户])"
)
_AHEAD: Final = re.compile(
    r"(?<![十百千万亿零〇0-9.第前])(?P<number>[两二三四五六七八九十]|[0-9]{1,2})"
    r"(?:大(?!数|型|学|力|众|幅|规|量|会|气)|[家个项条类种户])(?P<what>[^，。；：、（）()“”《》的0-9]{0,16})"
    r"(?:，?(?P<told>分别[为是])[：:]?|[：:]|(?P<bracket>[（(]))"
)
"""A number and what it counts, before its names."""
_NO_NAMES: Final = re.compile("不?含|其中|包括|主要|如(?!意)|详?见|以下|简称|除|另|一是")
_NOUN: Final = 16
"""Characters before a number that may name what it counts: 链主企业共三家."""
_LONG_NAME: Final = 30
_CUT: Final = re.compile("[，。；：！？:;“”《》]")
_BRACKETS: Final = re.compile("[（(][^（()）]{0,40}[)）]")
_JOIN: Final = re.compile("以及|和|与|及")
_VERB: Final = re.compile(
    "推进|建设|打造|形成|发展|培育|加快|提升|构建|实施|加强|推动|支持|促进|围绕|依托|覆盖|涵盖|聚焦|突出|开展|完善|优化|引进|包括|发挥|"
    "利用|运用|拥有|具有|具备|集聚|抓住|涉及|达到|实现|强化|深化|扩大|拓展|布局|组建|设立|建立|建成|营造|整合|对接|落实|鼓励|引导|"
    "为|在|对|将|把|从|由|向|以"
)
_OWN_FIGURE: Final = re.compile(r"[0-9]\s*[万亿%家个户项名台套件座条所处类种]")
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Counted:
    """A number, its names, whether 等 closes them, and its place with the names.

    ``is_ahead``: whether the names stand behind the number; ``is_told``: whether 分别为 leads to them.
    """

    number: int
    words: str
    items: tuple[str, ...]
    is_open: bool
    start: int
    end: int
    is_ahead: bool = False
    is_told: bool = False

    @property
    def has_verbs(self) -> bool:
        """Whether an item may hold the beginning of another list: a verb, but the one before the first name."""
        first = _VERB.match(self.items[0])
        own = self.items[0][first.end() if first else 0 :]
        return any(_VERB.search(item) for item in (own, *self.items[1:]))


def printed_counts(line: str) -> Iterator[Counted]:
    """The numbers of a line that stand right behind two names or more.

    >>> [(one.number, one.items, one.is_open) for one in printed_counts("发展甲、乙、丙等四大产业")]
    [(4, ('发展甲', '乙', '丙'), True)]
    """
    if "、" not in line:
        return
    plain = _BRACKETS.sub(lambda found: "口" * len(found.group()), line)
    for found in _COUNT.finditer(plain):
        left = max(found.start() - _LONGEST, 0)
        cuts = [cut.end() for cut in _CUT.finditer(plain, left, found.start())]
        begin = cuts[-1] if cuts else left
        items = plain[begin : found.start()].split("、")
        if len(items) < 2 or not all(items) or items[-1].endswith("的") or len(items[-1]) > _LONG_NAME:
            continue
        if any(_OWN_FIGURE.search(item) for item in items):
            continue  # 甲类3家、乙类4家: each has a number of its own
        number = _DIGITS.get(found["number"]) or int(found["number"])
        words = line[found.start() : found.end() + 6]
        yield Counted(number, words, tuple(items), found["open"] is not None, begin, found.end())


def counts_before(line: str) -> Iterator[Counted]:
    """The numbers of a line that stand right before two names or more: in a bracket, behind 分别为 or a colon.

    >>> [(one.number, one.items) for one in counts_before("三家企业（甲（丁）厂、乙厂）；园区共两个，分别为东、西。")]
    [(3, ('甲（丁）厂', '乙厂')), (2, ('东', '西'))]
    """
    if "、" not in line:
        return
    for found in _AHEAD.finditer(line):
        stop = _stop(line, found.end(), is_bracket=found["bracket"] is not None)
        listed = line[found.end() : stop]
        is_open = listed.endswith("等")
        items = tuple(listed.removesuffix("等").split("、"))
        if len(items) < 2 or not all(items) or _NO_NAMES.match(listed):
            continue
        if any(len(item) > _LONG_NAME or _OWN_FIGURE.search(item) for item in items):
            continue
        number = _DIGITS.get(found["number"]) or int(found["number"])
        left = max(found.start() - _NOUN, 0)
        begin = max((cut.end() for cut in _CUT.finditer(line, left, found.start())), default=left)
        words = line[begin : found.end("what")]
        told = found["told"] is not None
        yield Counted(number, words, items, is_open, found.start(), stop, is_ahead=True, is_told=told)


def _stop(line: str, start: int, *, is_bracket: bool) -> int:
    """Where names end that begin at a place: at the end of their bracket, or of their clause."""
    depth = 0
    for at in range(start, min(len(line), start + _LONGEST)):
        if line[at] in "（(":
            depth += 1
        elif line[at] in "）)":
            depth -= 1
        if depth < 0 or (not depth and not is_bracket and line[at] in "，。；：:"):
            return at
    return start if is_bracket else min(len(line), start + _LONGEST)


def names(items: Sequence[str]) -> tuple[int, int]:
    """How many names the items may be, at least and at most: 和, 与 and 及 may join two or be part of one.

    >>> names(["甲", "乙", "丙和丁"])
    (3, 4)
    """
    return len(items), len(items) + sum(_JOIN.search(item[1:-1]) is not None for item in items)
