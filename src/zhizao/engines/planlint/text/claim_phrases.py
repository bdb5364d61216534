"""The words before a figure, taken apart: subject, indicator, share of what, and how the figure is linked to them.

The words are read from the figure backwards: link words (达到, 年均增长, 由…) come off one by one and say what the
figure is (a level, a change, where a change began); what is left names the thing, read from its front: area, subject,
indicator.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from zhizao.engines.planlint.text import claim_words as words_of

_MORE: Final = re.compile(
    r"等(?:[0-9一二三四五六七八九十两]{0,3}[家个大类])?"
    r"|[两二三四五六七八九十]大(?=[一-龥]{0,6}(?:产业|行业|集群|企业|基地|板块))"
)
_TAIL: Final = re.compile(
    r"(?:均?(?:相对)?(?:稳步|持续|快速|显著|明显)?(?:较)?(?:提升|提高|增长|上升|下降|较高|较好|较快|高|增强|扩大))$"
)
_WHOLE: Final = re.compile(r"[、，,\s]*(?:其中|(?:按[一-龥]{1,6}?)?划?分[为成])")
_OPENS: Final = re.compile(r"^(?:的|完成|实现|达到|中|内|已|将|现有|共)+(?!支|国|小|药|期)")
_BEFORE_NAMES: Final = re.compile(r"^[^、]{0,16}(?:包括|包含|涵盖|拥有|建成|囊括|引入|引进|已?形成了?|即)")
_NEARLY: Final = re.compile(r"(占比|比重|比例|率)(?:近|约|超过?|达)$")
_ACHIEVED: Final = re.compile(r"(?:分别|依次|均|各自?|共)*(?:实现|完成|达到|达)?$")
_NUMBERED: Final = re.compile(r"^\s*(?:专栏|[图表])\s*[0-9一二三四五六七八九十]{1,3}(?:[-—–.][0-9]{1,2})?[\s:：]*")
_MADE: Final = frozenset(("建成", "拥有", "有", "形成", "完成", "实现", "在"))
"""Verbs whose object stands behind the figure: 建成18个车间."""
_PRONOUN: Final = re.compile(r"^其(?!中|他|它|余)")


class Relation(StrEnum):
    """How a figure is linked to the words before it."""

    LEVEL = "level"
    FROM = "from"
    GROWTH = "growth"
    DECREASE = "decrease"


@dataclass(frozen=True, slots=True)
class Phrase:
    """What the words before a figure say.

    Attributes
    ----------
    subject, indicator : empty where the words say nothing (the figure belongs to what was named before)
    of : of a share, its whole; of a ratio, its divisor
    base : of a share, the words of its numerator
    scope : limiting words
    parts : names that the subject is made of
    relation : what the figure is
    statistic : 年均, 同比 …, as printed; empty if none
    body : the words that are left when link and leading words are off
    bound : that the words give (不足…的20%)
    is_share : whether the words name a whole
    is_strong : whether a link word says “is” (达到, 为)
    is_expected : whether the figure is a target that was set before (“十三五”预期指标)
    is_of_which : whether 其中 opens the words
    is_compared : whether the figure measures a distance from a mean (全省平均水平的82%)
    links : the link words, nearest the figure first
    """

    relation: Relation = Relation.LEVEL
    subject: str = ""
    indicator: str = ""
    of: str = ""
    base: str = ""
    scope: str = ""
    parts: tuple[str, ...] = ()
    statistic: str = ""
    body: str = ""
    bound: str = ""
    is_share: bool = False
    is_strong: bool = False
    is_expected: bool = False
    is_of_which: bool = False
    is_compared: bool = False
    links: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Names:
    """What this plan is about: its own area, and the enterprises of its tables by the first two characters."""

    area: re.Pattern[str]
    enterprises: dict[str, tuple[str, ...]]

    def enterprise(self, words: str) -> str:
        """The name, or its short form of three characters or more, that a phrase begins with.

        A short form keeps the first two characters and the order of the others: 东江机配 of 东江机车配件.
        """
        best = 0
        for name in self.enterprises.get(words[:2], ()):
            length = _common(name, words)
            if length >= 3 or length == len(name):
                best = max(best, length)
        return words[:best]


def _common(name: str, words: str) -> int:
    """How many characters of the words stand in the name in this order, from its first on."""
    at = length = 0
    for character in words[:24]:
        at = name.find(character, at) + 1
        if not at:
            break
        length += 1
    return length


def parse(words: str, names: Names, *, percent: bool = False) -> Phrase:
    """Take the words before a figure apart; time words in them are replaced by ``claim_words.TIME``.

    Parameters
    ----------
    words : what stands between the figure before (or the beginning of the clause) and the figure
    names : what the plan is about
    percent : whether the figure is a share of something: only then is 总量的20% a share of the 总量
    """
    whole = _WHOLE.match(words) is not None
    body, phrase = _unlinked(words)
    body = _trimmed(body)
    pronoun = _PRONOUN.match(body) is not None
    body = _PRONOUN.sub("", body)
    if expected := words_of.EXPECTED.search(body):
        body = body[: expected.start()]
        phrase = replace(phrase, is_expected=True)
    return _named(replace(phrase, body=body, is_of_which=whole), body, names, pronoun=pronoun, percent=percent)


def _unlinked(words: str) -> tuple[str, Phrase]:
    """The words without the link words at their end, and what those say."""
    body = words
    links: list[str] = []
    kinds: list[str] = []
    while (link := words_of.LINK.search(body, max(0, len(body) - 12))) is not None:
        kind = str(link.lastgroup)
        if link[0] in ("发展", "壮大") and not (links and links[-1] in ("到", "至")):
            break  # a noun: 发展指数
        if link[0] == "目标" and not links:
            break  # a noun: 主要目标（共8项）
        kinds.append(kind)
        links.append(link[0])
        body = body[: link.start()]
    relation, strong = _relation(kinds, links)
    statistic = next((word for kind, word in zip(kinds, links, strict=True) if kind == "stat"), "")
    if not statistic:
        statistic = next((word[:2] for word in links if word[:2] in ("年均", "同比", "平均", "复合")), "")
    return body, Phrase(relation=relation, statistic=statistic, is_strong=strong, links=tuple(links))


def _relation(kinds: list[str], links: list[str]) -> tuple[Relation, bool]:
    """What the link words say, nearest the figure first; and whether one of them says “is”."""
    level = any(kind == "level" and word not in _MADE for kind, word in zip(kinds, links, strict=True))
    if "noun" in kinds:
        down = any(word.startswith("降") or word.startswith("下降") for word in links)
        return (Relation.DECREASE if down else Relation.GROWTH), level
    change = next((at for at, kind in enumerate(kinds) if kind in ("up", "down")), None)
    if change is not None:
        nearer = links[:change]
        reached = links[change][-1] in "至到" or any(word in ("到", "至") for word in nearer)
        reached = reached or (any(word in ("达到", "达", "为") for word in nearer) and "增长" not in links[change])
        if not reached or (any(kind == "stat" for kind in kinds[change:]) and links[change] == "增长"):
            return (Relation.DECREASE if kinds[change] == "down" else Relation.GROWTH), level
        return Relation.LEVEL, True
    if "source" in kinds:
        return Relation.FROM, level
    return Relation.LEVEL, level


def _trimmed(body: str) -> str:
    """Without time words, adverbial phrases and what only leads over."""
    body = words_of.MEANS.sub("", _NUMBERED.sub("", body))
    body = re.sub(rf"(?:(?:在|于|到|至|截至|截止|自|从|由|已由|已)?{words_of.TIME}(?:的|时|间)?)", "", body)
    while (lead := words_of.LEAD.match(body)) is not None and lead[0]:
        rest = body[lead.end() :]
        if not rest:
            return ""
        body = rest
    return body.strip(' “”"、，')


def _named(phrase: Phrase, body: str, names: Names, *, pronoun: bool, percent: bool) -> Phrase:
    scope = "".join(dict.fromkeys(found[0] for found in words_of.SCOPE.finditer(body)))
    area = names.area.match(body)
    if area is not None and not _is_firm(body, names):
        body = body[area.end() :].lstrip("的")
    body = _trimmed(body)
    phrase = replace(phrase, scope=scope)
    share = words_of.SHARE.match(body)
    if share is not None and percent:
        return _share(phrase, share, names, pronoun=pronoun)
    total = words_of.OF_TOTAL.match(body)
    if percent and total is not None and phrase.links[:1] == ("的",):
        return replace(phrase, of=total["of"], is_share=True, bound=_bound(total["bound"]))
    if (mean := words_of.AVERAGE.match(body)) is not None:
        subject, parts, rest = subject_of(mean["what"], names)
        return replace(phrase, subject=subject, parts=parts, indicator=rest, of=mean["of"], is_compared=True)
    subject, parts, rest = subject_of(body, names)
    if words_of.AMOUNT_OF.fullmatch(rest) and subject and not words_of.FIRM.fullmatch(subject):
        subject, rest = "", subject + rest.lstrip("的")
    if not rest and subject:
        subject, rest = "", body
    rest = _NEARLY.sub(r"\1", rest)
    return replace(phrase, subject=subject, parts=parts, indicator=_TAIL.sub("", rest), of=_divisor(rest))


def _is_firm(body: str, names: Names) -> bool:
    """Whether an enterprise is named first, whose name may begin with that of the area."""
    found = words_of.SUBJECT.match(body)
    if found is None or not words_of.FIRM.fullmatch(found["name"]) or names.area.fullmatch(found["name"]):
        return False
    return re.search(r"(?:公司|厂|集团)(?:（[^（）]*）)?$", found["name"]) is not None


def _bound(word: str | None) -> str:
    return {"不足": "lt", "不到": "lt", "超过": "gt", "超": "gt", "近": "about", "约": "about"}.get(word or "", "")


def _share(phrase: Phrase, share: re.Match[str], names: Names, *, pronoun: bool) -> Phrase:
    what, of = share["what"] if share["of"] else share["what2"], share["of"] or share["of2"]
    what = re.sub(r"(?:所|已|首次|约|仅|共|的|由)+$", "", what)
    of = names.area.sub("", of, count=1) if names.area.match(of) and names.area.sub("", of, count=1) else of
    subject, parts, rest = subject_of(what, names)
    if pronoun and not rest:
        rest = what
    return replace(phrase, subject=subject, parts=parts, base=rest, of=of.strip("的"), is_share=True)


def subject_of(body: str, names: Names) -> tuple[str, tuple[str, ...], str]:
    """Subject, the names that it is made of, and the rest of a phrase."""
    if (made := words_of.REPRESENTED.search(body)) is not None and made.start() <= 12:
        return _represented(body, made, names)
    if other := words_of.OTHER_AREA.match(body):
        return other["name"] or other["wide"], (), body[other.end() :].lstrip("的")
    found = words_of.SUBJECT.match(_shown(body, names))
    more = _MORE.search(body)
    if (
        more is not None
        and "、" in body[: more.start()]
        and (found is None or body[found.end() :][:1] in ("、", "等", "和"))
    ):
        return _enumerated(body, more, names)
    if found is not None and body[found.end() :][:1] == "、":
        return "", (), body
    if (own := words_of.OWNED.match(body)) is not None:
        firm = names.enterprise(body)
        if firm == own["name"] or not (found and found.end() > own.end("name")):
            firm = firm or own["name"]
            return firm, (), body[len(firm) :].lstrip("的")
    if found is not None and not words_of.NOT_ALONE.match(found["name"]):
        name = _without_scope(body[found.start("name") : found.end("name")])
        if name and not words_of.GENERIC.fullmatch(name):
            return name, (), _OPENS.sub("", body[found.end() :])
    if (firm := names.enterprise(body)) and body[len(firm) :][:1] != "、":
        return firm, (), _OPENS.sub("", body[len(firm) :])
    return "", (), body


def _shown(body: str, names: Names) -> str:
    """The words with the 的 of a known name (的 as its second character) made a letter, for it is no particle there."""
    return body[0] + "\ue002" + body[2:] if body[1:2] == "的" and body[:2] in names.enterprises else body


def _represented(body: str, made: re.Match[str], names: Names) -> tuple[str, tuple[str, ...], str]:
    """以甲、乙为代表的丙产业: the sector; 以甲、乙构成的产业链: the chain with the names that tell which."""
    parts = split_names(made["names"])
    rest = body[made.start("kind") :]
    if made["made"] and (chain := words_of.CHAIN.match(rest)) is not None:
        return body[made.start() : made.start("kind") + chain.end()], parts, _OPENS.sub("", rest[chain.end() :])
    subject, _, inner = subject_of(rest, names)
    return (subject, parts, inner) if subject else (made["kind"], parts, rest[len(made["kind"]) :])


def _enumerated(body: str, more: re.Match[str], names: Names) -> tuple[str, tuple[str, ...], str]:
    """甲、乙等支柱产业产值: what the names are called together, the names, and the rest."""
    rest = body[more.end() :]
    named, _, inner = subject_of(rest, names)
    if not named and (head := words_of.HEAD.search(rest)) is not None and head.start():
        named, inner = _ACHIEVED.sub("", rest[: head.start()]).rstrip("的"), rest[head.start() :]
        if words_of.NOT_ALONE.fullmatch(named) and more[0][:1] != "等":
            named = more[0] + named  # 四大产业
    elif not named:
        inner = rest
    return named, split_names(_BEFORE_NAMES.sub("", body[: more.start()])), inner.lstrip("的")


def _without_scope(name: str) -> str:
    return re.sub(r"^(?:规模以上|规上|限额以上|我国|全部)", "", name)


def split_names(words: str) -> tuple[str, ...]:
    """The names of an enumeration.

    >>> split_names("甲厂、乙公司和丙店"), split_names("以甲和乙")
    (('甲厂', '乙公司', '丙店'), ('甲', '乙'))
    """
    words = re.sub(r"^(?:其中|以|由|依托|围绕|尤以)+[，,：:]?", "", words.strip("，、： "))
    found = [piece.strip() for piece in re.split(r"、|以及", words) if piece.strip()]
    if found:
        last = re.split(r"(?<=[^\s])(?:和|与|及)(?=[^\s])", found[-1])
        found = found[:-1] + [piece.strip() for piece in last if piece.strip()]
    return tuple(found)


def _divisor(indicator: str) -> str:
    found = words_of.PER.search(indicator)
    if found is None:
        return ""
    return found["every"] or found["unit"] or found["mean"] or found["mu"] or ""
