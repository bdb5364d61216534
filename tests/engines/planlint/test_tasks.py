"""Tasks of a plan: headlines of paragraphs, items, lists, clauses of units, tables; never its aims or its past."""

from __future__ import annotations

from zhizao.engines.planlint import read_document
from zhizao.engines.planlint.document import load
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.text.tasks import LONGEST, read

TARGETS: list[Record] = [
    {"id": "ind-output", "name": "规上工业总产值"},
    {"id": "ind-smart", "name": "新增智能工厂个数"},
    {"id": "ind-green", "name": "新增绿色工厂数量"},
    {"id": "ind-bamboo", "name": "竹木加工业规模以上工业总产值"},
    {"id": "ind-new", "name": "战略性新兴产业产值占规上工业总产值比重"},
]


def tasks(body: str, heading: str = "第三章 主要任务\n\n一、科技强链") -> list[Record]:
    return read(load(f"{heading}\n\n{body}\n".encode()), TARGETS)


def said(body: str, heading: str = "第三章 主要任务\n\n一、科技强链") -> list[tuple[object, object]]:
    return [(task["task"], task["lead_unit"]) for task in tasks(body, heading)]


def test_a_paragraph_gives_its_headline_and_not_its_sentences():
    body = "加快培育创新主体。支持甲厂建设研发中心，鼓励设立研发机构。\n\n推动竹材精深加工。延长竹产业链。"
    assert said(body) == [("加快培育创新主体", None), ("推动竹材精深加工", None)]


def test_a_numbered_item_gives_its_title():
    assert said("（1）实施技改专项行动。每年组织一批项目。\n\n（2）建设检测平台。服务企业。") == [
        ("实施技改专项行动", None),
        ("建设检测平台", None),
    ]


def test_a_list_within_a_paragraph_gives_each_item_its_first_act():
    body = (
        "围绕要素供给，统筹做好保障工作。一是强化用地管理。做好预算。"
        "二是围绕电力供应，优化电网布局，提升能力；三是完善管网。"
    )
    assert said(body, "第五章 保障措施\n\n一、要素保障") == [
        ("强化用地管理", None),
        ("优化电网布局", None),
        ("完善管网", None),
    ]


def test_clauses_that_begin_with_a_unit_name_who_acts():
    body = (
        "县里将把各项政策整合起来，确保政策科学合理、便于实施并且落到实处。招商科与县财政局协作，进一步完善招商政策；"
        "县发展改革委统筹安排建设时序，强化调度；统筹布局加快推进园区建设。"
    )
    assert said(body, "第五章 保障措施\n\n一、机制") == [
        ("完善招商政策", "招商科与县财政局"),
        ("统筹安排建设时序", "县发展改革委"),
    ]


def test_a_unit_in_brackets_leads_the_task():
    body = "推进园区低碳改造。建设光伏屋顶。（牵头单位：县生态环境局；责任单位：各园区）"
    assert said(body) == [("推进园区低碳改造", "县生态环境局")]


def test_a_heading_is_the_task_where_its_paragraphs_have_no_headline():
    body = (
        "要把技术创新放在突出位置，贯穿于全县工业发展的全过程和各领域，久久为功。\n\n"
        "要让更多的企业设立自己的研发机构，逐步形成体系。"
    )
    assert said(body, "第三章 主要任务\n\n一、坚持科技赋能") == [("坚持科技赋能", None)]


def test_a_heading_is_no_task_where_something_below_it_is():
    body = "要把技术创新放在突出位置，贯穿于全县工业发展的全过程和各领域，久久为功。\n\n建设研发中心。支持甲厂。"
    assert said(body, "第三章 主要任务\n\n一、坚持科技赋能") == [("建设研发中心", None)]


def test_the_name_of_a_part_of_the_plan_is_no_task():
    body = "要把各项工作落到实处，各部门各司其职、各负其责，共同把规划确定的事项办好。"
    assert said(body, "第五章 保障措施") == []


def test_an_item_of_one_sentence_gives_its_first_clause():
    assert said("推动乙厂实施柔性改造，拓展出口渠道。") == [("推动乙厂实施柔性改造", None)]


def test_a_topic_is_given_its_verb():
    heading = "第四章 重点产业\n\n一、竹木加工业\n\n（三）重点领域"
    found = tasks("竹纤维。以乙厂为重点，发展餐具。\n\n竹炭领域。拓展市场。\n\n竹博园项目。加快建设。", heading)
    assert [(task["task"], task["note"]) for task in found] == [
        ("发展竹纤维", "verb added"),
        ("发展竹炭", "verb added"),
        ("推进竹博园项目", "verb added"),
    ]
    assert {task["section"] for task in found} == {"第四章/一/（三）"}


def test_what_was_and_what_is_aimed_at_are_no_tasks():
    for heading in (
        "第一章 发展基础\n\n一、主要举措成效",
        "第二章 总体要求\n\n一、发展目标",
        "第三章 主要任务\n\n一、存在问题",
        "附件一 名词解释",
    ):
        assert said("加快推进转型升级。成效明显。", heading) == []


def test_a_heading_with_a_verb_is_a_task_though_it_names_a_foundation():
    assert said(
        "要把路网建好，把管网建好，让园区内外的货物和人员都能够畅通无阻。", "第五章 保障措施\n\n一、夯实产业基础"
    ) == [("夯实产业基础", None)]


def test_a_headline_has_thirty_characters_at_most_and_whole_clauses():
    long = "加快建设面向全国的竹木加工技术创新中心，打造一流的产业创新发展高地"
    assert said(f"（1）{long}。") == [("加快建设面向全国的竹木加工技术创新中心", None)]
    assert all(len(str(task["task"])) <= LONGEST for task in tasks("推进" + "竹" * 60 + "。"))


def test_a_task_serves_the_targets_whose_own_words_stand_with_it():
    (smart, green, bamboo, new, none) = tasks(
        "建设智能工厂。推广应用。\n\n推行清洁生产。创建绿色工厂。\n\n延伸产业链条。\n\n培育新动能。发展战略新兴产业。\n\n降低成本。提高产值。",
        "第三章 主要任务\n\n一、提升",
    )
    assert (smart["indicator_ids"], green["indicator_ids"]) == ("ind-smart", "ind-green")
    assert (new["indicator_ids"], none["indicator_ids"], bamboo["indicator_ids"]) == ("ind-new", None, None)


def test_the_headings_above_say_which_sector_a_task_serves():
    (task,) = tasks("拓宽市场渠道。参加展会。", "第四章 重点产业\n\n一、竹木加工业\n\n（四）实施路径")
    assert task["indicator_ids"] == "ind-bamboo"


def test_words_that_stand_at_every_second_task_tell_nothing():
    body = "\n\n".join(f"推进第{number}项工作。建设智能工厂。" for number in "甲乙丙丁戊")
    assert {task["indicator_ids"] for task in tasks(body)} == {None}


def test_ids_do_not_change_when_sections_are_renumbered_and_differ_for_the_same_words():
    body = "加快培育创新主体。支持甲厂。\n\n加快培育创新主体。支持乙厂。"
    first = [task["id"] for task in tasks(body)]
    again = [task["id"] for task in tasks(body, "前言\n\n第四章 主要任务\n\n二、科技强链")]
    assert first == again and len(set(first)) == 2


HEAD = "\t序号\n\t重点任务\n\t牵头单位\n\t完成时限\n"
TABLE = f"{HEAD}\n\t1\n\t建设智能工厂\n\t县工信局\n\t2027年\n\n\t2\n\t组建竹业集团\n\t\n\t2028年\n"


def test_a_table_of_tasks_gives_a_task_a_row():
    reading = read_document(f"第五章 任务分工\n\n表7 任务分工表\n\n{TABLE}\n完。\n".encode())
    assert [(row["task"], row["lead_unit"], row["section"]) for row in reading.rows["tasks"]] == [
        ("建设智能工厂", "县工信局", "第五章"),
        ("组建竹业集团", "县工信局", "第五章"),
    ]
    assert [problem.params["columns"] for problem in reading.problems if problem.code == "planlint.column_unread"] == [
        "完成时限"
    ]


def test_the_unit_named_in_a_sentence_behind_the_headline_leads_the_task() -> None:
    body = "（一）提升创新能力。由县科技局、县财政局共同负责，建设平台。\n\n（二）稳定增长。由县经济信息委牵头。"
    first, second = read(load(f"第三章 主要任务\n\n{body}\n".encode()), [])
    assert (first["lead_unit"], second["lead_unit"]) == ("县科技局、县财政局", "县经济信息委")


def test_a_target_of_common_words_is_served_by_the_task_that_names_it_in_full() -> None:
    targets = [{"id": "ind-1", "name": "规模以上工业总产值"}, {"id": "ind-2", "name": "规模以上工业增加值"}]
    plan = "第三章 主要任务\n\n（一）培育产业集群。推动规模以上工业总产值稳步增长。\n\n（二）优化服务。办好实事。\n"
    served = [task["indicator_ids"] for task in read(load(plan.encode()), targets)]
    assert served == ["ind-1", None]
