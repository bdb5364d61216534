"""CSV and workbooks in: exact text, limits, official forms, typed cells with every fault named."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.kernel.result import Refused, Severity
from zhizao.kernel.tables import (
    Column,
    Limits,
    Table,
    find_table,
    read_csv,
    read_grids,
    read_table,
    read_xlsx,
    typed,
    write_xlsx,
)
from zhizao.kernel.tables.cells import parse_decimal
from zhizao.kernel.text import is_blank_mark


def workbook(rows: list[list[object]], *, merges: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    for merge in merges:
        sheet.merge_cells(merge)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_any_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    data = f"名称{delimiter}产值\n甲厂{delimiter}1\n".encode(encoding)
    assert read_csv(data).to_dicts() == [{"名称": "甲厂", "产值": "1"}]


def test_csv_keeps_quoted_line_breaks_and_codes_as_written() -> None:
    frame = read_csv(b'code,note\r\n001234567890123456,"a\r\nb, c; d"\r\n')
    assert frame.rows() == [("001234567890123456", "a\nb, c; d")]


def test_csv_with_a_semicolon_in_text_is_still_a_comma_file() -> None:
    assert read_csv(b"a,b\nx;y,1\nz,2\n").columns == ["a", "b"]


def test_csv_rows_of_other_width_are_all_named_with_their_lines() -> None:
    with pytest.raises(Refused) as caught:
        read_csv(b'a,b\n"x\ny",2\n1\n1,2,3\n', file="t.csv")
    assert [(p.code, p.place.row, p.params["found"]) for p in caught.value.problems] == [
        ("tables.row_width", 4, 1),
        ("tables.row_width", 5, 3),
    ]


def test_csv_header_faults_are_named() -> None:
    with pytest.raises(Refused) as caught:
        read_csv(b"a,,a,b\n1,2,3,4\n")
    assert codes(caught) == ["tables.header_blank", "tables.header_double"]


def test_csv_with_an_open_quote_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        read_csv(b'a,b\n"x,2\n')
    assert codes(caught) == ["tables.quotes"]


def test_a_missing_file_is_refused_not_crashed(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        read_csv(tmp_path / "none.csv")
    assert codes(caught) == ["tables.unreadable"]


# ---------------------------------------------------------------- limits


def test_a_file_above_the_size_limit_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    with pytest.raises(Refused) as caught:
        read_csv(path)
    assert codes(caught) == ["tables.too_large"]


def test_rows_and_columns_are_limited() -> None:
    data = b"a,b,c\n" + b"1,2,3\n" * 20
    assert read_csv(data, limits=Limits(rows=20)).height == 20
    for limits, code in ((Limits(rows=19), "tables.too_long"), (Limits(columns=2), "tables.too_wide")):
        with pytest.raises(Refused) as caught:
            read_csv(data, limits=limits)
        assert codes(caught) == [code]
    book = workbook([["a", "b", "c"]] * 20)
    for limits, code in ((Limits(rows=19), "tables.too_long"), (Limits(columns=2), "tables.too_wide")):
        with pytest.raises(Refused) as caught:
            read_xlsx(book, limits=limits)
        assert codes(caught) == [code]


def bomb(size: int, *, told: int | None = None) -> bytes:
    """A workbook with one more member of zeros; ``told`` forges the size in its directory."""
    buffer = io.BytesIO(workbook([["a"]]))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/x.bin", b"0" * size)
    data = buffer.getvalue()
    if told is not None:
        real, forged = struct.pack("<L", size), struct.pack("<L", told)
        assert data.count(real) >= 2
        data = data.replace(real, forged)
    return data


def test_a_zip_bomb_is_refused_by_its_directory_and_by_its_real_size() -> None:
    limits = Limits(inflated_bytes=4_000_000)
    for data in (bomb(5_000_000), bomb(5_000_000, told=10)):
        with pytest.raises(Refused) as caught:
            read_xlsx(data, limits=limits)
        assert codes(caught) == ["tables.zip_bomb"]


def test_a_member_that_grows_beyond_the_ratio_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        read_xlsx(bomb(5_000_000))
    assert codes(caught) == ["tables.zip_bomb"]


def test_a_workbook_of_many_parts_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(2_001):
            archive.writestr(f"x{number}", b"")
    with pytest.raises(Refused) as caught:
        read_xlsx(buffer.getvalue())
    assert codes(caught) == ["tables.zip_bomb"]


def test_a_sheet_that_claims_a_far_corner_is_refused_before_it_is_allocated() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = 1
    book.worksheets[0].cell(row=900_000, column=400, value=1)
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(Refused) as caught:
        read_xlsx(buffer.getvalue())
    assert codes(caught) == ["tables.too_many_cells"]


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04garbage", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"text", b"%PDF"]
)
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_xlsx(data, file="x.xlsx")
    assert codes(caught) == ["tables.damaged"]


def test_every_truncation_of_a_workbook_is_refused() -> None:
    data = workbook([["a", 1]])
    for end in range(1, len(data), 97):
        with pytest.raises(Refused):
            read_xlsx(data[:end])


# ---------------------------------------------------------------- cells of a workbook


def test_cells_become_the_text_a_reader_would_type() -> None:
    day, instant = dt.date(2020, 8, 1), dt.datetime(2020, 8, 1, 3, 4, 5)
    data = workbook([["500108190001010012", 12, 12.0, 0.1, 1e-7, day, instant, dt.time(1, 2), True, None, "x"]])
    row = read_xlsx(data).value[0].rows[0]
    assert row == [
        *("500108190001010012", "12", "12", "0.1", "0.0000001", "2020-08-01", "2020-08-01 03:04:05", "01:02:00"),
        *("TRUE", "", "x"),
    ]


def test_a_number_shown_as_percentage_is_read_as_percentage() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([0.125, 0.5, 0.07])
    sheet["A1"].number_format, sheet["B1"].number_format = "0.0%", '0" % of"'
    buffer = io.BytesIO()
    book.save(buffer)
    assert read_xlsx(buffer.getvalue()).value[0].rows == [["12.5%", "0.5", "0.07"]]


def test_a_code_kept_as_number_is_warned_of() -> None:
    found = read_xlsx(workbook([["code"], [500108190001010012]]))
    assert [(p.code, p.severity, p.place.row) for p in found.problems] == [("tables.digits_lost", Severity.WARNING, 2)]


def test_a_hidden_sheet_is_named_and_read_only_on_request() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a"])
    hidden = book.create_sheet("底稿")
    hidden.append(["b"])
    hidden.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    found = read_xlsx(buffer.getvalue())
    assert [grid.rows for grid in found.value] == [[["a"]]]
    assert [(p.code, p.place.sheet) for p in found.problems] == [("tables.hidden_sheet", "底稿")]
    assert read_xlsx(buffer.getvalue(), sheet="底稿").value[0].rows == [["b"]]
    with pytest.raises(Refused) as caught:
        read_xlsx(buffer.getvalue(), sheet="x")
    assert codes(caught) == ["tables.no_sheet"]


def test_formulas_never_calculated_and_error_cells_are_refused_with_their_cells() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["a", "=1+1", "x"])
    sheet["C2"] = "#DIV/0!"
    sheet["C2"].data_type = "e"
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(Refused) as caught:
        read_xlsx(buffer.getvalue())
    assert {(p.code, p.place.row, p.place.column) for p in caught.value.problems} == {
        ("tables.formula_without_value", 1, "B"),
        ("tables.error_cell", 2, "C"),
    }


# ---------------------------------------------------------------- official forms

FORM: list[list[object]] = [
    ["重点企业产值表", None, None, None],
    ["填报单位：经信委", None, None, "单位：万元"],
    ["类别", "企业", "产值", None],
    [None, None, "2024年", "2025年"],
    ["甲", "乙", 1, 2],
    ["龙头", "甲厂", 10, 11],
    [None, "乙厂", 20, 21],
    ["骨干", "丙厂", "—", 31],
    ["注：数据为快报。", None, None, None],
]
MERGES = ("A1:D1", "A3:A4", "B3:B4", "C3:D3", "A6:A7")


def test_the_header_is_found_under_title_and_unit_line_and_its_levels_are_joined() -> None:
    table = find_table(read_xlsx(workbook(FORM, merges=MERGES)).value[0], fill_down=["类别"])
    assert table.names == ["类别", "企业", "产值/2024年", "产值/2025年"]
    assert (table.title, table.unit, table.notes) == ("重点企业产值表", "万元", ("注：数据为快报。",))
    assert [row[0] for row in table.rows] == ["龙头", "龙头", "骨干"]
    assert table.lines == [6, 7, 8]


def test_merged_categories_stay_empty_unless_filled_down_on_request() -> None:
    table = find_table(read_xlsx(workbook(FORM, merges=MERGES)).value[0])
    assert [row[0] for row in table.rows] == ["龙头", "", "骨干"]


def test_a_header_of_two_rows_is_found_without_merges_by_the_names_that_are_known() -> None:
    data = "产值表,,\n企业,产值,\n,2024,2025\n甲厂,1,2\n".encode()
    table = find_table(read_grids(data).value[0], known=["企业", "产值/2024", "产值/2025"])
    assert table.names == ["企业", "产值/2024", "产值/2025"]
    assert table.rows == [["甲厂", "1", "2"]]


def test_a_form_is_read_typed() -> None:
    columns = [
        Column(name="tier", aliases=("类别",), choices=("龙头", "骨干"), fill_down=True, required=True),
        Column(name="firm", aliases=("企业",), required=True),
        Column(name="y2024_wan_yuan", kind="decimal", unit="万元", aliases=("产值/2024年",)),
        Column(name="y2025_wan_yuan", kind="integer", unit="万元", aliases=("产值/2025年",)),
        Column(name="note"),
    ]
    frame = read_table(workbook(FORM, merges=MERGES), columns).value
    assert frame.rows() == [
        ("龙头", "甲厂", Decimal(10), 11, None),
        ("龙头", "乙厂", Decimal(20), 21, None),
        ("骨干", "丙厂", None, 31, None),
    ]
    assert frame.dtypes == [pl.String, pl.String, pl.Decimal(38, 10), pl.Int64, pl.String]


def test_a_column_in_another_unit_is_refused() -> None:
    column = Column(name="v", kind="decimal", unit="亿元", aliases=("产值",))
    for data in ("产值（万元）\n1\n", "表\n单位：万元\n产值\n1\n"):
        with pytest.raises(Refused) as caught:
            read_table(data.encode(), [column])
        assert codes(caught) == ["tables.other_unit"]


@pytest.mark.parametrize(
    ("kind", "unit", "cell", "value"),
    [
        ("decimal", None, "１，２３４．５", Decimal("1234.5")),
        ("decimal", None, "1,234.5万", Decimal(12345000)),
        ("decimal", "万元", "1,234.5万", Decimal("1234.5")),
        ("decimal", "万元", "2亿元", Decimal(20000)),
        ("decimal", "元", "3万元", Decimal(30000)),
        ("decimal", "%", "12.5%", Decimal("12.5")),
        ("decimal", None, "12.5％", Decimal("0.125")),
        ("decimal", None, "（３）", Decimal(-3)),
        ("decimal", None, "－3", Decimal(-3)),
        ("decimal", None, "——", None),
        ("integer", "家", "2,000家", 2000),
        ("integer", None, "12.0", 12),
        ("integer", None, "无", None),
        ("date", None, "2020.08", dt.date(2020, 8, 1)),
        ("date", None, "2020年8月", dt.date(2020, 8, 1)),
        ("date", None, "2020/8/1", dt.date(2020, 8, 1)),
        ("date", None, "2020-08-31", dt.date(2020, 8, 31)),
        ("date", None, "２０２０年８月３１日", dt.date(2020, 8, 31)),
        ("span", None, "2025年1—5月", "2025-01..05"),
        ("span", None, "2020.08", "2020-08"),
        ("boolean", None, "是", True),
        ("boolean", None, "无", False),
        ("text", None, " 甲厂 ", "甲厂"),
        ("text", None, "/", None),
    ],
)
def test_cells_are_read_as_people_write_them(kind: str, unit: str | None, cell: str, value: object) -> None:
    column = Column(name="v", kind=kind, unit=unit)  # type: ignore[arg-type]
    assert read_table(f"k\tv\nx\t{cell}\n".encode(), [Column(name="k"), column]).value["v"].to_list() == [value]


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        ("decimal", "abc", "tables.not_a_number"),
        ("decimal", "1,23", "tables.not_a_number"),
        ("decimal", "12亩", "tables.other_unit"),
        ("decimal", "0.00000000001", "tables.number_range"),
        ("decimal", "1" * 29, "tables.number_range"),
        ("integer", "1.5", "tables.not_whole"),
        ("integer", "1" * 19, "tables.number_range"),
        ("date", "2020-13", "tables.not_a_date"),
        ("date", "2021-02-29", "tables.not_a_date"),
        ("span", "明年", "tables.not_a_span"),
        ("boolean", "也许", "tables.not_yes_or_no"),
    ],
)
def test_a_bad_cell_is_a_problem_with_place_reason_and_remedy(kind: str, cell: str, code: str) -> None:
    column = Column(name="v", kind=kind, unit="万元" if kind in ("decimal", "integer") else None)  # type: ignore[arg-type]
    with pytest.raises(Refused) as caught:
        read_table(f"k\tv\nx\t{cell}\n".encode(), [Column(name="k"), column], file="t.csv")
    problem = caught.value.problems[0]
    assert (problem.code, problem.place.row, problem.place.column, problem.place.file) == (code, 2, "v", "t.csv")
    assert problem.remedy
    assert cell in str(problem)


def test_a_month_that_lost_its_nought_is_ambiguous_where_others_have_two_digits() -> None:
    columns = [Column(name="m", kind="date")]
    assert read_table(b"m\n2020.1\n2020.2\n", columns).value["m"][0] == dt.date(2020, 1, 1)
    with pytest.raises(Refused) as caught:
        read_table(b"m\n2020.1\n2020.02\n", columns)
    assert codes(caught) == ["tables.ambiguous_month"]


def test_all_problems_come_together_and_the_rest_is_counted() -> None:
    rows = "".join(f"x{number},{number}.5\n" for number in range(500))
    columns = [Column(name="a", kind="integer"), Column(name="b", kind="integer"), Column(name="c", required=True)]
    with pytest.raises(Refused) as caught:
        read_table(f"a,b\n{rows}".encode(), columns)
    problems = caught.value.problems
    assert len(problems) == 201
    assert problems[0].code == "tables.column_missing"
    assert problems[-1].params["count"] == 801


def test_empty_required_cells_and_values_outside_the_choices_are_named() -> None:
    columns = [Column(name="a", required=True), Column(name="b", choices=("是", "否"))]
    with pytest.raises(Refused) as caught:
        read_table("a,b\n—,是\nx,也许\n".encode(), columns)
    assert [(p.code, p.place.row) for p in caught.value.problems] == [
        ("tables.required", 2),
        ("tables.not_a_choice", 3),
    ]


def test_a_table_is_found_on_the_sheet_that_has_it() -> None:
    data = write_xlsx({"说明": pl.DataFrame({"甲": ["x"]}), "数据": pl.DataFrame({"firm": ["y"]})})
    assert read_table(data, [Column(name="firm")]).value.rows() == [("y",)]
    with pytest.raises(Refused) as caught:
        read_table(data, [Column(name="none")])
    assert codes(caught) == ["tables.no_header"]


@given(
    st.lists(st.sampled_from(["12", "-3", "1,234", "１２", "—", "无", "2万", "", "12.50", " 7 ", "00012"]), max_size=20)
)
def test_plain_cells_and_others_are_read_alike(cells: list[str]) -> None:
    """What is read in bulk and what is read one by one: the same values as each cell read alone."""
    column = Column(name="v", kind="decimal")
    rows = [["x", cell] for cell in cells]
    together = typed(Table(["k", "v"], rows, list(range(2, len(rows) + 2))), [column])["v"].to_list()
    alone = [None if is_blank_mark(cell) else parse_decimal(cell) for cell in cells]
    assert together == alone


def test_plain_text_keeps_names_that_begin_like_a_mark_of_none() -> None:
    rows = [["无锡甲厂"], ["无"], ["甲"], [" 乙 "], ["a\nb"], ["A-1"]]
    frame = typed(Table(["v"], rows, list(range(6))), [Column(name="v")])
    assert frame["v"].to_list() == ["无锡甲厂", None, "甲", "乙", "a\nb", "A-1"]
