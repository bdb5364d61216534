"""Lists of figures, “甲、乙、丙分别为1%、2%和3%”: which figures make one, and which names stand before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from zhizao.engines.planlint.text import claim_words
from zhizao.engines.planlint.text.claim_figures import Figure
from zhizao.engines.planlint.text.claim_phrases import Names, split_names
from zhizao.engines.planlint.text.claim_state import UNSURE, Claim
from zhizao.kernel.span import Span

_BETWEEN: Final = re.compile(r"\s*(?:、|和|及|以及|与|，和|、和)\s*")
_MORE: Final = re.compile(
    r"(?:等(?:[0-9一二三四五六七八九十两]{1,3}[家个大])?|[两二三四五六七八九十]大|(?:[0-9]{1,2}|[两二三四五六七八九十])[个家类项条座种])"
    r"(?:[一-龥]{0,6}?(?:企业|公司|行业|产业集群|产业链|产业|单位|园区|平台|片区|领域|环节|板块|方向|集群|产品))?的?"
)
_SECTORS: Final = re.compile(r"^(?P<names>[^，。；]{2,120}?(?:产业|行业|制造业|工业|企业|园区|业))(?:的|$)?")
_LEAD: Final = re.compile(
    rf"^(?:{claim_words.TIME}|[，、\s]|到|至|截至|截止|在|其中|以|由|依托|围绕|尤以|力争|实现|预计|全[区市县省]|的|引进新建|新建)+"
)
_BEFORE: Final = re.compile(r"^[^、]{0,16}?(?:包括|包含|涵盖|拥有|现有|建成|囊括|形成|培育|覆盖|引入|引进|即)|^有")
_VERBS: Final = re.compile(r"(?:分别|依次|均|各自?)?(?:实现|完成|达到|突破|形成|为|达|有)*$")
_FIRST: Final = re.compile(r"^(?:分别|依次|均|各自?|共)*(?:实现|完成|达到|达)?(?=[一-龥])")
"""What stands between the names and their indicator: 四大产业分别实现产值."""
_DOING: Final = re.compile(
    r"^(?:重点|着力|加快|大力|积极|持续|全面|优先|共|现)*(?:发展|培育|推动|推进|打造|建设|做[强大优精]|壮大|聚焦|突出|支持)"
    r"(?!集团|银行|公司|投资|委|局|基金|机械|工程|材料|区|型)|^[^、，]{0,12}?(?:下[设辖]|设有|设立|代管|辖有)|^[^、，以]{0,4}?[两二三四五六七八九十0-9][一-龥]{1,3}?(?:分别)?为"
)
"""What a sentence does with the things it lists, or how many they are: 重点发展甲、乙; 三园为甲、乙."""
_OWNED: Final = re.compile("(?P<name>[^的]{2,}?)的(?P<what>[^的]{2,})")
"""The last name with what is measured: 甲、乙公司的供应商本地化比例."""
_FIGURE: Final = re.compile(r"[0-9]\s*[万亿%家个户项]")


@dataclass(frozen=True, slots=True)
class Listed:
    """The names of a list, and the indicator without the last of them where the two had run together."""

    names: tuple[str, ...]
    indicator: str = ""


def groups(figures: Sequence[Figure], words: str) -> list[list[Figure]]:
    """Figures in one unit with nothing but 、 or 和 between them are one list.

    >>> from zhizao.engines.planlint.text.claim_figures import figures
    >>> text = "分别为1%、2%和3%，共6家"
    >>> [[str(one.value) for one in group] for group in groups(figures(text)[0], text)]
    [['1', '2', '3'], ['6']]
    """
    found: list[list[Figure]] = []
    for figure in figures:
        last = found[-1][-1] if found else None
        if last is not None and last.unit == figure.unit and _BETWEEN.fullmatch(words[last.end : figure.start]):
            found[-1].append(figure)
        else:
            found.append([figure])
    return found


def pair(windows: Sequence[str], count: int, indicator: str, names: Names) -> Listed:
    """The names of a list of ``count`` figures, from the stretches of words before it, the nearest first.

    The enumeration that is as long as the list is taken; if none is, the nearest of two names or more.
    """
    nearest = Listed(())
    for words in windows:
        for listed in _enumerations(words, indicator, names):
            if len(listed.names) == count:
                return listed
            if len(listed.names) > 1 and not nearest.names:
                nearest = listed
    return nearest


def _enumerations(words: str, indicator: str, names: Names) -> list[Listed]:
    """The enumerations that a stretch of words may hold, the likeliest first."""
    found: list[Listed] = []
    if (made := claim_words.REPRESENTED.search(words)) is not None and made["names"]:
        found.append(Listed(split_names(made["names"])))
    plain = _LEAD.sub("", claim_words.MEANS.sub("", words))
    plain = names.area.sub("", plain, count=1) if names.area.match(plain) else plain
    if (more := _MORE.search(plain)) is not None and "、" in plain[: more.start()]:
        rest = _VERBS.sub("", _FIRST.sub("", plain[more.end() :]))
        rest = rest if claim_words.HEAD.search(rest) else ""
        found.append(Listed(names_of(plain[: more.start()]), _described(rest)))
    elif not found and re.search("[、和及与]", plain):
        found += _joined(plain)
    return found


def _joined(plain: str) -> list[Listed]:
    """An enumeration whose last name runs into the indicator: 甲、乙、丙亩产值."""
    every = split_names(_VERBS.sub("", _DOING.sub("", plain)))
    if len(every) < 2 or any(_FIGURE.search(name) for name in every):
        return []
    last = every[-1]
    if (owned := _OWNED.fullmatch(last)) is not None and claim_words.HEAD.search(owned["what"]):
        return [Listed((*every[:-1], owned["name"]), owned["what"])]
    head = claim_words.HEAD.search(last)
    if head is not None and head.start() > 0:
        name = _VERBS.sub("", last[: head.start()]).rstrip("的")
        return [Listed((*every[:-1], name), last[head.start() :])]
    return [Listed(every)] if head is None else []


def names_of(words: str) -> tuple[str, ...]:
    """The names of an enumeration without the words that lead to it.

    >>> names_of("建成甲、乙、丙集团")
    ('甲', '乙', '丙集团')
    """
    return split_names(_DOING.sub("", _LEAD.sub("", _BEFORE.sub("", words))))


def _described(rest: str) -> str:
    """The indicator without the word that judges it: 亩产值均相对较高."""
    return re.sub(r"均?(?:相对)?较?(?:高|好|快|大|多|突出|领先)$", "", rest)


def member(
    first: Claim, figure: Figure, listed: Listed, number: int, group: Sequence[Figure], span: Span | None
) -> Claim:
    """One figure of a list; where names and figures are not as many it has no subject."""
    common = replace(first, figure=figure, bound=figure.bound, list_at=group[0].start, list_values=len(group))
    if span is not None:
        return replace(common, span=span)
    indicator = listed.indicator or first.indicator
    if len(listed.names) == len(group):
        return replace(common, subject=listed.names[number], indicator=indicator, parts=(), list_names=len(group))
    if not listed.names:
        return replace(common, confidence=UNSURE, notes=(*first.notes, "list without names"))
    notes = (*first.notes, "names of the list: " + "、".join(listed.names))
    names = len(listed.names)
    return replace(common, subject="", indicator=indicator, parts=(), list_names=names, confidence=UNSURE, notes=notes)
