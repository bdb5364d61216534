"""A case on its way through its procedure.

What is kept of it is what was done: answers, facts learnt, timers that went off, each with its instant. The standing
follows from that, by going the way again; so a stored state holds nothing of the library that moves the tokens, and a
forged one can do no more than people could.

A gateway whose conditions cannot be answered waits, says what is missing, and goes on when that is known: conditions
are three-valued, and unknown is not no.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from zhizao.base.flow import clock, deadline
from zhizao.base.flow.conditions import missing, truths
from zhizao.base.flow.diagram import SUBJECT, Diagram, Kind, Node
from zhizao.base.flow.fields import Field, typed
from zhizao.base.flow.fields import value as read
from zhizao.base.flow.net import Tokens, element, is_waiting
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.rules.expression import Constant

Stop = tuple[dt.datetime, Mapping[str, Any]]
FORMAT: Final = 1
MOST_ACTS: Final = 5_000
_MOST_ROUNDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class ReadyStep:
    """A step that somebody can do now; ``task_id`` is its element and which time it is."""

    task_id: str
    spec: str
    label: str
    role: str
    working_days: int | None
    form: tuple[Field, ...]
    since: dt.datetime
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A gateway that cannot decide, and the facts that it misses: their labels, and their names for ``learn``."""

    spec: str
    label: str
    missing: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fired:
    """A timer that went off, and on which step."""

    spec: str
    label: str
    act: str
    step: str


class Running:
    """The standing of a case; ``start`` and ``from_json`` make one."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.answers: dict[str, dict[str, str]] = {}
        self._acts: list[dict[str, Any]] = []
        self._values: dict[str, Constant | None] = {}
        self._tokens = Tokens(diagram)
        self._names: dict[object, str] = {}
        self._since: dict[str, dt.datetime] = {}
        self._done: set[str] = set()
        self._waiting: tuple[Waiting, ...] = ()

    def ready(self) -> tuple[ReadyStep, ...]:
        """The steps that can be done now."""
        return tuple(
            ReadyStep(
                name, node.id, node.name, node.role, node.working_days, node.form, self._since[name], node.name_en
            )
            for task, name, node in self._alive()
            if node.is_step and not is_waiting(task)
        )

    def waiting(self) -> tuple[Waiting, ...]:
        """The gateways that wait for facts."""
        return self._waiting

    @property
    def current(self) -> frozenset[str]:
        """The elements where the case stands."""
        steps = {node.id for _, _, node in self._alive() if node.kind is not Kind.BOUNDARY}
        return frozenset(steps | {waiting.spec for waiting in self._waiting})

    @property
    def done(self) -> frozenset[str]:
        """The elements that the case has passed."""
        return frozenset(self._done)

    @property
    def is_finished(self) -> bool:
        """Whether the case has come to its end."""
        return bool(self._tokens.completed)

    def complete(self, task_id: str, answer: Mapping[str, object], *, at: dt.datetime) -> None:
        """Answer a step and go on as far as nobody is needed.

        Raises
        ------
        Refused
            ``flow.not_ready`` where the step is not to be done now, and what ``fields.typed`` says of the answer.
        """
        found = next(((task, node) for task, name, node in self._alive() if name == task_id and node.is_step), None)
        if found is None or is_waiting(found[0]):
            message = mark("The step “%(step)s” is not to be done now.")
            remedy = mark("Open the case again to see where it stands.")
            raise Refused(Problem("flow.not_ready", message, remedy=remedy, params={"step": task_id[:80]}))
        task, node = found
        values = typed(node.form, answer)
        said = {name: _text(value) for name, value in values.items() if value is not None}
        self._keep({"at": at.isoformat(), "step": task_id, "answer": said})
        self.answers[task_id] = said
        self._values |= {f"{node.id}_{name}": value for name, value in values.items()}
        self._done.add(node.id)
        task.run()
        self._go_on(at)

    def learn(self, facts: Mapping[str, object], *, at: dt.datetime) -> None:
        """Take in facts of the case, or what an answer left open; what no condition can ask is not kept.

        Raises
        ------
        Refused
            ``flow.fact_value``.
        """
        known: dict[str, Constant | None] = {}
        for name, field in self.diagram.facts.items():
            if name not in facts:
                continue
            try:
                known[name] = read(field, facts[name])
            except ValueError as error:
                message = mark("The fact “%(name)s” cannot be “%(text)s”.")
                params = {"name": field.title, "text": str(error)[:40]}
                remedy = mark("Give it as the procedure declares it.")
                place = Place(column=name)
                raise Refused(Problem("flow.fact_value", message, place, remedy, params=params)) from None
        if self._acts and all(self._values.get(name) == said for name, said in known.items()):
            return
        told = {name: None if said is None else _text(said) for name, said in known.items()}
        self._keep({"at": at.isoformat(), "facts": told})
        self._values |= known
        self._go_on(at)

    def tick(self, now: dt.datetime, stops: Sequence[Stop] = ()) -> tuple[Fired, ...]:
        """Let the timers go off whose time has come; ``stops`` is what stopped and started the clock of the case."""
        waiting = [(name, node) for task, name, node in self._alive() if is_waiting(task)]
        late = [name for name, node in waiting if self._is_over(node, self._since[name], now, stops)]
        return self._go_off(late, now) if late else ()

    def to_json(self) -> dict[str, Any]:
        """What is kept of the case: plain texts, for a JSON column."""
        return {"format": FORMAT, "diagram": self.diagram.sha256, "acts": [dict(act) for act in self._acts]}

    def _alive(self) -> list[tuple[Any, str, Node]]:
        nodes = self.diagram.nodes
        found = [(task, self._names.get(task.id, ""), nodes[element(task)]) for task in self._tokens.alive()]
        return [each for each in found if each[1]]

    def _is_over(self, node: Node, since: dt.datetime, now: dt.datetime, stops: Sequence[Stop]) -> bool:
        """Whether a timer has run for its time. On the enterprise's own step it runs on while the enterprise has the
        case: that it says nothing is what such a timer waits for.
        """
        if node.wait is None:
            return False
        host = self.diagram.nodes.get(node.attached_to)
        but = clock.RETURNED if host is not None and host.role == SUBJECT else ""
        ran = clock.ran(since, now, stops, but=but)
        if node.wait.hours:
            return sum((last - first for first, last in ran), dt.timedelta()) >= dt.timedelta(hours=node.wait.hours)
        days = [deadline.working_days(clock.day_of(first), clock.day_of(last))[0] for first, last in ran]
        return sum(days) >= node.wait.working_days

    def _go_off(self, names: list[str], at: dt.datetime) -> tuple[Fired, ...]:
        gone = [(task, name, node) for task, name, node in self._alive() if name in names and is_waiting(task)]
        if len(gone) != len(names) or any(node.wait is None for _, _, node in gone):
            raise _bad_state()
        self._keep({"at": at.isoformat(), "timers": names})
        self._tokens.gone_off.update(task.id for task, _, _ in gone)
        self._done.update(node.id for _, _, node in gone)
        self._go_on(at)
        return tuple(Fired(node.id, node.name, node.act, node.attached_to) for _, _, node in gone)

    def _keep(self, act: dict[str, Any]) -> None:
        if len(self._acts) >= MOST_ACTS:
            message, remedy = (
                mark("The case has gone round its procedure too often."),
                mark("Close it and open another."),
            )
            raise Refused(Problem("flow.too_long", message, remedy=remedy))
        self._acts.append(act)

    def _go_on(self, at: dt.datetime) -> None:
        """Move the tokens until only people, timers and undecided gateways are left."""
        for _ in range(_MOST_ROUNDS):
            self._tokens.wake()
            self._waiting, ran = (), False
            for task in self._tokens.at_work():
                name = element(task)
                if name and not self._decided(task, self.diagram.nodes[name]):
                    continue
                task.run()
                ran = True
                if name:
                    self._done.add(name)
            if not ran:
                self._name_new(at)
                return
        message, remedy = (
            mark("The procedure goes round without anybody doing anything."),
            mark("Publish a new version."),
        )
        raise Refused(Problem("flow.endless", message, remedy=remedy))

    def _decided(self, task: Any, node: Node) -> bool:
        """Choose the way out of a gateway with conditions; false where that cannot be known yet."""
        flows = [flow for flow in self.diagram.outgoing(node.id) if flow.condition is not None]
        if not flows:
            return True
        conditions = [flow.condition for flow in flows if flow.condition is not None]
        for flow, truth in zip(flows, truths(conditions, self.diagram.facts, self._values), strict=True):
            if truth is None:
                facts, lacking = self.diagram.facts, missing(conditions, self._values)
                labels = tuple(facts[name].title for name in lacking)
                self._waiting += (Waiting(node.id, node.title or node.id, labels, lacking),)
                return False
            if truth:
                self._tokens.ways[task.id] = flow.id
                break
        return True

    def _name_new(self, at: dt.datetime) -> None:
        """Name what has become ready or begun to wait: its element and which time it is."""
        for task in self._tokens.alive():
            node = self.diagram.nodes[element(task)]
            if task.id not in self._names and (node.is_step or node.wait is not None):
                time = 1 + sum(name.startswith(f"{node.id}.") for name in self._names.values())
                self._names[task.id] = f"{node.id}.{time}"
                self._since[self._names[task.id]] = at


def start(diagram: Diagram, facts: Mapping[str, object], *, at: dt.datetime) -> Running:
    """A new case at the beginning of its procedure.

    Raises
    ------
    Refused
        ``flow.fact_value``.
    """
    running = Running(diagram)
    running.learn(facts, at=at)
    return running


def from_json(diagram: Diagram, data: object) -> Running:
    """The case as it was kept, by going its way again.

    Raises
    ------
    Refused
        ``flow.bad_state``: of another format or another version of the procedure, or not a way through it.
    """
    if not isinstance(data, dict) or data.get("format") != FORMAT or data.get("diagram") != diagram.sha256:
        raise _bad_state()
    acts = data.get("acts")
    if not isinstance(acts, list) or not 0 < len(acts) <= MOST_ACTS:
        raise _bad_state()
    running = Running(diagram)
    for act in acts:
        try:
            _again(running, act)
        except (KeyError, TypeError, ValueError, AttributeError, Refused):
            raise _bad_state() from None
    return running


def _again(running: Running, act: dict[str, Any]) -> None:
    at = dt.datetime.fromisoformat(act["at"])
    if "step" in act:
        running.complete(act["step"], act["answer"], at=at)
    elif "timers" in act:
        running._go_off(act["timers"], at)  # what went off did so then, whatever the calendar says now
    else:
        running.learn(act["facts"], at=at)


def _text(value: Constant) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _bad_state() -> Refused:
    message = mark("The stored state is not one of this version of the procedure.")
    remedy = mark("Restore the case from a backup; its events say what was done.")
    return Refused(Problem("flow.bad_state", message, remedy=remedy))
