"""Sentences as offices really write them: what is read from them, and what is no contradiction."""

from __future__ import annotations

import pytest

from zhizao.engines.planlint import Reading, read_document
from zhizao.engines.planlint.checking import check
from zhizao.engines.planlint.facts import facts_of
from zhizao.engines.planlint.finding import Finding, Severity

TITLE = "青岩县“十五五”工业发展规划\n"
TABLE = "\n表1 主要指标\n指标\t单位\t2025年\t2030年\n规上工业总产值\t亿元\t186.4\t300\n"


def read(text: str, table: str = TABLE) -> Reading:
    return read_document((TITLE + text + "\n" + table).encode())


def claims(text: str) -> list[tuple[str, str, str]]:
    """Subject, indicator and figure of each claim."""
    return [
        (str(row["subject"] or ""), str(row["indicator"]), f"{row['value']}{row['unit'] or ''}")
        for row in read(text).rows["claims"]
    ]


def worse(text: str, table: str = TABLE) -> list[Finding]:
    """Errors and warnings, but for those about the sample itself."""
    found = check(facts_of(read(text, table))).findings
    return [one for one in found if one.severity is not Severity.INFO]


@pytest.mark.parametrize(
    ("sentence", "names", "indicator"),
    [
        (
            "2030年，发展白酒、泡菜、矿泉水三个细分领域，产值分别达到36亿元、26亿元和18亿元。",
            "白酒 泡菜 矿泉水",
            "产值",
        ),
        (
            "园区下设城北、龙桥、白塔三个片区，面积分别为4.1平方公里、2.8平方公里和1.7平方公里。",
            "城北 龙桥 白塔",
            "面积",
        ),
        ("2025年，竹木、食品、机械分别实现产值62.8亿元、48.6亿元和41.5亿元。", "竹木 食品 机械", "产值"),
        ("2025年，竹木、食品、机械三大产业产值依次为62.8亿元、48.6亿元、41.5亿元。", "竹木 食品 机械", "产值"),
        ("三园为装备园、化工园、纺织园，规划工业用地分别为62亩、48亩和30亩。", "装备园 化工园 纺织园", "规划工业用地"),
        ("2025年，发展集团、建设集团产值分别为3亿元、2亿元。", "发展集团 建设集团", "产值"),
    ],
)
def test_the_names_of_a_list_without_verb_before_and_class_behind(sentence, names, indicator):
    listed = [(subject, of) for subject, of, _ in claims(sentence) if subject]
    assert listed == [(name, indicator) for name in names.split()]


def test_a_list_of_shares_behind_a_list_of_values_is_not_taken_for_names():
    text = (
        "2025年，竹木、食品、机械分别实现产值90亿元、60亿元和36.4亿元，"
        "占规上工业总产值的比重分别为48.3%、32.2%和19.5%。"
    )
    assert worse(text) == []


@pytest.mark.parametrize(
    ("sentence", "indicator"),
    [
        ("到2030年，规上工业总产值达到300亿元，五年年均增长10%。", "规上工业总产值"),
        ("一是研发投入强度仅为2.1%。", "研发投入强度"),
        ("二是新能源装备本地配套率仅为27%。", "新能源装备本地配套率"),
        ("“十五五”时期，单位产值能耗五年累计下降16%。", "单位产值能耗"),
    ],
)
def test_ordinals_and_lengths_of_time_are_no_part_of_an_indicator(sentence, indicator):
    assert claims(sentence)[-1][1] == indicator


def test_parts_that_each_have_a_number_are_not_counted_as_names():
    assert worse("名单共有企业10家，其中领军类3家、骨干类3家、成长类4家。") == []
    assert [one.rule for one in worse("重点培育领军类、骨干类、成长类4家。")] == ["counts.enumerated"]


def test_consumption_may_grow_up_to_its_ceiling_and_its_intensity_may_not():
    rows = "规上工业能源消费量\t万吨标准煤\t31.5\t{}43\n单位增加值能耗\t吨标准煤/万元\t0.5\t{}0.6\n"
    assert [one.params["name"] for one in worse("", TABLE + rows.format("≤", "≤"))] == ["单位增加值能耗"]
    assert len(worse("", TABLE + rows.format("", ""))) == 2


LIBRARY = (
    "\n表2 项目（单位：万元）\n序号\t项目名称\t建设单位\t总投资\t2025年底前完成投资\t“十五五”投资\n"
    "1\t竹浆扩能\t绿涛公司\t180000\t40000\t140000\n2\t齿轮\t精锻公司\t90000\t0\t90000\n"
)


@pytest.mark.parametrize(
    ("sentence", "rules"),
    [
        ("规划项目2个，总投资27亿元，其中“十五五”期间计划投资23亿元。", []),
        ("规划项目2个，总投资27亿元，其中“十五五”期间计划投资25亿元。", ["projects.sum_in_text"]),
        ("规划项目2个，总投资23亿元。", ["projects.sum_in_text"]),
        ("规划项目2个，总投资27亿元，其中2026年投资9亿元、2027年投资14亿元。", []),
    ],
)
def test_what_the_text_says_is_invested_within_the_period_is_compared_with_that(sentence, rules):
    assert [one.rule for one in worse(sentence, TABLE + LIBRARY)] == rules


def rules(text: str, table: str = TABLE) -> list[str]:
    return [one.rule for one in worse(text, table)]


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("竹木、食品、机械三大产业产值依次为182.5亿元、126.8亿元、70.3亿元，合计{}亿元。", "379.6 389.6"),
        ("三园规划工业用地分别为6200亩、4800亩和3000亩，共{}亩。", "14000 15000"),
        ("2026—2028年分别安排4亿元、5亿元、6亿元，共{}亿元。", "15 18"),
        ("建有国家级平台23个、省级平台187个，合计{}个。", "210 220"),
        (
            "竹木、食品、机械、其他产值分别为62亿元、48亿元、41亿元、33亿元，分别占33.7%、26.1%、22.3%和17.9%。前三大产业合计{}亿元。",
            "151 155",
        ),
        ("竹木、食品、机械产值分别为62亿元、48亿元、41亿元，全年共完成投资{}亿元。", "9 -"),
        ("竹木、食品、机械产值分别为62亿元、48亿元、41亿元，两大产业合计{}亿元。", "110 -"),
    ],
)
def test_the_total_behind_a_list(sentence, rule):
    right, wrong = rule.split()
    assert rules(sentence.format(right)) == []
    if wrong != "-":
        assert rules(sentence.format(wrong)) == ["sums.listed"]


@pytest.mark.parametrize(
    ("sentence", "right", "wrong"),
    [
        ("2030年竹木产业产值350亿元，年均增长9%，其中板材160亿元、家居130亿元、竹浆{}亿元。", "50", "90"),
        ("2030年竹木产业产值76亿元，占全县的三成。其中智能终端31亿元、光电21亿元、显示{}亿元。", "24", "34"),
        ("2025年进出口总额72.4亿元，其中出口{}亿元。", "51.9", "81.9"),
        ("三年计划投资35亿元，其中2026年投资11亿元、2027年投资13亿元、2028年投资{}亿元。", "11", "5"),
        ("2025年固定资产投资31亿元，其中工业{}亿元、农业10亿元、其他5亿元。", "16", "12"),
    ],
)
def test_parts_behind_of_which(sentence, right, wrong):
    assert rules(sentence.format(right)) == []
    assert rules(sentence.format(wrong)) == ["sums.of_which"]


def test_parts_may_leave_a_rest_overlap_or_be_of_an_earlier_amount():
    assert rules("2030年竹木产业产值350亿元，其中板材160亿元、家居130亿元。") == []
    assert rules("2030年工业营业收入350亿元，其中高新企业260亿元、民营企业230亿元。") == []
    assert rules("2030年竹木产业产值350亿元，完成技改20亿元，其中板材160亿元。") == []


@pytest.mark.parametrize(
    ("sentence", "right", "wrong", "rule"),
    [
        ("到2030年，汽车产量达到45万辆，其中新能源汽车36万辆，占{}%。", "80", "88", "shares.of_part"),
        ("2025年生产汽车28.6万辆，其中新能源汽车17.2万辆，占比{}%。", "60.1", "66.1", "counts.shares"),
        ("县财政每年安排专项资金3亿元，五年累计{}亿元。", "15", "18", "derived.yearly"),
        ("三年供应工业用地{}亩，每年1200亩。", "3600", "3900", "derived.yearly"),
        ("县财政每年安排专项资金3亿元以上，五年累计{}亿元。", "16", "30", "derived.yearly"),
        ("现有上市公司{}家（其中主板3家、创业板1家、北交所1家），高新技术企业96家。", "5", "4", "counts.parts"),
    ],
)
def test_shares_of_the_sentence_sums_of_years_and_counts_in_parentheses(sentence, right, wrong, rule):
    assert rules(sentence.format(right)) == []
    assert rules(sentence.format(wrong)) == [rule]


def test_decimal_headings_below_chapters_lists_of_annexes_and_explained_words():
    chapters = "第一章 现状\n1.1 成效\n成效明显。\n1.2 不足\n不足不少。\n第二章 目标\n2.1 定位\n定位明确。\n"
    notice = "附件：1．项目表\n　　　2．名词解释\n\n附件1\n项目表\n略。\n附件2\n名词解释\n略。\n"
    words = "附件：主要指标解释\n1.研发投入强度：研发经费与营业收入之比。\n2.亩均产值：产值与用地之比。\n"
    assert rules(chapters) == rules(notice) == rules(words) == []
    assert (
        rules(chapters.replace("第二章", "第三章")) == rules(chapters.replace("1.2", "1.3")) == ["references.headings"]
    )


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("建成平台126个，其中国家级3个、省级41个。", ("", "省级平台", "41个")),
        ("到2030年，规上企业达到1000户，净增288户。", ("", "规上企业", "288户")),
        ("2025年上市公司5家（其中主板4家），高新企业96家。", ("", "高新企业", "96家")),
        ("到2030年，汽车产量45万辆，其中电动车36万辆，占80%。", ("", "电动车占汽车产量比重", "80%")),
        ("固废利用率提高到92%；2025年为85.5%。", ("", "固废利用率", "85.5%")),
        ("2025年，工业总产值达到4 680亿元。", ("", "工业总产值", "4680亿元")),
        ("“十五五”年均增长8.2%，到2030年工业总产值达到300亿元。", ("", "工业总产值", "300亿元")),
        ("五年累计完成工业投资160亿元。", ("", "工业投资", "160亿元")),
    ],
)
def test_what_a_figure_is_of(sentence, expected):
    assert claims(sentence)[-1] == expected


def test_a_sector_s_section_tells_whose_output_it_is_and_nothing_else():
    text = (
        "发展竹木加工、食品饮料、机械配件三大产业。\n（一）做强竹木加工产业。到2030年产值达到100亿元，年均增长9.8%。\n"
        "（二）食品饮料。2030年全县工业总产值达到300亿元，产值80亿元。\n（三）加强组织领导。2030年产值75亿元。\n"
    )
    found = [one for one in claims(text) if one[2] != "3大"]
    assert found == [
        ("竹木加工", "产值", "100亿元"),
        ("竹木加工", "产值", "9.8%"),
        ("", "工业总产值", "300亿元"),
        ("食品饮料", "产值", "80亿元"),
        ("", "产值", "75亿元"),
    ]


def test_the_outlook_of_a_chapter_dates_nothing_that_is_told_beside_it():
    text = "二、面临的形势\n“十五五”时期，竹产业加快转变，我县竹林面积38万亩。亿元企业仅32家。\n"
    spans = [row["span"] for row in read(text).rows["claims"]]
    assert spans == [None, None]


def test_years_that_a_sum_runs_over():
    rows = read("二、发展目标\n五年累计完成工业投资160亿元。三年新增商标12件。\n").rows["claims"]
    assert (rows[0]["indicator"], rows[0]["span"]) == ("工业投资", "2026-01..2030-12")


def test_a_name_counted_within_two_wholes_is_two_things():
    text = "到2030年新增规上企业27家，其中竹木15家、食品12家。规划项目6个，按产业分，竹木4个、食品2个。"
    assert rules(text) == []


@pytest.mark.parametrize(
    ("sentence", "right", "wrong", "rule"),
    [
        ("“十四五”期间，固废利用率由78.4%提高到84.9%，提高{}个百分点。", "6.5", "9.5", "growth.difference"),
        ("到2030年，规上工业总产值达到300亿元，比2025年增加{}亿元。", "113.6", "133.6", "growth.difference"),
        ("到2030年，固废利用率提高到92%，较2025年提高{}个百分点；2025年为85.5%。", "6.5", "8.5", "growth.difference"),
        ("不良率由2020年的8.4%下降到2025年的6.1%，下降{}个百分点。", "2.3", "3.2", "growth.difference"),
        ("2025年碳纤维产能2.4万吨。到2030年碳纤维产能6万吨，为2025年的{}倍。", "2.5", "3.5", "derived.multiple"),
        ("到2030年，园区用地达到4000亩，实现税收{}亿元，亩均税收18万元。", "7.2", "9.2", "derived.product"),
        (
            "2025年，甲业、乙业、丙业产值分别为62亿元、48亿元、41亿元，分别占33.3%、25.8%、{}%。",
            "22.0",
            "28.0",
            "shares.listed",
        ),
    ],
)
def test_changes_multiples_products_and_lists_of_shares(sentence, right, wrong, rule):
    assert rules(sentence.format(right)) == []
    assert rules(sentence.format(wrong)) == [rule]


def test_what_is_added_to_a_base_of_the_table():
    rows = TABLE + "规上企业\t家\t86\t130\n"
    assert rules("到2030年，规上企业达到130家，净增44家。", rows) == []
    assert rules("到2030年，规上企业达到130家，净增54家。", rows) == ["growth.difference"]
    assert rules("到2030年，规上企业达到130家，比2021年净增54家。", rows) == []


def test_a_row_s_own_words_in_the_chapter_of_goals_are_of_the_area_in_the_row_s_unit():
    rows = TABLE + "亩均税收\t{}/亩\t21.4\t30\n规上工业综合能源消费量\t万吨标准煤\t31\t≤43\n"
    goals = "一、发展目标\n到2030年，亩均税收达到30万元，规上工业综合能源消费量控制在43{}吨标准煤以内。\n"
    assert rules(goals.format("万"), rows.format("万元")) == []
    assert "agreement.value" in rules(goals.format("万"), rows.format("亿元"))
    assert rules(goals.format("亿"), rows.format("万元")) == ["agreement.value"]
    assert "agreement.value" not in rules(goals.format("万").replace("发展目标", "装备园"), rows.format("亿元"))


def test_what_can_be_made_is_not_what_is_made():
    assert rules("到2030年，铝材产量达到48万吨。到2030年，铝材产能达到60万吨。") == []


def test_a_share_without_a_year_is_of_the_base_year():
    text = "2025年，规上工业企业达到86家。\n一、面临的形势\n竞争加剧。亿元以上企业仅32家，占规上工业企业的{}%。\n"
    assert rules(text.format("37.2")) == []
    assert rules(text.format("43.2")) == ["counts.shares"]


SECTOR_TABLE = (
    TABLE + "\n表2 集群目标\n产业集群\t2025年营业收入（亿元）\t2030年目标（亿元）\t年均增速\n"
    "装备\t350\t520\t8.2%\n材料\t310\t{target}\t7.7%\n食品\t155\t250\t10.0%\n合计\t{total}\t1220\t8.4%\n"
)


def test_totals_and_growth_of_a_table_of_no_known_kind():
    assert rules("", SECTOR_TABLE.format(target=450, total=815)) == []
    assert rules("", SECTOR_TABLE.format(target=450, total=835)) == ["growth.row", "sums.table"]
    assert rules("", SECTOR_TABLE.format(target=480, total=815)) == ["growth.row", "sums.table"]


def test_the_total_of_land_is_that_of_its_rows():
    rows = TABLE + "\n表2 用地\n企业\t工业用地（亩）\t闲置（亩）\n东柏公司\t620\t80\n恒储公司\t285\t—\n合计\t{}\t80\n"
    assert rules("", rows.format(905)) == []
    assert "sums.table" in rules("", rows.format(1005))
