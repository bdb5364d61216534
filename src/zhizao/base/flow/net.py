"""A procedure as SpiffWorkflow runs it: its specification built by us from what we read, its script engine shut.

The library's own parser, serialiser, timers and script engine are never used: the parser knows elements that we refuse,
migrations of old states call ``eval``, timers look at the machine's clock, and the engine evaluates Python. What is
taken is how tokens move: the tree of tasks, splits, tasks cancelled by a timer. Its parallel join counts, in a second
round of a loop, what came in the first (version 3.2.0), so that ours stands in its place.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any, Final, NoReturn

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    ExclusiveGateway,
    IntermediateCatchEvent,
    ManualTask,
    StartEvent,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.operators import Operator
from SpiffWorkflow.util.task import TaskState

from zhizao.base.flow.diagram import Diagram, Kind, Node

_PREFIX: Final = "e:"  # the library keeps names such as “Start” and “End” for itself

# it tells of every token with all that the task holds; what people answered belongs into no log
logging.getLogger("spiff").setLevel(logging.WARNING)


class Shut:
    """A script engine that runs nothing."""

    environment = None

    def validate(self, *_args: object, **_options: object) -> NoReturn:
        """Refuse."""
        raise PermissionError("a procedure runs no scripts")

    evaluate = execute = call_service = validate


class _Timer(EventDefinition):
    """A timer that has gone off when the case says so; it looks at no clock."""

    def has_fired(self, my_task: Any) -> bool:
        return my_task.id in my_task.workflow.gone_off


class _Taken(Operator):
    """The condition of a flow: the case has decided, before the gateway is run, which one is taken."""

    def _matches(self, task: Any) -> bool:
        return bool(task.workflow.ways.get(task.id) == self.args[0])


class _Parallel(BpmnTaskSpec):
    """A gateway that waits for one token from each element before it, and gives one to each after it."""

    def _update_hook(self, my_task: Any) -> bool:
        arrived = my_task.workflow.arrived.setdefault(self.name, {})
        arrived[my_task.parent.task_spec.name] = my_task
        if len(arrived) < len(self._inputs):
            my_task._set_state(TaskState.WAITING)
            return False
        del my_task.workflow.arrived[self.name]
        for task in arrived.values():
            if task is not my_task:
                task.cancel()
        return True


class Tokens(BpmnWorkflow):
    """Where a case stands in its procedure; ``gone_off`` and ``ways`` are what the case has decided so far."""

    def __init__(self, diagram: Diagram) -> None:
        self.arrived: dict[str, dict[str, Any]] = {}
        self.gone_off: set[object] = set()
        self.ways: dict[object, str] = {}
        super().__init__(_specification(diagram), script_engine=Shut())

    def alive(self) -> list[Any]:
        """The tasks of the diagram that are ready or wait, in the order of the tree."""
        found = self.get_tasks(state=TaskState.READY | TaskState.WAITING)
        return [task for task in found if element(task)]

    def at_work(self) -> list[Any]:
        """The ready tasks that no person does, the library's own among them."""
        return [task for task in self.get_tasks(state=TaskState.READY) if not task.task_spec.manual]

    def wake(self) -> None:
        """Let what waits look again whether it still must: timers, joins."""
        for task in self.get_tasks(state=TaskState.WAITING):
            if task.state == TaskState.WAITING:  # an earlier one may have cancelled it
                task.task_spec._update(task)  # as the library's own refresh of timers does


def element(task: Any) -> str:
    """The id of the element that a task stands for; empty for the library's own tasks."""
    name = task.task_spec.name
    return str(name.removeprefix(_PREFIX)) if name.startswith(_PREFIX) and "." not in name else ""


def is_waiting(task: Any) -> bool:
    """Whether a task waits, as against being ready."""
    return bool(task.state == TaskState.WAITING)


@lru_cache(maxsize=64)
def _specification(diagram: Diagram) -> BpmnProcessSpec:
    spec = BpmnProcessSpec(name=diagram.key)
    made = {node.id: _task(spec, node) for node in diagram.nodes.values()}
    doors = dict(made)  # where a flow to a node enters: before the split where timers hang on it
    for node in diagram.steps.values():
        timers = diagram.timers_of(node.id)
        if timers:
            split = BoundaryEventSplit(spec, f"{_PREFIX}{node.id}.split")
            join = BoundaryEventJoin(spec, f"{_PREFIX}{node.id}.join", split_task=split.name, cancel=True)
            split.connect(made[node.id])
            made[node.id].connect(join)
            for timer in timers:
                split.connect(made[timer.id])
                made[timer.id].connect(join)
            doors[node.id] = split
    for node in diagram.nodes.values():
        flows = diagram.outgoing(node.id)
        for flow in flows:
            if node.kind is Kind.EXCLUSIVE and flow.condition is not None:
                made[node.id].connect_if(_Taken(flow.id), doors[flow.target])
            else:
                made[node.id].connect(doors[flow.target])
        if node.kind is Kind.START:
            spec.start.connect(made[node.id])
        if node.kind is Kind.END:
            made[node.id].connect(spec.end)
    return spec


def _task(spec: BpmnProcessSpec, node: Node) -> Any:
    name = _PREFIX + node.id
    match node.kind:
        case Kind.START:
            return StartEvent(spec, name, event_definition=NoneEventDefinition())
        case Kind.END:
            return EndEvent(spec, name, event_definition=NoneEventDefinition())
        case Kind.TIMER:
            return IntermediateCatchEvent(spec, name, event_definition=_Timer(name))
        case Kind.BOUNDARY:
            return BoundaryEvent(spec, name, event_definition=_Timer(name), cancel_activity=node.interrupting)
    classes = {
        Kind.USER: UserTask,
        Kind.MANUAL: ManualTask,
        Kind.EXCLUSIVE: ExclusiveGateway,
        Kind.PARALLEL: _Parallel,
    }
    return classes[node.kind](spec, name)
