"""The words before a figure, taken apart: subject, indicator, share of what, and how the figure is linked to them.

The words are read from the figure backwards: link words (达到, 年均增长, 由…) come off one by one and say what the figure
is (a level, a change, where a change began); what is left names the thing, read from its front: area, subject, indicator.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from zhizao.engines.planlint import claim_words as words_of

_ENUMERATION: Final = re.compile(r"[^、，。；：]{1,30}(?:、[^、，。；：]{1,30})+")
_MORE: Final = re.compile(r"等(?P<count>[0-9一二三四五六七八九十两]{0,3})(?P<class>[家个大类]?)")
_TAIL: Final = re.compile(
    r"(?:均?(?:相对)?(?:稳步|持续|快速|显著|明显)?(?:较)?(?:提升|提高|增长|上升|下降|较高|较好|较快|高|增强|扩大))$"
)
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
    verb : a verb that limits what is counted (新增), where the counted thing stands behind the figure
    body : the words that are left when link and leading words are off
    """

    relation: Relation = Relation.LEVEL
    subject: str = ""
    indicator: str = ""
    of: str = ""
    base: str = ""
    scope: str = ""
    parts: tuple[str, ...] = ()
    statistic: str = ""
    verb: str = ""
    body: str = ""
    bound: str = ""
    is_share: bool = False
    is_own: bool = False
    is_strong: bool = False
    links: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Names:
    """What this plan is about: its own area, and the enterprises of its tables by the first two characters."""

    area: re.Pattern[str]
    enterprises: dict[str, tuple[str, ...]]

    def enterprise(self, words: str) -> str:
        """The name, or its beginning of three characters or more, that a phrase begins with."""
        best = ""
        for name in self.enterprises.get(words[:2], ()):
            length = _common(name, words)
            if length > len(best) and (length == len(name) or length >= 3):
                best = words[:length]
        return best


def _common(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def parse(words: str, names: Names) -> Phrase:
    """Take the words before a figure apart; time words in them are replaced by ``claim_words.TIME``."""
    body, phrase = _unlinked(words)
    body = _trimmed(body)
    pronoun = _PRONOUN.match(body) is not None
    body = _PRONOUN.sub("", body)
    return _named(replace(phrase, body=body), body, names, pronoun=pronoun)


def _unlinked(words: str) -> tuple[str, Phrase]:
    """The words without the link words at their end, and what those say."""
    body = words
    links: list[str] = []
    kinds: list[str] = []
    while (link := words_of.LINK.search(body, max(0, len(body) - 12))) is not None and link[0]:
        kind = str(link.lastgroup)
        if kind == "up" and not _is_change(body, link):
            break
        kinds.append(kind)
        links.append(link[0])
        body = body[: link.start()]
    relation, strong = _relation(kinds, links)
    statistic = next((word for kind, word in zip(kinds, links, strict=True) if kind == "stat"), "")
    if not statistic:
        statistic = next((word[:2] for word in links if word[:2] in ("年均", "同比", "平均", "复合")), "")
    return body, Phrase(relation=relation, statistic=statistic, is_strong=strong, links=tuple(links))


def _is_change(body: str, link: re.Match[str]) -> bool:
    """Whether a change word is a verb here; 发展 and 多 only are before 到, 至 or 了."""
    return link[0] not in ("发展", "多", "壮大") or False


def _relation(kinds: list[str], links: list[str]) -> tuple[Relation, bool]:
    """What the link words say, nearest the figure first; and whether one of them says “is”."""
    level = any(kind == "level" for kind in kinds)
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
    body = words_of.MEANS.sub("", body)
    body = re.sub(rf"(?:(?:在|于|到|至|截至|截止|自|从|由|已由|已)?{words_of.TIME}(?:的|时|间)?)", "", body)
    while (lead := words_of.LEAD.match(body)) is not None and lead[0]:
        rest = body[lead.end() :]
        if not rest:
            return ""
        body = rest
    return body.strip(' “”"、，')


def _named(phrase: Phrase, body: str, names: Names, *, pronoun: bool) -> Phrase:
    scope = "".join(dict.fromkeys(found[0] for found in words_of.SCOPE.finditer(body)))
    area = names.area.match(body)
    if area is not None and area.end() < len(body):
        body = body[area.end() :].lstrip("的")
    body = _trimmed(body)
    phrase = replace(phrase, scope=scope, is_own=area is not None)
    if (share := words_of.SHARE.match(body)) is not None and not re.search(r"占[地用]", body):
        return _share(phrase, share, names, pronoun=pronoun)
    total = words_of.OF_TOTAL.match(body)
    if total is not None and phrase.links[:1] == ("的",):
        return replace(phrase, of=total["of"], is_share=True, bound=_bound(total["bound"]), indicator="")
    subject, parts, rest = subject_of(body, names)
    if not rest and subject:
        subject, rest = "", body if not parts else subject
    return replace(phrase, subject=subject, parts=parts, indicator=_TAIL.sub("", rest), of=_divisor(rest))


def _bound(word: str | None) -> str:
    return {"不足": "lt", "超过": "gt", "超": "gt", "近": "about", "约": "about"}.get(word or "", "")


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
        kind = made["kind"] if made["names"] else made["of"]
        rest = body[made.end() :]
        subject, _, inner = subject_of(kind, names) if kind else ("", (), "")
        return subject or kind, split_names(made["names"] or made["made"]), (inner if subject else "") + rest
    if (more := _MORE.search(body)) is not None and "、" in body[: more.start()]:
        rest = body[more.end() :]
        named, _, inner = subject_of(rest, names)
        if not named and (found := words_of.HEAD.search(rest)) is not None and found.start():
            named, inner = rest[: found.start()].rstrip("的"), rest[found.start() :]
        elif not named:
            inner = rest
        return named, split_names(body[: more.start()]), inner.lstrip("的")
    if (own := words_of.OWNED.match(body)) is not None and (firm := names.enterprise(body) or own["name"]):
        return firm, (), body[len(firm) :].lstrip("的")
    found = words_of.SUBJECT.match(body)
    if found is not None and not words_of.NOT_ALONE.match(found["name"]):
        name = _without_scope(found["name"])
        if name:
            return name, (), re.sub(r"^(?:的|完成|实现|达到|中)+", "", body[found.end() :])
    if firm := names.enterprise(body):
        return firm, (), body[len(firm) :].lstrip("的")
    return "", (), body


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
