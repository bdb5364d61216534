"""Parts of the document that its text points to. The sentences are invented."""

from __future__ import annotations

import pytest

from zhizao.engines.planlint.checking import Report, check
from zhizao.engines.planlint.document import load
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Severity
from zhizao.engines.planlint.rules.references import RULES

CLEAN = """第一章 基础
一、成效
全区产值稳步增长（如图1-1），龙头企业产值占比升至60%（如图1-2）。
图1-1 全区规上产值情况
图1-2 龙头企业产值占比
二、问题
（一）土地紧张
工业用地见图1-3。
图1-3 现有工业用地与规划用地
（二）人才不足
各项任务详见第二章，项目见附件二。
第二章 任务
一、目标
主要指标如下表所示：
表2-1 主要指标
\t指标
\t单位

\t产值
\t亿元

附件一
名词解释
附件二
项目库
"""


def found(text: str, rule: str = "") -> Report:
    """What the family says about a text."""
    rules = [one for one in RULES if not rule or one.id == f"references.{rule}"]
    return check(Facts(rows={}, meta={}, document=load(text.encode())), rules=rules)


def messages(text: str, rule: str = "") -> list[str]:
    """The findings in English, pictures left out."""
    return [one.message % one.params for one in found(text, rule).findings if one.rule != "references.bodies"]


def test_a_clean_document_has_no_findings() -> None:
    assert messages(CLEAN) == []


def test_a_figure_cited_that_no_caption_bears_is_an_error() -> None:
    (one,) = found(CLEAN.replace("见图1-3", "见图1-7"), "absent").findings
    assert one.severity is Severity.ERROR
    assert one.params["name"] == "图1-7"
    assert [place.line for place in one.places] == [8]
    assert one.numbers[1].value == 3  # captions of figures


def test_a_table_cited_where_no_caption_of_a_table_is_left_is_a_warning() -> None:
    (one,) = found("产值见表3-1。\n", "absent").findings
    assert one.severity is Severity.WARNING


@pytest.mark.parametrize(
    "sentence",
    [
        "代表1-2家企业参会。",
        "依据《甲省规划》图5-1。",
        "图1-1—图1-3说明趋势。",
        "产量达3-5套。",
        "地图1幅。",
        "表彰3家企业。",
    ],
)
def test_words_that_look_like_a_citation_are_none(sentence: str) -> None:
    assert messages(CLEAN.replace("工业用地见图1-3。", "工业用地见图1-3。" + sentence), "absent") == []


def test_dashes_and_widths_of_a_number_do_not_matter() -> None:
    assert messages(CLEAN.replace("见图1-3", "见图１—３"), "absent") == []


def test_a_citation_that_says_what_another_caption_shows_names_that_caption() -> None:
    text = CLEAN.replace("二、问题", "二、问题\n龙头企业产值占比持续提高（如图1-3）。")
    (one,) = found(text, "other_title").findings
    assert (one.params["name"], one.params["other"]) == ("图1-3", "图1-2")
    assert one.severity is Severity.WARNING
    assert one.line == 7


def test_the_caption_right_below_the_paragraph_is_the_one_meant() -> None:
    text = CLEAN.replace("工业用地见图1-3。", "龙头企业产值占比高，矛盾突出，见图1-3。")
    assert messages(text, "other_title") == []


def test_a_gap_in_the_numbers_of_captions_is_found_once() -> None:
    text = CLEAN.replace("见图1-3", "见图1-5").replace("图1-3 现有", "图1-5 现有")
    assert messages(text) == ["The captions leave out 图1-3、图1-4."]


def test_a_count_without_chapters_may_begin_above_one() -> None:
    assert messages("专栏1 甲\n专栏2 乙\n表3 丙\n\t甲\n\t乙\n\n表4 丁\n\t甲\n\t乙\n", "numbering") == []
    assert messages("图1-1 甲\n图2-2 乙\n", "numbering") == ["The captions leave out 图2-1."]


def test_a_number_left_out_that_is_cited_is_told_as_absent_only() -> None:
    text = CLEAN.replace("图1-2 龙头企业产值占比\n", "")
    assert messages(text) == ["The text cites 图1-2, and no caption bears that number."]


def test_two_captions_of_one_number_are_found_and_continued_tables_are_not() -> None:
    twice = CLEAN.replace("图1-2 龙头企业产值占比", "图1-1 龙头企业产值占比").replace("如图1-2", "如图1-1")
    assert messages(twice, "numbering") == [
        "2 captions with different titles bear the number 图1-1.",
        "The captions leave out 图1-2.",
    ]
    assert messages(CLEAN.replace("附件一\n", "续表2-1\n\t利润\n\t亿元\n\n附件一\n"), "numbering") == []


def test_a_heading_left_out_is_found_with_the_line_that_lost_its_number() -> None:
    text = "一、甲方面\n正文一段。\n二、乙方面\n正文二段。\n完善产业生态\n正文三段。\n四、丁方面\n"
    (one,) = found(text, "headings").findings
    assert one.message % one.params == "The headings go from 2 to 4; 3 is left out."
    assert [place.line for place in one.places] == [3, 5, 7]


@pytest.mark.parametrize(
    "text",
    [
        "第一章 甲\n一、子\n二、丑\n第二章 乙\n一、寅\n",
        "第一章 甲\n第一节 子\n第二章 乙\n第二节 丑\n",  # sections count on through chapters
        "一、甲\n（一）子\n（二）丑\n二、乙\n（一）寅\n",
        "一、二级企业名录齐全。\n",
        "\t一、龙头企业\n\t三、成长型企业\n",  # cells
    ],
)
def test_counts_that_begin_anew_or_go_on_are_no_gaps(text: str) -> None:
    assert messages(text, "headings") == []


def test_two_headings_in_a_row_with_one_number_are_found() -> None:
    assert messages("一、甲\n二、乙\n二、丙\n三、丁\n", "headings") == ["Two headings in a row bear the number 2."]


def test_an_annex_named_that_is_absent_is_an_error_where_others_stand() -> None:
    (one,) = found(CLEAN.replace("见附件二", "见附件五"), "annexes").findings
    assert (one.severity, one.params["name"], one.line) == (Severity.ERROR, "附件5", 11)


def test_annexes_promised_by_a_notice_and_not_in_the_file_are_one_warning() -> None:
    (one,) = found("请认真贯彻执行。\n附件：1.重点项目表\n2.任务分工表\n\n正文。\n", "annexes").findings
    assert one.severity is Severity.WARNING
    assert one.params["name"] == "附件1、附件2"


def test_an_annex_left_out_is_a_warning() -> None:
    text = CLEAN.replace("见附件二", "见附件三").replace("附件二\n项目库", "附件三\n项目库")
    assert messages(text, "annexes") == ["The annexes leave out 附件2."]


def test_the_annex_of_another_document_is_not_missed() -> None:
    assert messages(CLEAN.replace("见附件二", "见《甲省规划》附件九"), "annexes") == []


def test_a_chapter_cited_that_is_absent_is_an_error() -> None:
    (one,) = found(CLEAN.replace("详见第二章", "详见第七章"), "chapters").findings
    assert (one.severity, one.params["number"]) == (Severity.ERROR, "7")


def test_a_chapter_cited_where_parts_are_called_otherwise_is_a_warning() -> None:
    text = "第一部分 甲\n详见第六章。\n第二部分 乙\n详见第二章。\n"
    (one,) = found(text, "chapters").findings
    assert (one.severity, one.params["number"]) == (Severity.WARNING, "6")


def test_a_gap_in_decimal_headings_is_found() -> None:
    text = "1 甲\n1.1 子\n1.2 丑\n2 乙\n2.1 寅\n2.2 卯\n2.5 辰\n3 丙\n"
    assert messages(text, "headings") == ["The headings go from 2 to 5; 3 is left out."]
    assert messages(text.replace("2.5", "2.3") + "3.5 亿元产值。\n10 家企业；\n", "headings") == []


def test_a_table_promised_below_must_follow() -> None:
    text = "主要情况如下表所示：\n" + "第二段正文。\n" * 30
    assert messages(text, "promised") == ["The text promises “如下表”, and none follows."]
    assert messages("主要情况如下表所示：\n\n\t甲\n\t乙\n", "promised") == []


def test_captions_never_cited_are_one_info() -> None:
    (one,) = found(CLEAN.replace("（如图1-2）", ""), "uncited").findings
    assert (one.severity, one.params["names"]) == (Severity.INFO, "图1-2")
    assert messages("图1 甲\n图2 乙\n正文。\n", "uncited") == []


def test_figures_are_counted_as_pictures_and_tables_without_cells_are_told() -> None:
    ones = found(CLEAN.replace("\t指标\n\t单位\n\n\t产值\n\t亿元\n", ""), "bodies").findings
    assert {one.key: one.params["count"] for one in ones} == {"图": 3, "表": 1}
