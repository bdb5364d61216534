"""Shares against part and whole. Figures of an invented county: 规上 60亿元 of 64亿元 in 2025, 100 of 110 in 2030."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.engines.planlint.rules.said import claim, facts, found, target

from zhizao.engines.planlint.finding import Severity
from zhizao.engines.planlint.rules.shares import RULES

ROWS = [
    target("工业总产值", "64.0", "110.0", line=10),
    target("规上工业总产值", "60.0", "100.0", line=11),
    target("食品制造业规上工业总产值", "24.0", "33.0", line=12),
    target("竹木制造业规上工业总产值", "15.0", "25.0", line=13),
]


def share(value, of, *, subject="食品产业", span="2025", **more):
    return claim("产值占比", value, "%", subject=subject, of=of, span=span, kind="share", **more)


def check(*claims, rows=ROWS):
    return [one for rule in ("shares.denominator",) for one in found(RULES, rule, facts(rows, claims))]


@pytest.mark.parametrize(
    ("value", "of", "span", "bound"),
    [
        ("40.0", "规上工业总产值", "2025", "eq"),
        ("37.5", "工业总产值", "2025", "eq"),
        ("33", "规模以上工业总产值", "2030", "eq"),
        ("39", "规上工业总产值", "2025", "gt"),
        ("41", "规上工业总产值", "2025", "about"),
    ],
)
def test_a_share_that_its_own_denominator_gives_is_right(value, of, span, bound):
    assert not check(share(value, of, span=span, bound=bound))


def test_a_share_cut_instead_of_rounded_is_right():
    rows = [target("规上工业总产值", "79.7", "100"), target("食品制造业规上工业总产值", "73.09", "90")]
    assert not check(share("91.7", "规上工业总产值"), rows=rows)  # 91.706
    rows = [target("规上工业总产值", "79.70", "100"), target("食品制造业规上工业总产值", "73.089", "90")]
    assert not check(share("91.70", "规上工业总产值"), rows=rows)
    rows = [target("规上工业总产值", "100.00", "120"), target("食品制造业规上工业总产值", "33.39", "90")]
    assert not check(share("33.3", "规上工业总产值"), rows=rows)
    assert check(share("33.2", "规上工业总产值"), rows=rows)


def test_the_denominator_that_makes_the_share_right_is_named():
    (one,) = check(share("37.5", "规上工业总产值"))
    assert (one.rule, one.severity, one.params["whole"]) == ("shares.denominator", Severity.ERROR, "工业总产值")
    assert [number.expression for number in one.numbers] == ["", "24.0÷60.0", "24.0÷64.0"]
    assert [number.value for number in one.numbers] == [Decimal("37.5"), 40, Decimal("37.5")]


def test_the_share_of_another_year_is_told_as_such():
    (one,) = check(share("22.7", "工业总产值", subject="竹木产业"))
    assert (one.rule, one.params["other_year"], one.params["right"]) == ("shares.year", 2030, "23.44")
    assert one.numbers[-1].expression == "25.0÷110.0"


def test_a_share_that_nothing_gives_is_an_error_if_the_part_is_of_its_scope():
    (one,) = check(share("45", "规上工业总产值"))
    assert (one.rule, one.severity, one.params["right"]) == ("shares.value", Severity.ERROR, "40")
    (one,) = check(share("45", "工业总产值"))
    assert one.severity is Severity.WARNING  # of all industry the sector may have more than its part above scale
    (one,) = check(share("30", "工业总产值"))
    assert one.severity is Severity.ERROR  # … but not less


@pytest.mark.parametrize(
    "one",
    [
        share("45", "地区生产总值"),
        share("45", "规上工业总产值", subject="电子信息产业"),
        share("45", "规上工业总产值", span="2028"),
        claim(
            "企业实现产值占规上工业总产值比重", "9", "%", of="规上工业总产值", scope="规上", span="2025", kind="share"
        ),
        claim("工业总产值占比", "9", "%", of="规上工业总产值", span="2025", kind="share"),
        claim("增加值占比", "45", "%", subject="食品产业", of="规上工业增加值", span="2025", kind="share"),
    ],
)
def test_a_share_whose_part_or_whole_is_not_stated_is_left_alone(one):
    assert not check(one)


def test_one_share_of_two_denominators_must_mean_one_amount():
    rows = [*ROWS, target("战略性新兴产业产值占规上工业总产值比重", "40", "45", "%", line=14)]
    text = share("38", "工业总产值", subject="战略新兴产业", span="2030")
    (one,) = found(RULES, "shares.two_denominators", facts(rows, [text]))
    assert one.severity is Severity.ERROR
    assert [number.expression for number in one.numbers] == ["", "", "45%×100.0", "38%×110.0"]
    assert [number.value for number in one.numbers[2:]] == [45, Decimal("41.8")]
    right = share("40.9", "工业总产值", subject="战略新兴产业", span="2030")  # 45 ÷ 110
    assert not found(RULES, "shares.two_denominators", facts(rows, [right]))


def test_two_denominators_are_silent_where_the_other_year_explains_the_figure():
    rows = [*ROWS, target("战略性新兴产业产值占规上工业总产值比重", "40", "45", "%", line=14)]
    base_as_target = share("40", "工业总产值", subject="战略新兴产业", span="2030")
    assert not found(RULES, "shares.two_denominators", facts(rows, [base_as_target]))


def test_shares_of_one_line_must_not_exceed_the_whole():
    parts = [share(value, "规上工业总产值", subject=name) for name, value in (("甲产业", "45"), ("乙产业", "40"))]
    more, fits = share("25", "规上工业总产值", subject="丙产业"), share("15.4", "规上工业总产值", subject="丙产业")
    (one,) = found(RULES, "shares.sum", facts([], [*parts, more]))
    assert one.numbers[0].value == 110 and one.numbers[0].expression == "45+40+25"
    assert not found(RULES, "shares.sum", facts([], [*parts, fits]))
    assert not found(RULES, "shares.sum", facts([], [*parts, share("25", "工业总产值", subject="丙产业")]))
