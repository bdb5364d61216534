"""Units of columns, shares and counted things."""

from __future__ import annotations

from decimal import Decimal

from tests.engines.planlint.rules.rows import claim, facts, found, project, said, target

from zhizao.engines.planlint import read_document
from zhizao.engines.planlint.facts import facts_of
from zhizao.engines.planlint.rules import units

LAND = """表{n} {sector}企业现有用地情况
\t名称
\t现有用地/亩
\t闲置用地/{unit}
\t厂房及办公面积/平方米

\t青禾{sector}一厂
\t160.2
\t{idle}
\t5000

\t青禾{sector}二厂
\t70
\t—
\t6000

以上为重点企业。
"""


def land(*tables):
    text = "\n".join(LAND.format(n=n, sector=s, unit=u, idle=i) for n, (s, u, i) in enumerate(tables, start=1))
    return facts_of(read_document(text.encode(), file="land.txt"))


def test_sister_tables_give_a_column_in_one_unit():
    known = land(("食品业", "平方米", "1800"), ("纺织业", "亩", "5"), ("家具业", "亩", "7"))
    (one,) = units.find_column(known)
    assert (one.severity.value, one.message % one.params) == (
        "warning",
        "Tables of one kind give idle land in 亩、平方米.",
    )
    assert one.numbers[1].value == Decimal("2.7")  # 1800 ÷ 666.67
    assert one.places[0].line == 7
    assert found(units.find_column, land(("食品业", "亩", "3"), ("纺织业", "亩", "5"))) == []


def test_a_header_in_another_unit_is_seen_above_empty_cells():
    known = land(("食品业", "平方米", "—"), ("纺织业", "亩", "—"), ("家具业", "亩", "—"))
    assert found(units.find_column, known) == [("warning", "land/idle")]
    assert found(units.find_column, land(("食品业", "㎡", "—"), ("纺织业", "平方米", "—"))) == []


def test_one_library_has_one_unit_of_money():
    rows = [project("甲", 32000), project("乙", 5000), project("丙", 50000, total_printed="5亿元")]
    known = facts(projects=rows)
    assert said(units.find_money, known) == ["1 totals of the library are printed in another unit than the rest."]
    assert found(units.find_money, facts(projects=rows[:2])) == []


def test_a_share_in_per_cent_is_no_fraction():
    known = facts(
        indicators=[
            target("设备联网率", "%", "0.45", "0.62"),
            target("园区产业集中度", "%", "0.40", 45),
            target("研发经费投入强度", "%", "0.85", "0.95"),
            target("绿色产业占比", "%", "0.5", "0.8"),
            target("工业用水重复利用率", "%", "88.5", 92),
        ],
        suppliers=[{"enterprise": "青禾甲厂", "total": 50, "local": 30, "share_stated_pct": Decimal("0.6"), "line": 1}],
    )
    assert found(units.find_fraction, known) == [
        ("warning", "ind-设备联网率"),
        ("warning", "ind-园区产业集中度"),
        ("warning", "青禾甲厂"),
    ]


def test_a_target_has_a_unit_unless_it_needs_none():
    known = facts(
        indicators=[
            target("规上工业总产值", None, 100, 150),
            target("科技创新指数", None, 88, 90),
            target("工业固废综合利用率", None, 88, 90),
            target("全员劳动生产率", None, 37, 49),
            target("营商环境", None, None, None),
        ]
    )
    assert found(units.find_missing, known) == [
        ("warning", "ind-规上工业总产值"),
        ("warning", "ind-全员劳动生产率"),
    ]


def test_one_kind_is_counted_in_one_unit():
    rows = [target("新增智能工厂个数", "家", 3, 5), target("绿色工厂", "家", 3, 6)]
    known = facts(indicators=rows, claims=[claim("新增智能工厂", 3, "个", "2025", "count")])
    assert said(units.find_counted, known) == ["Things of one kind are counted in different units: 智能工厂（家/个）."]
    assert found(units.find_counted, facts(indicators=rows)) == []
