"""All rules for many enterprises at once: statuses only, in one pass."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import lru_cache
from typing import Final

import polars as pl

from zhizao.engines.ladder.pack import LADDER, RULES, SIZES
from zhizao.kernel.rules import BoundRule, Rulebook
from zhizao.kernel.rules.columns import polars_expression
from zhizao.kernel.rules.evaluating import STATUS, facts_frame

SIZE: Final = pl.Enum(["large", "medium", "small", "micro", "unknown"])
RUNG: Final = pl.Enum([*LADDER, "none", "unknown"])
_ROW: Final = "\x00row"


def classify(book: Rulebook, frame: pl.DataFrame, *, on: dt.date, known_on: dt.date | None = None) -> pl.DataFrame:
    """Answer every rule for every enterprise.

    Parameters
    ----------
    book : Rulebook
        Of ``rulebook``; a rule that is not in force on the day is answered unknown.
    frame : polars.DataFrame, shape (n, any)
        Columns named and in units like the facts of ``facts``; null, or no column, is unknown.
    on, known_on : date
        The day for which the answers hold, and the day on whose knowledge of the rules; ``on`` by default.

    Returns
    -------
    polars.DataFrame, shape (n, 12)
        For each rule of ``RULES`` its status yes, no or unknown; ``size``; ``rung``, the highest rung whose conditions
        are met (``unknown`` where none is known to be met and one is not known).

    Raises
    ------
    Refused
        ``rules.fact_type``, ``rules.fact_range`` with the column.

    Examples
    --------
    >>> from zhizao.engines.ladder.pack import rulebook
    >>> frame = pl.DataFrame({"employees": [1000, 299, 19, 400], "revenue_wan_yuan": [40000, 50000, 50000, None]})
    >>> classify(rulebook(), frame, on=dt.date(2025, 1, 1))["size"].to_list()
    ['large', 'small', 'micro', 'unknown']
    """
    bound = {name: bound_rule(book, name, on=on, known_on=known_on or on) for name in RULES}
    held = [rule for rule in bound.values() if rule is not None]
    asked = frame
    if held:
        union = {name: fact for rule in held for name, fact in rule.facts.items()}
        asked = facts_frame(replace(held[0], rule=replace(held[0].rule, facts=union)), frame)
    answers = [_answer(rule).alias(name) for name, rule in bound.items()]
    truths = asked.lazy().select(pl.int_range(pl.len()).alias(_ROW), *answers)
    return truths.select(*(_status(name) for name in RULES), _size(), _rung()).collect()


@lru_cache(maxsize=1000)
def bound_rule(book: Rulebook, name: str, *, on: dt.date, known_on: dt.date) -> BoundRule | None:
    """The rule of a day, ``None`` where none is in force."""
    there = any(rule.id == name and rule.in_force(on, known_on) for rule in book.rules)
    return book.rule(name, as_of=on, known_at=known_on) if there else None


def _answer(rule: BoundRule | None) -> pl.Expr:
    return pl.lit(None, dtype=pl.Boolean) if rule is None else polars_expression(rule.result)


def _status(name: str) -> pl.Expr:
    truth = pl.col(name)
    return pl.when(truth).then(_word("yes")).when(~truth).then(_word("no")).otherwise(_word("unknown")).alias(name)


def _word(word: str, words: pl.Enum = STATUS) -> pl.Expr:
    return pl.lit(word, dtype=words)


def _size() -> pl.Expr:
    """The highest class that is met, if those above are known not to be."""
    large, medium, small = (pl.col(name) for name in SIZES)
    known = pl.when(large).then(_word("large", SIZE)).when(medium & ~large).then(_word("medium", SIZE))
    known = known.when(small & ~medium).then(_word("small", SIZE)).when(~small).then(_word("micro", SIZE))
    return known.otherwise(_word("unknown", SIZE)).alias("size")


def _rung() -> pl.Expr:
    met = [pl.when(pl.col(name)).then(_word(name, RUNG)) for name in reversed(LADDER)]
    unknown = pl.any_horizontal(pl.col(name).is_null() for name in LADDER)
    rest = pl.when(unknown).then(_word("unknown", RUNG)).otherwise(_word("none", RUNG))
    return pl.coalesce(*met, rest).alias("rung")
