"""A procedure as a picture: SVG made here, with classes of the look, no script and no style.

Places are those of the file; what has none is laid out by how many steps lead to it, from left to right.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zhizao.base.flow.diagram import Box, Diagram, Flow, Kind, Node

Point = tuple[float, float]
SIZES: Final = {
    Kind.USER: (112.0, 64.0),
    Kind.MANUAL: (112.0, 64.0),
    Kind.EXCLUSIVE: (44.0, 44.0),
    Kind.PARALLEL: (44.0, 44.0),
}
_EVENT: Final = (36.0, 36.0)
_COLUMN: Final = 168.0
_ROW: Final = 112.0
_MARGIN: Final = 28.0
_LINE: Final = 15.0
_EMS_OF_STEP: Final = 7.5


def places(diagram: Diagram) -> dict[str, Box]:
    """Where each node stands: as its file says, or laid out where one of them is not said."""
    if all(node.box is not None for node in diagram.nodes.values()):
        return {node.id: node.box for node in diagram.nodes.values() if node.box is not None}
    return _laid_out(diagram)


def _laid_out(diagram: Diagram) -> dict[str, Box]:
    columns: dict[int, list[str]] = {}
    for name, layer in _layers(diagram).items():
        if diagram.nodes[name].kind is not Kind.BOUNDARY:
            columns.setdefault(layer, []).append(name)
    found: dict[str, Box] = {}
    tallest = max(map(len, columns.values()), default=1)
    for layer, names in columns.items():
        for row, name in enumerate(names):
            width, height = SIZES.get(diagram.nodes[name].kind, _EVENT)
            x, y = layer * _COLUMN, (row + (tallest - len(names)) / 2) * _ROW
            found[name] = Box(x - width / 2, y - height / 2, width, height)
    for node in diagram.nodes.values():
        if node.kind is Kind.BOUNDARY:
            host = found[node.attached_to]
            nth = diagram.timers_of(node.attached_to).index(node)
            found[node.id] = Box(host.x + 14 + nth * 40, host.y + host.height - 18, *_EVENT)
    return found


def _layers(diagram: Diagram) -> dict[str, int]:
    """The longest way from the start to each node, flows that lead back left out."""
    layers: dict[str, int] = {}

    def visit(name: str, depth: int, above: frozenset[str]) -> None:
        if name in above or layers.get(name, -1) >= depth:
            return
        layers[name] = depth
        for flow in diagram.outgoing(name):
            visit(flow.target, depth + 1, above | {name})
        for timer in diagram.timers_of(name):
            visit(timer.id, depth, above | {name})

    for node in diagram.nodes.values():
        if node.kind is Kind.START:
            visit(node.id, 0, frozenset())
    return layers


def way(flow: Flow, boxes: Mapping[str, Box], *, drawn: bool) -> tuple[Point, ...]:
    """The bends of a flow: as its file says, or at right angles from one border to the other."""
    if drawn and flow.points:
        return flow.points
    a, b = boxes[flow.source], boxes[flow.target]
    out, into = (a.x + a.width, a.y + a.height / 2), (b.x, b.y + b.height / 2)
    if into[0] > out[0]:
        if out[1] == into[1]:
            return (out, into)
        middle = into[0] - 28
        return (out, (middle, out[1]), (middle, into[1]), into)
    under = max(a.y + a.height, b.y + b.height) + 28
    down, up = (a.x + a.width / 2, a.y + a.height), (b.x + b.width / 2, b.y + b.height)
    return (down, (down[0], under), (up[0], under), up)


def draw(
    diagram: Diagram,
    current: Collection[str] = frozenset(),
    done: Collection[str] = frozenset(),
    title: str = "",
) -> SafeString:
    """The procedure as SVG.

    Parameters
    ----------
    current, done : collections of element ids
        Where a case stands, and what it has passed.
    title : str
        What the picture says, for who does not see it; the page lists the steps besides.
    """
    boxes = places(diagram)
    drawn = all(node.box is not None for node in diagram.nodes.values())
    ways = {flow.id: way(flow, boxes, drawn=drawn) for flow in diagram.flows.values()}
    left, top, width, height = _frame(boxes, ways)
    flows = format_html_join(
        "", "{}", ((_flow(diagram, flow, ways[flow.id], current, done),) for flow in diagram.flows.values())
    )
    nodes = format_html_join(
        "", "{}", ((_node(node, boxes[node.id], current, done),) for node in diagram.nodes.values())
    )
    return format_html(
        '<svg class="procedure" role="img" aria-label="{}" width="{}" height="{}" viewBox="{} {} {} {}">{}{}</svg>',
        title or diagram.name,
        width,
        height,
        left,
        top,
        width,
        height,
        flows,
        nodes,
    )


def _frame(boxes: Mapping[str, Box], ways: Mapping[str, tuple[Point, ...]]) -> tuple[float, float, float, float]:
    xs = [x for way in ways.values() for x, _ in way] + [x for b in boxes.values() for x in (b.x, b.x + b.width)]
    ys = [y for way in ways.values() for _, y in way] + [y for b in boxes.values() for y in (b.y, b.y + b.height + 24)]
    left, top = min(xs) - _MARGIN, min(ys) - _MARGIN
    return round(left), round(top), round(max(xs) + _MARGIN - left), round(max(ys) + _MARGIN - top)


def _flow(
    diagram: Diagram, flow: Flow, points: tuple[Point, ...], current: Collection[str], done: Collection[str]
) -> SafeString:
    passed = flow.source in done and (flow.target in done or flow.target in current)
    (x0, y0), (x, y) = points[-2:]
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
    if dx and dy:  # a slanting end: the arrow follows its longer side
        dx, dy = (dx, 0) if abs(x - x0) >= abs(y - y0) else (0, dy)
    head = (
        f"{x:g},{y:g} {x - 8 * dx - 4 * dy:g},{y - 8 * dy - 4 * dx:g} {x - 8 * dx + 4 * dy:g},{y - 8 * dy + 4 * dx:g}"
    )
    label = SafeString("")
    words = flow.name
    if words:
        (ax, ay), (bx, by) = max(zip(points, points[1:], strict=False), key=lambda part: abs(part[0][0] - part[1][0]))
        label = format_html('<text class="way" x="{:g}" y="{:g}">{}</text>', (ax + bx) / 2, (ay + by) / 2 - 6, words)
    return format_html(
        '<g class="flow{}"><polyline points="{}"/><polygon points="{}"/>{}</g>',
        SafeString(" done" if passed else ""),
        " ".join(f"{px:g},{py:g}" for px, py in points),
        head,
        label,
    )


def _node(node: Node, box: Box, current: Collection[str], done: Collection[str]) -> SafeString:
    state = "current" if node.id in current else "done" if node.id in done else ""
    middle = (box.x + box.width / 2, box.y + box.height / 2)
    if node.is_step:
        shape = format_html(
            '<rect x="{:g}" y="{:g}" width="{:g}" height="{:g}" rx="4"/>', box.x, box.y, box.width, box.height
        )
        words = _words(node.name, middle[0], middle[1], inside=True)
    else:
        shape = _sign(node, box, middle)
        words = _words(node.name, middle[0], box.y + box.height + 16, inside=False)
    mark = SafeString("")
    if state == "current":
        mark = format_html('<circle class="here" cx="{:g}" cy="{:g}" r="5"/>', box.x + box.width, box.y)
    kind = {Kind.START: "start", Kind.END: "end", Kind.EXCLUSIVE: "choice", Kind.PARALLEL: "both"}.get(node.kind, "")
    name = "step" if node.is_step else kind or "timer"
    return format_html('<g class="{}">{}{}{}</g>', f"{name} {state}".strip(), shape, words, mark)


def _sign(node: Node, box: Box, middle: Point) -> SafeString:
    x, y = middle
    radius = min(box.width, box.height) / 2
    if node.kind in (Kind.EXCLUSIVE, Kind.PARALLEL):
        corners = f"{x:g},{y - radius:g} {x + radius:g},{y:g} {x:g},{y + radius:g} {x - radius:g},{y:g}"
        arm = radius / 2 if node.kind is Kind.PARALLEL else radius / 2.8
        signs = {
            Kind.PARALLEL: f"M{x - arm:g} {y:g}H{x + arm:g}M{x:g} {y - arm:g}V{y + arm:g}",
            Kind.EXCLUSIVE: f"M{x - arm:g} {y - arm:g}L{x + arm:g} {y + arm:g}M{x + arm:g} {y - arm:g}L{x - arm:g} {y + arm:g}",
        }
        return format_html('<polygon points="{}"/><path d="{}"/>', corners, signs[node.kind])
    ring = format_html('<circle cx="{:g}" cy="{:g}" r="{:g}"/>', x, y, radius)
    if node.kind in (Kind.START, Kind.END):
        return ring
    hands = f"M{x:g} {y - radius * 0.55:g}V{y:g}H{x + radius * 0.4:g}"
    return format_html('{}<circle cx="{:g}" cy="{:g}" r="{:g}"/><path d="{}"/>', ring, x, y, radius - 4, hands)


def _words(text: str, x: float, y: float, *, inside: bool) -> SafeString:
    lines = _lines(text)
    first = y - (len(lines) - 1) * _LINE / 2 if inside else y
    spans = ((x, first + n * _LINE, line) for n, line in enumerate(lines))
    return format_html_join("", '<text x="{:g}" y="{:g}">{}</text>', spans)


def _lines(text: str) -> list[str]:
    """A name in lines that fit a step, three at most."""
    lines, line, width = [], "", 0.0
    for sign in text:
        ems = 1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.55
        if width + ems > _EMS_OF_STEP:
            cut = line.rfind(" ") if sign != " " and " " in line else len(line)
            lines.append(line[:cut])
            line = line[cut:].lstrip()
            width = sum(1.0 if unicodedata.east_asian_width(s) in "WF" else 0.55 for s in line)
        line += sign
        width += ems
    lines.append(line)
    return lines if len(lines) <= 3 else [*lines[:2], lines[2][:-1] + "…"]
