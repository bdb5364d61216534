"""Whether a procedure can always come to its end: no step out of reach, no token stuck, none doubled.

The diagram is read as a workflow net: a token goes along one flow out of an exclusive gateway, along all out of a
parallel one, which waits for all that enter it. All markings that can be reached are walked through; each must be able
to reach the empty one. A timer that hangs on a step adds a token (not interrupting) or takes the step's way.
What needs nobody and competes with nothing is done first, so that parallel ways do not multiply.

Source
------
W. M. P. van der Aalst, "The application of Petri nets to workflow management", J. Circuits, Systems and Computers 8(1)
(1998) 21–66: soundness.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zhizao.base.flow.diagram import Diagram, Flow, Kind
from zhizao.kernel.result import Place, Problem, mark

Marking = frozenset[str]  # names of flows and of steps under way
_MOST_MARKINGS: Final = 10_000
_UNDER_WAY: Final = "at "


class _Doubled(Exception):  # noqa: N818 -- carries where, not a fault
    pass


def problems(diagram: Diagram, file: str) -> list[Problem]:
    """What keeps the procedure from ending well; empty where it is sound."""
    idle = _idle(diagram)
    if idle is not None:
        return [_problem(diagram, file, idle, "flow.idle")]
    seen: dict[Marking, tuple[Marking, ...]] = {}
    start = next(node for node in diagram.nodes.values() if node.kind is Kind.START)
    open_: list[Marking] = [frozenset(_out(diagram, start.id))]
    fired: set[str] = {start.id}
    try:
        while open_:
            marking = open_.pop()
            if marking in seen:
                continue
            if len(seen) == _MOST_MARKINGS:
                return [_problem(diagram, file, start.id, "flow.too_large")]
            after = []
            for node, following in _steps(diagram, marking):
                fired.add(node)
                if _at_once(diagram, node, marking - following):
                    after = [following]
                    break
                after.append(following)
            seen[marking] = tuple(after)
            open_ += after
    except _Doubled as doubled:
        return [_problem(diagram, file, str(doubled), "flow.doubled")]
    ending = _ending(seen)
    stuck = sorted({_place(diagram, name) for marking in seen.keys() - ending for name in marking})
    if stuck:
        return [_problem(diagram, file, name, "flow.stuck") for name in stuck]
    fired |= {flow.target for flow in diagram.flows.values() if flow.source in fired and _ends(diagram, flow)}
    return [_problem(diagram, file, name, "flow.never_reached") for name in diagram.nodes if name not in fired]


def _idle(diagram: Diagram) -> str | None:
    """A gateway from which gateways alone lead back to it: a case would go round without anybody doing anything."""
    gateways = {node.id for node in diagram.nodes.values() if node.kind in (Kind.EXCLUSIVE, Kind.PARALLEL)}
    for gateway in sorted(gateways):
        seen: set[str] = set()
        open_ = [gateway]
        while open_:
            following = {flow.target for flow in diagram.outgoing(open_.pop())} & gateways
            if gateway in following:
                return gateway
            open_ += following - seen
            seen |= following
    return None


def _at_once(diagram: Diagram, node: str, taken: Marking) -> bool:
    """Whether a move needs nobody and takes nothing from another: then what else could come first need not be tried."""
    found = diagram.nodes[node]
    begins = found.is_step and not any(name.startswith(_UNDER_WAY) for name in taken)
    merges = found.kind is Kind.EXCLUSIVE and len(diagram.outgoing(node)) == 1
    return begins or merges or found.kind is Kind.PARALLEL


def _ends(diagram: Diagram, flow: Flow) -> bool:
    return diagram.nodes[flow.target].kind is Kind.END


def _out(diagram: Diagram, node: str) -> list[str]:
    """The flows on which a token stays after a node; an end takes it up at once."""
    return [flow.id for flow in diagram.outgoing(node) if not _ends(diagram, flow)]


def _ending(seen: dict[Marking, tuple[Marking, ...]]) -> set[Marking]:
    """The markings from which the empty one can be reached."""
    before: dict[Marking, list[Marking]] = {}
    for marking, after in seen.items():
        for following in after:
            before.setdefault(following, []).append(marking)
    found, open_ = set[Marking](), [frozenset[str]()] if frozenset() in seen else []
    while open_:
        marking = open_.pop()
        if marking not in found:
            found.add(marking)
            open_ += before.get(marking, [])
    return found


def _steps(diagram: Diagram, marking: Marking) -> Iterator[tuple[str, Marking]]:
    """Every node that can go on, with the marking after it."""
    for node in diagram.nodes.values():
        into = [flow.id for flow in diagram.incoming(node.id)]
        out = _out(diagram, node.id)
        if node.kind is Kind.PARALLEL:
            if into and marking.issuperset(into):
                yield node.id, _moved(marking, into, out, node.id)
        elif node.is_step:
            under_way = _UNDER_WAY + node.id
            # its timers may each fire once, so what has fired is part of where the step stands
            for name in into:
                if name in marking:
                    fresh = [under_way, *(f"{under_way} {t.id}" for t in diagram.timers_of(node.id))]
                    yield node.id, _moved(marking, [name], fresh, node.id)
            if under_way in marking:
                rest = [name for name in marking if name == under_way or name.startswith(f"{under_way} ")]
                yield node.id, _moved(marking, rest, out, node.id)
        elif node.kind is Kind.BOUNDARY:
            waiting = f"{_UNDER_WAY}{node.attached_to} {node.id}"
            if waiting in marking:
                host = _UNDER_WAY + node.attached_to
                rest = [n for n in marking if n == host or n.startswith(f"{host} ")] if node.interrupting else [waiting]
                yield node.id, _moved(marking, rest, out, node.id)
        else:
            for name in into:
                if name in marking:
                    ways = [[way] for way in out] if node.kind is Kind.EXCLUSIVE else [out]
                    if node.kind is Kind.EXCLUSIVE and len(out) < len(diagram.outgoing(node.id)):
                        ways.append([])
                    for way in ways:
                        yield node.id, _moved(marking, [name], way, node.id)


def _moved(marking: Marking, taken: list[str], put: list[str], node: str) -> Marking:
    left = marking.difference(taken)
    if left.intersection(put):
        raise _Doubled(node)
    return left.union(put)


def _place(diagram: Diagram, name: str) -> str:
    if name.startswith(_UNDER_WAY):
        return name.split(" ")[1]
    return diagram.flows[name].target


def _problem(diagram: Diagram, file: str, node: str, code: str) -> Problem:
    found = diagram.nodes[node]
    message, remedy = {
        "flow.stuck": (
            mark("“%(name)s” (%(id)s) can wait for ever: the procedure has a way that never comes to its end."),
            mark("Let a parallel gateway join only what a parallel gateway split, and give every way an end event."),
        ),
        "flow.doubled": (
            mark("“%(name)s” (%(id)s) can be begun twice at once."),
            mark("Join parallel ways by a parallel gateway before they go on together."),
        ),
        "flow.never_reached": (
            mark("“%(name)s” (%(id)s) is never reached from the start."),
            mark("Draw a flow to it, or take it out."),
        ),
        "flow.idle": (
            mark("From “%(name)s” (%(id)s) the procedure can go round without anybody doing anything."),
            mark("Put a step or a timer into the loop."),
        ),
        "flow.too_large": (
            mark("The procedure from “%(name)s” (%(id)s) has too many ways to be checked."),
            mark("Use fewer parallel ways."),
        ),
    }[code]
    return Problem(
        code, message, Place(file=file, line=found.line), remedy, params={"id": node, "name": found.name or node}
    )
