"""Counts against the lists they count. The sentences are invented."""

from __future__ import annotations

import pytest

from zhizao.engines.planlint import read_document
from zhizao.engines.planlint.checking import check
from zhizao.engines.planlint.facts import Facts, facts_of
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules.counts import RULES
from zhizao.engines.planlint.schema import Rows

ENTERPRISES = [("一、龙头企业", 3), ("二、骨干企业", 4), ("三、成长型企业", 5)]


def listed(*, titles: str = "") -> str:
    """The annex with three tiers of 3, 4 and 5 enterprises; ``titles`` stands behind each tier."""
    text, serial = "附件二\n企业名单\n\n\t序号\n\t企业名称\n\t行业\n\n", 0
    for tier, count in ENTERPRISES:
        text += f"\t{tier}{titles.format(count)}\n\n"
        for _ in range(count):
            serial += 1
            text += f"\t{serial}\n\t甲州{'天地玄黄宇宙洪荒日月盈昃'[serial - 1]}远机械有限公司\n\t装备\n\n"
    return text


TARGETS = """表1 主要指标

\t指标
\t单位
\t2020年
\t2025年

\t工业总产值
\t亿元
\t100
\t161

\t企业数
\t家
\t12
\t20

"""
PLAN = """甲州工业发展“十四五”规划

第一章 基础
截至2020年，全州规上工业企业共12家，其中龙头企业3家，骨干企业4家，成长型企业5家。
骨干企业数量为4家，占全州规上工业企业的33%。
骨干企业：指附件二中标号4—7的企业。
发展电子、装备和医药三大产业，培育甲乙、丙丁、戊己等三家企业，建成庚、辛、壬等18个车间。

"""


def found(text: str, *, rule: str = "", annex: str | None = None, targets: str = TARGETS) -> list[Finding]:
    """What the family says about a plan with targets and a list of enterprises."""
    facts = facts_of(read_document((text + targets + (listed() if annex is None else annex)).encode()))
    rules = [one for one in RULES if not rule or one.id == f"counts.{rule}"]
    return list(check(facts, rules=rules).findings)


def message(one: Finding) -> str:
    """The finding in English."""
    return one.message % one.params


def test_a_plan_whose_counts_agree_has_no_findings() -> None:
    assert found(PLAN) == []


def test_a_class_counted_twice_differently_is_one_error_with_each_figure() -> None:
    (one,) = found(PLAN.replace("骨干企业数量为4家", "骨干企业数量为6家"), rule="classes")
    assert (one.severity, one.key) == (Severity.ERROR, "骨干企业")
    assert [number.value for number in one.numbers] == [4, 6, 4]
    assert one.numbers[2].expression == "4—7"
    assert one.places[1].line == 5


def test_a_list_that_alone_differs_from_the_text_is_a_warning() -> None:
    both = found(PLAN.replace("5家", "6家").replace("12家", "13家"), rule="classes")
    assert {one.key: one.severity for one in both} == {
        "规上工业企业": Severity.WARNING,
        "成长型企业": Severity.WARNING,
    }


def test_the_total_is_compared_with_the_whole_list() -> None:
    short = listed().replace("\t12\n\t甲州昃远机械有限公司\n\t装备\n\n", "")
    keys = {one.key: [number.value for number in one.numbers] for one in found(PLAN, rule="classes", annex=short)}
    assert keys == {"规上工业企业": [12, 11], "成长型企业": [5, 4]}


def test_about_and_an_earlier_year_are_no_other_count() -> None:
    text = PLAN.replace(
        "骨干企业数量为4家，占全州规上工业企业的33%。", "骨干企业数量约4家。2015年，全州骨干企业数量为2家。"
    )
    assert found(text) == []


def test_serials_of_a_class_are_those_of_the_list() -> None:
    (one,) = found(PLAN.replace("4—7", "4—8"), rule="serials")
    assert (one.severity, one.key) == (Severity.ERROR, "骨干企业")
    assert [number.expression for number in one.numbers] == ["4—8", "4—7"]


def test_parts_behind_of_which_must_add_up() -> None:
    (one,) = found(PLAN.replace("成长型企业5家", "成长型企业6家"), rule="parts")
    assert message(one) == "The parts of “规上工业企业” add up to 13 家, and the total is 12."
    assert one.severity is Severity.ERROR
    assert one.numbers[1].expression == "3+4+6"


def test_parts_need_not_be_all() -> None:
    text = PLAN + "全州研发平台共193个，其中国家级18个，省级60个。\n"
    assert found(text, rule="parts") == []


def test_a_count_is_not_the_share_printed() -> None:
    (one,) = found(PLAN.replace("33%", "45%"), rule="shares")
    assert one.severity is Severity.ERROR
    assert one.numbers[1].expression == "4÷12"
    assert str(one.numbers[1].value) == "33.3"


def test_a_share_that_another_number_makes_right_says_which() -> None:
    (one,) = found(PLAN.replace("33%", "80%"), rule="shares")
    assert one.severity is Severity.WARNING
    assert one.numbers[-1].params["name"] == "成长型企业"
    assert one.numbers[-1].expression == "4÷5"


def test_a_list_of_more_values_than_names_is_an_error() -> None:
    values = "其中甲厂、乙厂、丙厂产值分别达到10亿元、20亿元、30亿元、40亿元。\n"
    (one,) = found(PLAN + values, rule="list_lengths")
    assert (one.severity, one.params["names"], one.params["values"]) == (Severity.ERROR, 3, 4)
    assert found(PLAN + values.replace("、40亿元", ""), rule="list_lengths") == []


@pytest.mark.parametrize(
    ("sentence", "names", "number"),
    [
        ("发展电子、装备、医药四大产业。", 3, 4),
        ("打造甲、乙、丙、丁等三大产业。", 4, 3),
        ("拥有甲乙（甲州）有限公司、丙丁厂、戊己厂、庚辛厂五家龙头企业。", 4, 5),
        ("推进数字化、智能化、绿色化“四化”，甲、乙、丙共5个园区。", 3, 5),
        ("该片区包括东河、西河、南山、北塔、临江、高桥、石门、白沙12个镇。", 8, 12),  # a long list is the one counted
    ],
)
def test_a_number_must_be_that_of_the_names_before_it(sentence: str, names: int, number: int) -> None:
    (one,) = found(PLAN + sentence + "\n", rule="enumerated")
    assert [line.value for line in one.numbers] == [names, number]
    assert one.severity is Severity.WARNING


@pytest.mark.parametrize(
    "sentence",
    [
        "发展电子、装备、医药、材料四大产业。",
        "发展电子、装备、医药和材料四大产业。",
        "建成甲、乙、丙等十个车间。",
        "推进甲、乙建设丙、丁两大平台。",  # two lists in one clause
        "支持甲乙、丙丁发挥设计、挖掘、学习三大优势。",
        "位于东区、西区、南区10家企业。",  # the number counts something else
        "位于东河、西河、南山、北塔、临江、高桥、石门、白沙的16家企业。",
        "位于东河、西河、南山、北塔、临江、高桥、石门、白沙45家企业。",
        "位于东河、西河、南山、北塔、临江、高桥、石门、白沙等12个镇。",
        "甲、乙、丙的五个产品。",
        "发展甲、乙、丙三大产业，甲、乙大数据。",
    ],
)
def test_names_that_may_fit_their_number_are_no_finding(sentence: str) -> None:
    assert found(PLAN + sentence + "\n", rule="enumerated") == []


def test_graphs_promised_are_counted() -> None:
    graph = "附件三\n2条产业链图谱\n 手机产业链\n上游零件\n· 甲厂\n· 乙厂\n中游组装\n· 丙厂\n"
    (one,) = found(PLAN, rule="graphs", annex=graph)
    assert message(one) == "The text promises 2 chain graphs, and 1 are in the document."
    assert one.severity is Severity.WARNING
    assert found(PLAN, rule="graphs", annex=graph.replace("2条", "1条")) == []


def test_the_number_in_a_groups_title_is_that_of_its_rows() -> None:
    assert found(PLAN, rule="rows", annex=listed(titles="（共{0}家）")) == []
    (one,) = found(
        PLAN, rule="rows", annex=listed(titles="（共4家）").replace("龙头企业（共4家）", "龙头企业（共3家）")
    )
    assert one.severity is Severity.ERROR
    assert [number.value for number in one.numbers] == [4, 5]
    assert "成长型企业" in one.places[0].quote


def test_the_number_in_a_caption_is_that_of_its_rows() -> None:
    (one,) = found(PLAN, rule="rows", targets=TARGETS.replace("表1 主要指标", "表1 主要指标（共3项）"))
    assert [number.value for number in one.numbers] == [3, 2]


def test_the_number_of_indicators_in_the_text_is_that_of_the_table() -> None:
    (one,) = found(PLAN + "规划提出3项主要指标。\n", rule="tables")
    assert [number.value for number in one.numbers] == [3, 2]
    assert found(PLAN + "规划提出2项主要指标。\n", rule="tables") == []


def test_enterprises_counted_before_their_table_of_land_are_its_rows() -> None:
    land = "表2 装备制造业重点企业现有用地情况\n\n\t名称\n\t现有用地/亩\n\t闲置用地/亩\n"
    land += "".join(f"\n\t甲州{letter}远机械有限公司\n\t60\n\t5\n" for letter in "天地玄")
    text = PLAN + "2020年，装备制造业三家重点企业现有用地共180亩（如表2）。\n\n"
    assert found(text, rule="land_rows", targets=land + "\n" + TARGETS) == []
    (one,) = found(text.replace("三家重点", "五家重点"), rule="land_rows", targets=land + "\n" + TARGETS)
    assert [number.value for number in one.numbers] == [5, 3]
    assert one.severity is Severity.WARNING


def test_a_sectors_projects_are_counted_in_the_sector() -> None:
    library = "附件三 重点项目库\n\n\t序号\n\t项目名称\n\t项目业主\n\t总投资（万元）\n\t开工时间\n\t完成时间\n"
    for sector in ("装备制造业", "医药制造业"):
        library += f"\n\t{'一' if sector < '医' else '二'}\n\t{sector}\n"
        library += "".join(f"\n\t{n}\n\t{sector}{n}号线\n\t甲厂\n\t500\n\t2021\n\t2023\n" for n in (1, 2))
    text = PLAN + "一、医药制造业\n本行业纳入项目库的项目共2个。\n\n"
    assert found(text, rule="tables", annex=library) == []
    (one,) = found(text.replace("共2个", "共4个"), rule="tables", annex=library)
    assert [number.value for number in one.numbers] == [4, 2]


def test_one_name_left_out_of_a_whole_tier_is_found_behind_and_others() -> None:
    text = PLAN + "现有天远、地远等三家龙头企业。\n"
    (one,) = found(text, rule="enumerated")
    assert [number.value for number in one.numbers] == [2, 3]
    assert found(text.replace("龙头企业", "试点企业"), rule="enumerated") == []


def test_serials_of_a_class_named_behind_them() -> None:
    (one,) = found(PLAN + "企业名单见附件二，其中标号1—5为龙头企业。\n", rule="serials")
    assert [number.expression for number in one.numbers] == ["1—5", "1—3"]


def test_a_pack_without_its_document_is_checked_by_its_claims() -> None:
    claim = {"kind": "count", "unit": "家", "bound": "eq", "subject": "龙头企业", "indicator": "数量", "span": "2020"}
    rows: Rows = {
        "claims": [{**claim, "value": 3, "line": 4}, {**claim, "value": 5, "line": 9}],
        "enterprises": [{"tier": "龙头企业", "serial": n, "name": f"甲{n}", "line": n} for n in (1, 2, 3)],
    }
    report = check(Facts(rows=rows, meta={"base_year": 2020}), rules=RULES)
    assert [(one.rule, one.severity) for one in report.findings] == [("counts.classes", Severity.ERROR)]
    assert {one.rule.id for one in report.not_run} == {
        "counts.serials",
        "counts.enumerated",
        "counts.rows",
        "counts.projects",
    }


@pytest.mark.parametrize(
    ("sentence", "names", "number"),
    [
        ("四家链主企业（甲（甲州）公司、乙厂、丙厂）带动作用突出。", 3, 4),
        ("三家龙头企业（甲厂、乙厂）支撑作用突出。", 2, 3),  # the size of the tier
        ("龙头企业共三家，分别为甲厂、乙厂。", 2, 3),
        ("试点园区共四个，分别是东区、西区。", 2, 4),
        ("布局三大园区：东区、西区、南区、北区。", 4, 3),
        ("两家企业（甲厂、乙厂、丙厂等）入选。", 3, 2),  # 等 closes a list that may be short, never one too long
    ],
)
def test_a_number_must_be_that_of_the_names_behind_it(sentence: str, names: int, number: int) -> None:
    (one,) = found(PLAN + sentence + "\n", rule="enumerated")
    assert [line.value for line in one.numbers] == [names, number]
    assert one.severity is Severity.WARNING
    assert "behind" in message(one)


@pytest.mark.parametrize(
    "sentence",
    [
        "四家链主企业（甲（甲州）公司、乙厂、丙厂、丁厂）带动作用突出。",
        "四家链主企业（甲厂、乙厂、丙厂和丁厂）带动作用突出。",
        "建成十个车间（甲厂、乙厂、丙厂等）。",
        "五家企业（其中甲厂、乙厂、丙厂、丁厂）入选。",
        "共五家企业，分别为甲类2家、乙类3家、丙类4家。",
        "三家企业的产品（灯、阀、泵、管）畅销。",
        "三个平台（线上、线下）。",  # two words need not be names
        "前三家企业（甲厂、乙厂、丙厂、丁厂）。",
        "共四个园区，亩产值分别为10万元、20万元、30万元。",
        "四大产业：一是电子、二是装备、三是医药。",
    ],
)
def test_words_behind_a_number_that_are_not_its_names_are_no_finding(sentence: str) -> None:
    assert found(PLAN + sentence + "\n", rule="enumerated") == []


def test_parts_may_open_a_sentence_of_their_own() -> None:
    text = PLAN.replace("12家，其中龙头", "14家。其中：龙头")
    (one,) = found(text, rule="parts")
    assert [number.value for number in one.numbers] == [14, 12]


def test_what_a_total_is_divided_into_is_all_of_it() -> None:
    text = PLAN + "研发平台19个，按级别分为国家级3个、省级5个、市级7个三个层次。\n"
    (one,) = found(text, rule="parts")
    assert (one.severity, [number.value for number in one.numbers]) == (Severity.ERROR, [19, 15])
    assert found(text.replace("19个", "15个"), rule="parts") == []
    assert found(text.replace("三个层次", "，其余为区级"), rule="parts") == []


LIBRARY = "附件三 重点项目库\n\n\t序号\n\t项目名称\n\t项目业主\n\t总投资（万元）\n\t开工时间\n\t完成时间\n"
for _sector, _money in (("装备制造业", 50_000), ("医药制造业", 70_000)):
    LIBRARY += f"\n\t{'一' if _sector < '医' else '二'}\n\t{_sector}\n"
    LIBRARY += "".join(f"\n\t{n}\n\t{_sector}{n}号线\n\t甲厂\n\t{_money}\n\t2021\n\t2023\n" for n in (1, 2, 3))


def test_projects_whose_investment_is_that_of_the_sectors_rows_are_as_many() -> None:
    text = PLAN + "一、医药制造业\n推进1号线（总投资7亿元）等5个项目，项目总投资21亿元。\n\n"
    (one,) = found(text, rule="projects", annex=LIBRARY)
    assert [number.value for number in one.numbers] == [5, 3, 21 * 10_000, 210_000]
    assert one.severity is Severity.ERROR
    assert found(text.replace("5个", "3个"), rule="projects", annex=LIBRARY) == []
    assert found(text.replace("21亿", "15亿"), rule="projects", annex=LIBRARY) == []  # another sector's money
    assert found(text.replace("投资21亿", "投资约21亿"), rule="projects", annex=LIBRARY) == []
