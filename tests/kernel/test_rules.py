"""Rules: dated values, three-valued answers with reasons, versions over packs, refusals with their line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from zhizao.kernel.result import Refused
from zhizao.kernel.rules import (
    BoundRule,
    Rulebook,
    check_cases,
    evaluate,
    explain,
    smallest_change,
    smallest_changes,
)

SUBSIDY = """
id: example.rd-subsidy
title: {zh: 研发贴息, en: Interest subsidy for R&D}
source: {document_no: "X 2024-1", title: Example measures, article: "3"}
effective_from: 2024-01-01
effective_to: 2026-12-31
parameters:
  least_rd_ratio_pct:
    unit: "%"
    values: {2024-01-01: 3, 2025-01-01: {value: 3.5, known_from: 2024-11-01}}
  industries: {values: {2024-01-01: [nev, ic, bio]}}
  most_wan_yuan: {unit: 万元, values: {2024-01-01: 50}}
facts:
  industry: {kind: text, label: {zh: 行业, en: Industry}}
  rd_ratio_pct: {kind: decimal, unit: "%"}
  revenue_wan_yuan: {kind: integer, unit: 万元}
  loan_wan_yuan: {kind: decimal, unit: 万元}
  rate_pct: {kind: decimal, unit: "%"}
  dishonest: {kind: boolean}
conditions:
  - {id: in_industry, text: {zh: 属于重点行业, en: In a key industry}, expr: industry in industries}
  - {id: rd_enough, expr: rd_ratio_pct >= least_rd_ratio_pct}
  - {id: size, expr: 300 <= revenue_wan_yuan <= 40000}
  - {id: honest, expr: not dishonest}
amount: {unit: 万元, expr: "min(loan_wan_yuan * rate_pct / 100 * (0.6 if rd_ratio_pct >= 6 else 0.5), most_wan_yuan)"}
cases:
  - name: enough
    as_of: 2024-06-01
    facts: {industry: nev, rd_ratio_pct: 3, revenue_wan_yuan: 5000, loan_wan_yuan: 1000, rate_pct: 4, dishonest: no}
    status: yes
    amount: 20
  - name: the threshold has risen
    as_of: 2025-06-01
    facts: {industry: nev, rd_ratio_pct: 3, revenue_wan_yuan: 5000, dishonest: no}
    status: no
    conditions: {rd_enough: no, size: yes}
  - {name: not reported yet, as_of: 2024-06-01, facts: {industry: nev}, status: unknown}
"""
GOOD: dict[str, object] = {
    "industry": "nev",
    "rd_ratio_pct": Decimal(3),
    "revenue_wan_yuan": Decimal(5000),
    "loan_wan_yuan": Decimal(1000),
    "rate_pct": Decimal(4),
    "dishonest": False,
}
DAY = dt.date(2024, 6, 1)


def bound(source: str = SUBSIDY, *, as_of: dt.date = DAY, known_at: dt.date | None = None) -> BoundRule:
    book = Rulebook.load([source.encode()])
    return book.rule(book.ids[0], as_of=as_of, known_at=known_at)


def problems(*sources: str) -> list[tuple[str, int | None]]:
    with pytest.raises(Refused) as caught:
        Rulebook.load([source.encode() for source in sources])
    assert all(problem.remedy for problem in caught.value.problems)
    assert all(str(problem) for problem in caught.value.problems)
    return [(problem.code, problem.place.line) for problem in caught.value.problems]


def small(conditions: str, *, facts: str = "x: {kind: decimal}", more: str = "") -> str:
    return f"""
id: r
title: {{en: R}}
source: {{document_no: "1", title: T}}
effective_from: 2024-01-01
facts:
  {facts}
conditions:
{conditions}
{more}
"""


# ---------------------------------------------------------------- answers


def test_the_cases_in_the_file_hold() -> None:
    assert check_cases(Rulebook.load([SUBSIDY.encode()])) == []


def test_a_case_that_does_not_hold_is_named_with_its_line() -> None:
    wrong = SUBSIDY.replace("    amount: 20", "    amount: 21").replace("size: yes", "size: no")
    found = check_cases(Rulebook.load([wrong.encode()]))
    assert [(p.params["name"], p.params["expected"], p.place.line) for p in found] == [
        ("amount", Decimal(21), 27),
        ("size", "no", 32),
    ]


def test_a_missing_fact_makes_unknown_never_no() -> None:
    answer = explain(bound(), {**GOOD, "rd_ratio_pct": None})
    assert (answer.status, answer.missing, answer.deciding) == ("unknown", ("rd_ratio_pct",), ("rd_enough",))


def test_one_certain_no_decides_whatever_else_is_missing() -> None:
    answer = explain(bound(), {"industry": "steel"})
    assert (answer.status, answer.missing, answer.deciding) == ("no", (), ("in_industry",))


def test_conditions_for_and_against_are_told() -> None:
    answer = explain(bound(), {**GOOD, "industry": "steel", "dishonest": None})
    assert answer.for_ == ("rd_enough", "size")
    assert answer.against == ("in_industry",)
    assert answer.unknown == ("honest",)


def test_the_trace_shows_each_value_and_marks_what_decides() -> None:
    trace = explain(bound(), {**GOOD, "rd_ratio_pct": Decimal("2.6")}).trace
    condition = next(part for part in trace.parts if part.name == "rd_enough")
    comparison = condition.parts[0]
    assert (trace.value, condition.value, condition.decides) == (False, False, True)
    assert [(part.op, part.value) for part in comparison.parts] == [
        ("fact", Decimal("2.6")),
        ("parameter", Decimal(3)),
    ]
    assert not next(part for part in trace.parts if part.name == "size").decides


def test_a_frame_is_answered_row_by_row() -> None:
    frame = pl.DataFrame(
        {
            "industry": ["nev", "steel", "nev"],
            "rd_ratio_pct": [3.0, 5.0, float("nan")],
            "revenue_wan_yuan": [300, 300, 300],
            "loan_wan_yuan": [1000.0, None, None],
            "rate_pct": [4.0, 4.0, 4.0],
            "dishonest": [False, False, False],
        }
    )
    answers = evaluate(bound(), frame)
    assert answers["status"].to_list() == ["yes", "no", "unknown"]
    assert answers["amount"].to_list() == [Decimal(20), None, None]
    assert answers["rd_enough"].to_list() == [True, True, None]
    assert answers["deciding"].to_list() == [
        ["in_industry", "rd_enough", "size", "honest"],
        ["in_industry"],
        ["rd_enough"],
    ]
    assert answers["missing"].to_list() == [[], [], ["rd_ratio_pct"]]


def test_an_empty_frame_gives_an_empty_answer() -> None:
    assert evaluate(bound(), pl.DataFrame({"industry": pl.Series([], dtype=pl.String)})).height == 0


def test_thresholds_are_met_exactly_whatever_floats_do() -> None:
    rule = bound(small("  - {id: c, expr: x >= 0.3}"))
    assert evaluate(rule, pl.DataFrame({"x": [0.1 + 0.2, 0.3, 0.1 * 3, 0.2999999999]}))["c"].to_list() == [
        *(True, True, True, False),
    ]
    equal = bound(small("  - {id: c, expr: x * 3 == 0.3}"))
    assert evaluate(equal, pl.DataFrame({"x": [0.1]}))["c"].to_list() == [True]


def test_division_by_nought_is_unknown() -> None:
    rule = bound(small("  - {id: c, expr: 1 / x > 2}"))
    assert evaluate(rule, pl.DataFrame({"x": [0.0, 0.25]}))["c"].to_list() == [None, True]


def test_a_product_beyond_the_range_is_unknown_for_its_row_only() -> None:
    rule = bound(small("  - {id: c, expr: x * x > 2}"))
    assert evaluate(rule, pl.DataFrame({"x": [9e14, 2.0]}))["c"].to_list() == [None, True]


@pytest.mark.parametrize("dtype", [pl.Int8, pl.Int32, pl.UInt32, pl.Int64, pl.UInt64])
def test_whole_numbers_of_any_width_are_numbers(dtype: pl.DataType) -> None:
    rule = bound(small("  - {id: c, expr: x > 2}"))
    assert evaluate(rule, pl.DataFrame({"x": pl.Series([2, 3], dtype=dtype)}))["c"].to_list() == [False, True]


def test_a_column_of_the_wrong_kind_or_range_is_refused() -> None:
    for column, code in (({"x": ["3"]}, "rules.fact_type"), ({"x": [1e15]}, "rules.fact_range")):
        with pytest.raises(Refused) as caught:
            evaluate(bound(small("  - {id: c, expr: x > 2}")), pl.DataFrame(column))
        assert caught.value.problems[0].code == code


# ---------------------------------------------------------------- dates and packs


def test_parameters_take_the_value_of_the_day_as_it_was_known() -> None:
    facts = GOOD
    assert explain(bound(as_of=dt.date(2024, 12, 31)), facts).status == "yes"
    assert explain(bound(as_of=dt.date(2025, 1, 1)), facts).status == "no"
    assert explain(bound(as_of=dt.date(2025, 1, 1), known_at=dt.date(2024, 10, 31)), facts).status == "yes"


def test_a_rule_holds_on_its_last_day_and_not_after() -> None:
    bound(as_of=dt.date(2026, 12, 31))
    for day in (dt.date(2027, 1, 1), dt.date(2023, 12, 31)):
        with pytest.raises(Refused) as caught:
            bound(as_of=day)
        assert caught.value.problems[0].code == "rules.not_in_force"


REGION = """
id: example.rd-subsidy
extends: true
effective_from: 2024-07-01
parameters:
  least_rd_ratio_pct: {values: {2024-07-01: 2}}
conditions:
  - {id: size, expr: revenue_wan_yuan >= 100}
  - {id: local, expr: rate_pct < 5}
"""


def test_a_later_pack_extends_an_earlier_one_by_id_from_its_date() -> None:
    book = Rulebook.load([SUBSIDY.encode(), REGION.encode()])
    before = book.rule("example.rd-subsidy", as_of=dt.date(2024, 6, 30))
    after = book.rule("example.rd-subsidy", as_of=dt.date(2024, 7, 1))
    facts = {**GOOD, "rd_ratio_pct": Decimal("2.5"), "revenue_wan_yuan": Decimal(100)}
    assert explain(before, facts).status == "no"
    assert explain(after, facts).status == "yes"
    assert list(after.conditions) == ["in_industry", "rd_enough", "size", "honest", "local"]
    assert after.rule.title == before.rule.title


def test_what_is_extended_must_be_there() -> None:
    assert problems(REGION) == [("rules.extends", 3)]


# ---------------------------------------------------------------- the smallest change


def test_the_smallest_change_names_fact_values_and_unit() -> None:
    (change,) = smallest_change(bound(), {**GOOD, "rd_ratio_pct": Decimal("2.6")})
    assert (change.fact, change.from_, change.to, change.delta, change.unit) == (
        *("rd_ratio_pct", Decimal("2.6"), Decimal(3), Decimal("0.4"), "%"),
    )


def test_a_strict_comparison_needs_one_step_more() -> None:
    rule = bound(small("  - {id: c, expr: x > 3}", facts="x: {kind: decimal, step: 0.5}"))
    assert smallest_change(rule, {"x": Decimal(1)})[0].to == Decimal("3.5")


def test_for_a_membership_the_values_are_named() -> None:
    (change,) = smallest_change(bound(), {**GOOD, "industry": "steel"})
    assert (change.to, change.others) == ("bio", ("ic", "nev"))
    rule = bound(small("  - {id: c, expr: \"k not in ('a', 'b')\"}", facts="k: {kind: text}"))
    (change,) = smallest_change(rule, {"k": "a"})
    assert (change.from_, change.to) == ("a", None)


def test_a_date_changes_by_days() -> None:
    more = "parameters: {last: {values: {2024-01-01: 2024-06-30}}}"
    rule = bound(small("  - {id: c, expr: d <= last}", facts="d: {kind: date}", more=more))
    (change,) = smallest_change(rule, {"d": dt.date(2024, 7, 3)})
    assert (change.to, change.delta) == (dt.date(2024, 6, 30), Decimal(-3))


def test_several_facts_change_only_where_one_does_not_suffice() -> None:
    facts = {**GOOD, "industry": "steel", "rd_ratio_pct": Decimal(2)}
    assert [change.fact for change in smallest_change(bound(), facts)] == ["industry", "rd_ratio_pct"]
    either = bound(small("  - {id: a, expr: x >= 3}\n  - {id: b, expr: x <= -50}", more="result: a or b"))
    assert [(c.fact, c.to) for c in smallest_change(either, {"x": Decimal(2)})] == [("x", Decimal(3))]


def test_a_fact_inside_arithmetic_is_solved_for() -> None:
    rule = bound(small("  - {id: c, expr: 2 * x - y / 4 >= 10}", facts="x: {kind: integer}\n  y: {kind: decimal}"))
    (change,) = smallest_change(rule, {"x": Decimal(4), "y": Decimal(2)})
    assert (change.fact, change.to) == ("x", Decimal(6))


def test_an_unknown_answer_has_no_flip() -> None:
    assert smallest_change(bound(), {"industry": "nev"}) == ()


def test_a_frame_gets_its_changes_row_by_row() -> None:
    rule = bound(small("  - {id: c, expr: x >= 3}"))
    changes = smallest_changes(rule, pl.DataFrame({"x": [2.0, None, 5.0]}))
    assert [[(c.fact, c.to) for c in row] for row in changes] == [[("x", Decimal(3))], [], [("x", Decimal("2.99"))]]


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "expr",
    [
        "__import__('os').system('id')",
        "x.__class__",
        "x[0] > 1",
        "(lambda: 1)() > 0",
        "[y for y in (1,)] == 1",
        "x ** 9 > 1",
        "x // 2 > 1",
        "x % 2 == 1",
        "f'{x}' == 'a'",
        "(x := 3) > 1",
        "open('a') > 1",
        "min(*x) > 1",
        "abs(x, x) > 1",
        "None == x",
        "x is 3",
        "await x",
        "1j == x",
        "b'a' == x",
    ],
)
def test_what_is_not_on_the_white_list_is_refused(expr: str) -> None:
    source = small(f"  - {{id: c, expr: {expr!r}}}" if "'" not in expr else f'  - {{id: c, expr: "{expr}"}}')
    assert problems(source)[0][0] in ("rules.node", "rules.syntax", "rules.unknown_name", "rules.type")


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ("  - {id: c, expr: x >}", "rules.syntax"),
        ("  - {id: c, expr: z > 3}", "rules.unknown_name"),
        ("  - {id: c, expr: x + 1}", "rules.type"),
        ("  - {id: c, expr: 'x > \"3\"'}", "rules.type"),
        ("  - {id: c, expr: 'x in (1, 2)'}", "rules.node"),
        ("  - {id: c, expr: not x}", "rules.type"),
        ("  - {id: c, expr: x > 1e99}", "rules.number"),
        ("  - {id: a, expr: b}\n  - {id: b, expr: a}", "rules.circle"),
        ("  - {id: c, expr: " + "(" * 300 + "x" + ")" * 300 + " > 1}", "rules.syntax"),
        ("  - {id: c, expr: " + "not " * 60 + "x > 1}", "rules.syntax"),
    ],
)
def test_a_bad_condition_is_refused_with_its_line(conditions: str, code: str) -> None:
    assert problems(small(conditions)) == [(code, 9)]


def test_a_condition_may_name_another_in_any_order() -> None:
    rule = bound(small("  - {id: b, expr: not a}\n  - {id: a, expr: x > 1}", more="result: b"))
    assert explain(rule, {"x": Decimal(1)}).status == "yes"


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("effective_from: 2024-01-01", "", "rules.missing", 2),
        ("effective_from: 2024-01-01", "effective_from: soon", "rules.wrong_type", 5),
        ("effective_from: 2024-01-01", "effective_form: 2024-01-01", "rules.unknown_key", 5),
        ("id: r", "id: [r", "rules.yaml", 3),
        ("id: r", "id: r\nid: s", "rules.yaml", 3),
        ("id: r", "id: !!python/object/apply:os.system [id]", "rules.yaml", 2),
        ("kind: decimal", "kind: money", "rules.kind", 7),
        ("kind: decimal", "kind: decimal, step: 0", "rules.value", 7),
        ("id: c", "id: x", "rules.name", 6),
        ("id: c", "id: status", "rules.name", 6),
    ],
)
def test_a_bad_file_is_refused_with_its_line(old: str, new: str, code: str, line: int) -> None:
    found = problems(small("  - {id: c, expr: x > 3}").replace(old, new))
    assert code in [name for name, _ in found]
    assert line in [place for name, place in found if name == code]


def test_a_parameter_without_a_value_on_a_day_of_the_rule_is_refused() -> None:
    source = small("  - {id: c, expr: x > p}", more="parameters: {p: {values: {2025-01-01: 3}}}")
    assert problems(source) == [("rules.no_value", 10)]


def test_the_problems_of_all_files_come_together() -> None:
    bad = small("  - {id: c, expr: z > 3}")
    assert len(problems(bad, bad.replace("id: r", "id: s"))) == 2
