"""Tables as offices really print them: a row a line, merged rows cut short, bold cells, units in captions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhizao.engines.planlint import Reading, read_document
from zhizao.engines.planlint.tables.values import figure
from zhizao.kernel.result import Severity


def read(text: str) -> Reading:
    return read_document(text.encode())


def errors(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems if problem.severity is Severity.ERROR]


def tabbed(*rows: str) -> str:
    return "\n".join(row.replace("|", "\t") for row in rows) + "\n"


PROJECTS = tabbed(
    "序号|项目名称|建设性质|建设单位|起止年限|总投资（万元）|“十五五”投资（万元）",
    "合计（3个）|90|80",
    "一、茶叶加工（2个）|60|50",
    "1|精制茶车间|新建|青岩茶业有限公司|2026-2027|40|40",
    "2|冷藏库|续建|青岩茶业有限公司|2025-2026|20|10",
    "二、竹木加工（1个）|30|30",
    "3|竹地板线|新建|北溪竹业有限公司|2026-2028|30|30",
)


def test_a_line_of_several_cells_is_a_row_even_if_merged_cells_left_it_short():
    reading = read(PROJECTS)
    assert errors(reading) == []
    assert [(row["sector"], row["serial"], row["total_wan_yuan"]) for row in reading.rows["projects"]] == [
        ("茶叶加工", 1, 40),
        ("茶叶加工", 2, 20),
        ("竹木加工", 3, 30),
    ]


def test_the_title_of_a_group_may_bear_its_subtotals_and_bold_print():
    rows = [
        "| 序号 | 项目名称 | 建设期限 | 总投资（亿元） | 责任单位 |",
        "| --- | --- | --- | --- | --- |",
        "| | **合计（2个）** | | **5.5** | |",
        "| **一** | **强链工程（2个）** | | **5.5** | |",
        "| 1 | 电机二厂 | 2026—2027年 | 4 | 市经信局 |",
        "| 2 | 轴承技改 | 2026—2028年 | 1.5 | 市经信局 |",
    ]
    reading = read("\n".join(rows))
    assert errors(reading) == []
    assert [(row["sector"], row["name"], row["total_wan_yuan"]) for row in reading.rows["projects"]] == [
        ("强链工程", "电机二厂", 40000),
        ("强链工程", "轴承技改", 15000),
    ]


def test_a_header_is_as_wide_as_its_line_whatever_its_last_words():
    text = tabbed(
        "序号|项目名称|建设单位|建设周期|总投资|三年计划投资|2025年|2026年",
        "1|船台|海工公司|2025—2026|85|65|35|30",
        "2|发动机|动力公司|2025—2026|32|32|8|24",
    )
    reading = read("表3 项目（单位：亿元）\n" + text)
    assert [(row["total_wan_yuan"], row["plan_wan_yuan"]) for row in reading.rows["projects"]] == [
        (850000, 650000),
        (320000, 320000),
    ]


def test_of_the_units_of_a_caption_each_column_has_its_own():
    text = tabbed(
        "序号|企业名称|工业用地|其中：闲置|建筑面积", "1|东柏风能公司|620|80|218000", "2|恒储公司|285|0|132400"
    )
    rows = read("表3 企业用地（单位：亩、平方米）\n" + text).rows["land"]
    assert [(row["land_mu"], row["building_m2"]) for row in rows] == [(620, 218000), (285, 132400)]


def test_the_caption_of_a_web_page_s_table_gives_its_number_and_unit():
    page = (
        "<html><body><table><caption>表2 重大项目（投资单位：亿元）</caption>"
        "<tr><th>序号<th>项目名称<th>实施主体<th>建设年限<th>总投资</tr>"
        "<tr><td>1<td>电工钢<td>钢铁集团<td>2025-2027<td>138</tr></table></body></html>"
    )
    reading = read(page)
    assert reading.rows["projects"][0]["total_wan_yuan"] == 1380000
    assert reading.found[0].caption == "表2 重大项目（投资单位：亿元）"


@pytest.mark.parametrize("word", ["培育方向", "培育梯队", "所属梯队", "企业类别"])
def test_a_column_of_tiers_by_any_of_its_names(word):
    text = tabbed(f"序号|企业名称|主要产品|{word}", "1|东柏公司|风机|领军企业", "2|恒储公司|储能|成长企业")
    assert [(row["name"], row["tier"]) for row in read(text).rows["enterprises"]] == [
        ("东柏公司", "领军企业"),
        ("恒储公司", "成长企业"),
    ]


def test_a_round_figure_in_a_cell_is_a_figure():
    assert figure("16左右").value == figure("约16").value == Decimal(16)


TARGETS = tabbed("指标|单位|2023年|2028年|年均增长", "工业总产值|亿元|428.6|700|10.3%")


@pytest.mark.parametrize(
    ("head", "period"),
    [
        ("青岩开发区产业发展规划\n（2024—2028年）\n“十五五”中期前后形成规模。\n", (None, 2024, 2028)),
        ("青岩开发区产业发展规划\n衔接“十五五”规划。\n", (None, 2024, 2028)),
        ("青岩区先进制造业三年行动计划（2025—2027年）\n", (None, 2025, 2027)),
        ("青岩区工业发展规划\n（2026—2030年）\n“十五五”时期，加快发展。\n", ("十五五", 2026, 2030)),
    ],
)
def test_the_period_is_that_of_the_title_or_the_targets_not_any_that_the_text_names(head, period):
    meta = read(head + TARGETS).meta
    assert meta["title"]
    assert tuple(meta["period"].values()) == period
