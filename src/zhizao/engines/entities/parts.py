"""A company's name taken apart: place, trade name and industry, legal form, group, branch, parent.

Nothing here knows a region: places are those of the table of regions, and those that the names themselves show
(``learn_places``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from zhizao.kernel import industries, names, regions, tables

_FORMS: Final = {
    "股份有限责任公司": "stock",
    "股份有限公司": "stock",
    "股份公司": "stock",
    "有限责任公司": "limited",
    "有限公司": "limited",
    "合伙企业": "partnership",
    "个人独资企业": "sole",
    "股份": "stock",
    "总公司": "",
    "公司": "",
}
"""Legal forms by how they are written; a limited liability company may write either (Company Law 2023, article 7).
A bare 公司 says none; 股份 at the end is how a short name says that its company is one by shares."""
_COMPANY: Final = "|".join(form for form in _FORMS if form.endswith("公司"))
_FORM: Final = re.compile(f"(集团)?({'|'.join(_FORMS)})$")
_INNER: Final = re.compile(f"^(.{{2,}}?)(?:集团)?({_COMPANY})(.+)$")
_BRANCH: Final = re.compile("(?:分公司|支公司|分厂|分店|分院|办事处|营业部|经营部|门市部)$")
_BRACKETS: Final = re.compile("（([^（）]*)）")
_MARKS: Final = re.compile("[（）·]")
_UNIT: Final = "省市区县"
_NUMERALS: Final = str.maketrans("0123456789", "〇一二三四五六七八九")
_NUMBERS: Final = re.compile("[〇一二三四五六七八九十A-Z]")
_SHORTEST: Final = 2
_PLACE_LENGTHS: Final = (2, 3)
_LEAST_SEEN: Final = 10
_DIVERSITY: Final = 0.8


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart.

    Parameters
    ----------
    key : str
        The normalised name without brackets and dots: two names of one key are one name.
    core : str
        Trade name and industry, digits as Chinese numerals.
    form : str
        ``limited``, ``stock``, ``partnership``, ``sole``, or empty where the name says none.
    group : bool
        Called a group (集团) at its end.
    places : frozenset of str
        Places named, without 省, 市, 区, 县.
    inner_place : bool
        A place stands in brackets or right before the legal form: a local company of a larger one.
    parent : str
        The company or group that is named before it, without its place.
    branch : str
        分公司, 办事处 and the like at the end.
    numbers : str
        Numerals and Latin letters of the core in their order: 一厂 is not 二厂.
    """

    key: str
    core: str
    form: str
    group: bool
    places: frozenset[str]
    inner_place: bool
    parent: str
    branch: str
    numbers: str

    @property
    def complete(self) -> bool:
        """Whether it names its legal form as registered names do: what a complete name leaves out is not there."""
        return bool(self.form) and not self.key.endswith("股份")


def key(name: str) -> str:
    """The name without differences of typing, brackets and dots.

    >>> key("甲乙(集团) 有限公司")
    '甲乙集团有限公司'
    """
    return _MARKS.sub("", names.normalise(name))


def parse(name: str, places: frozenset[str]) -> Name:
    """Take a name apart.

    Examples
    --------
    >>> parts = parse("甲州市乙丙门业（集团）有限公司", frozenset(["甲州"]))
    >>> parts.core, parts.form, parts.group, sorted(parts.places)
    ('乙丙门业', 'limited', True, ['甲州'])
    >>> parse("乙丙集团甲州丁戊制药厂", frozenset(["甲州"])).parent
    '乙丙'
    """
    whole = names.normalise(name)
    named: set[str] = set()
    group = inner = False
    for content in _BRACKETS.findall(whole):
        if content == "集团":
            group = True
        elif content not in ("有限合伙", "普通合伙"):
            named.add(_short(content.removesuffix("公司")))
            inner = True
    text = _BRACKETS.sub("", whole).replace("·", "")
    branch = found[0] if (found := _BRANCH.search(text)) else ""
    text = text.removesuffix(branch)
    form = parent = ""
    if ending := _FORM.search(text):
        form, group = _FORMS[ending[2]], group or bool(ending[1])
        text = text[: ending.start()]
    elif text.endswith("集团") and len(text) > _SHORTEST:
        text, group = text[:-2], True
    if inside := _INNER.match(text):
        parent, form = _strip(inside[1], places, named), form or _FORMS[inside[2]]
        text = inside[3]
        if branch:
            text, parent = parent + text, ""
    elif "集团" in text[_SHORTEST:-_SHORTEST]:
        before, _, after = text.partition("集团")
        rest = _strip(after, places, named)
        if len(rest) >= _SHORTEST:
            parent, text = _strip(before, places, set()), rest
    text = _strip(text, places, named)
    for length in _PLACE_LENGTHS:
        if len(text) >= length + _SHORTEST and text[-length:] in places and not branch:
            named.add(text[-length:])
            text, inner = text[:-length], True
            break
    core = text.translate(_NUMERALS)
    return Name(
        _MARKS.sub("", whole),
        core,
        form,
        group,
        frozenset(named),
        inner,
        parent,
        branch,
        "".join(_NUMBERS.findall(core)),
    )


def _short(place: str) -> str:
    return place[:-1] if len(place) > _SHORTEST and place[-1] in _UNIT else place


def _strip(text: str, places: frozenset[str], named: set[str]) -> str:
    """The text without the places at its beginning, which go into ``named``; one that is nothing else is kept."""
    for length in sorted(_PLACE_LENGTHS, reverse=True):
        place, rest = text[:length], text[length:]
        if place in places and rest:
            shorter = rest[1:] if rest[0] in _UNIT else rest
            rest = shorter if len(shorter) >= _SHORTEST else rest
            if len(rest) >= _SHORTEST:
                named.add(_short(place))
                return _strip(rest, places, named)
    return text


@cache
def known_places() -> frozenset[str]:
    """The divisions of the table of regions, short."""
    short = (regions.short_name(region.name) for region in regions.table())
    return frozenset(place for place in short if len(place) in _PLACE_LENGTHS)


def learn_places(spellings: Iterable[str]) -> frozenset[str]:
    """Beginnings of names that behave like places: many names have them, and what follows is nearly always different.

    After a place come trade names, of which there are as many as firms; after a trade name come words of industries, of
    which there are few. A beginning seen *n* times is a place if at least *n*^0.8 different pairs of characters follow.

    Examples
    --------
    >>> learn_places([f"甲州{chr(0x4E50 + 2 * n)}{chr(0x4E51 + 2 * n)}有限公司" for n in range(12)])
    frozenset({'甲州'})
    """
    after: dict[str, set[str]] = defaultdict(set)
    count: dict[str, int] = defaultdict(int)
    for spelling in set(spellings):
        for length in _PLACE_LENGTHS:
            begin, next_pair = spelling[:length], spelling[length : length + 2]
            count[begin] += 1
            after[begin].add(next_pair)
    total = max(count.values(), default=0)
    least = max(_LEAST_SEEN, total // 1000)
    found = {
        begin
        for begin, seen in count.items()
        if seen >= least and len(after[begin]) >= seen**_DIVERSITY and not begin.endswith(("有", "股"))
    }
    return frozenset(begin for begin in found if begin[:-1] not in found)


@cache
def trade_words() -> frozenset[tuple[str, str]]:
    """Words of trades with their English names."""
    frame = tables.read_csv(files("zhizao") / "packs" / "china" / "names" / "words.csv")
    return frozenset(frame.select("zh", "en").iter_rows())


@cache
def trade_pairs() -> frozenset[str]:
    """Pairs of characters that stand in words of trades and in names of industries: they tell no firm from another."""
    texts = {zh for zh, _ in trade_words()} | {industry.name for industry in industries.every()}
    return frozenset(text[i : i + 2] for text in texts for i in range(len(text) - 1))


@cache
def lookalikes() -> frozenset[frozenset[str]]:
    """Pairs of characters that are taken for each other by eye."""
    frame = tables.read_csv(files("zhizao") / "packs" / "china" / "names" / "lookalike.csv")
    rows = frame["characters"].to_list()
    return frozenset(frozenset((a, b)) for row in rows for a in row for b in row if a != b)
