"""Differences between versions: what changed is told once, what did not is not told, and both directions agree."""

from __future__ import annotations

import random
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.planlint.work import calls

from zhizao.engines.planlint import read_pack
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.schema import TABLES
from zhizao.engines.planlint.versions.changes import Shift, Sort, Transfer
from zhizao.engines.planlint.versions.diff import diff

SHIPPED = sorted(
    entry.name for entry in (files("zhizao") / "packs").iterdir() if entry.joinpath("datapackage.yaml").is_file()
)


def target(name="工业总产值", **cells):
    row = {"id": f"ind-{name}", "category": "效益", "name": name, "unit": "亿元", "base_year": 2025}
    return row | {"base_value": Decimal(50), "target_year": 2030, "target_value": Decimal(90), "bound": "eq"} | cells


def project(name="甲河阀门厂扩建", **cells):
    row = {"sector": "装备", "name": name, "owner": "甲河阀门厂", "total_wan_yuan": Decimal(1000)}
    return row | {"plan_wan_yuan": Decimal(1000), "start": "2026", "finish": "2028"} | cells


def plan(meta=None, absent=(), **rows):
    return Facts(rows, meta or {}, absent=frozenset(absent))


def changes(old, new, table):
    return diff(plan(**{table: old}), plan(**{table: new}))


def told(found):
    return [sentence.say() for change in found.changes for sentence in change.sentences]


# --- targets


def test_a_target_set_anew_says_old_and_new_with_the_unit():
    found = changes([target()], [target(target_value=Decimal("95.5"))], "indicators")
    (change,) = found.changes
    assert change.sorts == (Sort.RETARGETED,)
    assert told(found) == ["“工业总产值”: target value 90亿元 → 95.5亿元."]
    assert found.summary.say() == "1 targets are set anew; in all 0 rows added, 0 removed, 1 changed."


@pytest.mark.parametrize(
    ("cells", "sort"),
    [
        ({"target_year": 2031}, Sort.RETARGETED),
        ({"bound": "ge"}, Sort.RETARGETED),
        ({"base_value": Decimal(51)}, Sort.REBASED),
        ({"base_value": None}, Sort.REBASED),
        ({"base_year": 2024}, Sort.REBASED),
        ({"growth_stated_pct": Decimal("12.5")}, Sort.GROWTH),
        ({"unit": "万元"}, Sort.UNIT),
        ({"category": "规模"}, Sort.MOVED),
        ({"nature": "约束性"}, Sort.OTHER),
    ],
)
def test_each_column_of_a_target_has_its_kind_of_change(cells, sort):
    (change,) = changes([target()], [target(**cells)], "indicators").changes
    assert change.sorts == (sort,)


def test_an_unknown_value_is_called_unknown_and_never_nought():
    found = changes([target(base_value=None)], [target(base_value=Decimal(0))], "indicators")
    assert told(found) == ["“工业总产值”: base value unknown → 0亿元."]


def test_the_printed_form_is_shown_where_it_is_kept():
    new = target(bound="ge", target_value=Decimal(91), target_printed="〉91")
    assert "“工业总产值”: target value 90亿元 → 〉91亿元." in told(changes([target()], [new], "indicators"))


@pytest.mark.parametrize(
    "cells",
    [
        {"base_value": Decimal("50.0")},
        {"base_value": "50"},
        {"name": "工业 总产值"},
        {"line": 900},
        {"confidence": Decimal("0.9")},
        {"note": "another reading"},
        {"base_printed": "50亿"},
    ],
)
def test_precision_typing_place_and_notes_are_no_change(cells):
    assert not changes([target()], [target(**cells)], "indicators")


def test_the_same_id_under_another_name_is_a_renaming():
    new = target("工业产值总量") | {"id": target()["id"]}
    found = changes([target()], [new], "indicators")
    assert found.changes[0].sorts == (Sort.RENAMED,)
    assert told(found) == ["“工业总产值” is now called “工业产值总量”."]


def test_a_near_name_is_a_renaming():
    found = changes([target("数字化车间数量")], [target("数字化车间个数")], "indicators")
    assert found.changes[0].sorts == (Sort.RENAMED,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("规上工业总产值", "工业总产值"),
        ("新增数字化车间数量", "数字化车间数量"),
        ("研发投入总额", "研发投入强度"),
        ("高新技术企业数量", "单位能耗下降"),
    ],
)
def test_another_scope_or_measure_is_another_target(old, new):
    found = changes([target(old)], [target(new)], "indicators")
    assert {sort for change in found.changes for sort in change.sorts} == {Sort.ADDED, Sort.REMOVED}


# --- projects


def test_a_project_that_moves_sector_changes_owner_and_dates_is_one_change():
    new = project(sector="电子", owner="乙河阀门厂", finish="2029")
    (change,) = changes([project()], [new], "projects").changes
    assert change.sorts == (Sort.MOVED, Sort.OWNER, Sort.DATES)


@pytest.mark.parametrize("name", ["甲河阀门厂扩建二期", "甲河阀门厂年产20万台扩建"])
def test_another_phase_or_size_is_another_project(name):
    old = {"甲河阀门厂扩建二期": "甲河阀门厂扩建一期"}.get(name, "甲河阀门厂年产10万台扩建")
    found = changes([project(old, total_wan_yuan=Decimal(5))], [project(name)], "projects")
    assert sorted(change.sorts[0] for change in found.changes) == [Sort.ADDED, Sort.REMOVED]


def test_money_moved_between_periods_keeps_the_total():
    new = project(plan_wan_yuan=Decimal(600), after_wan_yuan=Decimal(400))
    found = changes([project()], [new], "projects")
    assert found.changes[0].shift == Shift("plan_wan_yuan", "after_wan_yuan", Decimal(400))
    assert found.changes[0].sorts == (Sort.MONEY_MOVED,)
    assert told(found) == [
        "“甲河阀门厂扩建”: 400 万元 moved from the plan's years to the years after the plan;"
        " the total stays the same."
    ]  # fmt: skip


def test_money_is_not_said_to_move_into_a_period_that_was_unknown():
    """1000 in all and 700 of it in the period: where the other 300 stood is not known."""
    old = project(plan_wan_yuan=Decimal(700))
    new = project(plan_wan_yuan=Decimal(600), after_wan_yuan=Decimal(100))
    assert changes([old], [new], "projects").changes[0].sorts == (Sort.MONEY,)


def test_money_moved_between_projects_is_found_by_its_amount():
    old = [project("甲项目"), project("乙项目", owner="乙厂", total_wan_yuan=Decimal(400))]
    new = [old[0] | {"total_wan_yuan": Decimal(850)}, old[1] | {"total_wan_yuan": Decimal(550)}]
    found = changes(old, new, "projects")
    assert found.transfers == (Transfer("甲项目", "乙项目", Decimal(150)),)
    assert found.transfers[0].sentence.say() == "150 万元 moved from “甲项目” to “乙项目”; their sum stays the same."


def test_of_two_possible_receivers_none_is_named():
    old = [project(name, owner=name) for name in ("甲项目", "乙项目", "丙项目")]
    totals = (Decimal(900), Decimal(1100), Decimal(1100))
    new = [row | {"total_wan_yuan": total} for row, total in zip(old, totals, strict=True)]
    assert changes(old, new, "projects").transfers == ()


def test_of_two_projects_of_one_name_each_meets_its_likest():
    old = [project(owner="甲厂", total_wan_yuan=Decimal(5)), project(owner="乙厂", total_wan_yuan=Decimal(7))]
    new = [project(owner="乙厂", total_wan_yuan=Decimal(8)), project(owner="甲厂", total_wan_yuan=Decimal(5))]
    (change,) = changes(old, new, "projects").changes
    assert [(cell.column, cell.old, cell.new) for cell in change.cells] == [("total_wan_yuan", 7, 8)]
    assert (change.old_row, change.new_row) == (1, 0)


def test_one_of_two_equal_rows_dropped_is_one_row_dropped():
    found = changes([project(), project()], [project()], "projects")
    assert (found.counts["projects"].removed, found.counts["projects"].same) == (1, 1)


# --- the other tables


def test_an_enterprise_that_rises_a_tier_is_moved():
    old, new = {"name": "甲河轴承有限公司", "tier": "成长型企业"}, {"name": "甲河轴承有限公司", "tier": "骨干企业"}
    (change,) = changes([old], [new], "enterprises").changes
    assert change.sorts == (Sort.MOVED,)


def test_an_enterprise_of_another_legal_form_is_renamed_and_of_another_name_is_another():
    old = [{"name": "甲河轴承有限公司"}, {"name": "甲河风机有限公司"}]
    new = [{"name": "甲河轴承股份有限公司"}, {"name": "甲河风扇有限公司"}]
    found = changes(old, new, "enterprises")
    assert [change.name for change in found.of(Sort.RENAMED)] == ["甲河轴承股份有限公司"]
    assert (found.counts["enterprises"].added, found.counts["enterprises"].removed) == (1, 1)


def test_a_member_of_a_chain_keeps_its_node_in_another_order():
    row = {"chain": "风电", "stage": "上游", "node": "叶片", "member": "甲厂", "member_type": "enterprise"}
    old = [row, row | {"node": "轴承"}]
    new = [row | {"node": "轴承"}, row | {"node": "塔筒"}]
    (change,) = changes(old, new, "chain_members").changes
    assert [(cell.column, cell.old, cell.new) for cell in change.cells] == [("node", "叶片", "塔筒")]


def test_claims_are_counted_and_only_changed_ones_are_told():
    claim = {"id": "c1", "indicator": "产值", "value": Decimal(5), "unit": "亿元", "kind": "actual", "bound": "eq"}
    new = [claim | {"value": Decimal(6)}, claim | {"id": "c2", "indicator": "利润"}]
    found = changes([claim], new, "claims")
    assert [change.key for change in found.changes] == ["c1"]
    assert found.counts["claims"].added == 1


def test_a_table_that_one_version_does_not_have_is_not_compared():
    claim = {"id": "c1", "indicator": "产值", "value": Decimal(5), "unit": "亿元", "kind": "actual", "bound": "eq"}
    found = diff(plan(absent=["claims"]), plan(claims=[claim]))
    assert not found
    assert found.not_compared == ("claims",)


def test_title_and_document_number_are_compared_and_the_source_file_is_not():
    old = {"title": "甲规划", "document_number": None, "period": {"start": 2026, "end": 2030}, "source_name": "a.txt"}
    found = diff(plan(old), plan(old | {"document_number": "甲府发〔2028〕5号", "source_name": "b.txt"}))
    assert told(found) == ["“甲规划”: document number unknown → 甲府发〔2028〕5号."]


# --- properties

_WORDS = st.text("甲乙丙丁工业产值厂", min_size=1, max_size=5)
_FIGURES = st.none() | st.integers(0, 20).map(Decimal)
_ROWS = {
    "indicators": st.builds(
        lambda name, base, goal: target(name, base_value=base, target_value=goal), _WORDS, _FIGURES, _FIGURES
    ),
    "projects": st.builds(
        lambda name, owner, total, part, sector: project(
            name, owner=owner, total_wan_yuan=total, plan_wan_yuan=part, sector=sector
        ),
        _WORDS,
        _WORDS,
        _FIGURES,
        _FIGURES,
        st.sampled_from(["装备", "电子"]),
    ),
    "enterprises": st.fixed_dictionaries({"name": _WORDS, "tier": st.sampled_from(["龙头", "骨干"])}),
    "chain_members": st.fixed_dictionaries({"chain": _WORDS, "node": _WORDS, "member": _WORDS}),
}
_PLANS = st.fixed_dictionaries({name: st.lists(rows, max_size=5) for name, rows in _ROWS.items()})
"""Five rows of each table hold every pairing: kept, changed, renamed, doubled, dropped."""


@settings(max_examples=30, deadline=None)
@given(_PLANS)
def test_a_plan_does_not_differ_from_itself_in_any_order(rows):
    shuffled = {name: random.Random(3).sample(group, len(group)) for name, group in rows.items()}
    found = diff(plan(**rows), plan(**shuffled))
    assert not found
    assert found.changes == ()


@settings(max_examples=50, deadline=None)
@given(_PLANS, _PLANS)
def test_the_difference_back_is_the_inverse(old, new):
    assert diff(plan(**new), plan(**old)) == diff(plan(**old), plan(**new)).inverse()


@settings(max_examples=30, deadline=None)
@given(_PLANS, _PLANS, st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(old, new, seed):
    shuffled = {name: random.Random(seed).sample(group, len(group)) for name, group in new.items()}
    assert diff(plan(**old), plan(**shuffled)) == diff(plan(**old), plan(**new))


@settings(max_examples=30, deadline=None)
@given(_PLANS, _PLANS)
def test_every_row_is_counted_once(old, new):
    found = diff(plan(**old), plan(**new))
    for name in _ROWS:
        count = found.counts[name]
        assert count.removed + count.changed + count.same == len(old[name])
        assert count.added + count.changed + count.same == len(new[name])


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_pack_does_not_differ_from_itself(name):
    pack = read_pack(files("zhizao") / "packs" / name)
    assert not diff(pack, pack)
    assert set(diff(pack, pack).counts) == set(TABLES) - pack.absent


def test_twice_the_renamed_rows_are_twice_the_work():
    def work(rows):
        old = [project(f"第{n}号阀门车间{n % 97}改造", owner=f"厂{n}") for n in range(rows)]
        new = [row | {"name": row["name"] + "升级", "plan_wan_yuan": Decimal(n)} for n, row in enumerate(old)]
        return calls(lambda: changes(old, new, "projects"))

    assert work(600) < 2.2 * work(300)
