"""A procedure as it was read from its BPMN file: steps, gateways, timers and what leads from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from zhizao.base.flow.speech import Named, said

if TYPE_CHECKING:
    from zhizao.base.flow.fields import Field
    from zhizao.kernel.rules.expression import Node as Expression

# Who does a step, beside the roles: who has the case, and the enterprise that it is about.
OWNER: Final = "owner"
SUBJECT: Final = "subject"


class Kind(StrEnum):
    """The elements of BPMN 2.0 that a procedure may use, by their names in its schema."""

    START = "startEvent"
    END = "endEvent"
    USER = "userTask"
    MANUAL = "manualTask"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    TIMER = "intermediateCatchEvent"
    BOUNDARY = "boundaryEvent"


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a timer waits: working days, or days and hours by the clock."""

    working_days: int = 0
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node stands in the drawing, in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Node(Named):
    """One element of a procedure; what its kind does not have is empty."""

    id: str
    kind: Kind
    name: str
    line: int
    documentation: str = ""
    role: str = ""
    working_days: int | None = None
    form: tuple[Field, ...] = ()
    wait: Wait | None = None
    attached_to: str = ""
    interrupting: bool = True
    act: str = "go"
    default: str = ""
    box: Box | None = None
    name_en: str = ""
    documentation_en: str = ""

    @property
    def instruction(self) -> str:
        """What it says of itself, in the reader's language."""
        return said(self.documentation, self.documentation_en)

    @property
    def is_step(self) -> bool:
        """Whether people do it."""
        return self.kind in (Kind.USER, Kind.MANUAL)


@dataclass(frozen=True, slots=True)
class Flow(Named):
    """What leads from one node to the next, under a condition or without one."""

    id: str
    source: str
    target: str
    line: int
    name: str = ""
    condition: Expression | None = None
    points: tuple[tuple[float, float], ...] = ()
    name_en: str = ""


@dataclass(frozen=True, eq=False)
class Diagram(Named):
    """A procedure; it is what its content is (``sha256``)."""

    key: str
    name: str
    sha256: str
    documentation: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    declared: tuple[Field, ...]
    name_en: str = ""
    documentation_en: str = ""

    @property
    def instruction(self) -> str:
        """What it says of itself, in the reader's language."""
        return said(self.documentation, self.documentation_en)

    @cached_property
    def steps(self) -> Mapping[str, Node]:
        """What people do, by element id, in the order of the file."""
        return {node.id: node for node in self.nodes.values() if node.is_step}

    @cached_property
    def facts(self) -> Mapping[str, Field]:
        """All that conditions may ask: the declared facts of the case, and answers as ``<step>_<field>``."""
        answers = {f"{node.id}_{field.name}": field for node in self.steps.values() for field in node.form}
        return {field.name: field for field in self.declared} | answers

    @cached_property
    def _outgoing(self) -> Mapping[str, tuple[Flow, ...]]:
        return {name: tuple(f for f in self.flows.values() if f.source == name) for name in self.nodes}

    @cached_property
    def _incoming(self) -> Mapping[str, tuple[Flow, ...]]:
        return {name: tuple(f for f in self.flows.values() if f.target == name) for name in self.nodes}

    def outgoing(self, node: str) -> tuple[Flow, ...]:
        """The flows that leave a node."""
        return self._outgoing[node]

    def incoming(self, node: str) -> tuple[Flow, ...]:
        """The flows that enter a node."""
        return self._incoming[node]

    def timers_of(self, node: str) -> tuple[Node, ...]:
        """The timers that hang on a step."""
        return tuple(timer for timer in self.nodes.values() if timer.attached_to == node)
