"""Registered names taken apart: which words are an enterprise's own, and how other names of it may be printed.

A registered name is region, trade name, trade, legal form (`kernel.names`). Its *core* is what is left without regions,
legal forms, brackets and dots; a branch or a member of a group has its parent's words before its own. An index of the
beginnings of all cores finds whom a short name may mean in time linear in its length.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from zhizao.kernel import names, text

FORM: Final = re.compile(r"(?:集团)?(?:股份)?(?:有限)?(?:责任)?(?<![分支子])总?公司|集团(?![军])")
COMPLETE: Final = re.compile(r"有限(?:责任)?公司|[分支子]公司$")
"""What makes a printed name look like a registered one: then it is an entity of its own, or the same to the letter."""
_IN_BRACKETS: Final = re.compile("（([^（）]*)）")
_PART_OF_REGION: Final = re.compile(
    r"[\u4e00-\u9fff]{2,}?(?:自治区|自治州|自治县|新区|开发区|地区|省|市|州|盟|区|县|旗)"
)
_SUFFIX: Final = re.compile(r"(?:自治区|自治州|自治县|新区|开发区|地区|省|市|州|盟|区|县|旗)$")
_PLACE_SHARE: Final = 5
"""Two characters that begin every fifth name of a list are a place."""
_NUMBERED: Final = re.compile(
    r"(?:第?[一二三四五六七八九十0-9]+)?(?:分?厂|分公司|分店|车间|支行|分)$|^第?[一二三四五六七八九十0-9]+分?[厂店]"
)
LONGEST: Final = 24
MANY: Final = 8
"""A beginning that more enterprises share than this says nothing."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One enterprise of the list: its name as printed and normalised, its core, its own part behind a parent's.

    ``form`` is its legal form in one word, ``is_group`` whether it calls itself a group.
    """

    name: str
    normal: str
    core: str
    own: str
    form: str
    is_group: bool


def places_of(region: Mapping[str, Any] | None, listed: Sequence[str]) -> tuple[str, ...]:
    """Names of places that may be left out of an enterprise's name: those of the region, and what begins many names.

    >>> places_of({"name": "甲山州乙河县"}, ["丙江一厂", "丙江二厂", "丙江三厂", "丁公司"])
    ('甲山州', '乙河县', '丙江市', '甲山', '乙河', '丙江')
    """
    region = region or {}
    found = list(names.place_names(str(region["code"]))) if region.get("code") else []
    for part in _PART_OF_REGION.findall(str(region.get("name") or "")):
        short = _SUFFIX.sub("", part)
        found += [part, short] if len(short) >= 2 else [part]
    starts = Counter(names.normalise(name)[:2] for name in listed)
    for start, count in starts.items():
        if len(start) == 2 and count >= 3 and count * _PLACE_SHARE >= len(listed):
            found += [start, f"{start}市"]
    return tuple(dict.fromkeys(sorted(found, key=len, reverse=True)))


def segments(name: str, places: Sequence[str]) -> list[str]:
    """The parts of a name between its legal forms, without places at their ends, brackets and dots.

    >>> segments("甲城乙烟工业有限责任公司甲城卷烟厂", ["甲城"]), segments("丙电装（甲城公司）", ["甲城"])
    (['乙烟工业', '卷烟厂'], ['丙电装'])
    """
    whole = _IN_BRACKETS.sub(lambda found: _bare(found[1], places), names.normalise(name))
    parts = (_without_places(part, places) for part in FORM.split(whole.replace("·", "")))
    return [part for part in parts if part]


def _bare(inner: str, places: Sequence[str]) -> str:
    """The words of a bracket, with nothing left of places; a legal form stays for the split."""
    rest = FORM.sub("", inner)
    return "集团" if inner == "集团" else "" if not rest or rest in places else inner


def _without_places(part: str, places: Sequence[str]) -> str:
    changed = True
    while changed:
        changed = False
        for place in places:
            if part.startswith(place) and len(part) >= len(place):
                part, changed = part.removeprefix(place), True
            elif part.endswith(place) and len(part) > len(place):
                part, changed = part.removesuffix(place), True
    return part


def core(name: str, places: Sequence[str]) -> str:
    """A name's own words in one piece.

    >>> core("甲城市乙友乳品二厂有限公司", ["甲城市", "甲城"]), core("甲城自来水公司乙区分公司", ["甲城"])
    ('乙友乳品二厂', '自来水乙区分公司')
    """
    return "".join(segments(name, places))


def form_of(name: str) -> str:
    """The legal form in one word: ``share``, ``limited``, ``company`` or nothing."""
    if "股份" in name:
        return "share"
    return "limited" if "有限" in name else "company" if "公司" in name else ""


class Index:
    """The enterprises of a list, found by the beginnings of their cores."""

    def __init__(self, listed: Iterable[str], places: Sequence[str]) -> None:
        self.places = tuple(places)
        self.entries: dict[str, Registered] = {}
        self.by_core: dict[str, list[Registered]] = {}
        self.by_start: dict[str, list[Registered]] = {}
        self.whole: dict[str, bool] = {}
        for name in listed:
            normal = names.normalise(name)
            if normal and normal not in self.entries:
                self._add(name, normal)

    def _add(self, name: str, normal: str) -> None:
        parts = segments(name, self.places)
        words = "".join(parts) or normal
        own = parts[-1] if len(parts) > 1 else ""
        one = Registered(name, normal, words, own, form_of(normal), "集团" in normal)
        self.entries[normal] = one
        self.by_core.setdefault(words, []).append(one)
        for length in range(1, min(len(normal), 40) + 1):
            self.whole.setdefault(normal[:length], False)
        self.whole[normal] = True
        self._start(words, one, len(parts[0]) + 2 if own else 2)
        if own:
            self._start(own, one, 3)

    def _start(self, words: str, one: Registered, shortest: int) -> None:
        for length in range(2, min(len(words), LONGEST) + 1):
            found = self.by_start.setdefault(words[:length], [])
            if length >= shortest and len(found) <= MANY and one not in found:
                found.append(one)

    def starting(self, words: str) -> list[Registered]:
        """Whose core or own part begins with these words; nobody if they are too many to tell."""
        found = self.by_start.get(words, [])
        return found if len(found) <= MANY else []

    def near(self, words: str) -> list[Registered]:
        """Who shares the first two characters."""
        return [one for one in self.starting(words[:2]) if one.core.startswith(words[:2])]


def is_short_for(words: str, whole: str) -> bool:
    """Whether words leave out something in the middle of a core: its first two characters, then others in order.

    >>> is_short_for("甲沃通信", "甲沃移动通信"), is_short_for("甲沃移动", "甲沃移动"), is_short_for("甲沃", "甲沃移动")
    (True, False, False)
    """
    if len(words) < 4 or len(words) >= len(whole) or words[:2] != whole[:2]:
        return False
    rest = iter(whole[2:])
    return all(character in rest for character in words[2:])


def differs_by_one(words: str, whole: str) -> bool:
    """Whether words are the beginning of a core, or all of it, but for one character behind the second.

    >>> differs_by_one("甲森电器", "甲森电气"), differs_by_one("甲森电气", "甲森电气")
    (True, False)
    """
    if len(words) < 4 or len(words) > len(whole) or words[:2] != whole[:2]:
        return False
    return sum(a != b for a, b in zip(words, whole, strict=False)) == 1


def may_be_parent(words: str, one: Registered) -> bool:
    """Whether what is left of a core is only the number or the mark of a branch: the words are its parent's too.

    >>> from zhizao.engines.planlint.registered import Registered
    >>> may_be_parent("甲友乳品", Registered("", "", "甲友乳品二厂", "", "", False))
    True
    """
    rest = one.core.removeprefix(words)
    return bool(rest) and rest != one.core and _NUMBERED.fullmatch(rest) is not None


def folded(line: str) -> str:
    """A line in the form that names are compared in, of the same length.

    >>> folded("甲乙•丙(集团)")
    '甲乙·丙（集团）'
    """
    return _FOLD.sub("·", text.fold(line)).translate(_BRACKETS)


_FOLD: Final = re.compile("[•・‧∙⋅．]")
_BRACKETS: Final = str.maketrans("()[]【】〔〕", "（）（）（）（）")
