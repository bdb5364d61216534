"""Places, sections, periods and silence of claims; every figure is a claim or is reported; cost grows linearly."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.planlint.test_claims import FIRMS, META, read, said

from zhizao.engines.planlint.document import load
from zhizao.engines.planlint.tables.values import Notes
from zhizao.engines.planlint.text import (
    claim_figures,
    claim_part,
    claim_phrases,
    claim_place,
    claim_reader,
    claims,
    sections,
    sentences,
)
from zhizao.kernel.result import Severity

PLAN = """第二章 目标
一、主要目标
（一）总量目标。到2030年，全县工业增加值达到35亿元（其中园区20亿元）。
培育链主企业6家。
二、保障措施
建成标准厂房9万平方米。
附件1 名词解释
甲流域面积2.9万平方公里。
"""


def test_each_claim_says_its_section_line_and_place():
    document = load(PLAN.encode())
    found = claims.read(document, FIRMS, Notes(), meta=META)
    assert [(claim["section"], claim["line"], claim["printed"]) for claim in found] == [
        ("第二章/一/（一）", 3, "35亿元"),
        ("第二章/一/（一）", 3, "20亿元"),
        ("第二章/一/（一）", 4, "6家"),
        ("第二章/二", 6, "9万平方米"),
        ("附件1", 8, "2.9万平方公里"),
    ]
    for claim in found:
        assert document.lines[claim["line"] - 1][claim["start"] : claim["end"]] == claim["printed"]


def test_silence_under_a_heading_of_targets_means_the_end_of_the_period_with_less_confidence():
    (claim,) = read("一、发展目标\n培育链主企业6家。")
    assert (claim["span"], str(claim["confidence"]), claim["note"]) == ("2030", "0.8", "period from the section")
    (claim,) = read("一、保障措施\n培育链主企业6家。")
    assert (claim["span"], str(claim["confidence"])) == (None, "1")


def test_a_paragraph_broken_over_lines_is_read_as_one_and_placed_in_its_line():
    text = "到2030年，全县电子信息制造业规模以上工业总产值力争突破\n66亿元，年均增长达到11.6%。"
    found = read(text)
    assert [(claim["indicator"], claim["line"], claim["start"]) for claim in found] == [
        ("规模以上工业总产值", 2, 0),
        ("规模以上工业总产值", 2, 11),
    ]


def test_a_list_with_fewer_names_than_figures_keeps_every_figure_and_no_subject():
    found = read("甲钢、乙纺亩均产值分别达到120万元/亩、80万元/亩、75万元/亩。")
    assert [(str(c["value"]), c["subject"], c["list_names"], c["list_values"]) for c in found] == [
        ("120", None, 2, 3),
        ("80", None, 2, 3),
        ("75", None, 2, 3),
    ]
    assert {str(claim["confidence"]) for claim in found} == {"0.5"}
    assert len({claim["list_id"] for claim in found}) == 1
    assert "names of the list: 甲钢、乙纺" in found[0]["note"]


def test_two_lists_of_a_section_have_ids_of_their_own():
    found = read("甲、乙占比分别为1%、2%；丙、丁占比分别为3%、4%。")
    assert len({claim["list_id"] for claim in found}) == 2


def test_parts_of_a_total_are_named():
    found = said(
        "截至2025年，食品、纺织等支柱产业产值达36.9亿元，全县规上企业共17家，其中龙头企业7家、骨干企业10家。",
        "indicator",
        "parts",
        "note",
    )
    assert found == [
        ("产值", "食品、纺织", None),
        ("规上企业", "龙头企业、骨干企业", None),
        ("龙头企业", None, "of which: 规上企业"),
        ("骨干企业", None, "of which: 规上企业"),
    ]


def test_scope_and_whole_have_columns_of_their_own():
    assert said("2025年，食品行业产值占全县规上工业总产值的15.5%。", "indicator", "of", "scope") == [
        ("产值占规上工业总产值比重", "规上工业总产值", "全县规上")
    ]


def test_money_without_its_unit_keeps_the_printed_one_and_says_so():
    (claim,) = read("2025年，龙头企业产值达到53.5亿。")
    assert (claim["unit"], claim["note"]) == ("亿", "unit 亿: 亿元 is meant")


def test_ranges_keep_both_ends():
    assert said("到2030年，新增工业用地100—150亩。", "value", "value_high") == [("100", "150")]


def test_bounds():
    text = "到2030年，利用率超过35%，能耗控制在5万吨以内，产值突破6亿元，占地不足9亩，员工约200人，企业30家以上。"
    assert [claim["bound"] for claim in read(text)] == ["gt", "le", "ge", "lt", "about", "ge"]


def test_a_decrease_is_said_in_the_note():
    (claim,) = read("2025年氨氮排放量较2020年减少27.9吨。")
    assert claim["note"] == "decrease; against 2020"


def test_annual_growth_between_two_years_runs_over_those_after_the_first():
    found = said("规上企业由2021年的10家增加至2024年的16家，年均增长17%。", "value", "span", "kind", "note")
    assert found[-1] == ("17", "2022-01..2024-12", "growth", "annual")


def test_names_slogans_conditions_and_titles_are_reported_and_no_claims():
    notes = Notes()
    text = "推进“五个优化”。\n贯彻《三年行动100条》。\n入选500强。\n打造300亿级产业链。\n拥有超过10件专利的企业增多。"
    assert not read(text, notes=notes)
    told = {problem.place.line: problem.params["figures"] for problem in notes.problems}
    assert {3: "500", 4: "300亿", 5: "超过10件"}.items() <= told.items()
    assert {problem.severity for problem in notes.problems} == {Severity.INFO}


def test_dates_and_lengths_of_time_are_no_figures():
    notes = Notes()
    assert not read("2026年3月9日，未来五年是关键的五年，见表2-1和第三章。", notes=notes)
    assert not notes.problems


def test_a_length_of_time_that_is_a_target_is_one():
    assert said("到2030年，企业开办时间压缩至0.5个工作日。") == [
        (None, "企业开办时间", "0.5", "个工作日", "2030", "target")
    ]


def test_ids_do_not_move_with_lines_or_values():
    before = read("到2030年，工业增加值达到35亿元。")
    after = read("一、目标\n\n到2030年，工业增加值达到42亿元。")
    assert [claim["id"] for claim in before] == [claim["id"] for claim in after]


def test_the_same_thing_said_twice_has_two_ids():
    found = read("到2030年，工业增加值达到35亿元。\n到2030年，工业增加值达到35亿元。")
    assert len({claim["id"] for claim in found}) == 2


def test_cells_of_tables_are_no_running_text():
    text = (
        "表1 目标\n\t指标\n\t单位\n\t2025年\n\t2030年\n\n\t产值\n\t亿元\n\t5亿元\n\t9亿元\n\n到2030年，产值达到9亿元。"
    )
    assert [claim["line"] for claim in read(text)] == [12]


def test_headings_make_a_tree_in_the_official_order():
    text = "第一章 总则\n第一节 背景\n一、基础\n（一）工业\n1. 产值\n（1）食品\n二、问题\n# 附录\n## 一、说明\n"
    tree = sections.read(load(text.encode()))
    assert [tree.section_of(line) for line in range(1, 10)] == [
        "第一章",
        "第一章/第一节",
        "第一章/第一节/一",
        "第一章/第一节/一/（一）",
        "第一章/第一节/一/（一）/1",
        "第一章/第一节/一/（一）/1/（1）",
        "第一章/第一节/二",
        "附录",
        "附录/一",
    ]
    assert tree.titles_of(5) == ("总则", "背景", "基础", "工业", "产值")


def test_a_line_of_the_contents_is_no_heading():
    assert sections.read(load("第一章 总则……………3\n第一章 总则\n".encode())).headings[0].line == 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "到2030年，",
                "产值达到",
                "甲、乙",
                "分别为",
                "35亿元",
                "、",
                "，",
                "。",
                "（",
                "）",
                "其中",
                "占",
                "的",
                "8%",
                "由",
                "至",
                "7家",
                "“",
                "”",
                "\n",
            ]
        ),
        max_size=40,
    )
)
def test_every_figure_is_a_claim_or_is_reported(pieces):
    text = "起" + "".join(pieces)
    notes = Notes()
    found = read(text, notes=notes)
    counted = [claim_figures.figures(one.text) for one in sentences.paragraphs(load(text.encode()))]
    told = sum(int(problem.params["count"]) for problem in notes.problems)
    assert len(found) + told == sum(len(every) + len(left) for every, left in counted)


def test_work_grows_with_the_length_of_one_paragraph(monkeypatch):
    """Counted: characters that the parser of phrases is given, for a paragraph of n and of 2n sentences."""
    given_to: Counter[int] = Counter()
    original = claim_phrases.parse

    def counted(words, names, **options):
        given_to[size] += len(words)
        return original(words, names, **options)

    for module in (claim_reader, claim_place):
        monkeypatch.setattr(module, "parse", counted)
    sentence = "2025年，食品行业产值达到36.7亿元，同比增长6.1%，占规上工业总产值的4.3%；甲、乙占比分别为1%、2%，共7家。"
    for size in (100, 200):
        read(sentence * size)
    assert 1.9 < given_to[200] / given_to[100] < 2.1


def test_a_text_without_full_stops_is_read_in_linear_work(monkeypatch):
    """Counted: time words looked at, for one endless sentence of n and of 2n clauses."""
    looked: Counter[int] = Counter()
    original = claim_part.PartText.near

    def counted(self, start, stop):
        found = original(self, start, stop)
        looked[size] += len(found)
        return found

    monkeypatch.setattr(claim_part.PartText, "near", counted)
    for unit in ("2025年产值达到5亿元，", "2025年产值达到5亿元增长3%"):
        looked.clear()
        for size in (200, 400):
            read(unit * size)
        assert looked[400] < 2.2 * looked[200]
