"""What a procedure file may hold, and how each fault is told: by name, with line, element and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.base.flow.bpmn_texts import CHOICE, END, PARALLEL_LOOP, PLAIN, START, flow, step, text, timer, way

from zhizao.base.flow.bpmn import read
from zhizao.base.flow.procedures import FOLDER, shipped
from zhizao.kernel.result import Refused


def refused(content: bytes) -> dict[str, object]:
    """The problems of a file by code."""
    with pytest.raises(Refused) as caught:
        read(content, "x.bpmn")
    for problem in caught.value.problems:
        assert problem.place.file == "x.bpmn"
        assert problem.remedy
        assert "%(" not in str(problem)
    return {problem.code: problem for problem in caught.value.problems}


def test_a_procedure_is_read_with_its_steps_roles_days_and_fields():
    diagram = read(text(CHOICE.replace('zz:role="owner"', 'zz:role="analyst" zz:days="3"', 1)), "x.bpmn")
    assert list(diagram.steps) == ["a", "b"]
    first = diagram.steps["a"]
    assert (first.role, first.working_days, first.name) == ("analyst", 3, "A")
    field = first.form[0]
    assert (field.name, field.label, field.kind, field.required) == ("r", "R", "choice", False)
    assert field.options == (("yes", "Y"), ("no", "N"))
    assert set(diagram.facts) == {"a_r"}


@pytest.mark.parametrize("key", ["alarm", "visit", "request", "matter", "note"])
def test_every_procedure_shipped_is_sound_drawn_and_named_in_both_languages(key):
    diagram = read((FOLDER / f"{key}.bpmn").read_bytes(), key)
    assert diagram.key == key
    assert diagram.name_en
    assert all(node.box for node in diagram.nodes.values())
    assert all(len(each.points) > 1 for each in diagram.flows.values())
    assert all(each.role for each in diagram.steps.values())


@pytest.mark.parametrize("key", ["alarm", "visit", "request", "matter", "note"])
def test_everything_a_shipped_procedure_says_it_says_in_english_too(key):
    diagram = read((FOLDER / f"{key}.bpmn").read_bytes(), key)
    named = [*diagram.nodes.values(), *diagram.flows.values(), diagram]
    assert all(bool(each.name) == bool(each.name_en) for each in named)
    told = [*diagram.nodes.values(), diagram]
    assert all(bool(each.documentation) == bool(each.documentation_en) for each in told)
    asked = [*diagram.declared, *(field for step in diagram.steps.values() for field in step.form)]
    assert all(field.label_en and [v for v, _ in field.options] == [v for v, _ in field.options_en] for field in asked)
    english = " ".join([field.label_en + str(field.options_en) for field in asked] + [each.name_en for each in named])
    assert not [sign for sign in english if "\u4e00" <= sign <= "\u9fff"]


@pytest.mark.parametrize(
    "english", ["x: choice(yes Yes)", "other R: choice(yes Y|no N)?", "r R: text?", "r R: choice(yes Y|no N)"]
)
def test_an_english_form_that_asks_something_else_is_refused(english):
    both = CHOICE.replace(
        'zz:form="r R: choice(yes Y|no N)?"', f'zz:form="r R: choice(yes Y|no N)?" zz:form_en="{english}"'
    )
    assert refused(text(both))["flow.field_en"].params["id"] == "a"


def test_an_inclusive_gateway_is_refused_with_its_place_its_reason_and_what_to_draw_instead():
    problem = refused(text(PLAIN + '<bpmn:inclusiveGateway id="either" name="Either"/>'))["flow.element"]
    assert (problem.place.file, problem.place.line) == ("x.bpmn", 8)
    assert (problem.params["name"], problem.params["id"]) == ("bpmn:inclusiveGateway", "either")
    assert "parallel gateway" in problem.remedy
    assert "exclusive gateway" in problem.remedy


def test_what_a_modeller_saves_with_a_pool_colours_and_remarks_is_read_and_our_attributes_survive():
    """As bpmn-js 18 saves a file of ours in which a pool, lanes, colours, a remark and a step were drawn."""
    saved = Path(__file__).with_name("saved_by_modeller.bpmn").read_bytes()
    problem = refused(saved)["flow.no_condition"]  # what was drawn last: a way that nobody gave a condition
    assert (problem.place.line, problem.params["flow"]) == (34, "Flow_0viirig")
    way_in = b'<bpmn:sequenceFlow id="Flow_0viirig" sourceRef="which" targetRef="Activity_1190b97"'
    condition = b"<bpmn:conditionExpression>not check_again</bpmn:conditionExpression></bpmn:sequenceFlow>"
    diagram = read(saved.replace(way_in + b" />", way_in + b">" + condition), "x.bpmn")
    check = diagram.steps["check"]
    assert (check.name, check.name_en, check.role, check.working_days) == ("核实情况", "Check", "owner", 2)
    assert (check.form[0].name, check.form[0].label_en) == ("again", "Once more")
    assert (diagram.nodes["late"].act, diagram.nodes["late"].wait.working_days) == ("remind", 2)
    assert (diagram.name_en, diagram.steps["Activity_1190b97"].role) == ("Small", "leader")
    assert all(node.box for node in diagram.nodes.values())


@pytest.mark.parametrize(
    "more",
    [
        'xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"',
        'expressionLanguage="python"',
    ],
)
def test_what_one_product_adds_is_refused_by_name(more):
    problem = refused(text(PLAIN).replace(b' id="d"', f' id="d" {more}'.encode()))["flow.attribute"]
    assert problem.params["name"] in more
    assert "plain BPMN" in problem.remedy


@pytest.mark.parametrize("attribute", ['name="{}"', 'name="A" zz:en="{}"'])
def test_a_name_longer_than_the_columns_it_goes_into_is_refused_with_its_element(attribute):
    long = PLAIN.replace('name="A"', attribute.format("长" * 121))
    assert refused(text(long))["flow.long_name"].params["id"] == "a"
    assert read(text(PLAIN.replace('name="A"', attribute.format("长" * 120))), "x.bpmn").steps
    process = text(PLAIN).replace(b'name="P"', attribute.format("P" * 121).encode())
    assert refused(process)["flow.long_name"].params["id"] == "p"


def test_the_five_shipped_are_all_that_is_shipped():
    assert set(shipped()) == {"alarm", "visit", "request", "matter", "note"}


def test_a_syntax_error_is_told_with_its_line():
    problem = refused(text(PLAIN).replace(b"</bpmn:process>", b"</bpmn:proces>"))["flow.xml"]
    assert problem.place.line == 9


def test_a_file_of_another_kind_is_told():
    assert "flow.xml_root" in refused(b"<html/>")
    assert "flow.xml_encoding" in refused(b"<?xml version='1.0' encoding='gb18030'?><a/>")
    assert "flow.xml_encoding" in refused(text(PLAIN).decode().encode("utf-16"))
    assert "flow.xml" in refused(b"")


def test_one_file_is_one_process():
    assert "flow.xml_root" in refused(text(PLAIN, more='<bpmn:process id="q"/>'))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (PLAIN.replace('zz:role="owner"', 'zz:role="king"'), "flow.role"),
        (PLAIN.replace('zz:role="owner"', ""), "flow.role"),
        (PLAIN.replace('name="A"', ""), "flow.unnamed"),
        (PLAIN.replace('zz:role="owner"', 'zz:role="owner" zz:days="0"'), "flow.days"),
        (PLAIN.replace('zz:role="owner"', 'zz:role="owner" zz:days="-2"'), "flow.days"),
        (PLAIN.replace('zz:role="owner"', 'zz:role="owner" zz:days="two"'), "flow.days"),
        (PLAIN.replace('id="a"', 'id="a-1"').replace('Ref="a"', 'Ref="a-1"'), "flow.id"),
        (PLAIN.replace('zz:role="owner"', 'zz:role="owner" zz:form="x: script"'), "flow.field"),
        (PLAIN.replace('zz:role="owner"', 'zz:role="owner" zz:form="x: choice"'), "flow.field"),
        (PLAIN.replace('zz:role="owner"', 'zz:role="owner" zz:form="x: text; x: date"'), "flow.field"),
        (PLAIN + step("a"), "flow.id_twice"),
        (PLAIN + step("b"), "flow.never_reached"),
        (PLAIN.replace(flow("a", "e"), ""), "flow.no_way_on"),
        (PLAIN + '<bpmn:startEvent id="s2"/>' + flow("s2", "e"), "flow.start"),
        (step("a") + END + way("a", "e"), "flow.start"),
        (PLAIN + flow("a", "nowhere"), "flow.loose"),
        (PLAIN + flow("e", "a"), "flow.after_end"),
        (PLAIN + flow("a", "s"), "flow.into"),
        (PLAIN + step("b") + way("a", "b", "e"), "flow.split"),
        (PLAIN + timer("t", "a", days="2"), "flow.no_way_on"),
        (PLAIN + timer("t", "s", days="2") + flow("t", "e"), "flow.attached"),
        (PLAIN + timer("t", "a") + flow("t", "e"), "flow.timer"),
        (PLAIN + timer("t", "a", duration="P1Y") + flow("t", "e"), "flow.timer"),
        (PLAIN + timer("t", "a", duration="P0D") + flow("t", "e"), "flow.timer"),
        (PLAIN + timer("t", "a", duration="P3D", days="3") + flow("t", "e"), "flow.timer"),
        (PLAIN.replace(flow("a", "e"), flow("a", "e", "1 == 1")), "flow.condition_place"),
        (CHOICE.replace("a_r == 'no'", "a_r == 'nein'"), "flow.never"),
        (CHOICE.replace("a_r == 'no'", "b_r == 'no'"), "rules.unknown_name"),
        (CHOICE.replace("a_r == 'no'", "a_r =="), "rules.syntax"),
        (CHOICE.replace("a_r == 'no'", "a_r"), "rules.type"),
        (CHOICE.replace("yes Y|no N", "yes Y|no N|unclear U"), "flow.not_exhaustive"),
        (CHOICE.replace(flow("x", "e", "a_r == 'no'"), flow("x", "e")), "flow.no_condition"),
        (
            CHOICE.replace('<bpmn:exclusiveGateway id="x"', '<bpmn:exclusiveGateway default="s_a" id="x"'),
            "flow.default",
        ),
    ],
)
def test_each_fault_of_a_procedure_is_told_by_name(body, code):
    problem = refused(text(body))[code]
    assert problem.place.line or code == "flow.start"


def test_all_faults_are_told_at_once():
    found = refused(text(PLAIN.replace('zz:role="owner"', 'zz:role="king" zz:days="x"').replace('name="A"', "")))
    assert {"flow.role", "flow.days", "flow.unnamed"} <= set(found)


def test_conditions_over_all_answers_need_no_default_and_a_number_does():
    read(text(CHOICE), "x.bpmn")
    numbers = CHOICE.replace("r R: choice(yes Y|no N)?", "r R: number").replace("a_r == 'yes'", "a_r > 3")
    assert "flow.not_exhaustive" in refused(text(numbers.replace("a_r == 'no'", "a_r &lt;= 3")))


def test_a_join_of_what_was_never_split_is_refused():
    """An exclusive gateway gives one token; a parallel join after it waits for ever for the second."""
    stuck = PARALLEL_LOOP.replace('<bpmn:parallelGateway id="f"/>', '<bpmn:exclusiveGateway id="f" default="f_a"/>')
    stuck = stuck.replace(flow("f", "b"), flow("f", "b", "k"))
    assert "flow.stuck" in refused(text(stuck, facts="k: yes_no"))


def test_parallel_ways_that_meet_without_a_join_are_refused():
    doubled = PARALLEL_LOOP.replace('<bpmn:parallelGateway id="j"/>', '<bpmn:exclusiveGateway id="j"/>')
    assert "flow.doubled" in refused(text(doubled))


def test_a_loop_without_a_way_out_is_refused():
    endless = START + END + '<bpmn:exclusiveGateway id="m"/>' + step("a") + step("b") + way("s", "m", "a", "b", "m")
    assert "flow.never_reached" in refused(text(endless))


def test_a_loop_in_which_nobody_does_anything_is_refused():
    gateways = '<bpmn:exclusiveGateway id="m"/><bpmn:exclusiveGateway id="x" name="X"/>'
    body = START + END + step("a") + gateways + way("s", "a", "m", "x")
    body += flow("x", "m", "k") + flow("x", "e", "not k")
    problem = refused(text(body, facts="k: yes_no"))["flow.idle"]
    assert problem.params["id"] in ("m", "x")


def test_a_dozen_parallel_ways_are_checked_and_a_score_is_refused_in_time():
    def ways(count: int) -> bytes:
        ends = (
            START + END + '<bpmn:parallelGateway id="f"/><bpmn:parallelGateway id="j"/>' + way("s", "f") + way("j", "e")
        )
        return text(ends + "".join(step(f"a{n}") + way("f", f"a{n}", "j") for n in range(count)))

    assert len(read(ways(12), "x").steps) == 12
    assert "flow.too_large" in refused(ways(20))


def test_lanes_and_a_drawing_are_harmless():
    lane = '<bpmn:lane id="l1" name="L"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
    lanes = f'<bpmn:laneSet id="l">{lane}</bpmn:laneSet>'
    assert list(read(text(lanes + PLAIN), "x.bpmn").steps) == ["a"]
