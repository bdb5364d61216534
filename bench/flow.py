"""A case of a procedure of seven elements from start to end: ours against SpiffWorkflow by itself.

The peer reads the same file by its own parser and runs it by its own engine, which evaluates its conditions as Python.
Ours refuses what is not of the white-list, evaluates by ``kernel.rules``, and is kept and read again before each step,
as between two requests; the peer by its own serialiser. Run: ``python -m bench.flow``.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from io import BytesIO

BUDGET_MS = 10.0
ROUNDS = 30
STEPS = (("verify", {"result": "real"}), ("visit", {}), ("feedback", {}))
FILE = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zz="http://zhizao.org/bpmn"
 id="d" targetNamespace="urn:bench"><bpmn:process id="bench" name="Bench" isExecutable="true">
<bpmn:startEvent id="begin"/>
<bpmn:userTask id="verify" name="Verify" zz:role="owner" zz:form="result: choice(real|unfounded)"/>
<bpmn:exclusiveGateway id="founded" default="no"/>
<bpmn:userTask id="visit" name="Visit" zz:role="owner"/>
<bpmn:userTask id="feedback" name="Feedback" zz:role="owner"/>
<bpmn:endEvent id="over"/><bpmn:endEvent id="unfounded"/>
<bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="verify"/>
<bpmn:sequenceFlow id="f2" sourceRef="verify" targetRef="founded"/>
<bpmn:sequenceFlow id="yes" sourceRef="founded" targetRef="visit">
<bpmn:conditionExpression>verify_result == 'real'</bpmn:conditionExpression></bpmn:sequenceFlow>
<bpmn:sequenceFlow id="no" sourceRef="founded" targetRef="unfounded"/>
<bpmn:sequenceFlow id="f3" sourceRef="visit" targetRef="feedback"/>
<bpmn:sequenceFlow id="f4" sourceRef="feedback" targetRef="over"/>
</bpmn:process></bpmn:definitions>"""


def ours() -> Callable[[], None]:
    """A case by ``base.flow``; the file is read once, as pages do."""
    from zhizao.base.flow import bpmn, running

    diagram, at = bpmn.read(FILE, "bench.bpmn"), dt.datetime(2025, 3, 3, tzinfo=dt.UTC)

    def case() -> None:
        kept = json.dumps(running.start(diagram, {}, at=at).to_json())
        for step, answer in STEPS:
            run = running.from_json(diagram, json.loads(kept))
            run.complete(f"{step}.1", answer, at=at)
            kept = json.dumps(run.to_json())
        assert run.is_finished

    return case


def peer() -> Callable[[], None]:
    """A case by the library as it comes."""
    from lxml import etree
    from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
    from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(BytesIO(FILE)))
    spec, serializer = parser.get_spec("bench"), BpmnWorkflowSerializer()

    def case() -> None:
        flow = BpmnWorkflow(spec)
        flow.do_engine_steps()
        for step, answer in STEPS:
            flow = serializer.deserialize_json(serializer.serialize_json(flow))
            (task,) = flow.get_tasks(state=TaskState.READY, spec_name=step)
            task.data.update({f"{step}_{name}": value for name, value in answer.items()})
            task.run()
            flow.do_engine_steps()
        assert flow.completed

    return case


def cpu_ms(case: Callable[[], None]) -> float:
    """The median CPU time of a case, after one to warm up."""
    case()
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        case()
        times.append((time.process_time() - began) * 1000)
    return sorted(times)[ROUNDS // 2]


def main() -> int:
    """Print both; 1 if ours misses its budget."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhizao.site.settings")
    import django

    django.setup()
    logging.getLogger("spiff").setLevel(logging.WARNING)  # the peer would write a line for every token
    own, other = cpu_ms(ours()), cpu_ms(peer())
    print(f"ours {own:.1f} ms of CPU a case, SpiffWorkflow alone {other:.1f} ms ({own / other:.2f} times)")
    print(f"budget {BUDGET_MS:.0f} ms: {'held' if own <= BUDGET_MS else 'missed'}")
    return int(own > BUDGET_MS)


if __name__ == "__main__":
    sys.exit(main())
