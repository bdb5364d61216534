"""Diagrams and states that attack: each is refused before anything of it is run, and nothing ever is."""

from __future__ import annotations

import builtins
import datetime as dt
import subprocess
import sys

import pytest
from tests.base.flow.bpmn_texts import CHOICE, PLAIN, flow, step, text, timer

from zhizao.base.flow import running
from zhizao.base.flow.bpmn import read
from zhizao.base.flow.net import Shut, Tokens
from zhizao.base.flow.procedures import shipped
from zhizao.base.flow.xml import MOST_BYTES
from zhizao.kernel.calendar import known_years
from zhizao.kernel.result import Problem, Refused

AT = dt.datetime(2025, 3, 3, 9, tzinfo=dt.UTC)
CODE = "__import__('os').system('touch /tmp/zhizao-owned')"


def codes(content: bytes) -> set[str]:
    return set(refused(content))


def refused(content: bytes) -> dict[str, Problem]:
    with pytest.raises(Refused) as caught:
        read(content, "x.bpmn")
    return {problem.code: problem for problem in caught.value.problems}


ELEMENTS = {
    "scriptTask": f"<bpmn:scriptTask id='z' scriptFormat='python'><bpmn:script>{CODE}</bpmn:script></bpmn:scriptTask>",
    "serviceTask": "<bpmn:serviceTask id='z' operationRef='o'/>",
    "sendTask": "<bpmn:sendTask id='z'/>",
    "receiveTask": "<bpmn:receiveTask id='z'/>",
    "businessRuleTask": "<bpmn:businessRuleTask id='z'/>",
    "callActivity": "<bpmn:callActivity id='z' calledElement='q'/>",
    "subProcess": "<bpmn:subProcess id='z'/>",
    "transaction": "<bpmn:transaction id='z'/>",
    "adHocSubProcess": "<bpmn:adHocSubProcess id='z'/>",
    "complexGateway": "<bpmn:complexGateway id='z'/>",
    "eventBasedGateway": "<bpmn:eventBasedGateway id='z'/>",
    "inclusiveGateway": "<bpmn:inclusiveGateway id='z'/>",
    "intermediateThrowEvent": "<bpmn:intermediateThrowEvent id='z'/>",
    "dataObject": "<bpmn:dataObject id='z'/>",
    "dataStoreReference": "<bpmn:dataStoreReference id='z' dataStoreRef='q'/>",
    "ioSpecification": "<bpmn:ioSpecification/>",
    "extensionElements": "<bpmn:extensionElements/>",
    "task": "<bpmn:task id='z'/>",
}


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_element_outside_the_list_is_refused_by_its_name(name):
    with pytest.raises(Refused) as caught:
        read(text(PLAIN + ELEMENTS[name]), "x.bpmn")
    problem = next(p for p in caught.value.problems if p.code == "flow.element")
    assert problem.params["name"] == f"bpmn:{name}"
    assert problem.place.line


@pytest.mark.parametrize(
    "inside",
    [
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>9</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
        f"<bpmn:standardLoopCharacteristics><bpmn:loopCondition>{CODE}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>",
        "<bpmn:dataInputAssociation/>",
        "<bpmn:dataOutputAssociation/>",
        "<bpmn:ioSpecification/>",
        f"<bpmn:extensionElements><spiffworkflow:preScript>{CODE}</spiffworkflow:preScript></bpmn:extensionElements>",
        "<bpmn:extensionElements><camunda:formData/></bpmn:extensionElements>",
        "<script xmlns='http://www.w3.org/1999/xhtml'>1</script>",
        "<?python 1?>",
    ],
)
def test_nothing_that_carries_code_or_data_may_stand_in_a_step(inside):
    assert "flow.element" in codes(text(PLAIN.replace(step("a"), step("a", inside=inside))))


@pytest.mark.parametrize(
    "more",
    [
        "camunda:assignee='x'",
        "spiffworkflow:x='1'",
        "scriptFormat='python'",
        "implementation='x'",
        "isForCompensation='true'",
    ],
)
def test_an_attribute_outside_the_list_is_refused_by_its_name(more):
    with pytest.raises(Refused) as caught:
        read(text(PLAIN.replace(step("a"), step("a", more=more))), "x.bpmn")
    problem = next(p for p in caught.value.problems if p.code == "flow.attribute")
    assert problem.params["name"] == more.split("=")[0]


@pytest.mark.parametrize(
    "condition",
    [
        CODE,
        "().__class__.__bases__[0].__subclasses__()",
        "a_r.__class__ == 'x'",
        "[x for x in (1,)][0] == 1",
        "(lambda: True)()",
        "f'{a_r}' == 'x'",
        "eval('1') == 1",
        "open('/etc/passwd') == 1",
        "a_r == 'yes' or exec('1')",
        "(a := 1) == 1",
        "max(*a_r) == 1",
        "<![CDATA[__import__('os')]]>",
        "<![CDATA[a_r == 'yes']]><![CDATA[ or __import__('os')]]>",
        "9" * 3000 + " == 1",
        "(" * 500 + "1" + ")" * 500 + " == 1",
        "not " * 200 + "True",
    ],
)
def test_a_condition_that_is_not_an_expression_of_the_rules_is_refused(condition):
    escaped = condition if condition.startswith("<![") else condition.replace("<", "&lt;")
    found = codes(text(CHOICE.replace("a_r == 'no'", escaped)))
    assert found & {"rules.node", "rules.syntax", "rules.unknown_name", "rules.type", "rules.number"}


def test_a_comment_in_a_condition_hides_nothing_of_it():
    body = CHOICE.replace("a_r == 'no'", "a_r == 'no' <!-- --> and open('x') == 1")
    assert "rules.node" in codes(text(body))


@pytest.mark.parametrize("what", ["language='python'", "xsi:type='bpmn:tScript'", "evaluatesToTypeRef='x'"])
def test_a_condition_names_no_other_language(what):
    assert "flow.attribute" in codes(
        text(CHOICE.replace("<bpmn:conditionExpression>", f"<bpmn:conditionExpression {what}>"))
    )


def test_definitions_name_no_other_language():
    assert "flow.attribute" in codes(text(PLAIN).replace(b' id="d"', b' id="d" expressionLanguage="python"'))


@pytest.mark.parametrize("duration", [CODE, "R3/PT1S", "'P1D'", "P1D; 1", "PT1S", "2025-01-01", "P9999999D", "P", "PT"])
def test_a_timer_reads_durations_and_nothing_else(duration):
    assert "flow.timer" in codes(text(PLAIN + timer("t", "a", duration=duration) + flow("t", "e")))


def test_a_timer_knows_no_date_and_no_cycle():
    for name in ("timeCycle", "timeDate"):
        body = (PLAIN + timer("t", "a", duration="P1D") + flow("t", "e")).replace("timeDuration", name)
        assert "flow.element" in codes(text(body))


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1/x.dtd">',
        "<!doctype d>",
    ],
)
def test_document_types_and_entities_are_refused_before_any_parser_sees_them(declared):
    assert codes(declared.encode() + text(PLAIN)) == {"flow.xml_doctype"}


def test_a_document_type_in_another_encoding_is_not_let_through():
    assert codes(('<?xml version="1.0" encoding="utf-7"?>' + text(PLAIN).decode()).encode()) == {"flow.xml_encoding"}
    assert codes(("<!DOCTYPE d []>" + text(PLAIN).decode()).encode("utf-16")) == {"flow.xml_encoding"}


def test_an_undeclared_entity_is_a_syntax_error():
    assert codes(text(PLAIN.replace('name="A"', 'name="&x;"'))) == {"flow.xml"}


def test_a_huge_file_and_a_deep_one_are_refused():
    assert codes(text(PLAIN + " " * MOST_BYTES)) == {"flow.xml_size"}
    deep = "<bpmn:documentation>" * 5000 + "</bpmn:documentation>" * 5000
    assert codes(text(deep + PLAIN)) & {"flow.xml", "flow.element"}
    assert "flow.too_large" in codes(text(PLAIN + "".join(step(f"x{n}") for n in range(201))))


def test_ids_of_the_library_itself_collide_with_nothing():
    body = PLAIN.replace('"s"', '"Start"').replace('"a"', '"Root"').replace('"e"', '"End"')
    run = running.start(read(text(body), "x"), {}, at=AT)
    run.complete("Root.1", {}, at=AT)
    assert run.is_finished


def no_python(*_args: object, **_options: object) -> None:
    raise AssertionError("a procedure reached eval, exec or compile")


@pytest.fixture
def shut(monkeypatch):
    """Every way to Python code fails; what conditions need of the parser is ``ast.parse``, which compiles no code."""
    compiled = builtins.compile

    def only_trees(source, filename, mode, flags=0, *rest, **options):
        assert flags & 0x400, "code was compiled"  # ast.PyCF_ONLY_AST
        return compiled(source, filename, mode, flags, *rest, **options)

    def close() -> None:
        monkeypatch.setattr(builtins, "eval", no_python)
        monkeypatch.setattr(builtins, "exec", no_python)
        monkeypatch.setattr(builtins, "compile", only_trees)

    return close


ANSWERS = {"choice": lambda field: field.options[0][0], "yes_no": lambda _: "yes", "date": lambda _: "2025-03-03"}


@pytest.mark.parametrize("key", sorted(shipped()))
def test_shipped_procedures_run_to_their_end_with_eval_exec_and_compile_shut(key, shut):
    content = shipped()[key].encode()
    read(content, key)  # what is imported late is there
    running.start(read(content, key), {}, at=AT)
    known_years()
    shut()
    run = running.start(read(content, key), {}, at=AT)
    for _ in range(40):
        if not run.ready():
            break
        todo = run.ready()[0]
        answer = {field.name: ANSWERS.get(field.kind, lambda _: "1")(field) for field in todo.form}
        run = running.from_json(run.diagram, run.to_json())
        run.complete(todo.task_id, answer, at=AT)
        run.tick(AT + dt.timedelta(hours=1))
    assert run.is_finished


def test_the_script_engine_runs_nothing():
    engine = Tokens(read(text(PLAIN), "x")).script_engine
    assert isinstance(engine, Shut)
    for act in ("evaluate", "execute", "call_service", "validate"):
        with pytest.raises(PermissionError):
            getattr(engine, act)(None, CODE)


def test_the_parser_the_serialiser_and_old_migrations_of_the_library_are_never_loaded():
    code = (
        "import django; django.setup()\n"
        "import sys\nfrom zhizao.base.flow import running\n"
        "bad = [m for m in sys.modules if m.startswith('SpiffWorkflow') and "
        "any(p in m for p in ('.parser', 'bpmn.serializer', '.camunda', '.spiff.', '.dmn'))]\n"
        "sys.exit(', '.join(bad) or 0)"
    )
    env = {"DJANGO_SETTINGS_MODULE": "zhizao.site.settings", "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "forged",
    [
        None,
        [],
        {},
        {"serializer_version": "1.2", "spec": {"task_specs": {}}},
        {"format": 2},
        {"format": 1, "diagram": "0" * 64, "acts": []},
        {"format": 1, "acts": []},
        {"format": 1, "acts": [{}]},
        {"format": 1, "acts": ["__import__('os')"]},
        {"format": 1, "acts": [{"at": CODE, "facts": {}}]},
        {"format": 1, "acts": [{"at": "2025-03-03T00:00:00+00:00", "facts": None}]},
        {"format": 1, "acts": [{"at": "2025-03-03T00:00:00+00:00", "step": "b.1", "answer": {}}]},
        {
            "format": 1,
            "acts": [{"at": "2025-03-03T00:00:00+00:00", "facts": {}}, {"at": "2025-03-03", "timers": ["a.1"]}],
        },
        {"format": 1, "acts": [{"at": "2025-03-03T00:00:00+00:00", "facts": {}}] * 6000},
    ],
)
def test_a_forged_state_is_refused(forged):
    diagram = read(text(CHOICE), "x")
    if isinstance(forged, dict) and "acts" in forged and "diagram" not in forged:
        forged = forged | {"diagram": diagram.sha256}
    with pytest.raises(Refused) as caught:
        running.from_json(diagram, forged)
    assert caught.value.problems[0].code == "flow.bad_state"


def test_a_form_of_more_fields_than_anybody_is_asked_is_refused_before_it_is_read():
    many = ";".join(f"f{n}: text" for n in range(60_000))
    problem = refused(text(PLAIN, facts=many))["flow.too_large"]
    assert (problem.params["id"], problem.params["most"]) == ("p", 50)
    options = "x: choice(" + "|".join(f"o{n}" for n in range(51)) + ")"
    assert "flow.too_large" in refused(text(PLAIN.replace('zz:role="owner"', f'zz:role="owner" zz:form="{options}"')))
    read(text(PLAIN, facts=";".join(f"f{n}: text" for n in range(50))), "x")


def test_a_field_of_very_many_blanks_is_read_as_if_there_were_one():
    """The pattern of a field takes cubic time over blanks: with 200,000 it would not come back."""
    assert "flow.field" in codes(text(PLAIN, facts=f"a{' ' * 200_000}x"))
    assert read(text(PLAIN, facts=f"a{' ' * 200_000}x : {' ' * 200_000} text"), "x").declared[0].label == "x"
    options = f"a: choice(x{' ' * 100_000}y|z{' ' * 100_000})"
    assert read(text(PLAIN, facts=options), "x").declared[0].options == (("x", "y"), ("z", "z"))


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_processing_instruction_beside_the_root_is_refused(place):
    told = b'<?xml-stylesheet href="http://example.org/x.xsl"?>'
    content = told + text(PLAIN) if place == "before" else text(PLAIN) + told
    assert refused(content)["flow.element"].place.line


def test_of_very_many_problems_the_first_are_told_and_the_others_counted():
    strange = "".join(f'<bpmn:task id="t{n}"/>' for n in range(2_000))
    with pytest.raises(Refused) as caught:
        read(text(PLAIN + strange), "x")
    assert len(caught.value.problems) == 51
    last = caught.value.problems[-1]
    assert (last.code, last.params["count"], last.place.file) == ("flow.more", 1_950, "x")
