"""Names to entities: candidates, evidence, and a decision that leaves what is doubtful to people."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

import polars as pl

from zhizao.engines.entities.candidates import candidate_pairs
from zhizao.engines.entities.evidence import OUTSIDE_BITS, Conflict, Evidence, Kind, compare, weight
from zhizao.engines.entities.latin import compare_latin, is_latin
from zhizao.engines.entities.parts import Name, key, known_places, learn_places, parse, trade_pairs
from zhizao.kernel.result import Place, Problem, Refused, mark

MATCH: Final = 0.9
"""A score from which the best candidate without a conflict is taken."""
REVIEW: Final = 0.1
"""A score from which a candidate is worth a look."""
MOST_REVIEWED: Final = 5
LONGEST: Final = 300
"""Characters; what is longer is no name and is compared with none."""
DECISION: Final = pl.Enum(["match", "review", "none"])
KINDS: Final = ("registered", "former", "short", "english")
SCHEMA: Final = {
    "row": pl.UInt32(),
    "query": pl.String(),
    "entity": pl.String(),
    "name": pl.String(),
    "kind": pl.String(),
    "score": pl.Float64(),
    "reason": pl.String(),
    "against": pl.List(pl.String),
    "decision": DECISION,
}
_LEAST_SEEN: Final = 3


def resolve(queries: Iterable[str], register: pl.DataFrame, *, places: Iterable[str] = ()) -> pl.DataFrame:
    """Find the entity that each name means.

    Parameters
    ----------
    queries : iterable of str
        Names as they were written.
    register : polars.DataFrame, shape (n, 2 or 3)
        ``entity``, ``name`` and, if there are others than registered ones, ``kind`` (``registered``, ``former``,
        ``short``, ``english``); an entity may have any number of names.
    places : iterable of str
        Further places, short, that may stand in names, beside those of the table of regions and those that the
        register's names show.

    Returns
    -------
    polars.DataFrame
        ``row`` of the query from 0, ``query``, ``entity``, ``name`` and ``kind`` of the register, ``score`` (0 to 1),
        ``reason`` and ``against`` (codes of ``REASONS`` and ``CONFLICTS``), ``decision``. A match is
        one row; a review has up to five, the best first; a name that is none's has one, without an entity, and so has
        a text too long for a name.

    Raises
    ------
    Refused
        ``entities.columns``, ``entities.empty``, ``entities.kind``: every place in the register.

    Examples
    --------
    >>> register = pl.DataFrame({"entity": ["e1", "e2"], "name": ["乙丙门业有限公司", "乙丙印务有限公司"]})
    >>> found = resolve(["乙丙门叶", "乙丙", "丁戊"], register)
    >>> found.select("query", "entity", "reason", "decision").rows()
    [('乙丙门叶', 'e1', 'sound', 'match'), ('乙丙', 'e1', 'head', 'review'), ('乙丙', 'e2', 'head', 'review'),
     ('丁戊', None, None, 'none')]
    """
    known = _checked(register)
    texts = list(queries)
    keys = pl.DataFrame({"row": pl.Series(range(len(texts)), dtype=pl.UInt32), "key": map(key, texts)}, strict=False)
    keys = keys.with_columns(pl.col("key").cast(pl.String))
    same = keys.filter(pl.col("key") != "").join(known.select("key", "entity", "place"), on="key")
    rows = [(row, place, Evidence(Kind.NAME, weight(Kind.NAME))) for row, place in same.select("row", "place").rows()]
    rest = [row for row in keys.join(same, on="row", how="anti")["row"] if len(texts[row]) <= LONGEST]
    rows += _compared(texts, rest, known, frozenset(places))
    return _decided(texts, rows, known)


def _checked(register: pl.DataFrame) -> pl.DataFrame:
    """The register with ``kind``, ``key`` and ``place`` (its row from 0)."""
    missing = [name for name in ("entity", "name") if name not in register.columns]
    if missing:
        message = mark("The register has no column “%(name)s”.")
        remedy = mark("Give the columns entity and name.")
        raise Refused(*(Problem("entities.columns", message, remedy=remedy, params={"name": n}) for n in missing))
    if "kind" not in register.columns:
        register = register.with_columns(kind=pl.lit("registered"))
    problems = []
    for place, (entity, name, kind) in enumerate(register.select("entity", "name", "kind").iter_rows(), start=1):
        if not entity or not name or not str(name).strip():
            message, remedy = mark("The entity or its name is empty."), mark("Fill it in or leave the row out.")
            problems.append(Problem("entities.empty", message, Place(row=place), remedy))
        if kind not in KINDS:
            message, remedy = mark("There is no kind of name “%(kind)s”."), mark("Use one of %(kinds)s.")
            params = {"kind": kind, "kinds": ", ".join(KINDS)}
            problems.append(Problem("entities.kind", message, Place(row=place, column="kind"), remedy, params=params))
    if problems:
        raise Refused(*problems)
    keys = [key(name) for name in register["name"]]
    return register.select(
        pl.col("entity").cast(pl.String), "name", "kind", pl.Series("key", keys, dtype=pl.String)
    ).with_row_index("place")


def _compared(
    texts: list[str], rest: list[int], known: pl.DataFrame, places: frozenset[str]
) -> list[tuple[int, int, Evidence]]:
    """Evidence for the names that are nobody's letter by letter."""
    if not rest or known.is_empty():
        return []
    where = places | known_places() | learn_places(known["key"])
    theirs = [parse(name, where) for name in known["name"]]
    ours = [parse(texts[row], where) for row in rest]
    words = trade_pairs() | _frequent_pairs(theirs)
    latin = [row for row in rest if is_latin(texts[row])]
    sound_alike = compare_latin([texts[row] for row in latin], known["name"].to_list(), theirs, where, words)
    found = [(latin[i], j, evidence) for i, j, evidence in sound_alike]
    for i, j in candidate_pairs(ours, theirs).iter_rows():
        evidence = compare(ours[i], theirs[j], words)
        if evidence is not None:
            found.append((rest[i], j, evidence))
    return found


def _frequent_pairs(names: list[Name]) -> frozenset[str]:
    """Pairs of characters behind the trade names that several names share: words of trades of this register."""
    pairs = [core[i : i + 2] for core in {name.core for name in names} for i in range(2, len(core) - 1)]
    counts = pl.Series("pair", pairs, dtype=pl.String).value_counts()
    least = max(_LEAST_SEEN, len(names) // 2000)
    return frozenset(counts.filter(pl.col("count") >= least)["pair"])


def _decided(texts: list[str], rows: list[tuple[int, int, Evidence]], known: pl.DataFrame) -> pl.DataFrame:
    entities, names, kinds = (known[column].to_list() for column in ("entity", "name", "kind"))
    table: list[tuple[object, ...]] = []
    done: set[int] = set()
    for row, group in groupby(sorted(rows, key=lambda found: (found[0], -found[2].bits, found[1])), lambda f: f[0]):
        best: dict[str, tuple[int, Evidence]] = {}
        for _, place, evidence in group:
            best.setdefault(entities[place], (place, evidence))
        odds = {entity: 2 ** (evidence.bits - OUTSIDE_BITS) for entity, (_, evidence) in best.items()}
        whole = 1 + sum(odds.values())
        shown = [entity for entity in best if odds[entity] / whole >= REVIEW][:MOST_REVIEWED]
        if not shown:
            continue
        done.add(row)
        first = best[shown[0]][1]
        matched = odds[shown[0]] / whole >= MATCH and not first.conflicts
        for entity in shown[:1] if matched else shown:
            place, evidence = best[entity]
            against = evidence.conflicts or (() if matched else (Conflict.AMBIGUOUS,))
            score = float(f"{odds[entity] / whole:.12g}")
            reason, decision = str(evidence.kind), "match" if matched else "review"
            table.append((row, texts[row], entity, names[place], kinds[place], score, reason, against, decision))
    table += [(row, text, None, None, None, 0.0, None, (), "none") for row, text in enumerate(texts) if row not in done]
    return pl.DataFrame(sorted(table, key=lambda line: line[0]), schema=SCHEMA, orient="row")
