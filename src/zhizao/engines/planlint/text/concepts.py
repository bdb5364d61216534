"""What an indicator measures: the phrase of a table or of a sentence taken apart, and whether two mean the same.

A phrase such as 全区电子信息制造业规上工业总产值 says a *measure* (output), its *subject* (电子信息), a *scope* (above
scale), an *area*. Two phrases are the same only if every part is; where one part is left out or near (医疗 and 医药)
they are *near*; where two parts are, nothing is said. A wrong join is worse than a missed one, since it makes a finding
out of nothing.

Lookup is by ``Concept.kin``: all that may be the same or near have one kin, so matching a document's claims with its
targets takes time in proportion to their number.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from zhizao.engines.planlint.growth import COUNT_UNITS, SHARE_UNITS
from zhizao.engines.planlint.text import concept_words as words
from zhizao.kernel import text

T = TypeVar("T")
_PER_ENDS: Final = sorted(words.PER_OF.items(), key=lambda pair: -len(pair[0]))


class Same(StrEnum):
    """Whether two phrases mean the same."""

    YES = "yes"
    NEAR = "near"
    NO = "no"
    UNKNOWN = "unknown"


class Doubt(StrEnum):
    """In what two near phrases differ."""

    SCOPE = "scope"
    SUBJECT = "subject"
    MEASURE = "measure"
    LEVEL = "level"
    INCREMENT = "increment"
    DENOMINATOR = "denominator"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Match:
    """The answer of ``same``, and what keeps it from being a plain yes."""

    same: Same
    doubts: tuple[Doubt, ...] = ()

    def __bool__(self) -> bool:
        return self.same in (Same.YES, Same.NEAR)


AREA: Final = "全域"
"""The subject of what is measured of an area as a whole."""
YES: Final = Match(Same.YES)
NO: Final = Match(Same.NO)


@dataclass(frozen=True, slots=True)
class Concept:
    """What a phrase measures.

    Attributes
    ----------
    measure : code of ``concept_words.MEASURES``; ``count``, ``rate``, or empty where the phrase tells none
    subject : whose or of what, each name without 产业, 制造业 …; empty where the phrase tells none
    scope : ``above_scale``, ``all``, or empty where none is named
    area : ``park``, the level of another area (市, 省, 国), or empty for the plan's own
    level : 国家, 省, 市 … of a recognised thing, with 以上 behind if so printed
    statistic : ``level``, ``increment``, ``share``, ``growth`` (a year) or ``growth in all`` (of several years)
    per : what a ratio is per: ``land``, ``person``, ``value_added`` …
    of : of a share, what it is a share of
    """

    measure: str
    subject: tuple[str, ...] = ()
    scope: str = ""
    area: str = ""
    level: tuple[str, ...] = ()
    statistic: str = "level"
    per: str = ""
    of: Concept | None = None

    @property
    def kin(self) -> Hashable:
        """What all phrases have in common that may be the same or near."""
        measure = words.NEAR_MEASURE.get(self.measure, self.measure)
        statistic = "level" if self.statistic == "increment" else self.statistic
        return measure, statistic, self.per, tuple(sorted({_kin(name) for name in self.subject}))

    @property
    def whole(self) -> bool:
        """Whether it is said of industry or manufacturing as a whole."""
        return self.subject in (("工业",), ("制造业",))


def _kin(name: str) -> str:
    """A name without its weak words; names of one kin are near."""
    if name in words.NEAR_SUBJECT:
        return words.NEAR_SUBJECT[name]
    short = words.WEAK.sub("", name)
    return words.NEAR_SUBJECT.get(short, short) if len(short) >= 2 else name


def parse(phrase: str, *, unit: str = "", of: str = "", region: str = "") -> Concept:
    """Take an indicator's phrase apart.

    Parameters
    ----------
    phrase : as printed, with the words that limit it
    unit : as printed; a counted unit makes it a count, % a share or a rate
    of : of a share, its denominator, where it is not in the phrase
    region : name of the plan's area, which is no part of the subject; its last character is the area's own level

    Examples
    --------
    >>> one = parse("全区装备制造业（含零部件）规上企业完成工业总产值", unit="亿元", region="甲区")
    >>> one.measure, one.subject, one.scope, one.area
    ('output', ('装备',), 'above_scale', '')
    >>> added = parse("新增国家级研发机构数", unit="个")
    >>> added.measure, added.subject, added.level, added.statistic
    ('count', ('研发机构',), ('国家',), 'increment')
    >>> share = parse("战略性新兴产业产值占规上工业总产值比重", unit="%")
    >>> share.statistic, share.measure, share.subject, share.of.scope
    ('share', 'output', ('战略性新兴',), 'above_scale')
    """
    return _parse(phrase, unit, of, region)


@lru_cache(maxsize=65536)
def _parse(phrase: str, unit: str, of: str, region: str) -> Concept:
    rest = words.CODES.sub("R&D", text.normalise(phrase))
    bare = words.BRACKETS.sub("", rest)
    rest = bare if bare.strip() else rest.strip("（）()")
    for name in _names_of(region):
        rest = rest.replace(name, "")
    if share := _share(rest, unit, of, region):
        return share
    return _level(rest, unit, region)


def _names_of(region: str) -> tuple[str, ...]:
    """The region's name, in full and without the areas above it (甲市乙区: 乙区), longest first."""
    parts = re.findall(r"[^省市区县州旗盟]{1,8}(?:自治[区州县旗]|[省市区县州旗盟])", region)
    return tuple(dict.fromkeys(name for name in (region, *parts[-1:]) if len(name) >= 2))


def _share(rest: str, unit: str, of: str, region: str) -> Concept | None:
    """A share with numerator and denominator, or None if the phrase is none."""
    if unit and unit not in SHARE_UNITS:
        return None
    if found := words.SHARE_IN.match(rest) or words.SHARE_OF.match(rest):
        part, whole = found["part"], found["whole"]
    elif words.SHARE_TAIL.search(rest):
        part, whole = words.SHARE_TAIL.sub("", rest), ""
    elif words.MEASURE.search(rest) and words.INTENSITY.search(rest) and "经费" in rest:
        part, whole = words.INTENSITY.sub("", rest), ""
    elif of:
        part, whole = rest, ""
    else:
        return None
    whole = of or whole
    base = _level(whole, "", region) if whole else None
    one = _level(part, "", region)
    if not one.measure:
        # 电子信息制造业占工业总产值比重: the part is measured as the whole is; a sector's weight is that of its output.
        measure = base.measure if base is not None else "output" if words.SECTOR_TAIL.search(part) else ""
        if measure in words.MONEY or measure == "count":
            one = _level(part + ("产值" if measure in words.MONEY else "数量"), "", region)
            one = replace(one, measure=measure)
    return replace(one, statistic="share", of=base)


def _level(rest: str, unit: str, region: str) -> Concept:
    """A phrase that is no share."""
    statistic = "level"
    if unit in SHARE_UNITS and (growth := words.GROWTH.search(rest)):
        statistic, rest = "growth", rest[: growth.start()] + rest[growth.end() :]
    rest = words.VERBS.sub("", rest)
    scope, rest = _scope(rest)
    area, is_named, rest = _area(rest, region)
    level, rest = _recognised(rest)
    if statistic == "level" and words.INCREMENT.search(rest):
        statistic, rest = "increment", words.INCREMENT.sub("", rest)
    rest = words.CUMULATIVE.sub("", rest)
    per, rest = _per(rest, unit)
    measure, rest = _measure(rest, unit)
    per = per or ("person" if measure == "productivity" else "")
    subject = _subject(rest, measure, scope)
    if not subject and (is_named or measure in ("gdp", "rd") or per in ("gdp", "value_added", "output", "money")):
        subject = (AREA,)  # 单位工业增加值能耗 is said of an area, 亩均税收 may be a firm's
    return Concept(measure, subject, scope, area, level, statistic, per)


def _scope(rest: str) -> tuple[str, str]:
    if words.ABOVE_SCALE.search(rest):
        return "above_scale", words.ABOVE_SCALE.sub("", rest)
    if words.ALL_INDUSTRY.search(rest):
        return "all", words.ALL_INDUSTRY.sub("", rest)
    return "", rest


def _area(rest: str, region: str) -> tuple[str, bool, str]:
    """The area, empty for the plan's own, which 全区 of a district's plan names too; and whether one is named."""
    area, is_named = "", False
    if found := words.AREA.search(rest):
        named = found[1] or found[2]
        own = region[-1:] in ("", named) or named == "域"
        area = "" if own and named != "国" else named
        rest, is_named = words.AREA.sub("", rest), True
    if words.PARK.search(rest) and not words.RATE.search(rest):
        area, is_named, rest = "park", True, words.PARK.sub("", rest)
    return area, is_named, rest


def _recognised(rest: str) -> tuple[tuple[str, ...], str]:
    if (found := words.LEVEL.search(rest)) is None:
        return (), rest
    levels = tuple(sorted(words.LEVELS.findall(found[1])))
    above = ("以上",) if found[2] else ()
    return levels + above, rest[: found.start()] + rest[found.end() :]


def _per(rest: str, unit: str) -> tuple[str, str]:
    """What a ratio is per, by its words or by its unit."""
    if (found := words.PER.search(rest)) and found.end() < len(rest):
        named = found["base"] or found["mean"]
        per = next(
            (words.PER_OF[end] for end in sorted(words.PER_OF, key=len, reverse=True) if named.endswith(end)), ""
        )
        return per or "unit", rest[: found.start()] + rest[found.end() :]
    _, slash, below = unit.partition("/")
    if slash:
        below = below.lstrip("十百千万亿")
        return words.PER_OF.get(below, below), rest
    return "", rest


def _measure(rest: str, unit: str) -> tuple[str, str]:
    """The measure and what is left: the word that ends last, of those the longest."""
    found = list(words.MEASURE.finditer(rest))
    if unit.lstrip("十百千万亿") in COUNT_UNITS and not (found and words.MEASURE_OF[found[-1][0]] == "employment"):
        return "count", words.COUNT_TAIL.sub("", rest)
    if found and words.MEASURE_OF[found[-1][0]] in ("productivity", "contribution"):
        return words.MEASURE_OF[found[-1][0]], rest[: found[-1].start()] + rest[found[-1].end() :]
    if words.RATE.search(rest) and (unit in SHARE_UNITS or not found):
        return "rate", rest
    if found:
        last = found[-1]
        left, right = rest[: last.start()], rest[last.end() :]
        if last[0].startswith("工业") and not left:
            left = "工业"
        if words.MEASURE_OF[last[0]] == "rd":
            right = re.sub("^(?:内部|投入|支出)+", "", right)
        return words.MEASURE_OF[last[0]], left + re.sub("^(?:总额|总量|强度|规模|合计)", "", right)
    if words.COUNT_TAIL.search(rest):
        return "count", words.COUNT_TAIL.sub("", rest)
    return "", rest


def _subject(rest: str, measure: str, scope: str) -> tuple[str, ...]:
    """The names that are measured, each without the words that only say it is a sector."""
    names = set()
    for part in words.CONJUNCTION.split(rest):
        name = part.strip(" ，。；、-—()（）的")
        if measure not in ("count", "rate", ""):
            name = words.OWNERS.sub("", name) or (name if scope == "" else "工业")
            if name not in words.ECONOMY:
                name = _sector(name)
        if name:
            names.add(words.SAME_SUBJECT.get(name, name))
    return tuple(sorted(names))


def _sector(name: str) -> str:
    """A sector without its tail: 电子信息制造业 is 电子信息; nothing is cut to one character."""
    while (cut := words.SECTOR_TAIL.sub("", name)) != name and len(cut) >= 2:
        name = cut
        if name in words.ECONOMY:
            break
    return name


def of_indicator(record: Mapping[str, Any], *, region: str = "") -> Concept:
    """The concept of a row of the table of targets; a row without subject is about the whole area.

    >>> of_indicator({"name": "亩均税收", "unit": "万元/亩"}).per
    'land'
    """
    concept = parse(str(record.get("name") or ""), unit=str(record.get("unit") or ""), region=region)
    return concept if concept.subject else replace(concept, subject=(AREA,))


def of_claim(record: Mapping[str, Any], *, region: str = "") -> Concept:
    """The concept of a claim; of a growth, that of what grows, with ``statistic`` growth.

    >>> claim = {"subject": "医药行业", "indicator": "产值", "unit": "亿元", "kind": "actual"}
    >>> of_claim(claim).subject, of_claim(claim).measure
    (('医药',), 'output')
    """
    kind, unit, of = (str(record.get(name) or "") for name in ("kind", "unit", "of"))
    scope, subject, indicator = (str(record.get(name) or "") for name in ("scope", "subject", "indicator"))
    # The scope of a share's clause is that of its denominator, unless the words of the part say it again.
    phrase = _joined("" if of else scope, subject, indicator)
    if kind == "growth":
        grown = parse(phrase, unit="" if unit in SHARE_UNITS else unit, of="", region=region)
        bare = words.GROWTH.sub("", phrase)
        return replace(parse(bare, region=region) if bare else grown, statistic="growth")
    concept = parse(phrase, unit=unit, of=of if kind == "share" or unit in SHARE_UNITS else "", region=region)
    parts = text.normalise(str(record.get("parts") or ""))
    if parts and concept.measure != "count" and not words.MEASURE.search(parts):
        # The total of named ones is theirs, and never the area's; a count of them is of what they are. What is said
        # to be “of which” it names measures, not names.
        concept = replace(concept, subject=tuple(sorted(parts.split("、"))))
    return concept


def _joined(scope: str, subject: str, indicator: str) -> str:
    """Scope, subject and indicator as one phrase; what the later one repeats is said once."""
    if subject and (subject in indicator or (words.INCREMENT.match(subject) and words.INCREMENT.match(indicator))):
        subject = ""  # 新增智能工厂3个，新增数字化车间50个: the second has its own subject
    rest = subject + indicator
    return rest if scope and scope in rest else scope + rest


def same(one: Concept, other: Concept) -> Match:
    """Whether two concepts are the same.

    One doubt makes them near, two make it unknown; a part that both name and that differs makes it a plain no.

    Examples
    --------
    >>> same(parse("规上工业总产值"), parse("规模以上工业总产值")).same.value
    'yes'
    >>> same(parse("规上工业总产值"), parse("全部工业总产值")).same.value
    'no'
    >>> match = same(parse("医药产业产值"), parse("医疗产业产值"))
    >>> match.same.value, [doubt.value for doubt in match.doubts]
    ('near', ['subject'])
    """
    if one == other:
        return YES if one.subject else Match(Same.UNKNOWN)
    if one.kin != other.kin:
        return NO
    if not one.subject or not other.subject or not (one.measure or one.statistic == "share"):
        return Match(Same.UNKNOWN)
    doubts: list[Doubt] = []
    for doubt, mine, theirs in (
        (Doubt.SCOPE, one.scope, other.scope),
        (Doubt.LEVEL, one.level, other.level),
    ):
        if mine != theirs:
            if (mine and theirs and doubt is not Doubt.LEVEL) or not _levels_meet(one.level, other.level):
                return NO
            doubts.append(doubt)
    if one.area != other.area:
        return NO
    if one.measure != other.measure:
        doubts.append(Doubt.MEASURE)
    if one.subject != other.subject:
        doubts.append(Doubt.SUBJECT)
    if one.statistic != other.statistic:
        doubts.append(Doubt.INCREMENT)
    if one.of != other.of and (one.of is None or other.of is None or same(one.of, other.of).same is not Same.YES):
        doubts.append(Doubt.DENOMINATOR)
    return Match((Same.YES, Same.NEAR, Same.UNKNOWN)[min(len(doubts), 2)], tuple(doubts))


def _levels_meet(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether two levels may be meant as one: one unnamed, or one with 以上 and the other without."""
    return not mine or not theirs or bool(set(mine) & set(theirs) - {"以上"})


class Index(Generic[T]):
    """Things by their concept, for lookup by another concept.

    >>> index = Index([(parse("规上工业总产值"), "row 1"), (parse("工业增加值"), "row 2")])
    >>> [(thing, match.same.value) for thing, match in index.find(parse("全区规模工业总产值"))]
    [('row 1', 'yes')]
    """

    def __init__(self, things: Iterable[tuple[Concept, T]]) -> None:
        self._by_kin: dict[Hashable, dict[Concept, list[T]]] = {}
        for concept, thing in things:
            self._by_kin.setdefault(concept.kin, {}).setdefault(concept, []).append(thing)

    def find(self, concept: Concept) -> Iterator[tuple[T, Match]]:
        """All that are the same (first) or near."""
        candidates = [(same(concept, other), things) for other, things in self._by_kin.get(concept.kin, {}).items()]
        for match, things in sorted(candidates, key=lambda pair: pair[0].same is not Same.YES):
            if match:
                for thing in things:
                    yield thing, match

    def groups(self) -> Iterator[dict[Concept, list[T]]]:
        """Things of one kin, by concept."""
        yield from self._by_kin.values()
