"""Three versions of one plan: what either side changed is in the result, what both changed is told."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from tests.engines.planlint.test_diff import _PLANS, plan, project, target

from zhizao.engines.planlint.versions.diff import diff
from zhizao.engines.planlint.versions.merge import merge


def test_each_side_changes_another_cell_of_one_row():
    base = {"indicators": [target()]}
    ours, theirs = {"indicators": [target(target_value=Decimal(95))]}, {"indicators": [target(base_value=Decimal(51))]}
    merged = merge(base, ours, theirs)
    (row,) = merged.rows["indicators"]
    assert (row["target_value"], row["base_value"], merged.conflicts) == (95, 51, ())


def test_where_both_changed_one_cell_ours_stays_and_both_are_told():
    versions = [{"indicators": [target(target_value=Decimal(value))]} for value in (90, 95, 93)]
    merged = merge(*versions)
    assert merged.rows["indicators"][0]["target_value"] == 95
    (conflict,) = merged.conflicts
    assert (conflict.column, conflict.ours, conflict.theirs, conflict.row) == ("target_value", 95, 93, 0)


def test_the_same_change_on_both_sides_is_no_conflict():
    changed = {"indicators": [target(target_value=Decimal(95))]}
    assert merge({"indicators": [target()]}, changed, changed).conflicts == ()


def test_a_row_dropped_here_and_changed_there_is_kept_and_told():
    base, theirs = {"projects": [project()]}, {"projects": [project(finish="2029")]}
    merged = merge(base, {"projects": []}, theirs)
    assert merged.rows["projects"] == theirs["projects"]
    assert [(conflict.column, conflict.theirs) for conflict in merged.conflicts] == [("", "甲河阀门厂扩建")]
    assert merge(base, {"projects": []}, base).rows["projects"] == []
    assert merge(base, base, {"projects": []}).rows["projects"] == []
    assert merge(base, theirs, {"projects": []}).rows["projects"] == theirs["projects"]


def test_rows_added_on_both_sides_are_both_there_and_the_same_one_once():
    mine, other, same = project("甲项目"), project("乙项目", owner="乙"), project("丙项目", owner="丙")
    merged = merge({"projects": []}, {"projects": [mine, same]}, {"projects": [other, same]})
    assert [row["name"] for row in merged.rows["projects"]] == ["乙项目", "丙项目", "甲项目"]


@settings(max_examples=30, deadline=None)
@given(_PLANS, _PLANS)
def test_what_only_one_side_changed_is_the_result(base, changed):
    for merged in (merge(base, changed, base), merge(base, base, changed)):
        assert not diff(plan(**changed), plan(**merged.rows))
        assert merged.conflicts == ()
