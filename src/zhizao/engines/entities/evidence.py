"""What speaks for two names being one company's, and what against.

The cores are compared in one of a few ways (``Kind``), each with a weight in bits: log2(m / u), where m is how often
two names of one company compare so and u how often two names of different companies do (Fellegi and Sunter). Marks that
tell companies of one group apart (``Conflict``) are no weights: each keeps a pair from ever being more than doubtful.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import log2
from typing import Final

from rapidfuzz.distance import OSA, LCSseq

from zhizao.engines.entities.parts import Name, lookalikes
from zhizao.kernel import names
from zhizao.kernel.result import mark


class Kind(StrEnum):
    """How two names compare; the strongest comes first."""

    NAME = "name"
    CORE = "core"
    HEAD = "head"
    ABBREVIATION = "abbreviation"
    SOUND = "sound"
    SWAP = "swap"
    LOOK = "look"
    SLIP = "slip"
    LATIN = "latin"
    LONGER = "longer"
    OTHER = "other"


class Conflict(StrEnum):
    """What keeps a pair from being more than doubtful."""

    FORM = "form"
    GROUP = "group"
    PLACE = "place"
    LOCAL = "local"
    PARENT = "parent"
    BRANCH = "branch"
    NUMBER = "number"
    WORD = "word"
    CHARACTER = "character"
    SHORTER = "shorter"
    LONGER = "longer"
    PARTIAL = "partial"
    TRADE = "trade"
    AMBIGUOUS = "ambiguous"


RATES: Final[dict[Kind, tuple[float, float]]] = {
    Kind.NAME: (0.30, 1e-9),
    Kind.CORE: (0.30, 1e-6),
    Kind.HEAD: (0.15, 1e-6),
    Kind.ABBREVIATION: (0.02, 2e-6),
    Kind.SOUND: (0.04, 1e-6),
    Kind.SWAP: (0.02, 1e-6),
    Kind.LOOK: (0.02, 1e-6),
    Kind.SLIP: (0.02, 2e-6),
    Kind.LATIN: (0.04, 1e-6),
    Kind.LONGER: (0.01, 1e-4),
    Kind.OTHER: (0.01, 2e-6),
}
"""For each kind m and u: how often a pair of names of one company, and of two companies, compares so. m is the mix of
spellings in the labelled pairs, rounded; u the order of magnitude among random pairs of a register of 100,000."""
PLACE_BITS: Final = 2.0
"""Both name the same place: half the names of a region do, so that it weighs little."""
CONFLICT_BITS: Final = -6.0
PARTIAL_BITS: Final = -2.0
"""A trade name is often cut to its beginning, so that whose name it begins are all in question."""
OUTSIDE_BITS: Final = 8.0
"""A name is none's of the register until more than this speaks for someone."""

REASONS: Final[dict[str, str]] = {
    Kind.NAME: mark("The same name."),
    Kind.CORE: mark("The same trade name and industry."),
    Kind.HEAD: mark("The beginning of its name; words of the trade left out."),
    Kind.ABBREVIATION: mark("A short form of its name."),
    Kind.SOUND: mark("Characters of the same sound."),
    Kind.SWAP: mark("Two characters swapped."),
    Kind.LOOK: mark("Characters that look alike."),
    Kind.SLIP: mark("A character doubled or left out."),
    Kind.LATIN: mark("Its name in pinyin or English."),
    Kind.LONGER: mark("Its name with further words."),
    Kind.OTHER: mark("A similar name."),
}
"""What is told of each kind."""
CONFLICTS: Final[dict[str, str]] = {
    Conflict.FORM: mark("The legal forms differ."),
    Conflict.GROUP: mark("One is a group, the other is not."),
    Conflict.PLACE: mark("The places differ."),
    Conflict.LOCAL: mark("One is a local company of the other's name."),
    Conflict.PARENT: mark("The companies above differ."),
    Conflict.BRANCH: mark("One is a branch, the other is not."),
    Conflict.NUMBER: mark("The numbers or letters differ."),
    Conflict.WORD: mark("Another word of a trade."),
    Conflict.CHARACTER: mark("A character differs without likeness."),
    Conflict.SHORTER: mark("A complete name lacks words."),
    Conflict.LONGER: mark("The name has words that the register's has not."),
    Conflict.PARTIAL: mark("Only a part of the trade name."),
    Conflict.TRADE: mark("Its English words are not in the name."),
    Conflict.AMBIGUOUS: mark("The name fits others as well."),
}
"""What is told of each conflict."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a pair compares: ``bits`` for it, and the conflicts."""

    kind: Kind
    bits: float
    conflicts: tuple[Conflict, ...] = ()


def weight(kind: Kind) -> float:
    """The bits of a kind: log2(m / u).

    >>> round(weight(Kind.CORE), 1)
    18.2
    """
    m, u = RATES[kind]
    return log2(m / u)


def compare(query: Name, known: Name, pairs: frozenset[str]) -> Evidence | None:
    """Compare two names; ``None`` where nothing speaks for them.

    Parameters
    ----------
    query, known : Name
        As written somewhere, and as registered.
    pairs : frozenset of str
        Pairs of characters that stand in words of trades, so that they tell no company from another.

    Examples
    --------
    >>> from zhizao.engines.entities.parts import parse, trade_pairs
    >>> a, b = (parse(name, frozenset()) for name in ("乙丙乳品二厂有限公司", "乙丙乳品一厂有限公司"))
    >>> [str(conflict) for conflict in compare(a, b, trade_pairs()).conflicts]
    ['number']
    """
    if query.key == known.key:
        return Evidence(Kind.NAME, weight(Kind.NAME))
    found = _cores(query, known, pairs)
    if found is None:
        return None
    kind, conflicts = found
    conflicts += marks(query, known)
    return weighed(kind, conflicts, same_place=bool(query.places & known.places))


def weighed(kind: Kind, conflicts: tuple[Conflict, ...], *, same_place: bool) -> Evidence:
    """The evidence of a kind with its conflicts."""
    against = sum(PARTIAL_BITS if conflict is Conflict.PARTIAL else CONFLICT_BITS for conflict in conflicts)
    return Evidence(kind, weight(kind) + PLACE_BITS * same_place + against, conflicts)


def marks(query: Name, known: Name) -> tuple[Conflict, ...]:
    """What tells two companies of one group apart, the trade name left aside.

    What a short name leaves out may be there; what a complete one (that says its legal form) leaves out is not.
    """
    complete = query.complete
    checks = (
        (Conflict.FORM, bool(query.form) and query.form != known.form),
        (Conflict.GROUP, query.group > known.group or (complete and query.group < known.group)),
        (Conflict.PLACE, not (query.places <= known.places or known.places <= query.places)),
        (Conflict.LOCAL, complete and query.inner_place != known.inner_place),
        (Conflict.PARENT, query.parent != known.parent and (complete or bool(query.parent))),
        (Conflict.BRANCH, query.branch != known.branch),
        (Conflict.NUMBER, query.numbers != known.numbers),
    )
    return tuple(conflict for conflict, there in checks if there)


def _cores(query: Name, known: Name, pairs: frozenset[str]) -> tuple[Kind, tuple[Conflict, ...]] | None:
    ours, theirs = query.core, known.core
    if len(ours) < 2 or len(theirs) < 2:
        return None
    if ours == theirs:
        bare = not query.complete and len(ours) == 2
        return (Kind.HEAD if bare else Kind.CORE), ()
    if theirs.startswith(ours) or (len(ours) > 2 and ours[:2] == theirs[:2] and _inside(ours, theirs)):
        kind = Kind.HEAD if theirs.startswith(ours) else Kind.ABBREVIATION
        if query.complete:
            return kind, (Conflict.SHORTER,)
        return kind, () if rest_is_trade(ours, theirs, pairs) else (Conflict.PARTIAL,)
    if ours.startswith(theirs):
        return Kind.LONGER, (Conflict.LONGER,)
    if query.numbers != known.numbers and OSA.distance(ours, theirs) <= 2:
        return Kind.OTHER, ()  # 一厂 for 二厂 is no slip; marks say what it is
    return _misspelt(ours, theirs, pairs)


def _inside(short: str, long: str) -> bool:
    return len(short) < len(long) and LCSseq.similarity(short, long) == len(short)


def rest_is_trade(ours: str, theirs: str, pairs: frozenset[str]) -> bool:
    """Whether all that the short name leaves out are words of trades, so that it has the whole trade name."""
    left, at = [], 0
    for place, character in enumerate(theirs):
        if at < len(ours) and ours[at] == character:
            at += 1
        else:
            left.append(place)
    return all(place >= 2 and _is_trade(theirs, place, pairs) for place in left)


def _is_trade(core: str, place: int, pairs: frozenset[str]) -> bool:
    return core[place - 1 : place + 1] in pairs or core[place : place + 2] in pairs


def _misspelt(ours: str, theirs: str, pairs: frozenset[str]) -> tuple[Kind, tuple[Conflict, ...]] | None:
    distance = OSA.distance(ours, theirs, score_cutoff=2)
    if distance > 2 or len(theirs) < 3 or (distance == 2 and len(theirs) < 4):
        return None
    if len(ours) != len(theirs):
        return _slip(ours, theirs, pairs) if distance == 1 else (Kind.OTHER, (Conflict.CHARACTER,))
    places = [i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b]
    if len(places) == 2 and distance == 1:
        return Kind.SWAP, ()
    if any(_other_word(ours, theirs, place, pairs) for place in places):
        return Kind.OTHER, (Conflict.WORD,)
    if all(_samesound(ours, theirs, place) for place in places):
        return Kind.SOUND, ()
    if all(frozenset((ours[i], theirs[i])) in lookalikes() or _samesound(ours, theirs, i) for i in places):
        return Kind.LOOK, ()
    return Kind.OTHER, (Conflict.CHARACTER,)


def _other_word(ours: str, theirs: str, place: int, pairs: frozenset[str]) -> bool:
    """Whether both spellings make words of trades there: 电器 is no misspelt 电气."""
    return place >= 2 and _is_trade(ours, place, pairs) and _is_trade(theirs, place, pairs)


def _slip(ours: str, theirs: str, pairs: frozenset[str]) -> tuple[Kind, tuple[Conflict, ...]]:
    """One character more or less: a slip if it doubles its neighbour or leaves a hole in a word of a trade."""
    longer, shorter = (ours, theirs) if len(ours) > len(theirs) else (theirs, ours)
    at = next((i for i, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), len(shorter))
    doubled = longer[at] == longer[at - 1]
    hole = longer is theirs and 2 <= at < len(longer) - 1 and _is_trade(theirs, at, pairs)
    if doubled or hole:
        return Kind.SLIP, ()
    return Kind.SLIP, (Conflict.LONGER if longer is ours else Conflict.SHORTER,)


def _samesound(ours: str, theirs: str, place: int) -> bool:
    """Whether a character sounds alike in both, alone or as it is read in the name (长 is cháng in 长风)."""
    return bool({sound(ours[place]), _syllables(ours)[place]} & {sound(theirs[place]), _syllables(theirs)[place]})


@lru_cache(maxsize=100_000)
def sound(character: str) -> str:
    """The syllable of a character alone, without tone.

    >>> sound("顶"), sound("鼎")
    ('ding', 'ding')
    """
    return names.pinyin(character)


@lru_cache(maxsize=100_000)
def _syllables(core: str) -> tuple[str, ...]:
    syllables = tuple(names.pinyin(core).split())
    return syllables if len(syllables) == len(core) else tuple(map(sound, core))
