"""Size, above-scale, and the ladder: vectors of the rules' files and of the reference, editions by date, distances."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.engines.ladder import RULES, Standing, classify, distances, facts, next_rung, rulebook, standings
from zhizao.engines.ladder.pack import confidences
from zhizao.kernel.result import Refused
from zhizao.kernel.rules import check_cases

FOLDER = Path(__file__).parents[3] / "src/zhizao/packs/china/rules"
ON_2025 = dt.date(2025, 6, 1)
ON_2026 = dt.date(2026, 6, 1)
SRDI = {"years_in_niche": 4, "rd_wan_yuan": 266.5, "revenue_wan_yuan": 10250, "srdi_score": 72}
"""Meets the specialised tier but for R&D of 2.6 % of revenue."""
GIANT_2022 = {
    "years_in_niche": 3,
    "niche_revenue_wan_yuan": 7000,
    "revenue_wan_yuan": 10000,
    "revenue_before_wan_yuan": 9600,
    "revenue_two_before_wan_yuan": 9000,
    "core_processes_digital": 1,
    "debts_wan_yuan": 7000,
    "assets_wan_yuan": 10000,
    "market_share_pct": 10,
    "own_brand": True,
    "rd_wan_yuan": 300,
    "rd_before_wan_yuan": 288,
    "rd_body": True,
    "class_one_ip": 2,
}


def standing_of(rule: str, given_facts: dict[str, object], on: dt.date = ON_2025) -> Standing:
    return {found.rule: found for found in standings(rulebook(), given_facts, on=on)}[rule]


def status(rule: str, given_facts: dict[str, object], on: dt.date, known_on: dt.date | None = None) -> str:
    return {s.rule: s.status for s in standings(rulebook(), given_facts, on=on, known_on=known_on)}[rule]


def test_every_rule_file_carries_vectors_that_hold() -> None:
    assert check_cases(rulebook()) == []


def test_every_rule_file_has_a_confidence_and_every_confidence_a_file() -> None:
    assert {file.name for file in FOLDER.glob("*.yaml")} == set(confidences())
    assert {confidence for confidence, _ in confidences().values()} <= {"H", "M", "L"}


def test_every_fact_is_named_once_for_all_rules() -> None:
    """The rules and ``facts.csv`` agree on kind and unit, and no fact is there that no rule asks for."""
    asked = {fact.name: (fact.kind, fact.unit) for rule in rulebook().rules for fact in rule.facts.values()}
    assert asked == {name: (kind.kind, kind.unit) for name, kind in facts().items()}
    assert {kind.better for kind in facts().values() if kind.kind == "boolean"} == {"true", "false", "either"}
    assert {kind.better for kind in facts().values() if kind.kind != "boolean"} == {"up", "down", "fixed"}


@pytest.mark.parametrize(
    ("staff", "revenue", "size"),
    [
        (1000, 40000, "large"),
        (1000, 39999, "medium"),
        (999, 40000, "medium"),
        (300, 2000, "medium"),
        (299, 50000, "small"),
        (300, 1999, "small"),
        (20, 300, "small"),
        (19, 50000, "micro"),
        (5000, 299, "micro"),
        (19, None, "micro"),
        (None, 299, "micro"),
        (None, 50000, "unknown"),
        (1000, None, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_size_is_the_lower_of_the_classes_by_staff_and_by_revenue(
    staff: int | None, revenue: int | None, size: str
) -> None:
    """NBS 2017, industry; what is not known cannot raise a class, but may not be needed."""
    frame = pl.DataFrame({"employees": [staff], "revenue_wan_yuan": [revenue]})
    assert classify(rulebook(), frame, on=ON_2025)["size"].to_list() == [size]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 3000), st.integers(0, 100_000))
def test_size_agrees_with_the_table_for_all_numbers(staff: int, revenue: int) -> None:
    by_staff = sum(staff >= least for least in (20, 300, 1000))
    by_revenue = sum(revenue >= least for least in (300, 2000, 40000))
    expected = ("micro", "small", "medium", "large")[min(by_staff, by_revenue)]
    frame = pl.DataFrame({"employees": [staff], "revenue_wan_yuan": [revenue]})
    assert classify(rulebook(), frame, on=ON_2025)["size"][0] == expected


@pytest.mark.parametrize(
    ("on", "revenue", "entry"),
    [
        (dt.date(2010, 12, 31), 500, "yes"),
        (dt.date(2011, 1, 1), 500, "no"),
        (dt.date(2011, 1, 1), 2000, "yes"),
        (dt.date(2006, 12, 31), 2000, "unknown"),
    ],
)
def test_above_scale_is_judged_by_the_threshold_of_the_day(on: dt.date, revenue: int, entry: str) -> None:
    """5 million yuan until 2010, 20 million from 2011; before the rule's first day nobody can say."""
    assert status("above_scale.entry", {"main_revenue_wan_yuan": revenue, "above_scale": False}, on) == entry


def test_an_enterprise_enters_or_leaves_but_never_both() -> None:
    frame = pl.DataFrame(
        {
            "main_revenue_wan_yuan": [2500, 2500, 1500, 1500, None],
            "above_scale": [False, True, False, True, True],
        }
    )
    table = classify(rulebook(), frame, on=ON_2025)
    assert table["above_scale.entry"].to_list() == ["yes", "no", "no", "no", "no"]
    assert table["above_scale.exit"].to_list() == ["no", "no", "no", "yes", "unknown"]


def test_the_edition_of_the_day_counts_as_it_was_known() -> None:
    """The edition of 2026 was published on 2026-01-17 and holds from 2026-04-01."""
    assert status("little_giant", GIANT_2022, dt.date(2026, 3, 31)) == "yes"
    assert status("little_giant", GIANT_2022, dt.date(2026, 4, 1)) == "no"
    assert status("little_giant", GIANT_2022, dt.date(2026, 4, 1), known_on=dt.date(2026, 1, 16)) == "yes"
    assert status("little_giant", GIANT_2022, dt.date(2022, 7, 31)) == "unknown"


def test_a_threshold_that_is_not_at_hand_gives_unknown_and_says_what_is_missing() -> None:
    everything = {name: True if kind.kind == "boolean" else 10**6 for name, kind in facts().items()}
    del everything["second_tier_2026_met"]
    standing = standing_of("srdi_sme", everything, ON_2026)
    assert (standing.status, standing.missing) == ("unknown", ("second_tier_2026_met",))


def test_the_distance_of_a_ratio_is_told_in_money() -> None:
    """R&D 266.5 of 10 250 is 2.6 %; 3 % is 307.5, so 41 (万元) more.

    Less revenue would raise the ratio as well: nobody is told so.
    """
    rung = next_rung(standings(rulebook(), {**SRDI, "equity_three_years_wan_yuan": 500}, on=ON_2025))
    assert rung is not None
    assert (rung.rule, rung.status, rung.failed) == ("srdi_sme", "no", ("rd_ratio",))
    (distance,) = distances(rulebook(), "srdi_sme", SRDI, on=ON_2025)
    assert (distance.fact, distance.delta, distance.unit) == ("rd_wan_yuan", Decimal(41), "万元")
    assert (distance.have, distance.need, distance.ratio_unit) == (Decimal("2.6"), Decimal(3), "%")
    assert distance.text["zh"] == "研发费用占营业收入比重"


def test_a_distance_is_the_least_that_meets_the_condition() -> None:
    """Each named change meets its condition and is told with both sides; what is a divisor is left alone."""
    poor = {**GIANT_2022, "debts_wan_yuan": 7500, "class_one_ip": 0, "market_share_pct": 8.5, "own_brand": False}
    ways = distances(rulebook(), "little_giant", poor, on=ON_2025)
    assert {(way.condition, way.fact): (way.delta, way.to, way.have, way.need) for way in ways} == {
        ("debt", "debts_wan_yuan"): (Decimal(-500), Decimal(7000), Decimal(75), Decimal(70)),
        ("share", "market_share_pct"): (Decimal("1.5"), Decimal(10), Decimal("8.5"), Decimal(10)),
        ("brand", "own_brand"): (None, True, None, None),
        ("ip", "class_one_ip"): (Decimal(2), Decimal(2), Decimal(0), Decimal(2)),
    }
    for way in ways:
        assert way.condition in standing_of("little_giant", {**poor, way.fact: way.to}).met


@settings(max_examples=5, deadline=None)
@given(
    st.decimals(0, 400, places=2),
    st.decimals(Decimal("0.01"), 20000, places=2),
    st.decimals(0, 5, places=2),
    st.decimals(0, 100, places=2),
)
def test_a_step_less_than_the_distance_is_not_enough(
    rd: Decimal, revenue: Decimal, years: Decimal, score: Decimal
) -> None:
    given_facts = {"rd_wan_yuan": rd, "revenue_wan_yuan": revenue, "years_in_niche": years, "srdi_score": score}
    known = {**given_facts, "equity_two_years_wan_yuan": 0, "srdi_direct": False}
    for way in distances(rulebook(), "srdi_sme", known, on=ON_2025):
        assert way.condition in standing_of("srdi_sme", {**known, way.fact: way.to}).met
        if isinstance(way.to, Decimal):
            assert way.delta == way.to - Decimal(known[way.fact])
            short = {**known, way.fact: way.to - Decimal("0.01")}
            assert way.condition not in standing_of("srdi_sme", short).met


def test_growth_is_told_as_the_revenue_that_is_lacking() -> None:
    """5 % a year over two years from 10 000 is 11 025."""
    shrunk = {**GIANT_2022, "revenue_two_before_wan_yuan": 10000, "revenue_wan_yuan": 11000}
    (way,) = (w for w in distances(rulebook(), "little_giant", shrunk, on=ON_2025) if w.condition == "growth")
    assert (way.fact, way.delta) == ("revenue_wan_yuan", Decimal(25))
    assert (way.have, way.need, way.ratio_unit) == (Decimal(11000), Decimal(11025), "万元")


def test_what_is_met_or_unknown_has_no_distance() -> None:
    assert distances(rulebook(), "little_giant", GIANT_2022, on=ON_2025) == ()
    assert distances(rulebook(), "little_giant", {}, on=ON_2025) == ()
    assert distances(rulebook(), "little_giant", GIANT_2022, on=dt.date(2020, 1, 1)) == ()


def test_the_next_rung_is_above_the_highest_that_is_met() -> None:
    assert getattr(next_rung(standings(rulebook(), GIANT_2022, on=ON_2025)), "rule", None) == "single_champion"
    champion = {"years_in_field": 12, "global_rank": 1, "main_product_revenue_wan_yuan": 90, "revenue_wan_yuan": 100}
    clean = dict.fromkeys(("abnormal_list", "serious_dishonesty", "major_accident", "tax_evasion", "data_fraud"), False)
    assert next_rung(standings(rulebook(), {**champion, **clean}, on=ON_2025)) is None


def test_one_enterprise_and_many_get_the_same_answers() -> None:
    many = pl.DataFrame([{name: row.get(name) for name in facts()} for row in (SRDI, GIANT_2022, {})], strict=False)
    table = classify(rulebook(), many, on=ON_2025)
    for place, row in enumerate((SRDI, GIANT_2022, {})):
        alone = {s.rule: s.status for s in standings(rulebook(), row, on=ON_2025)}
        assert alone == {name: table[name][place] for name in RULES}
    assert table["rung"].to_list() == ["unknown", "little_giant", "unknown"]


def test_a_rung_is_none_only_where_every_rung_is_known_to_fail() -> None:
    failing = {
        **dict.fromkeys(("science_award_three_years", "valid_honour", "provincial_rd_body"), False),
        **dict.fromkeys(("innovation_score", "growth_score", "specialisation_score", "years_in_niche"), 0),
        "equity_three_years_wan_yuan": 0,
        "global_rank": 9,
    }
    assert classify(rulebook(), pl.DataFrame([failing]), on=ON_2025)["rung"].to_list() == ["none"]
    del failing["global_rank"]
    assert classify(rulebook(), pl.DataFrame([failing]), on=ON_2025)["rung"].to_list() == ["unknown"]


def test_a_region_may_raise_a_threshold_in_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "regional.yaml"
    file.write_text(
        "id: high_tech\nextends: true\neffective_from: 2024-01-01\n"
        "parameters:\n  score_to_exceed: {unit: 分, values: {2024-01-01: 80}}\n"
    )
    frame = pl.DataFrame({"hightech_score": [75, 81]})
    answers = [classify(rulebook(file), frame, on=dt.date(year, 6, 1))["high_tech"].to_list() for year in (2023, 2024)]
    assert answers == [["unknown", "unknown"], ["no", "unknown"]]


def test_no_rows_and_no_columns_are_answered() -> None:
    assert classify(rulebook(), pl.DataFrame(), on=ON_2025).height == 0
    assert set(classify(rulebook(), pl.DataFrame({"other": [1]}), on=ON_2025).row(0)) == {"unknown"}
    assert set(classify(rulebook(), pl.DataFrame({"employees": [1]}), on=dt.date(1990, 1, 1)).row(0)) == {"unknown"}


def test_facts_of_the_wrong_kind_are_refused_by_column() -> None:
    bad = pl.DataFrame({"employees": ["many"], "own_brand": [1]})
    with pytest.raises(Refused) as refused:
        classify(rulebook(), bad, on=ON_2025)
    assert {problem.place.column for problem in refused.value.problems} == {"employees", "own_brand"}
    with pytest.raises(Refused):
        standings(rulebook(), {"revenue_wan_yuan": "much"}, on=ON_2025)
