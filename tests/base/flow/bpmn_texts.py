"""Small procedures as text, for the tests of reading, running and drawing."""

from __future__ import annotations

import itertools

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zz="http://zhizao.org/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d" targetNamespace="urn:x">'
)


def text(body: str, *, facts: str = "", more: str = "", key: str = "p") -> bytes:
    """A file with one process."""
    declared = f' zz:facts="{facts}"' if facts else ""
    process = f'<bpmn:process id="{key}" name="P" isExecutable="true"{declared}>\n{body}\n</bpmn:process>'
    return f"{HEAD}\n{process}{more}</bpmn:definitions>".encode()


def step(name: str, *, role: str = "owner", form: str = "", inside: str = "", more: str = "") -> str:
    asked = f' zz:form="{form}"' if form else ""
    return f'<bpmn:userTask id="{name}" name="{name.upper()}" zz:role="{role}"{asked} {more}>{inside}</bpmn:userTask>\n'


def flow(source: str, target: str, condition: str = "") -> str:
    inside = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    ends = f'id="{source}_{target}" sourceRef="{source}" targetRef="{target}"'
    return f"<bpmn:sequenceFlow {ends}>{inside}</bpmn:sequenceFlow>\n"


def way(*names: str) -> str:
    """Flows from each to the next."""
    return "".join(flow(a, b) for a, b in itertools.pairwise(names))


START, END = '<bpmn:startEvent id="s"/>\n', '<bpmn:endEvent id="e"/>\n'
PLAIN = START + step("a") + END + way("s", "a", "e")


def timer(name: str, on: str, *, days: str = "", duration: str = "", interrupting: bool = False) -> str:
    told = f' zz:days="{days}"' if days else ""
    waits = f"<bpmn:timeDuration>{duration}</bpmn:timeDuration>" if duration else ""
    return (
        f'<bpmn:boundaryEvent id="{name}" name="{name.upper()}" attachedToRef="{on}" zz:act="remind"{told} '
        f'cancelActivity="{str(interrupting).lower()}"><bpmn:timerEventDefinition>{waits}</bpmn:timerEventDefinition>'
        "</bpmn:boundaryEvent>\n"
    )


CHOICE = (
    START
    + step("a", form="r R: choice(yes Y|no N)?")
    + '<bpmn:exclusiveGateway id="x" name="X"/>\n'
    + step("b")
    + END
    + way("s", "a", "x")
    + flow("x", "b", "a_r == 'yes'")
    + flow("x", "e", "a_r == 'no'")
    + way("b", "e")
)
PARALLEL_LOOP = (
    START
    + '<bpmn:exclusiveGateway id="m"/><bpmn:parallelGateway id="f"/><bpmn:parallelGateway id="j"/>'
    + step("a")
    + step("b")
    + step("c", form="again: yes_no")
    + '<bpmn:exclusiveGateway id="x"/>'
    + END
    + way("s", "m", "f", "a", "j", "c", "x")
    + way("f", "b", "j")
    + flow("x", "m", "c_again")
    + flow("x", "e", "not c_again")
)
