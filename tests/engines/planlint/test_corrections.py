"""Corrections: applied by stable key where the reading still says the same, reported where it does not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.engines.planlint import corrected, read_document
from zhizao.engines.planlint.corrections import (
    Correction,
    Outcome,
    apply,
    corrections_csv,
    decided,
    fingerprint,
    read_corrections,
    row_keys,
    write_corrections,
)
from zhizao.engines.planlint.schema import Rows
from zhizao.kernel.result import Refused, Severity

DATA = (Path(__file__).parent / "qinghe.txt").read_bytes()
SHA, OTHER = "a" * 64, "b" * 64


def one(table: str, key: str, action: str, column: str = "", read: str = "", value: str = "") -> Correction:
    return Correction(table, key, action, column, read, value, "seen", "甲", "2026-05-01T09:00:00+08:00", SHA)


@pytest.fixture(scope="module")
def rows() -> Rows:
    return read_document(DATA, file="qinghe.txt").rows


FACTORY = one("land", "三/青禾县精工五金厂", "correct", "land_mu", "30.3", "33")


def land(rows: Rows, name: str = "青禾县精工五金厂") -> dict[str, object]:
    return next(row for row in rows["land"] if row["enterprise"] == name)


def test_a_corrected_cell_holds_the_new_value_and_the_row_says_what_was_read(rows):
    done = apply(rows, [FACTORY], sha256=SHA)
    assert (land(done.rows)["land_mu"], land(rows)["land_mu"]) == (Decimal(33), Decimal("30.3"))
    assert "corrected: land_mu was 30.3" in str(land(done.rows)["note"])
    assert (done.outcomes, done.problems) == ((Outcome.APPLIED,), ())


def test_figures_are_compared_as_figures(rows):
    assert apply(rows, [replace(FACTORY, read="30.300")], sha256=SHA).outcomes == (Outcome.APPLIED,)


def test_a_correction_survives_when_lines_move(rows):
    moved = read_document(b"\n\n\n" + DATA.replace("一、目标".encode(), "序言\n\n一、目标".encode()))
    done = apply(moved.rows, [FACTORY], sha256=moved.document.sha256)
    assert land(done.rows)["land_mu"] == Decimal(33)
    assert land(done.rows)["line"] == land(rows)["line"] + 5
    assert [(problem.code, problem.severity) for problem in done.problems] == [
        ("planlint.corrections_other_document", Severity.WARNING)
    ]


def test_where_the_document_says_something_else_now_the_reading_stands_and_the_correction_is_reported(rows):
    amended = read_document(DATA.replace(b"2.02", b"2.5"))
    done = apply(amended.rows, [FACTORY], sha256=SHA)
    assert land(done.rows)["land_mu"] == Decimal("37.5")
    assert done.outcomes == (Outcome.CHANGED,)
    (problem,) = done.problems
    assert (problem.code, problem.severity, problem.place.line) == (
        "planlint.correction_changed",
        Severity.ERROR,
        land(amended.rows)["line"],
    )


def test_a_row_that_is_gone_is_reported(rows):
    done = apply(rows, [one("land", "三/无名厂", "reject")], sha256=SHA)
    assert (done.outcomes, done.rows) == ((Outcome.MISSING,), {name: list(table) for name, table in rows.items()})


def test_a_rejected_row_leaves_its_table_only_while_it_says_the_same(rows):
    (index,) = [index for index, row in enumerate(rows["land"]) if row["enterprise"] == "青禾县精工五金厂"]
    seen = fingerprint("land", rows["land"][index])
    reject = one("land", row_keys("land", rows["land"])[index], "reject", read=seen)
    assert len(apply(rows, [reject], sha256=SHA).rows["land"]) == len(rows["land"]) - 1
    amended = read_document(DATA.replace(b"2.02", b"2.5")).rows
    assert apply(amended, [reject], sha256=SHA).outcomes == (Outcome.CHANGED,)


def test_an_accepted_row_is_sure(rows):
    key = row_keys("land", rows["land"])[0]
    assert rows["land"][0]["confidence"] < 1
    assert apply(rows, [one("land", key, "accept")], sha256=SHA).rows["land"][0]["confidence"] == 1


def test_a_renamed_row_is_found_by_its_old_name_and_its_new_one(rows):
    rename = one("enterprises", "青禾县精工五金厂", "correct", "name", "青禾县精工五金厂", "青禾县精工五金总厂")
    later = one("enterprises", "青禾县精工五金总厂", "correct", "industry", "五金", "金属")
    done = apply(rows, [rename, later], sha256=SHA)
    assert [(row["name"], row["industry"]) for row in done.rows["enterprises"] if "精工" in str(row["name"])] == [
        ("青禾县精工五金总厂", "金属")
    ]


@pytest.mark.parametrize(
    ("column", "read", "value"),
    [("target_value", "96", "many"), ("bound", "eq", "about"), ("name", "规上工业总产值", "")],
)
def test_a_value_that_does_not_fit_its_column_is_not_applied(rows, column, read, value):
    key = str(rows["indicators"][0]["id"])
    done = apply(rows, [one("indicators", key, "correct", column, read, value)], sha256=SHA)
    assert (done.outcomes, done.rows["indicators"][0]) == ((Outcome.INVALID,), rows["indicators"][0])


NEW = [
    one("suppliers", "云岭茶油有限公司", "add", *cell)
    for cell in (("enterprise", "", "云岭茶油有限公司"), ("total", "", "7"))
]
LINE = one("suppliers", "云岭茶油有限公司", "add", "line", "", "140")


def test_the_cells_of_an_added_row_make_one_row(rows):
    added = apply(rows, [*NEW, LINE], sha256=SHA).rows["suppliers"][-1]
    assert (added["enterprise"], added["total"], added["local"], added["line"]) == ("云岭茶油有限公司", 7, None, 140)


def test_an_added_row_that_is_not_whole_is_not_half_added(rows):
    done = apply(rows, NEW, sha256=SHA)
    assert (set(done.outcomes), len(done.rows["suppliers"])) == ({Outcome.INVALID}, 2)


def test_a_row_added_by_hand_gives_way_to_one_that_the_document_has_now(rows):
    cells = [
        one("suppliers", "new", "add", column, "", value)
        for column, value in (("enterprise", "青禾县精工五金厂"), ("line", "9"))
    ]
    assert set(apply(rows, cells, sha256=SHA).outcomes) == {Outcome.CHANGED}


def test_a_row_added_for_another_document_is_held_back(rows):
    foreign = [*NEW, LINE, one("land", "三/无名厂", "reject")]
    done = apply(rows, foreign, sha256=OTHER)
    assert done.outcomes == (Outcome.FOREIGN, Outcome.FOREIGN, Outcome.FOREIGN, Outcome.MISSING)
    assert len(done.rows["suppliers"]) == 2


def test_a_row_added_before_an_amendment_of_the_same_plan_stays(rows):
    assert apply(rows, [*NEW, LINE, FACTORY], sha256=OTHER).outcomes == (Outcome.APPLIED,) * 4


def test_a_decision_takes_the_place_of_an_earlier_one_on_the_same_cell(rows):
    again = replace(FACTORY, value="34")
    assert decided([FACTORY, LINE], again) == (LINE, again)


def test_an_added_row_may_be_corrected_and_forgotten(rows):
    more = one("suppliers", "云岭茶油有限公司", "correct", "total", "7", "8")
    changed = decided([*NEW, LINE], more)
    assert apply(rows, changed, sha256=SHA).rows["suppliers"][-1]["total"] == 8
    assert decided(changed, one("suppliers", "云岭茶油有限公司", "reject")) == ()


def test_names_are_resolved_anew_when_the_list_they_come_from_is_corrected():
    reading = read_document(DATA + "\n支持云岭茶油等企业发展。\n".encode(), file="q.txt")
    before = {(row["canonical"], row["alias"]) for row in reading.rows["aliases"]}
    rename = one("enterprises", "云岭茶油有限公司", "correct", "name", "云岭茶油有限公司", "云岭茶油股份有限公司")
    done = corrected(reading, [replace(rename, sha256=reading.document.sha256)])
    after = {(row["canonical"], row["alias"]) for row in done.rows["aliases"]}
    assert ("云岭茶油有限公司", "云岭茶油") in before
    assert {("云岭茶油股份有限公司", "云岭茶油"), ("云岭茶油股份有限公司", "云岭茶油有限公司")} <= after
    assert not [row for row in after if row[0] == "云岭茶油有限公司"]
    assert done.problems == reading.problems


def test_without_corrections_the_reading_is_the_same():
    reading = read_document(DATA)
    assert corrected(reading, ()) is reading


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)


@settings(max_examples=40)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=4))
def test_corrections_come_back_from_their_file_as_they_were(cells):
    made = [
        Correction("land", f"k{key}", "correct", "land_mu", read, value, f"={read}", "-甲", "2026-05-01", SHA)
        for key, read, value in cells
    ]
    data = corrections_csv(made)
    assert read_corrections(data) == tuple(made)
    assert corrections_csv(read_corrections(data)) == data


def test_a_file_is_written_whole_beside_the_old_one(tmp_path):
    path = tmp_path / "corrections.csv"
    write_corrections(path, [FACTORY])
    write_corrections(path, [FACTORY, LINE])
    assert read_corrections(path) == (FACTORY, LINE)
    assert [file.name for file in tmp_path.iterdir()] == ["corrections.csv"]


@pytest.mark.parametrize(
    ("damaged", "column"),
    [
        (replace(FACTORY, table="lands"), "table"),
        (replace(FACTORY, column="area"), "column"),
        (replace(FACTORY, column=""), "column"),
        (replace(FACTORY, action="delete"), "action"),
        (replace(FACTORY, key=""), "key"),
        (replace(FACTORY, sha256="123"), "sha256"),
    ],
)
def test_a_damaged_correction_refuses_the_file_with_row_and_column(damaged, column):
    with pytest.raises(Refused) as refused:
        read_corrections(corrections_csv([FACTORY, damaged]))
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.row, problem.place.column) == ("planlint.correction_damaged", 3, column)


@pytest.mark.parametrize("data", [b"", b"table,key\nland,x\n", b"\x89PNG", b'table,key\n"x'])
def test_a_file_that_holds_no_corrections_is_refused(data):
    with pytest.raises(Refused):
        read_corrections(data)


def test_keys_of_rows_that_stand_twice_differ():
    record = {"sector": "食品", "name": "甲项目", "owner": "乙厂"}
    assert row_keys("projects", [record, record]) == ["食品/甲项目/乙厂", "食品/甲项目/乙厂#2"]
