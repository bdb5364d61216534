"""Rules against a tiny reference evaluator, and the promise of the smallest change, on random rules."""

from __future__ import annotations

import itertools
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.kernel.rules import Rulebook, evaluate, explain, smallest_changes

Tree = tuple[object, ...]
Facts = dict[str, object]
NUMBERS = ("x", "y")
GRID = [Decimal(n) for n in range(-12, 13)]
KINDS = ("a", "b", "c")


def atoms() -> st.SearchStrategy[Tree]:
    number = st.tuples(
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.sampled_from(NUMBERS), st.integers(-9, 9)
    )
    total = st.tuples(st.just("sum"), st.sampled_from(["<", ">="]), st.integers(1, 3), st.integers(-9, 9))
    member = st.tuples(st.sampled_from(["in", "not in"]), st.sets(st.sampled_from(KINDS), min_size=1).map(sorted))
    return st.one_of(number, total, member, st.just(("truth",)))


trees: st.SearchStrategy[Tree] = st.recursive(
    atoms(),
    lambda inner: st.one_of(st.tuples(st.sampled_from(["and", "or"]), inner, inner), st.tuples(st.just("not"), inner)),
    max_leaves=5,
)
subjects = st.fixed_dictionaries(
    {
        "x": st.one_of(st.none(), st.sampled_from(GRID)),
        "y": st.one_of(st.none(), st.sampled_from(GRID)),
        "k": st.one_of(st.none(), st.sampled_from([*KINDS, "z"])),
        "t": st.one_of(st.none(), st.booleans()),
    }
)


def written(tree: Tree) -> str:
    match tree:
        case ("and" | "or" as op, left, right):
            return f"({written(left)} {op} {written(right)})"  # type: ignore[arg-type]
        case ("not", inner):
            return f"(not {written(inner)})"  # type: ignore[arg-type]
        case ("sum", op, factor, limit):
            return f"{factor} * x + y {op} {limit}"
        case ("in" | "not in" as op, names):
            return f"k {op} {names!r}"
        case ("truth",):
            return "t"
    op, name, limit = tree
    return f"{name} {op} {limit}"


def kleene(tree: Tree, facts: Facts) -> bool | None:
    """The reference: Kleene's tables, written out."""
    match tree:
        case ("and" | "or" as op, left, right):
            parts = {kleene(left, facts), kleene(right, facts)}  # type: ignore[arg-type]
            certain = op == "or"
            return certain if certain in parts else (None if None in parts else not certain)
        case ("not", inner):
            value = kleene(inner, facts)  # type: ignore[arg-type]
            return None if value is None else not value
        case ("sum", op, factor, limit):
            if facts["x"] is None or facts["y"] is None:
                return None
            total = factor * facts["x"] + facts["y"]  # type: ignore[operator]
            return bool(total < limit) if op == "<" else bool(total >= limit)
        case ("in" | "not in" as op, names):
            return None if facts["k"] is None else (facts["k"] in names) == (op == "in")  # type: ignore[operator]
        case ("truth",):
            return facts["t"]  # type: ignore[return-value]
    op, name, limit = tree
    value = facts[str(name)]
    if value is None:
        return None
    compare = {"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__", "==": "__eq__", "!=": "__ne__"}[str(op)]
    return bool(getattr(value, compare)(Decimal(str(limit))))


def rulebook(tree: Tree) -> Rulebook:
    source = f"""
id: r
title: {{en: R}}
source: {{document_no: "1", title: T}}
effective_from: 2024-01-01
facts: {{x: {{kind: integer}}, y: {{kind: integer}}, k: {{kind: text}}, t: {{kind: boolean}}}}
conditions:
  - id: c
    expr: "{written(tree)}"
"""
    return Rulebook.load([source.encode()])


def frame(rows: list[Facts]) -> pl.DataFrame:
    schema = {"x": pl.Decimal(38, 10), "y": pl.Decimal(38, 10), "k": pl.String, "t": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def cost(before: Facts, after: Facts) -> float:
    total = 0.0
    for name in before:
        if before[name] != after[name]:
            a, b = before[name], after[name]
            numbers = isinstance(a, Decimal) and isinstance(b, Decimal)
            total += float(abs(b - a) / max(abs(a), 1)) if numbers else 1.0  # type: ignore[operator, arg-type]
    return total


WORDS = {True: "yes", False: "no", None: "unknown"}


@given(trees, st.lists(subjects, min_size=1, max_size=6))
@settings(deadline=None, max_examples=100)
def test_answers_agree_with_kleenes_tables(tree: Tree, rows: list[Facts]) -> None:
    rule = rulebook(tree).rule("r", as_of=rulebook(tree).rules[0].effective_from)
    assert evaluate(rule, frame(rows))["status"].to_list() == [WORDS[kleene(tree, facts)] for facts in rows]
    assert explain(rule, rows[0]).status == WORDS[kleene(tree, rows[0])]  # type: ignore[arg-type]


@given(trees, st.lists(subjects, min_size=1, max_size=4))
@settings(deadline=None, max_examples=100)
def test_the_change_flips_and_no_smaller_change_of_one_fact_on_the_grid_does(tree: Tree, rows: list[Facts]) -> None:
    rule = rulebook(tree).rule("r", as_of=rulebook(tree).rules[0].effective_from)
    for facts, changes in zip(rows, smallest_changes(rule, frame(rows), most_facts=3), strict=True):
        was = kleene(tree, facts)
        singles = [
            {**facts, name: value}
            for name, values in {"x": GRID, "y": GRID, "k": [*KINDS, "other"], "t": [True, False]}.items()
            for value in values
            if facts[name] is not None and facts[name] != value
        ]
        flipping = [other for other in singles if was is not None and kleene(tree, other) == (not was)]
        if was is None:
            assert changes == ()
            continue
        if not changes:
            assert not flipping
            continue
        after = {**facts, **{c.fact: "a text not named" if c.to is None else c.to for c in changes}}
        assert kleene(tree, after) == (not was)
        if flipping:
            assert len(changes) == 1
            assert cost(facts, after) <= min(cost(facts, other) for other in flipping) + 1e-9


@given(trees, subjects)
@settings(deadline=None, max_examples=60)
def test_a_change_of_two_facts_is_named_only_if_no_single_one_flips(tree: Tree, facts: Facts) -> None:
    rule = rulebook(tree).rule("r", as_of=rulebook(tree).rules[0].effective_from)
    (changes,) = smallest_changes(rule, frame([facts]), most_facts=2)
    if len(changes) == 2:
        was = kleene(tree, facts)
        for name, value in itertools.product(NUMBERS, GRID):
            assert facts[name] is None or kleene(tree, {**facts, name: value}) == was


@given(trees, subjects)
@settings(deadline=None, max_examples=60)
def test_filling_the_missing_facts_can_settle_an_unknown_answer(tree: Tree, facts: Facts) -> None:
    rule = rulebook(tree).rule("r", as_of=rulebook(tree).rules[0].effective_from)
    answer = explain(rule, facts)  # type: ignore[arg-type]
    assert bool(answer.missing) == (answer.status == "unknown")
    filled = {
        **facts,
        **{name: {"x": Decimal(1), "y": Decimal(1), "k": "a", "t": True}[name] for name in answer.missing},
    }
    assert explain(rule, filled).status != "unknown"  # type: ignore[arg-type]
