"""The XML of a BPMN file, read without entities, network or document types, and held against the white-list."""

from __future__ import annotations

import re
from typing import Any, Final

from zhizao.kernel.result import Place, Problem, Refused, mark

MOST_BYTES: Final = 1 << 20
MOST_PROBLEMS: Final = 50
ZZ_NAMESPACE: Final = "http://zhizao.org/bpmn"
BPMN: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZZ: Final = f"{{{ZZ_NAMESPACE}}}"
_DI: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC: Final = "{http://www.omg.org/spec/DD/20100524/DC}"
_DD: Final = "{http://www.omg.org/spec/DD/20100524/DI}"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
# Colours of shapes and labels: "BPMN in Color" of the OMG, and the older way of bpmn.io. They are read past.
_COLOURS: Final = frozenset(
    [f"{{http://bpmn.io/schema/bpmn/biocolor/1.0}}{name}" for name in ("stroke", "fill")]
    + [
        f"{{http://www.omg.org/spec/BPMN/non-normative/color/1.0}}{name}"
        for name in ("background-color", "border-color", "color")
    ]
)
_EVENT: Final = frozenset(("documentation", "incoming", "outgoing"))
_NAMED: Final = frozenset(("id", "name", f"{ZZ}en"))
_STEP: Final = _NAMED | {f"{ZZ}{name}" for name in ("role", "days", "form", "form_en", "documentation_en")}
_TIMER: Final = _NAMED | {f"{ZZ}days", f"{ZZ}act"}
_STANDS: Final = ("startEvent", "endEvent", "userTask", "manualTask", "exclusiveGateway", "parallelGateway")
_NODES: Final = (*_STANDS, "intermediateCatchEvent", "boundaryEvent", "sequenceFlow")
_REMARKS: Final = ("textAnnotation", "association")
_FONT: Final = ("id", "name", "size", "isBold", "isItalic", "isUnderline", "isStrikeThrough")


def _bpmn(*names: str) -> frozenset[str]:
    return frozenset(BPMN + name for name in names)


# Each element that a file may hold: its attributes, and what may stand in it.
_ALLOWED: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    f"{BPMN}definitions": (
        frozenset(("id", "name", "targetNamespace", "exporter", "exporterVersion", f"{_XSI}schemaLocation")),
        _bpmn("process", "collaboration") | {f"{_DI}BPMNDiagram"},
    ),
    # the pool around a process, and remarks in the drawing: modellers write them, and nothing is done with them
    f"{BPMN}collaboration": (_NAMED | {"isClosed"}, _bpmn("documentation", "participant", *_REMARKS)),
    f"{BPMN}participant": (_NAMED | {"processRef"}, _bpmn("documentation")),
    f"{BPMN}textAnnotation": (frozenset(("id", "textFormat")), _bpmn("text")),
    f"{BPMN}text": (frozenset(), frozenset()),
    f"{BPMN}association": (frozenset(("id", "sourceRef", "targetRef", "associationDirection")), frozenset()),
    f"{BPMN}process": (
        _NAMED
        | {"isExecutable", "processType", "isClosed"}
        | {f"{ZZ}{name}" for name in ("facts", "facts_en", "documentation_en")},
        _bpmn("documentation", "laneSet", *_NODES, *_REMARKS),
    ),
    **{f"{BPMN}{name}": (_NAMED, _bpmn(*_EVENT)) for name in ("startEvent", "endEvent")},
    **{f"{BPMN}{name}": (_STEP, _bpmn(*_EVENT)) for name in ("userTask", "manualTask")},
    f"{BPMN}exclusiveGateway": (_NAMED | {"default", "gatewayDirection"}, _bpmn(*_EVENT)),
    f"{BPMN}parallelGateway": (_NAMED | {"gatewayDirection"}, _bpmn(*_EVENT)),
    f"{BPMN}intermediateCatchEvent": (_TIMER, _bpmn("timerEventDefinition", *_EVENT)),
    f"{BPMN}boundaryEvent": (_TIMER | {"attachedToRef", "cancelActivity"}, _bpmn("timerEventDefinition", *_EVENT)),
    f"{BPMN}timerEventDefinition": (frozenset(("id",)), _bpmn("timeDuration")),
    f"{BPMN}timeDuration": (frozenset(("id", f"{_XSI}type")), frozenset()),
    f"{BPMN}sequenceFlow": (
        _NAMED | {"sourceRef", "targetRef", "isImmediate"},
        _bpmn("documentation", "conditionExpression"),
    ),
    f"{BPMN}conditionExpression": (frozenset(("id", f"{_XSI}type")), frozenset()),
    f"{BPMN}documentation": (frozenset(("id", "textFormat")), frozenset()),
    **{f"{BPMN}{name}": (frozenset[str](), frozenset[str]()) for name in ("incoming", "outgoing", "flowNodeRef")},
    f"{BPMN}laneSet": (_NAMED, _bpmn("lane")),
    f"{BPMN}lane": (_NAMED, _bpmn("flowNodeRef", "documentation")),
    f"{_DI}BPMNDiagram": (_NAMED | {"resolution"}, frozenset((f"{_DI}BPMNPlane", f"{_DI}BPMNLabelStyle"))),
    f"{_DI}BPMNPlane": (frozenset(("id", "bpmnElement")), frozenset((f"{_DI}BPMNShape", f"{_DI}BPMNEdge"))),
    f"{_DI}BPMNShape": (
        frozenset(("id", "bpmnElement", "isHorizontal", "isExpanded", "isMarkerVisible")) | _COLOURS,
        frozenset((f"{_DC}Bounds", f"{_DI}BPMNLabel")),
    ),
    f"{_DI}BPMNEdge": (
        frozenset(("id", "bpmnElement", "sourceElement", "targetElement")) | _COLOURS,
        frozenset((f"{_DD}waypoint", f"{_DI}BPMNLabel")),
    ),
    f"{_DI}BPMNLabel": (frozenset(("id", "labelStyle")) | _COLOURS, frozenset((f"{_DC}Bounds",))),
    f"{_DI}BPMNLabelStyle": (frozenset(("id",)), frozenset((f"{_DC}Font",))),
    f"{_DC}Font": (frozenset(_FONT), frozenset()),
    f"{_DC}Bounds": (frozenset(("x", "y", "width", "height")), frozenset()),
    f"{_DD}waypoint": (frozenset(("x", "y", "id")), frozenset()),
}
# What the commonest of the elements that are refused can be said by.
_INSTEAD: Final = {
    "inclusiveGateway": mark(
        "Split by a parallel gateway, and on each way that may be left out put an exclusive gateway with its condition."
    ),
    "task": mark("Make it a user task or a manual task."),
    "extensionElements": mark("Take it out; what a step asks stands in attributes of our own namespace."),
}
_FORMAL: Final = re.compile(r"([\w.-]+:)?tFormalExpression")
_DECLARED_ENCODING: Final = re.compile(r"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)")


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Any, name: str) -> str:
    """An attribute of our own namespace, empty where there is none."""
    return str(element.get(ZZ + name, ""))


def checked(content: bytes, file: str) -> Any:
    """The root of a file of which every element and attribute is of the white-list.

    Raises
    ------
    Refused
        ``flow.xml_size``, ``flow.xml_encoding``, ``flow.xml_doctype``, ``flow.xml`` (syntax, with the line),
        ``flow.xml_root``, ``flow.element``, ``flow.attribute``, ``flow.id_twice``.
    """
    root = _parsed(_text(content, file), file)
    problems = [] if root.tag == f"{BPMN}definitions" else [_not_bpmn(root, file)]
    processes = root.findall(f"{BPMN}process")
    if not problems and len(processes) != 1:
        message = mark("The file holds %(count)s processes.")
        place = Place(file=file, line=processes[1].sourceline if processes else None)
        params = {"count": len(processes)}
        problems.append(Problem("flow.xml_root", message, place, mark("One file is one process."), params=params))
    if not problems:
        problems = _held_against_list(root, file)
    if problems:
        raise several(problems, file)
    return root


def several(problems: list[Problem], file: str) -> Refused:
    """The refusal for all problems of a file, of which the first are told and the others counted."""
    told, rest = problems[:MOST_PROBLEMS], problems[MOST_PROBLEMS:]
    if rest:
        message, remedy = mark("%(count)s more problems are not listed."), mark("Mend these first.")
        told.append(Problem("flow.more", message, Place(file=file), remedy, params={"count": len(rest)}))
    return Refused(*told)


def _text(content: bytes, file: str) -> str:
    place = Place(file=file)
    if len(content) > MOST_BYTES:
        message, remedy = mark("The file is larger than 1 MiB."), mark("A procedure takes a hundredth of that.")
        raise Refused(Problem("flow.xml_size", message, place, remedy))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    declared = _DECLARED_ENCODING.match(text.lstrip())
    if "\0" in text or (declared and declared[1].lower().replace("-", "") not in ("utf8", "usascii", "ascii")):
        message, remedy = mark("The file is not UTF-8."), mark("Save it as UTF-8.")
        raise Refused(Problem("flow.xml_encoding", message, place, remedy))
    # refused as text, wherever it stands: no parser then ever sees a document type or an entity
    found = re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE)
    if found:
        message = mark("The file declares a document type or an entity (“%(text)s”).")
        line = text.count("\n", 0, found.start()) + 1
        remedy = mark("Take the declaration out; a modeller writes none.")
        raise Refused(
            Problem("flow.xml_doctype", message, Place(file=file, line=line), remedy, params={"text": found[0]})
        )
    return text


def _parsed(text: str, file: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        return etree.fromstring(text.lstrip().encode(), parser)
    except etree.XMLSyntaxError as error:
        message = mark("The file is not well-formed XML: %(reason)s")
        remedy = mark("Open it in a modeller and export it again.")
        before = text[: len(text) - len(text.lstrip())].count("\n")
        line = error.lineno + before if error.lineno else None
        params = {"reason": error.msg or "?"}
        raise Refused(Problem("flow.xml", message, Place(file=file, line=line), remedy, params=params)) from None


def _not_bpmn(root: Any, file: str) -> Problem:
    message = mark("The file is not BPMN 2.0: it begins with “%(name)s”.")
    remedy = mark("Export it from a modeller as BPMN 2.0.")
    return Problem("flow.xml_root", message, Place(file=file, line=root.sourceline), remedy, params={"name": root.tag})


def _held_against_list(root: Any, file: str) -> list[Problem]:
    beside = [*root.itersiblings(preceding=True), *root.itersiblings()]
    problems = [_element(stray, root, file) for stray in beside]
    ids: set[str] = set()
    open_ = [root]
    while open_:
        element = open_.pop()
        attributes, children = _ALLOWED[element.tag]
        place = Place(file=file, line=element.sourceline)
        for name, text in element.attrib.items():
            if name not in attributes or (name == f"{_XSI}type" and _FORMAL.fullmatch(text) is None):
                problems.append(_attribute(element, name, text, place))
        identity = element.get("id")
        if identity in ids:
            message, remedy = mark("The id “%(id)s” stands in the file twice."), mark("Give each element its own.")
            problems.append(Problem("flow.id_twice", message, place, remedy, params={"id": identity}))
        ids.update([identity] if identity else [])
        for child in element:
            if isinstance(child.tag, str) and child.tag in children:
                open_.append(child)
            else:
                problems.append(_element(child, element, file))
    return problems


def _attribute(element: Any, name: str, text: str, place: Place) -> Problem:
    message = mark("The attribute “%(name)s” of “%(id)s” (%(kind)s) is not allowed in a procedure.")
    remedy = mark("Take it out; exporting as plain BPMN 2.0 leaves out what one product adds.")
    params = {"name": _short(name, element), "id": element.get("id") or "", "kind": local(element), "text": text[:40]}
    return Problem("flow.attribute", message, place, remedy, params=params)


def _element(child: Any, parent: Any, file: str) -> Problem:
    message = mark("The element “%(name)s” (%(id)s) is not allowed in “%(parent)s”.")
    remedy = _INSTEAD.get(
        local(child) if isinstance(child.tag, str) else "",
        mark("Use start, end, user and manual task, exclusive and parallel gateway, timer, sequence flow and lane."),
    )
    name = _short(child.tag, parent) if isinstance(child.tag, str) else mark("processing instruction")
    identity = child.get("id") if isinstance(child.tag, str) else None
    params = {"name": name, "id": identity or parent.get("id") or "", "parent": local(parent)}
    return Problem("flow.element", message, Place(file=file, line=child.sourceline), remedy, params=params)


def _short(name: str, element: Any) -> str:
    """A qualified name with the prefix that the file uses."""
    namespace, _, rest = name.rpartition("}")
    prefix = next((p for p, uri in element.nsmap.items() if uri == namespace[1:]), None) if namespace else None
    return f"{prefix}:{rest}" if prefix else rest
