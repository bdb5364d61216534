"""Names in Latin letters: pinyin of the trade name, English words of the trade, a place, ``Co., Ltd.``

What is left of such a name without legal words, trade words and places must be the pinyin of the beginning of a core;
each trade word must stand in the core in Chinese. English names that the register has are compared word by word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from zhizao.engines.entities.candidates import MOST_SHARED
from zhizao.engines.entities.evidence import (
    Conflict,
    Evidence,
    Kind,
    marks,
    rest_is_trade,
    weighed,
    weight,
)
from zhizao.engines.entities.parts import Name, trade_words
from zhizao.kernel import names

_CHINESE: Final = re.compile("[\u3400-\u9fff]")
_TOKENS: Final = re.compile("[a-z]+|[0-9]+")
_LEGAL: Final = frozenset(
    ("co", "ltd", "limited", "inc", "incorporated", "corp", "corporation", "company", "llc", "plc", "the", "of", "and")
)
_LONGEST_PHRASE: Final = 3
_SHORTEST: Final = 2


@dataclass(frozen=True, slots=True)
class LatinName:
    """A Latin name taken apart: ``words`` each as the Chinese words it may stand for, ``rest`` joined."""

    rest: str
    words: tuple[frozenset[str], ...]
    name: Name


def is_latin(name: str) -> bool:
    """Whether a name has letters and none of them Chinese.

    >>> is_latin("Yibing Doors Co., Ltd."), is_latin("AB门业"), is_latin("12")
    (True, False, False)
    """
    return not _CHINESE.search(name) and bool(re.search("[A-Za-z]{2}", names.normalise(name)))


def compare_latin(
    queries: Sequence[str], texts: Sequence[str], known: Sequence[Name], places: frozenset[str], pairs: frozenset[str]
) -> list[tuple[int, int, Evidence]]:
    """Compare Latin names with all of a register.

    Parameters
    ----------
    queries : sequence of str
        Latin names.
    texts, known : sequence of str, sequence of Name
        The register's names as written and taken apart.
    places, pairs : frozenset of str
        Places; pairs of characters of trade words.

    Returns
    -------
    list of (int, int, Evidence)
        Place in ``queries``, place in ``known``, how they compare.

    Examples
    --------
    >>> from zhizao.engines.entities.parts import parse, trade_pairs
    >>> text = "乙丙门业有限公司"
    >>> found = compare_latin(["Yibing Door Co., Ltd."], [text], [parse(text, frozenset())], frozenset(), trade_pairs())
    >>> [(i, j, str(evidence.kind)) for i, j, evidence in found]
    [(0, 0, 'latin')]
    """
    if not queries:
        return []
    by_sound: dict[str, list[tuple[int, int]]] = defaultdict(list)
    by_words: dict[str, list[int]] = defaultdict(list)
    for place, (text, name) in enumerate(zip(texts, known, strict=True)):
        if is_latin(text):
            by_words[_plain(text)].append(place)
            continue
        syllables = names.pinyin(name.core).split()
        if len(syllables) == len(name.core):
            for length in range(_SHORTEST, len(syllables) + 1):
                by_sound["".join(syllables[:length])].append((place, length))
    sounds = sorted(((names.pinyin(place).replace(" ", ""), place) for place in places), key=lambda p: -len(p[0]))
    found = []
    for i, text in enumerate(queries):
        found += [(i, j, Evidence(Kind.CORE, weight(Kind.CORE))) for j in by_words.get(_plain(text), [])[:MOST_SHARED]]
        query = _parsed(text, sounds)
        for j, length in by_sound.get(query.rest, [])[: MOST_SHARED + 1]:
            found.append((i, j, _evidence(query, known[j], length, pairs)))
    return found


def _evidence(query: LatinName, known: Name, length: int, pairs: frozenset[str]) -> Evidence:
    head, rest = known.core[:length], known.core[length:]
    conflicts = marks(query.name, known)
    if not all(any(word in rest for word in words) for words in query.words):
        conflicts += (Conflict.TRADE,)
    if not rest_is_trade(head, known.core, pairs):
        conflicts += (Conflict.PARTIAL,)
    return weighed(Kind.LATIN, conflicts, same_place=bool(query.name.places & known.places))


def _tokens(text: str) -> list[str]:
    return [token for token in _TOKENS.findall(text.lower()) if token not in _LEGAL]


def _plain(text: str) -> str:
    return " ".join(_tokens(text))


def _parsed(text: str, sounds: Sequence[tuple[str, str]]) -> LatinName:
    tokens = _tokens(text)
    group, branch = "group" in tokens, "branch" in tokens
    numbers = "".join(token for token in tokens if token.isdigit())
    tokens = [token for token in tokens if not token.isdigit() and token not in ("group", "branch")]
    words, left, at = [], [], 0
    while at < len(tokens):
        for length in range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1):
            if chinese := _phrases().get(" ".join(tokens[at : at + length])):
                words.append(chinese)
                at += length
                break
        else:
            left.append(tokens[at])
            at += 1
    rest, named = "".join(left), frozenset[str]()
    for sound, place in sounds:
        if rest.startswith(sound) and len(rest) > len(sound):
            rest, named = rest.removeprefix(sound), frozenset([place])
            break
    name = Name(text, rest, "", group, named, False, "", "分公司" if branch else "", numbers)
    return LatinName(rest, tuple(words), name)


@cache
def _phrases() -> dict[str, frozenset[str]]:
    """English phrases, without the words that names of companies share, with the Chinese words they stand for."""
    found: dict[str, set[str]] = defaultdict(set)
    for chinese, english in trade_words():
        found[_plain(english)].add(chinese)
    return {english: frozenset(chinese) for english, chinese in found.items()}
