"""Parts and wholes of the table of targets."""

from __future__ import annotations

from decimal import Decimal

from tests.engines.planlint.rules.rows import claim, facts, found, said, shown, target

from zhizao.engines.planlint.rules import sums

WHOLE = target("规上工业总产值", "亿元", 100, 150)


def sector(name, base, end):
    return target(f"{name}制造业规上工业总产值", "亿元", base, end)


def plan(*rows, claims=()):
    return facts(indicators=list(rows), claims=list(claims))


def test_parts_with_others_among_them_make_up_the_whole():
    wrong = plan(WHOLE, sector("食品", 40, 60), sector("纺织", 30, 45), target("其他", "亿元", 20, 45))
    assert said(sums.find_parts, wrong) == ["2020: the 3 parts of “规上工业总产值” give 90, not 100."]
    (one,) = sums.find_parts(wrong)
    assert (one.severity.value, shown(one)[1:]) == ("error", [("90", "亿元", "40+30+20"), ("-10", "亿元", "90−100")])
    assert len(one.places) == 4


def test_rounding_of_every_part_is_slack():
    rows = (
        target("规上工业总产值", "亿元", "797.1", 1300),
        sector("电子信息", "383.3", "663.2"),
        sector("装备", "176.0", "235.5"),
        sector("消费品", "117.4", "206.9"),
        sector("医药", "36.6", "58.9"),
        target("其它", "亿元", "83.8", 135),
    )
    assert found(sums.find_parts, plan(*rows)) == []  # 797.1, and 1299.5 for 1300


def test_sectors_without_others_may_leave_a_rest_but_not_exceed_the_whole():
    assert found(sums.find_parts, plan(WHOLE, sector("食品", 40, 60), sector("纺织", 30, 45))) == []
    more = plan(WHOLE, sector("食品", 70, 60), sector("纺织", 40, 45))
    assert said(sums.find_parts, more) == [
        "2020: the 2 parts of “规上工业总产值” give 110, more than the whole of 100."
    ]


def test_classes_that_cut_across_sectors_and_other_scopes_are_no_parts():
    rows = (
        sector("食品", 70, 60),
        target("战略性新兴产业规上工业总产值", "亿元", 60, 90),
        target("纺织制造业工业总产值", "亿元", 60, 90),
        target("园区规上工业总产值", "亿元", 95, 140),
    )
    assert found(sums.find_parts, plan(WHOLE, *rows)) == []


def test_an_unknown_part_makes_the_sum_unknown():
    rows = (sector("食品", 40, None), sector("纺织", 30, 45), target("其他", "亿元", None, 10))
    assert found(sums.find_parts, plan(WHOLE, *rows)) == []


def test_a_part_exceeds_its_whole():
    known = plan(
        target("工业总产值", "亿元", 90, 160),
        WHOLE,
        target("规上工业利税", "亿元", 20, 30),
        target("其中：规上工业利润", "亿元", 12, 33),
    )
    assert said(sums.find_within, known) == [
        "2020: “规上工业总产值” is 100, more than “工业总产值” of which it is a part (90).",
        "2025: “其中：规上工业利润” is 33, more than “规上工业利税” of which it is a part (30).",
    ]


def test_a_part_within_its_whole_or_in_another_unit_is_none():
    known = plan(
        target("工业总产值", "亿元", 100, 160),
        WHOLE,
        target("科技型企业", "家", 50, 80),
        target("其中：研发投入", "亿元", 60, 90),
    )
    assert found(sums.find_within, known) == []


def test_shares_of_one_whole_stay_within_a_hundred():
    def share(name, base, end):
        return target(f"{name}制造业产值占规上工业总产值比重", "%", base, end)

    known = plan(share("食品", 60, 55), share("纺织", 45, 40))
    assert said(sums.find_shares, known) == ["2020: 2 shares of one whole give 105%."]
    assert found(sums.find_shares, plan(share("食品", 60, 55), share("战略性新兴", 45, 55))) == []


def named(value, bound="eq", scope="规上"):
    return claim("工业总产值", value, "亿元", "2020", scope=scope, parts="食品、纺织", bound=bound)


def test_a_total_of_named_parts_is_their_sum_in_the_table():
    rows = (WHOLE, sector("食品", "40.5", 60), sector("纺织", "30.0", 45))
    (one,) = sums.find_named(plan(*rows, claims=[named("80.9")]))
    assert one.message % one.params == "The text gives 80.9亿元 for 食品、纺织 together; one by one they give 70.5亿元."
    assert (one.severity.value, one.numbers[1].value) == ("error", Decimal("70.5"))
    assert found(sums.find_named, plan(*rows, claims=[named("70.5"), named(71, "about")])) == []


def test_a_total_of_named_parts_without_a_scope_is_a_warning():
    rows = (WHOLE, sector("食品", "40.5", 60), sector("纺织", "30.0", 45))
    assert [severity for severity, _ in found(sums.find_named, plan(*rows, claims=[named(81, scope="")]))] == [
        "warning"
    ]


def test_a_named_part_that_stands_nowhere_else_makes_the_sum_unknown():
    assert found(sums.find_named, plan(WHOLE, sector("食品", 40, 60), claims=[named(90)])) == []


def test_a_sector_in_two_tables_is_added_once():
    rows = (WHOLE, sector("食品", 60, 90), sector("纺织", 40, 60), sector("食品", 60, 90), sector("纺织", 40, 60))
    assert found(sums.find_parts, plan(*rows)) == []
