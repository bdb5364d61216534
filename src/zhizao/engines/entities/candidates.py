"""Which pairs are worth a comparison: names that share a key of one of several kinds, found by joins.

A key is anything that two names of one company are likely to share: the core with no or one character left out (two
cores at most one edit or swap apart share such a key: the deletion neighbourhood), its sound, its beginning, or its
first two characters with a later one. A key that very many names of the register share is dropped: comparing them all
would be brute force, and a name that fits a hundred companies names none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import polars as pl

from zhizao.engines.entities.evidence import sound
from zhizao.engines.entities.parts import Name

MOST_SHARED: Final = 100
"""A key that more names of the register share is dropped."""
_PAIR: Final = 2
"""Characters of the shortest trade name."""
Keys = Callable[[str], Iterator[str]]


def candidate_pairs(queries: Sequence[Name], known: Sequence[Name]) -> pl.DataFrame:
    """The pairs to compare.

    Returns
    -------
    polars.DataFrame, shape (m, 2)
        ``query``, ``known``: places in the two sequences; each pair once, in order.

    Examples
    --------
    >>> from zhizao.engines.entities.parts import parse
    >>> ours, theirs = ([parse(name, frozenset()) for name in part] for part in (["乙丙叶"], ["丁戊", "乙丙业"]))
    >>> candidate_pairs(ours, theirs).rows()
    [(0, 1)]
    """
    joined = []
    for ours, theirs in _BLOCKS:
        left, right = _table(queries, ours, "query"), _table(known, theirs, "known")
        common = right.group_by("key").len().filter(pl.col("len") > MOST_SHARED)
        right = right.join(common, on="key", how="anti")
        joined.append(left.join(right, on="key").select("query", "known"))
    return pl.concat(joined).unique().sort("query", "known")


def _table(spellings: Sequence[Name], keys: Keys, column: str) -> pl.DataFrame:
    places: list[int] = []
    found: list[str] = []
    for place, name in enumerate(spellings):
        if len(name.core) >= _PAIR:
            every = list(keys(name.core))
            found += every
            places += [place] * len(every)
    return pl.DataFrame({column: pl.Series(places, dtype=pl.UInt32), "key": pl.Series(found, dtype=pl.String)})


def _whole(core: str) -> Iterator[str]:
    yield core


def _sound(core: str) -> Iterator[str]:
    yield " ".join(map(sound, core))


def _one_left_out(core: str) -> Iterator[str]:
    yield core
    if len(core) > _PAIR:
        yield from {core[:i] + core[i + 1 :] for i in range(len(core))}


def _beginnings(core: str) -> Iterator[str]:
    return (core[:length] for length in range(_PAIR, len(core)))


def _head_and_last(core: str) -> Iterator[str]:
    if len(core) > _PAIR:
        yield core[:_PAIR] + core[-1]


def _head_and_each(core: str) -> Iterator[str]:
    return iter({core[:_PAIR] + character for character in core[_PAIR:]})


_BLOCKS: Final[tuple[tuple[Keys, Keys], ...]] = (
    (_one_left_out, _one_left_out),
    (_sound, _sound),
    (_whole, _beginnings),
    (_beginnings, _whole),
    (_head_and_last, _head_and_each),
)
"""What a query offers and what a known name offers, kind by kind."""
