"""Headers and rows in the forms that documents give them, and what is told of those that cannot be read."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.planlint.work import calls

from zhizao.engines.planlint import Reading, read_document
from zhizao.kernel.result import Refused, Severity

PLAN = (Path(__file__).parent / "qinghe.txt").read_text()
TARGETS = ["指标", "单位", "2025年", "2030年", "年均增长"]


def flat(*rows: list[str], blank: str = "\n") -> str:
    return blank.join("".join(f"\t{cell}\n" for cell in row) for row in rows)


def read(text: str) -> Reading:
    return read_document(text.encode())


def errors(reading: Reading) -> list[str]:
    """Codes of what is worse than a note; that a sample is a table without the title of a plan is none."""
    found = [problem.code for problem in reading.problems if problem.severity is not Severity.INFO]
    return [code for code in found if code != "planlint.title_unknown"]


def without_lines(reading: Reading) -> dict[str, list[dict[str, object]]]:
    return {
        name: [{key: value for key, value in row.items() if key != "line"} for row in rows]
        for name, rows in reading.rows.items()
    }


@settings(max_examples=20)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=40))
def test_blank_lines_between_cells_change_nothing_but_lines(pattern):
    """And a row's line is where the same row now stands."""
    lines, now = [], {}
    for number, line in enumerate(PLAN.split("\n"), start=1):
        if line.startswith("\t"):
            lines += [""] * pattern[number % len(pattern)]
        lines.append(line)
        now[number] = len(lines)
    before, after = read(PLAN), read("\n".join(lines))
    moved = {name: [{**row, "line": now[row["line"]]} for row in rows] for name, rows in before.rows.items()}
    assert after.rows == moved
    assert [problem.code for problem in after.problems] == [problem.code for problem in before.problems]


def test_rows_without_any_blank_line_between_them_are_found():
    assert without_lines(read(re.sub(r"\n+(?=\n\t)", "", PLAN))) == without_lines(read(PLAN))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_does_not_change_what_is_read(encoding):
    assert read_document(PLAN.encode(encoding)).rows == read(PLAN).rows


def test_windows_line_ends_do_not_change_what_is_read():
    assert read(PLAN.replace("\n", "\r\n")).rows == read(PLAN).rows


def test_reading_grows_linearly_with_the_document():
    def work(times: int) -> int:
        return calls(lambda: read_document((PLAN * times).encode()))

    work(1)  # what is made once
    assert work(8) < 2.2 * work(4)


@settings(max_examples=100)
@given(st.text(alphabet=st.sampled_from("\t\n| 一、·上游：表1指标单位2025年2030年合计序号企业名称%")))
def test_any_text_is_read_or_refused(text):
    try:
        reading = read(text)
    except Refused as refused:
        assert refused.problems
    else:
        assert reading.found


def test_a_cell_broken_over_blank_lines_is_one_cell():
    text = flat(
        ["类别", *TARGETS], ["结构\n\n调整", "产值", "亿元", "10", "20", "14.9%"], ["", "利润", "亿元", "1", "2", "—"]
    )
    rows = read(text).rows["indicators"]
    assert [(row["category"], row["name"]) for row in rows] == [("结构调整", "产值"), ("结构调整", "利润")]


def test_a_merged_cell_that_leaves_no_empty_one_is_carried_down():
    text = flat(["类别", *TARGETS], ["结构", "产值", "亿元", "10", "20", "14.9%"], ["利润", "亿元", "1", "2", "—"])
    rows = read(text).rows["indicators"]
    assert [(row["category"], row["name"], row["target_value"]) for row in rows] == [
        ("结构", "产值", 20),
        ("结构", "利润", 2),
    ]


def test_a_markdown_table_is_read():
    rows = [
        "| 指标 | 单位 | 2025年 | 2030年 |",
        "|---|---|--:|--:|",
        "| 产值 | 亿元 | 10 | 20 |",
        "| 用水 | 吨 | 9 | ≤8 |",
    ]
    text = "\n".join(["## 表1", "", *rows, ""])
    rows = read(text).rows["indicators"]
    assert [(row["name"], row["target_value"], row["bound"], row["line"]) for row in rows] == [
        ("产值", 20, "eq", 5),
        ("用水", 8, "le", 6),
    ]


def test_cells_of_a_row_on_one_line_are_read():
    text = "表1 指标\n" + "\t".join(TARGETS) + "\n产值\t亿元\t1,280\t2,000\t9.3%\n"
    (row,) = read(text).rows["indicators"]
    assert (row["base_value"], row["target_value"], row["growth_stated_pct"]) == (1280, 2000, Decimal("9.3"))


def test_years_come_from_the_header_and_a_year_between_is_kept_as_a_note():
    (row,) = read(flat(["指标", "单位", "2030年", "2027年", "2025年"], ["产值", "亿元", "20", "14", "10"])).rows[
        "indicators"
    ]
    assert (row["base_year"], row["base_value"], row["target_year"], row["target_value"]) == (2025, 10, 2030, 20)
    assert row["note"] == "2027: 14"


def test_a_column_of_unknown_name_does_not_shift_the_others():
    text = flat(
        ["指标", "奇怪的列", "单位", "2025年", "2030年", "另一列"],
        ["产值", "甲", "亿元", "10", "20", "乙"],
        ["利润", "甲", "亿元", "1", "2", "丙"],
    )
    reading = read(text)
    assert [(row["name"], row["base_value"], row["target_value"]) for row in reading.rows["indicators"]] == [
        ("产值", 10, 20),
        ("利润", 1, 2),
    ]
    (left,) = [p for p in reading.problems if p.code == "planlint.column_unread"]
    assert left.params["columns"] == "奇怪的列、另一列"


def test_two_header_rows_without_empty_cells_are_one_header():
    text = flat(
        ["序号", "项目名称", "项目业主", "总投资（万元）", "年度投资计划（万元）", "开工时间"],
        ["2025年前已完成投资", "“十五五”计划投资", "2030年以后计划投资"],
        ["1", "一号线", "甲公司", "100", "10", "80", "10", "2026"],
        ["2", "二号线", "乙公司", "50", "", "50", "", "2027"],
    )
    names = ("name", "total_wan_yuan", "before_wan_yuan", "plan_wan_yuan", "after_wan_yuan", "start")
    assert [tuple(row[name] for name in names) for row in read(text).rows["projects"]] == [
        ("一号线", 100, 10, 80, 10, "2026"),
        ("二号线", 50, None, 50, None, "2027"),
    ]


def test_a_header_repeated_in_mid_table_is_no_row():
    header, row = TARGETS, ["产值", "亿元", "10", "20", "14.9%"]
    assert len(read(flat(header, row, header, ["利润", *row[1:]])).rows["indicators"]) == 2


@pytest.mark.parametrize("nothing", ["", "—", "--", "---", "-", "无", "/", "——"])
def test_marks_for_none_leave_the_value_empty_without_a_problem(nothing):
    reading = read(flat(TARGETS, ["产值", "亿元", nothing, "20", nothing]))
    (row,) = reading.rows["indicators"]
    assert (row["base_value"], row["growth_stated_pct"], errors(reading)) == (None, None, [])


def test_a_cell_that_cannot_be_read_stays_empty_and_is_told_with_its_line():
    reading = read(flat(TARGETS, ["产值", "亿元", "待定", "20", "5%"]))
    assert reading.rows["indicators"][0]["base_value"] is None
    (problem,) = [p for p in reading.problems if p.code == "planlint.cell_unread"]
    assert (problem.severity, problem.place.line, problem.params["text"]) == (Severity.ERROR, 9, "待定")


def test_a_value_of_another_dimension_than_its_unit_is_not_taken():
    reading = read(flat(TARGETS, ["产值", "亿元", "10家", "20", "5%"]))
    assert reading.rows["indicators"][0]["base_value"] is None
    assert "planlint.unit_wrong" in errors(reading)


def test_money_without_a_unit_anywhere_is_not_guessed():
    text = flat(["序号", "项目名称", "项目业主", "总投资"], ["1", "一号线", "甲公司", "100"])
    reading = read(text)
    assert reading.rows["projects"][0]["total_wan_yuan"] is None
    assert errors(reading) == ["planlint.unit_unknown"]


def test_a_unit_in_the_cell_goes_before_that_of_the_header():
    text = flat(["序号", "项目名称", "项目业主", "总投资（万元）"], ["1", "一号线", "甲公司", "1.5亿元"])
    assert read(text).rows["projects"][0]["total_wan_yuan"] == 15000


def test_a_row_with_a_cell_missing_is_told_and_the_others_are_read():
    rows = [[f"指标{number}", "亿元", "10", "20", "5%"] for number in range(6)]
    rows[2] = ["指标2", "亿元", "10", "5%"]
    reading = read(flat(TARGETS, *rows))
    assert [row["name"] for row in reading.rows["indicators"]] == ["指标0", "指标1", "指标3", "指标4", "指标5"]
    (problem,) = [p for p in reading.problems if p.code == "planlint.row_unread"]
    assert (problem.place.line, problem.params["found"], problem.params["expected"]) == (19, 4, 5)


def test_a_table_of_no_known_kind_is_told_with_its_lines():
    reading = read(
        flat(TARGETS, ["产值", "亿元", "10", "20", "5%"]) + "\n\n表9 其他\n\n" + flat(["甲", "乙"], ["丙", "丁"])
    )
    (problem,) = [p for p in reading.problems if p.code == "planlint.table_unplaced"]
    assert (problem.params["first"], problem.params["last"], problem.params["caption"]) == (16, 20, "表9 其他")


def test_a_caption_without_cells_is_told():
    reading = read("表2 能源消费情况\n\n正文。\n\n表1 指标\n" + flat(TARGETS, ["产值", "亿元", "10", "20", "5%"]))
    (problem,) = [p for p in reading.problems if p.code == "planlint.caption_alone"]
    assert (problem.place.line, problem.params["caption"]) == (1, "表2 能源消费情况")


def test_the_id_of_an_indicator_rests_on_its_name_only():
    def ids(*rows: list[str]) -> dict[object, object]:
        return {row["name"]: row["id"] for row in read(flat(TARGETS, *rows)).rows["indicators"]}

    one = ids(["产值（亿）", "亿元", "1", "2", "5%"], ["利润", "亿元", "1", "2", "5%"])
    other = ids(["利润", "万元", "7", "9", ""], ["产值(亿)", "亿元", "3", "4", "1%"])
    assert (one["利润"], one["产值（亿）"]) == (other["利润"], other["产值(亿)"])
    assert one["利润"] != one["产值（亿）"]


def test_one_name_in_two_categories_has_two_ids():
    text = flat(["类别", *TARGETS], ["甲类", "其它", "亿元", "1", "2", ""], ["乙类", "其它", "亿元", "1", "2", ""])
    first, second = read(text).rows["indicators"]
    assert first["id"] != second["id"]


def test_a_list_of_enterprises_without_header_is_read_by_its_serials():
    rows = [["一、龙头企业"], ["1", "甲食品有限公司", "食品"], ["2", "乙机床厂", "装备"], ["二、骨干企业（2家）"]]
    rows += [["3", "丙印务有限公司", "消费品"], ["4", "丁塑胶有限公司", "材料"]]
    reading = read("附件 企业类型划分\n\n" + flat(*rows))
    names = ("serial", "name", "tier", "industry")
    assert [tuple(row[name] for name in names) for row in reading.rows["enterprises"]] == [
        (1, "甲食品有限公司", "龙头企业", "食品"),
        (2, "乙机床厂", "龙头企业", "装备"),
        (3, "丙印务有限公司", "骨干企业", "消费品"),
        (4, "丁塑胶有限公司", "骨干企业", "材料"),
    ]


def test_a_jump_in_serials_is_told():
    rows = [["1", "甲厂", "装备"], ["2", "乙厂", "装备"], ["3", "丙厂", "装备"], ["5", "丁厂", "装备"]]
    reading = read("企业名单\n\n" + flat(*rows))
    jumps = [p.params["serial"] for p in reading.problems if p.code == "planlint.serial_jump"]
    assert (jumps, errors(reading)) == ([5], ["planlint.serial_jump"])


def test_a_document_without_tables_of_a_plan_is_refused():
    with pytest.raises(Refused, match="No table of a plan"):
        read("今天天气很好。\n")
