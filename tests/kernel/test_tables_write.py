"""Workbooks, CSV and official forms out: text stays text, nothing runs, the same input gives the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
from decimal import Decimal

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.kernel.result import Refused
from zhizao.kernel.tables import Form, FormColumn, find_table, read_csv, read_xlsx, write_csv, write_form, write_xlsx

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "'=1", "''x"]
printable = st.text(
    st.one_of(
        st.characters(min_codepoint=0x20, max_codepoint=0x7E), st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
    ),
    min_size=1,
    max_size=20,
)
finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e14, max_value=1e14)


@given(
    st.lists(st.tuples(printable, st.integers(-(10**14), 10**14), finite, st.dates(dt.date(1900, 3, 1))), max_size=8)
)
@settings(deadline=None, max_examples=60)
def test_what_is_written_to_xlsx_is_read_back(rows: list[tuple[str, int, float, dt.date]]) -> None:
    schema = {"文": pl.String, "整": pl.Int64, "数": pl.Float64, "日": pl.Date}
    grid = read_xlsx(write_xlsx(pl.DataFrame(rows, schema=schema, orient="row"))).value[0]
    assert grid.rows[0] == list(schema)
    back = [(text, int(whole), float(number), dt.date.fromisoformat(day)) for text, whole, number, day in grid.rows[1:]]
    assert back == rows


@given(st.lists(st.tuples(st.one_of(printable, st.sampled_from(DANGEROUS)), st.integers()), min_size=1, max_size=8))
@settings(deadline=None)
def test_what_is_written_to_csv_is_read_back_guarded(rows: list[tuple[str, int]]) -> None:
    rows = [(text.replace("\r", ""), number % 10**15) for text, number in rows]
    frame = pl.DataFrame(rows, schema={"a": pl.String, "n": pl.Int64}, orient="row")
    back = read_csv(write_csv(frame), guarded=True, delimiter=",")
    assert back.rows() == [(text or None, str(number)) for text, number in rows]


@pytest.mark.parametrize("text", DANGEROUS[:8])
def test_text_that_a_spreadsheet_would_run_is_guarded_in_csv(text: str) -> None:
    data = write_csv(pl.DataFrame({"a": [text], "=b": ["x"]})).decode("utf-8-sig")
    assert data.splitlines(keepends=False)[0] == "a,'=b"
    assert f"'{text}" in data


def test_numbers_are_not_guarded_in_csv() -> None:
    assert write_csv(pl.DataFrame({"n": [-1.5, 1e20]})).decode("utf-8-sig") == "n\r\n-1.5\r\n100000000000000000000\r\n"


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_in_xlsx_is_a_text_cell_and_never_a_formula(text: str) -> None:
    form = Form(title="表", columns=(FormColumn(name="a", header="甲"),))
    frame = pl.DataFrame({"a": [text]})
    for data, row in ((write_xlsx(frame), 2), (write_form(form, frame), 3)):
        cell = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].cell(row=row, column=1)
        assert cell.data_type == "s"
        assert cell.number_format == "@"
        assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_long_codes_and_whole_numbers_keep_every_digit() -> None:
    frame = pl.DataFrame(
        {"code": ["500108190001010012"], "n": [2**53 + 1], "u": [2**64 - 1]}, schema_overrides={"u": pl.UInt64}
    )
    assert read_xlsx(write_xlsx(frame)).value[0].rows[1] == [
        "500108190001010012",
        "9007199254740993",
        "18446744073709551615",
    ]


def test_decimals_old_dates_and_times_are_written_not_dropped() -> None:
    frame = pl.DataFrame(
        {
            "decimal": [Decimal("1.10")],
            "old": [dt.date(1890, 1, 1)],
            "time": [dt.time(1, 2, 3)],
            "instant": [dt.datetime(2025, 5, 1, 8, 30)],
            "truth": [True],
            "nan": [float("nan")],
        }
    )
    assert read_xlsx(write_xlsx(frame)).value[0].rows[1] == [
        *("1.1", "1890-01-01", "01:02:03", "2025-05-01 08:30:00", "TRUE", ""),
    ]


def test_the_same_frame_gives_the_same_bytes_at_another_time() -> None:
    frame = pl.DataFrame({"a": ["甲"], "n": [1.5]})
    form = Form(title="表", unit="万元", columns=(FormColumn(name="a", header="甲"),))
    before = write_xlsx({"x": frame, "y": frame}), write_form(form, frame), write_csv(frame)
    time.sleep(1.1)
    assert (write_xlsx({"x": frame, "y": frame}), write_form(form, frame), write_csv(frame)) == before


def test_the_workbook_is_a_sound_zip() -> None:
    archive = zipfile.ZipFile(io.BytesIO(write_xlsx(pl.DataFrame({"a": ["甲"]}))))
    assert archive.testzip() is None
    assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_more_than_a_sheet_holds_is_refused() -> None:
    for frame, code in (
        (pl.DataFrame({"a": pl.repeat(1, 1_048_576, eager=True)}), "tables.too_long"),
        (pl.DataFrame({"a": ["x" * 32_768]}), "tables.text_too_long"),
    ):
        with pytest.raises(Refused) as caught:
            write_xlsx(frame)
        assert caught.value.problems[0].code == code


FORM = Form(
    title="重点企业产值表",
    unit="万元",
    source_note="企业填报",
    columns=(
        FormColumn(name="code", header="统一社会信用代码"),
        FormColumn(name="a", header="产值/2024年", kind="decimal"),
        FormColumn(name="b", header="产值/2025年", kind="decimal"),
        FormColumn(name="rate", header="增速", kind="percent", places=1),
        FormColumn(name="day", header="日期", kind="date"),
    ),
)
ROWS = pl.DataFrame(
    {
        "code": ["915001080000000001", "915001080000000002"],
        "a": [Decimal("1234.5"), None],
        "b": [1.0, 2.0],
        "rate": [12.5, -3.0],
        "day": [dt.date(2025, 5, 1), None],
    }
)


def test_a_form_has_title_unit_line_merged_header_and_source_note() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(write_form(FORM, ROWS))).worksheets[0]
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values[0][0] == "重点企业产值表"
    assert values[1][0] == "单位：万元"
    assert values[2] == ["统一社会信用代码", "产值", None, "增速", "日期"]
    assert values[3] == [None, "2024年", "2025年", None, None]
    assert values[4] == ["915001080000000001", 1234.5, 1, 0.125, dt.datetime(2025, 5, 1)]
    assert values[6][0] == "资料来源：企业填报"
    assert {str(merged) for merged in sheet.merged_cells.ranges} >= {"A1:E1", "A3:A4", "B3:C3", "D3:D4", "E3:E4"}
    assert sheet.freeze_panes == "B5"
    assert sheet["D5"].number_format == "0.0%"
    assert sheet.column_dimensions["A"].width > 18


def test_a_form_that_is_written_is_read_back_as_a_table() -> None:
    table = find_table(read_xlsx(write_form(FORM, ROWS)).value[0])
    assert (table.title, table.unit) == ("重点企业产值表", "万元")
    assert table.names == ["统一社会信用代码", "产值/2024年", "产值/2025年", "增速", "日期"]
    assert table.rows[0] == ["915001080000000001", "1234.5", "1", "12.5%", "2025-05-01"]


def test_a_simulated_form_says_so_in_title_sheet_name_and_note() -> None:
    form = Form(title="产值表", columns=FORM.columns, source_note="模型", simulated=True)
    book = openpyxl.load_workbook(io.BytesIO(write_form(form, ROWS)))
    sheet = book.worksheets[0]
    assert "模拟" in sheet.title
    assert sheet["A1"].value == "【模拟】产值表"
    assert "模拟" in sheet.cell(row=6, column=1).value
