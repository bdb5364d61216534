"""A report as a sheet: written like the official form, read back only where everything is in its place."""

from __future__ import annotations

import io

import openpyxl
import pytest

from zhizao.base.forms.definition import key
from zhizao.base.forms.layout import read_sheet, write_sheet
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

FIRM = "enterprise:e1"
PERIODS = {"output": "2025-03", "finance": "2025-01..02", "energy": "2025-03", "climate": "2025Q1"}


def sheet(form, period, **cells):
    printed = {key(row, column): "1" for row, column in form.cells()}
    return write_sheet(form, printed | cells, period=Span.parse(period), organisation="甲厂", subject_key=FIRM)


def changed(workbook: bytes, *edits) -> bytes:
    """The workbook after somebody worked on it in a spreadsheet."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    for edit in edits:
        edit(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(address, value):
    return lambda page: page.__setitem__(address, value)


def refused(form, workbook, period="2025-03"):
    with pytest.raises(Refused) as caught:
        read_sheet(form, workbook, period=Span.parse(period), subject_key=FIRM, file="f.xlsx")
    assert all(p.place.file == "f.xlsx" and p.remedy for p in caught.value.problems)
    return [(p.code, p.place.row, p.place.column) for p in caught.value.problems]


@pytest.fixture
def output(nation):
    return nation.form("output", Span.parse("2025-03"))


@pytest.mark.parametrize("name", PERIODS)
def test_what_is_written_is_read_back_and_the_same_form_gives_the_same_bytes(nation, name):
    period = Span.parse(PERIODS[name])
    form = nation.form(name, period)
    printed = {key(row, column): "1,234.5" for row, column in form.cells()}
    workbook = write_sheet(form, printed, period=period, organisation="甲厂", subject_key=FIRM)
    assert workbook == write_sheet(form, printed, period=period, organisation="甲厂", subject_key=FIRM)
    assert read_sheet(form, workbook, period=period, subject_key=FIRM) == printed


def test_a_blank_form_is_read_as_no_figures_at_all(output):
    period = Span.parse("2025-03")
    assert read_sheet(output, write_sheet(output, period=period), period=period, subject_key=FIRM) == {}


def test_the_sheet_says_what_official_forms_say(output):
    page = openpyxl.load_workbook(io.BytesIO(sheet(output, "2025-03"))).active
    said = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None]
    assert said[:7] == [
        "工业产销总值",
        "单位标识：enterprise:e1",
        "表    号：ZZ-B204-1（2023版）",
        "单位详细名称：甲厂",
        "综合机关名称：本级经济和信息化主管部门（示范）",
        "报告期：2025年3月",
        "有效期至：2027年1月",
    ]
    assert "计量单位：万元" in said
    assert {"甲", "乙", "丙", "本年", "上年同期"} <= set(said)
    assert any(words.startswith("说明：审核关系：02≥03") for words in said)
    assert {"D6:E6", "F6:G6", "A6:A7"} <= {str(merge) for merge in page.merged_cells.ranges}


def test_locked_cells_carry_their_source(output):
    workbook = write_sheet(output, {"01.ytd": "5"}, period=Span.parse("2025-03"), locked={"01.ytd": "from B203"})
    page = openpyxl.load_workbook(io.BytesIO(workbook)).active
    assert [c.comment.text for row in page.iter_rows() for c in row if c.comment] == ["from B203"]


def test_numbers_typed_into_the_sheet_are_read(output):
    workbook = changed(sheet(output, "2025-03"), put("D9", 12.5), put("C9", 1))
    assert read_sheet(output, workbook, period=Span.parse("2025-03"), subject_key=FIRM)["01.period"] == "12.5"


@pytest.mark.parametrize(
    ("edits", "found"),
    [
        ([put("A4", "报告期：2025年4月")], [("forms.other_period", 4, None)]),
        ([put("A4", "")], [("forms.other_period", 1, None)]),
        ([put("A2", "单位标识：enterprise:e2")], [("forms.other_subject", 2, None)]),
        ([put("A5", "计量单位：千元")], [("forms.other_unit", 5, None)]),
        ([put("B9", "千元")], [("forms.other_unit", 9, "计量单位")]),
        ([put("C10", "77")], [("forms.code", 10, "代码"), ("forms.code", None, None)]),
        ([put("C10", "01")], [("forms.code", 10, "代码"), ("forms.code", None, None)]),
        ([lambda page: page.delete_rows(10)], [("forms.code", None, None)]),
        ([put("A9", "工业销售产值（当年价格）")], [("forms.shifted", 9, "指标名称")]),
        ([put("D7", "1—本月"), put("E7", "本月")], [("forms.columns", None, None)]),
    ],
)
def test_a_sheet_that_is_not_this_report_is_refused_with_its_place(output, edits, found):
    assert refused(output, changed(sheet(output, "2025-03"), *edits)) == found


def test_another_form_is_refused(nation, output):
    other = nation.form("energy", Span.parse("2025-03"))
    assert refused(output, sheet(other, "2025-03")) == [("forms.other_form", None, None)]


def test_a_file_that_is_no_workbook_is_refused(output):
    with pytest.raises(Refused):
        read_sheet(output, b"PK\x03\x04 not a workbook", period=Span.parse("2025-03"))
