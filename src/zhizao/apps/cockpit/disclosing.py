"""What two public figures together would tell of one enterprise, though each is protected by itself.

A total, its growth among the same enterprises and the total of a year before differ by those that came or left: with
fewer than three of them, the difference is about one. It tells only so much as the rounding of rates lets through: half
of a tenth of a per cent of the base. Where that is less than p % of the largest of them, it tells too much (the p %
rule; Hundepool et al., Statistical Disclosure Control, 2012, ch. 4). A month is the difference of two sums from January
on: if one or two of the first are missing in the second, the month gives their figure away, whatever the rounding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

ROUNDING = 0.0005


@dataclass(frozen=True, slots=True)
class Limits:
    """As public tables have them: the least number of contributors, and p in per cent."""

    least: int
    p_pct: float


def limits() -> Limits:
    """Of the ledger's publications."""
    from zhizao.apps.ledger.definitions import definitions

    words = definitions().publication
    return Limits(words["least_contributors"], float(words["p_pct"]))


def open_groups(frame: pl.DataFrame, item: Any) -> set[str]:
    """The groups (``*``: the whole) whose sums a public table may show, of this span and of its base.

    ``frame`` has ``group``, ``subject``, ``value`` and ``base_now``.
    """
    import polars as pl

    from zhizao.apps.ledger.published import protected

    negative = item.definition.get("below_zero") != "error"
    found: list[set[str]] = []
    for column in ("value", "base_now"):
        cells = frame.select("group", pl.col("subject").cast(pl.String), pl.col(column).alias("value")).drop_nulls()
        # a month that is the difference of two sums may be below nought though its indicator cannot
        below = negative or bool((cells["value"] < 0).any())
        free = {} if cells.is_empty() else protected(cells, may_be_negative=below)
        found.append({cell for cell, (value, _count) in free.items() if value is not None})
    return found[0] & found[1]


def tells_by_year(frame: pl.DataFrame, of: Limits) -> bool:
    """Whether the total, its comparable growth and the total of the year before tell of one that came or left.

    >>> import polars as pl
    >>> schema = {"value": pl.Int64, "base_now": pl.Int64, "base_then": pl.Int64}
    >>> few = [pl.DataFrame([(100, 90, 90)] * 5 + [(new, None, None)], schema, orient="row") for new in (50, 1)]
    >>> [tells_by_year(frame, Limits(3, 10)) for frame in few]
    [True, False]
    """
    rows = list(frame.select("value", "base_now", "base_then").iter_rows())
    pairs = [(value, now if now is not None else then) for value, now, then in rows]
    whole = sum(abs(base) for _value, base in pairs if base is not None)
    came = [value for value, base in pairs if value is not None and base is None]
    left = [base for value, base in pairs if value is None and base is not None]
    return any(_tells(few, whole, of) for few in (came, left))


def tells_by_month(now: Mapping[int, int | None], before: Mapping[int, int | None], of: Limits) -> bool:
    """Whether the sums up to two months and what lies between tell of one that is only in the first.

    >>> four = {1: 10, 2: 20, 3: 30, 4: 40}
    >>> tells_by_month({1: 11, 2: 22, 3: 33}, four, Limits(3, 10)), tells_by_month(four, four, Limits(3, 10))
    (True, False)
    """
    return 0 < len(_known(before) - _known(now)) < of.least


def stock_tells(now: Mapping[int, int | None], before: Mapping[int, int | None], of: Limits) -> bool:
    """Whether two stocks, a month apart, tell of one that came or left between them."""
    whole = sum(abs(value) for value in before.values() if value is not None)
    came = [now[pk] or 0 for pk in _known(now) - _known(before)]
    left = [before[pk] or 0 for pk in _known(before) - _known(now)]
    return any(_tells(few, whole, of) for few in (came, left))


def hidden(shown: Collection[str], telling: Iterable[str], sizes: Mapping[str, int]) -> set[str]:
    """The groups to hide beside those that are: what tells; never just one, or the total gives it back.

    >>> sorted(hidden({"a", "b", "c"}, ["a"], {"a": 9, "b": 5, "c": 2}))
    ['a', 'c']
    """
    found = set(telling) & set(shown)
    was_hidden = sizes.keys() - set(shown)
    if len(found) == 1 and not was_hidden:
        rest = sorted((size, key) for key, size in sizes.items() if key not in found)
        found |= {key for _size, key in rest[:1]}
    return found


def _tells(few: list[int], whole: int, of: Limits) -> bool:
    return 0 < len(few) < of.least and of.p_pct / 100 * max(map(abs, few)) > ROUNDING * whole


def _known(values: Mapping[int, int | None]) -> set[int]:
    return {pk for pk, value in values.items() if value is not None}
