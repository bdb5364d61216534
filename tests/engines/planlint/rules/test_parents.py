"""A plan under the plan above it. A county and its prefecture, both invented."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.engines.planlint.rules.said import META, facts, found, target

from zhizao.engines.planlint.checking import check
from zhizao.engines.planlint.finding import Severity
from zhizao.engines.planlint.rules.parents import RULES

ABOVE = META | {"title": "云岭市规划", "region": {"name": "云岭市"}}


def below(rows, parent_rows, *, meta=META, above=ABOVE):
    return facts(rows, parents=[facts(parent_rows, meta=above)], meta=meta)


def test_lower_growth_is_a_warning_with_both_growths():
    known = below(
        [target("规上工业总产值", "60.0", "82.2", growth="6.5")],
        [target("规上工业总产值", "600.0", "881.6", growth="8")],
    )
    (one,) = found(RULES, "parents.lower", known)
    assert one.severity is Severity.WARNING
    assert [(number.value, number.unit) for number in one.numbers] == [(Decimal("6.5"), "%"), (8, "%")]
    assert one.places[0].line == 10 and "云岭市规划" in one.message % one.params


def test_growth_is_taken_from_the_ends_where_none_is_stated():
    (one,) = found(
        RULES,
        "parents.lower",
        below([target("规上工业总产值", "60.0", "82.2")], [target("规上工业总产值", "600.0", "881.6")]),
    )
    assert [number.value for number in one.numbers] == [Decimal("6.5"), 8]


@pytest.mark.parametrize(
    ("own", "above"),
    [
        (target("规上工业总产值", "60", "90", growth="8"), target("规上工业总产值", "600", "890", growth="8.2")),
        (target("规上工业总产值", "60", "90", growth="9"), target("规上工业总产值", "600", "890", growth="8.2")),
        (target("全部工业总产值", "60", "90", growth="5"), target("规上工业总产值", "600", "890", growth="8.2")),
        (target("园区产业集中度", "94", "98", "%"), target("园区产业集中度", "90", "98", "%", bound="ge")),
        (target("园区产业集中度", "80", "85", "%", years=(2020, 2025)), target("园区产业集中度", "80", "90", "%")),
        (
            target("单位工业增加值能耗", "0.5", "0.40", "吨标准煤/万元"),
            target("单位工业增加值能耗", "0.5", "0.42", "吨标准煤/万元"),
        ),
    ],
)
def test_as_much_or_more_of_the_same_is_aligned(own, above):
    assert not found(RULES, "parents.lower", below([own], [above]))


def test_a_lower_share_and_a_higher_intensity_are_told_by_their_values():
    rows = [
        target("园区产业集中度", "80", "85", "%"),
        target("单位工业增加值能耗", "0.5", "0.45", "吨标准煤/万元", line=11),
    ]
    above = [target("园区产业集中度", "80", "90", "%"), target("单位工业增加值能耗", "0.5", "0.42", "吨标准煤/万元")]
    one, other = found(RULES, "parents.lower", below(rows, above))
    assert found(RULES, "parents.lower", below([target("园区产业集中度", "80", "85", "%", bound="ge")], above))
    assert [number.value for number in one.numbers] == [85, 90]
    assert [number.value for number in other.numbers] == [Decimal("0.45"), Decimal("0.42")]


def test_opposite_directions_are_a_warning():
    own, above = target("园区产业集中度", "90", "85", "%"), target("园区产业集中度", "88", "92", "%")
    (one,) = found(RULES, "parents.direction", below([own], [above]))
    assert [number.value for number in one.numbers] == [-5, 4]
    assert not found(RULES, "parents.direction", below([target("园区产业集中度", "90", "90", "%")], [above]))


def test_a_part_has_no_more_than_the_whole_in_any_unit():
    own, above = target("工业总产值", "40", "120"), target("工业总产值", "500000", "1000000", "万元")
    (one,) = found(RULES, "parents.part", below([own], [above]))
    assert one.severity is Severity.ERROR and [number.value for number in one.numbers] == [120, 1000000]
    assert not found(RULES, "parents.part", below([target("工业总产值", "49", "99")], [above]))


def test_a_shorter_horizon_and_targets_left_out_are_infos():
    short = META | {"period": {"start": 2026, "end": 2028}}
    (one,) = found(RULES, "parents.horizon", below([], [], meta=short))
    assert [number.value for number in one.numbers] == [2028, 2030]
    assert not found(RULES, "parents.horizon", below([], []))
    rows = [target("规上工业总产值", "60", "90")]
    above = [target("规上工业总产值", "600", "900"), target("单位工业增加值能耗", "0.5", "0.4", "吨标准煤/万元")]
    (one,) = found(RULES, "parents.missing", below(rows, above))
    assert (one.severity, one.params["names"]) == (Severity.INFO, "单位工业增加值能耗")
    assert not found(RULES, "parents.missing", below(above, rows))


def test_without_a_plan_above_the_rules_are_not_run():
    report = check(facts([target("规上工业总产值", "60", "90")]), rules=RULES)
    assert not report.ran and {one.missing for one in report.not_run} == {("parents",)}
