"""Reads a procedure from a BPMN 2.0 file: elements and attributes of a white-list, anything else is refused by name.

What a procedure may hold is start, end, user and manual tasks, exclusive and parallel gateways, timers, flows with
conditions, lanes, and the drawing. What it means beyond BPMN stands in our own namespace ``http://zhizao.org/bpmn``:
of the process ``facts`` (what conditions may ask of the case), of a step ``role``, ``days`` (working days) and
``form``, of a timer ``days`` and ``act``; of all that has a name ``en``, its name in English, and beside Chinese words
``form_en``, ``facts_en`` and ``documentation_en``. The file is never given to another parser.

Source
------
OMG, Business Process Model and Notation 2.0.2 (ISO/IEC 19510:2013), clauses 10 and 12.
"""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from zhizao.base.accounts.roles import Role
from zhizao.base.flow import soundness
from zhizao.base.flow.conditions import compiled, exhaustive
from zhizao.base.flow.diagram import OWNER, SUBJECT, Box, Diagram, Flow, Kind, Node, Wait
from zhizao.base.flow.fields import MOST, Field, TooManyError, fields, with_english
from zhizao.base.flow.xml import BPMN, attribute, checked, local, several
from zhizao.kernel.result import Place, Problem, mark
from zhizao.kernel.rules.expression import BadExpression

ROLES: Final = frozenset((*Role.values, OWNER, SUBJECT))
ACTS: Final = ("go", "remind", "escalate")
MOST_NODES: Final = 200
LONGEST_NAME: Final = 120
_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
_DURATION: Final = re.compile(r"P(?:(\d{1,3})W|(?:(\d{1,3})D)?(?:T(\d{1,3})H)?)")
_HOURS: Final = {"W": 168, "D": 24, "H": 1}
_KINDS: Final = {kind.value: kind for kind in Kind}


def read(content: bytes, name: str) -> Diagram:
    """The procedure of a file.

    Parameters
    ----------
    content : bytes
        BPMN 2.0 in UTF-8, 1 MiB at most.
    name : str
        Of the file, for what is said of it.

    Raises
    ------
    Refused
        Every problem found, with file, line, element and remedy; ``flow.xml…`` of the file as such, ``flow.element``
        and ``flow.attribute`` for what is not of the white-list, other codes for what the procedure lacks.
    """
    root = checked(content, name)
    reader = _Reader(name)
    diagram = reader.diagram(root, sha256(content).hexdigest())
    if not reader.problems:
        reader.problems += _shape(diagram, name)
    if not reader.problems:
        reader.problems += soundness.problems(diagram, name)
    if reader.problems:
        raise several(sorted(reader.problems, key=lambda problem: problem.place.line or 0), name)
    return diagram


class _Reader:
    """Reads the elements of one file and collects what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def refuse(self, element: Any, code: str, message: str, remedy: str, **params: object) -> None:
        known = {"id": element.get("id") or local(element)}
        self.problems.append(
            Problem(code, message, Place(file=self.file, line=element.sourceline), remedy, params=known | params)
        )

    def diagram(self, root: Any, digest: str) -> Diagram:
        process = root.find(f"{BPMN}process")
        boxes, points = _drawing(root)
        elements = [e for e in process if local(e) in _KINDS]
        nodes = {node.id: node for element in elements if (node := self.node(element, boxes))}
        if len(elements) > MOST_NODES:
            message, remedy = mark("The procedure has more than %(most)s elements."), mark("Split it.")
            self.refuse(process, "flow.too_large", message, remedy, most=MOST_NODES)
        declared = self.fields(process, "facts")
        name, name_en = self.names(process)
        found = Diagram(
            process.get("id") or "",
            name,
            digest,
            _documentation(process),
            nodes,
            {},
            declared,
            name_en,
            attribute(process, "documentation_en").strip(),
        )
        if not found.name:
            self.unnamed(process)
        if _ID.fullmatch(found.key) is None:
            self.bad_id(process)
        clash = {field.name for field in declared}.intersection(
            f"{node.id}_{field.name}" for node in found.steps.values() for field in node.form
        )
        if clash:
            message = mark("“%(name)s” is both a fact of the case and an answer of a step.")
            self.refuse(process, "flow.clash", message, mark("Name the fact otherwise."), name=min(clash))
        flows = [self.flow(element, found, points) for element in process if local(element) == "sequenceFlow"]
        return replace(found, flows={flow.id: flow for flow in flows if flow})

    def names(self, element: Any) -> tuple[str, str]:
        """The name of an element, and the English one."""
        found = ((element.get("name") or "").strip(), attribute(element, "en").strip())
        if max(map(len, found)) > LONGEST_NAME:
            message = mark("The name of the element “%(id)s” has more than %(most)s characters.")
            remedy = mark("Name it shortly; what it says besides is its documentation.")
            self.refuse(element, "flow.long_name", message, remedy, most=LONGEST_NAME)
        return found

    def unnamed(self, element: Any) -> None:
        message = mark("The element “%(id)s” (%(kind)s) has no name.")
        self.refuse(element, "flow.unnamed", message, mark("Name it as people will read it."), kind=local(element))

    def bad_id(self, element: Any) -> None:
        message = mark("The id “%(id)s” cannot be used.")
        self.refuse(element, "flow.id", message, mark("Use letters, digits and _, 60 at most, no digit first."))

    def fields(self, element: Any, name: str) -> tuple[Field, ...]:
        found = self.declared(element, name)
        english = self.declared(element, f"{name}_en")
        if not found or not english:
            return found
        try:
            return with_english(found, english)
        except ValueError as error:
            message = mark("The field “%(text)s” of the element “%(id)s” differs in its English form.")
            remedy = mark("Change the labels only; names, kinds, options and the question mark stay.")
            self.refuse(element, "flow.field_en", message, remedy, text=str(error)[:80])
            return found

    def declared(self, element: Any, name: str) -> tuple[Field, ...]:
        try:
            return fields(attribute(element, name))
        except TooManyError:
            message = mark("“%(id)s” declares more than %(most)s fields, or a field more options.")
            self.refuse(element, "flow.too_large", message, mark("Split it."), most=MOST)
            return ()
        except ValueError as error:
            message = mark("“%(text)s” of the element “%(id)s” is not a field.")
            remedy = mark("Write it like “result Result: choice(yes Yes|no No); note Note: text?”.")
            self.refuse(element, "flow.field", message, remedy, text=str(error)[:80])
            return ()

    def days(self, element: Any) -> int | None:
        text = attribute(element, "days")
        if not text:
            return None
        if text.isascii() and text.isdigit() and 0 < int(text) <= 999:
            return int(text)
        message = mark("“%(text)s” is not a number of working days (element “%(id)s”).")
        self.refuse(element, "flow.days", message, mark("Write a whole number from 1 to 999."), text=text[:40])
        return None

    def node(self, element: Any, boxes: dict[str, Box]) -> Node | None:
        kind, (name, name_en) = _KINDS[local(element)], self.names(element)
        identity = element.get("id") or ""
        if _ID.fullmatch(identity) is None:
            self.bad_id(element)
            return None
        role = attribute(element, "role")
        if kind in (Kind.USER, Kind.MANUAL):
            if not name:
                self.unnamed(element)
            if role not in ROLES:
                message = mark("The step “%(id)s” is to be done by “%(role)s”, which is no role.")
                remedy = mark("Roles are: %(roles)s.")
                self.refuse(element, "flow.role", message, remedy, role=role, roles=", ".join(sorted(ROLES)))
        is_timer = kind in (Kind.TIMER, Kind.BOUNDARY)
        act = attribute(element, "act") or "go"
        if act not in ACTS:
            message = mark("The timer “%(id)s” cannot do “%(act)s”.")
            self.refuse(element, "flow.act", message, mark("It may be: %(acts)s."), act=act, acts=", ".join(ACTS))
        return Node(
            id=identity,
            kind=kind,
            name=name,
            line=element.sourceline,
            documentation=_documentation(element),
            role=role,
            working_days=None if is_timer else self.days(element),
            form=self.fields(element, "form"),
            wait=self.wait(element) if is_timer else None,
            attached_to=element.get("attachedToRef") or "",
            interrupting=element.get("cancelActivity", "true") in ("true", "1"),
            act=act,
            default=element.get("default") or "",
            box=boxes.get(identity),
            name_en=name_en,
            documentation_en=attribute(element, "documentation_en").strip(),
        )

    def wait(self, element: Any) -> Wait | None:
        timers = element.findall(f"{BPMN}timerEventDefinition")
        durations = [" ".join(d.itertext()).strip() for timer in timers for d in timer]
        working_days = self.days(element)
        if len(timers) == 1 and bool(durations) != bool(working_days):
            if working_days:
                return Wait(working_days=working_days)
            match = _DURATION.fullmatch(durations[0]) if len(durations) == 1 else None
            hours = sum(int(n or 0) * h for n, h in zip(match.groups(), _HOURS.values(), strict=True)) if match else 0
            if hours:
                return Wait(hours=hours)
        message = mark("How long the timer “%(id)s” waits cannot be read.")
        remedy = mark("Give it zz:days in working days, or one duration like P3D, P2W or PT8H.")
        self.refuse(element, "flow.timer", message, remedy)
        return None

    def flow(self, element: Any, diagram: Diagram, points: dict[str, tuple[tuple[float, float], ...]]) -> Flow | None:
        name, name_en = self.names(element)
        identity, ends = element.get("id") or "", [element.get("sourceRef"), element.get("targetRef")]
        lost = next((end for end in ends if end not in diagram.nodes), None)
        if lost is not None or None in ends:
            message = mark("The flow “%(id)s” leads from or to “%(end)s”, which is not there.")
            self.refuse(element, "flow.loose", message, mark("Draw it from one element to another."), end=lost or "")
            return None
        condition = None
        written = element.find(f"{BPMN}conditionExpression")
        if written is not None:
            try:
                condition = compiled((written.text or "").strip(), diagram.facts)
            except BadExpression as error:
                self.refuse(written, error.code, error.message, error.remedy, **error.params)
        source = diagram.nodes[ends[0]]
        if written is not None and (source.kind is not Kind.EXCLUSIVE or source.default == identity):
            message = mark("The flow “%(id)s” may have no condition.")
            remedy = mark("Conditions stand on flows out of an exclusive gateway, not on its default flow.")
            self.refuse(element, "flow.condition_place", message, remedy)
        return Flow(
            identity,
            ends[0],
            ends[1],
            element.sourceline,
            name,
            condition,
            points.get(identity, ()),
            name_en,
        )


def _documentation(element: Any) -> str:
    return "\n".join((e.text or "").strip() for e in element.findall(f"{BPMN}documentation"))


def _drawing(root: Any) -> tuple[dict[str, Box], dict[str, tuple[tuple[float, float], ...]]]:
    """Where the file draws its nodes and flows; what cannot be read is laid out anew, so nothing is refused here."""
    boxes, points = {}, {}
    for shape in root.iter("{*}BPMNShape"):
        bounds = shape.find("{*}Bounds")
        numbers = _numbers(bounds, ("x", "y", "width", "height"))
        if numbers and min(numbers[2:]) > 0:
            boxes[shape.get("bpmnElement") or ""] = Box(*numbers)
    for edge in root.iter("{*}BPMNEdge"):
        way = [_numbers(point, ("x", "y")) for point in edge.findall("{*}waypoint")]
        if len(way) > 1 and all(way):
            points[edge.get("bpmnElement") or ""] = tuple((p[0], p[1]) for p in way)
    return boxes, points


def _numbers(element: Any, names: tuple[str, ...]) -> tuple[float, ...]:
    try:
        found = tuple(float(element.get(name)) for name in names) if element is not None else ()
    except (TypeError, ValueError):
        return ()
    return found if all(abs(number) < 1e5 for number in found) else ()


def _shape(diagram: Diagram, file: str) -> list[Problem]:
    """What the nodes lack, each for itself."""
    found: list[Problem] = []

    def refuse(node: Node, code: str, message: str, remedy: str, **params: object) -> None:
        place = Place(file=file, line=node.line)
        found.append(
            Problem(code, message, place, remedy, params={"id": node.id, "name": node.name or node.id} | params)
        )

    starts = [node for node in diagram.nodes.values() if node.kind is Kind.START]
    if len(starts) != 1:
        message, remedy = mark("The procedure has %(count)s start events."), mark("It needs exactly one.")
        place = Place(file=file, line=starts[1].line if starts else None)
        found.append(Problem("flow.start", message, place, remedy, params={"count": len(starts)}))
    for node in diagram.nodes.values():
        into, out = diagram.incoming(node.id), diagram.outgoing(node.id)
        begins = node.kind in (Kind.START, Kind.BOUNDARY)
        if begins and into:
            refuse(node, "flow.into", mark("Nothing can lead to “%(name)s” (%(id)s)."), mark("Take the flow out."))
        if not begins and not into:
            message = mark("“%(name)s” (%(id)s) is never reached from the start.")
            refuse(node, "flow.never_reached", message, mark("Draw a flow to it, or take it out."))
        if node.kind is Kind.END and out:
            refuse(
                node,
                "flow.after_end",
                mark("“%(name)s” (%(id)s) is an end: nothing can follow."),
                mark("Take the flow out."),
            )
        if node.kind is not Kind.END and not out:
            message = mark("Nothing follows “%(name)s” (%(id)s), which is not an end.")
            refuse(node, "flow.no_way_on", message, mark("Draw a flow to what follows, or to an end event."))
        if len({flow.target for flow in out}) < len(out):
            message = mark("Two flows lead from “%(name)s” (%(id)s) to the same element.")
            refuse(node, "flow.twice", message, mark("Draw one; join their conditions by or."))
        if len(out) > 1 and node.kind not in (Kind.EXCLUSIVE, Kind.PARALLEL):
            message = mark("More than one flow leaves “%(name)s” (%(id)s).")
            refuse(node, "flow.split", message, mark("Split by an exclusive or a parallel gateway."))
        if node.kind is Kind.EXCLUSIVE:
            _gateway(diagram, node, refuse)
        if node.kind is Kind.BOUNDARY and node.attached_to not in diagram.steps:
            message = mark("The timer “%(name)s” (%(id)s) hangs on no step.")
            refuse(node, "flow.attached", message, mark("Attach it to a user task or a manual task."))
    return found


def _gateway(diagram: Diagram, node: Node, refuse: Any) -> None:
    out = diagram.outgoing(node.id)
    if node.default and node.default not in {flow.id for flow in out}:
        message = mark("The default flow “%(flow)s” does not leave “%(name)s” (%(id)s).")
        refuse(node, "flow.default", message, mark("Choose one of its own flows."), flow=node.default)
        return
    if len(out) < 2:
        return
    conditions = [flow.condition for flow in out if flow.id != node.default]
    without = next((flow.id for flow in out if flow.condition is None and flow.id != node.default), None)
    if without:
        message = mark("The flow “%(flow)s” out of “%(name)s” (%(id)s) has no condition.")
        refuse(node, "flow.no_condition", message, mark("Give it one, or make it the default flow."), flow=without)
    elif not node.default and not exhaustive([c for c in conditions if c is not None], diagram.facts):
        message = mark("The conditions out of “%(name)s” (%(id)s) do not cover every case.")
        refuse(node, "flow.not_exhaustive", message, mark("Make one of its flows the default flow."))
