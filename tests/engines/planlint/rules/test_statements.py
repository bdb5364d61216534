"""Every figure in one form: years, units, other ends, and work in proportion to the figures."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain

import pytest
from tests.engines.planlint.rules.said import claim, facts, target

from zhizao.engines.planlint.rules import agreement, dimension, history, shares
from zhizao.engines.planlint.rules._statements import Statement, Statements, statements
from zhizao.engines.planlint.tolerance import Interval

DIGITS = "甲乙丙丁戊己庚辛壬癸"


def many(times: int):
    """A plan that says the same of more and more sectors, and repeats itself."""
    rows, said = [], []
    for number in range(times):
        sector = "".join(DIGITS[int(digit)] for digit in str(number // 2)) + "材"
        name = f"{sector}制造业规上工业总产值"
        rows.append(target(name, "40", "58.9", line=number))
        said.append(claim(name, "64", line=5000 + number))
        said.append(claim(f"{sector}产业产值", "38", span="2025", kind="actual", line=9000 + number))
        said.append(
            claim("产值占比", "70", "%", subject=f"{sector}产业", of="规上工业总产值", kind="share", line=number)
        )
    return facts([target("规上工业总产值", "80", "100"), *rows], said)


def test_the_work_grows_with_the_number_of_figures_only(monkeypatch):
    calls = 0
    values = Statement.values

    def counted(self, unit=None):
        nonlocal calls
        calls += 1
        return values(self, unit)

    monkeypatch.setattr(Statement, "values", counted)
    rules = list(chain(agreement.RULES, dimension.RULES, history.RULES, shares.RULES))
    cost = []
    for times in (200, 400):
        calls, known = 0, many(times)
        assert any(list(rule.find(known)) for rule in rules)
        cost.append(calls)
    assert cost[1] <= 2.2 * cost[0]


@pytest.mark.parametrize(
    ("value", "unit", "to", "low", "high"),
    [
        ("663.2", "亿", "亿元", "663.15", "663.25"),
        ("5", "亿元", "万元", "45000", "55000"),
        ("3", "个", "家", "3", "3"),
    ],
)
def test_a_figure_in_another_unit_keeps_its_rounding(value, unit, to, low, high):
    name = "智能工厂" if to == "家" else "规上工业总产值"
    (one,) = Statements(facts([], [claim(name, value, unit)]))
    assert one.values(to) == Interval(Decimal(low), Decimal(high))


def test_doubtful_claims_and_changes_in_the_own_unit_are_left_out():
    doubtful = claim("规上工业总产值", "9", confidence=Decimal("0.5"))
    change = claim("氨氮排放量", "279.37", "吨", kind="growth")
    assert not list(Statements(facts([], [doubtful, change])))


def test_what_is_added_says_itself_what_it_is_unless_a_firm_adds_it():
    added = claim("新增智能工厂", "3", "个", subject="工业互联网平台", kind="count")
    known = facts([target("新增智能工厂个数", "3", "5", "家")], [added])
    assert statements(known).all[-1].concept == statements(known).all[0].concept
    known.rows["enterprises"] = [{"name": "工业互联网平台"}]
    assert Statements(known).all[-1].concept != Statements(known).all[0].concept
