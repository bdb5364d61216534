"""A procedure as a picture: SVG made here, with classes of the look, no script and no style.

Places are those of the file; what has none is laid out by how many steps lead to it, from left to right.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from typing import Final

from django.utils.html import escape
from django.utils.safestring import SafeString

from zhizao.base.flow.diagram import Box, Diagram, Flow, Kind, Node

Point = tuple[float, float]
SIZES: Final = dict.fromkeys((Kind.USER, Kind.MANUAL), (112.0, 64.0)) | dict.fromkeys(
    (Kind.EXCLUSIVE, Kind.PARALLEL), (44.0, 44.0)
)
_CLASSES: Final = {
    Kind.USER: "step",
    Kind.MANUAL: "step",
    Kind.START: "start",
    Kind.END: "end",
    Kind.EXCLUSIVE: "gate",
    Kind.PARALLEL: "gate",
    Kind.TIMER: "timer",
    Kind.BOUNDARY: "timer",
}
_EVENT: Final = (36.0, 36.0)
_COLUMN: Final = 168.0
_ROW: Final = 112.0
_MARGIN: Final = 28.0
_LINE: Final = 16.0
_RAISED: Final = 9.0  # the words of a step over the timers that hang on its lower border
_SIZE: Final = 14.0  # of the letters, as in procedure.css
_EMS_BELOW: Final = 7.5
_LEAST_SCALE: Final = 0.75  # words of 14 pixels stay over 10; below that the picture scrolls


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
    """The procedure as SVG, as wide as there is room, but not wider than drawn nor too small to be read.

    An empty picture of the least width stands over it and keeps its column open: lengths may not stand in a style.

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
    flows = "".join(_flow(flow, ways[flow.id], current, done) for flow in diagram.flows.values())
    hung = {node.attached_to for node in diagram.nodes.values()}
    nodes = "".join(
        _node(node, boxes[node.id], current, done, raised=_RAISED if node.id in hung else 0)
        for node in diagram.nodes.values()
    )
    # f-strings hold numbers and our own words only; what the file says goes through escape
    return SafeString(
        f'<div class="fits"><svg class="least" width="{width * _LEAST_SCALE:g}" height="0" aria-hidden="true"></svg>'
        f'<svg class="procedure" role="img" aria-label="{escape(title or diagram.title)}" width="{width:g}" '
        f'height="{height:g}" viewBox="{left:g} {top:g} {width:g} {height:g}">{flows}{nodes}</svg></div>'
    )


def _frame(boxes: Mapping[str, Box], ways: Mapping[str, tuple[Point, ...]]) -> tuple[float, float, float, float]:
    xs = [x for way in ways.values() for x, _ in way] + [x for b in boxes.values() for x in (b.x, b.x + b.width)]
    ys = [y for way in ways.values() for _, y in way] + [y for b in boxes.values() for y in (b.y, b.y + b.height + 24)]
    left, top = min(xs) - _MARGIN, min(ys) - _MARGIN
    return round(left), round(top), round(max(xs) + _MARGIN - left), round(max(ys) + _MARGIN - top)


def _flow(flow: Flow, points: tuple[Point, ...], current: Collection[str], done: Collection[str]) -> str:
    state = "flow done" if flow.source in done and (flow.target in done or flow.target in current) else "flow"
    (x0, y0), (x, y) = points[-2:]
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
    if dx and dy:  # a slanting end: the arrow follows its longer side
        dx, dy = (dx, 0) if abs(x - x0) >= abs(y - y0) else (0, dy)
    back, side = (x - 8 * dx, y - 8 * dy), (4 * dy, 4 * dx)
    arrow = ((x, y), (back[0] - side[0], back[1] - side[1]), (back[0] + side[0], back[1] + side[1]))
    label = ""
    if flow.title:
        (ax, ay), (bx, by) = max(pairwise(points), key=lambda part: abs(part[0][0] - part[1][0]))
        level = abs(ax - bx) > abs(ay - by)
        place, beside = ((ax + bx) / 2, ay - 9) if level else (ax + 8, (ay + by) / 2 + 8), "" if level else " beside"
        label = f'<text class="way{beside}" x="{place[0]:g}" y="{place[1]:g}">{escape(flow.title)}</text>'
    return f'<g class="{state}"><polyline points="{_points(points)}"/><polygon points="{_points(arrow)}"/>{label}</g>'


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _node(node: Node, box: Box, current: Collection[str], done: Collection[str], *, raised: float) -> str:
    state = " current" if node.id in current else " done" if node.id in done else ""
    middle = (box.x + box.width / 2, box.y + box.height / 2)
    if node.is_step:
        shape = f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="4"/>'
        words = _words(node.title, middle[0], middle[1] - raised, inside=box)
    else:
        shape = _sign(node, box, middle)
        words = _words(node.title, middle[0], box.y + box.height + 16)
    here = f'<circle class="here" cx="{box.x + box.width:g}" cy="{box.y:g}" r="5"/>' if node.id in current else ""
    return f'<g class="{_CLASSES[node.kind]}{state}">{shape}{words}{here}</g>'


def _sign(node: Node, box: Box, middle: Point) -> str:
    (x, y), radius = middle, min(box.width, box.height) / 2
    if node.kind in (Kind.EXCLUSIVE, Kind.PARALLEL):
        corners = _points(((x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)))
        arm = radius / 2
        cross = f"M{x - arm:g} {y:g}H{x + arm:g}M{x:g} {y - arm:g}V{y + arm:g}"
        if node.kind is Kind.EXCLUSIVE:
            arm = radius / 2.8
            cross = f"M{x - arm:g} {y - arm:g}l{2 * arm:g} {2 * arm:g}m0 {-2 * arm:g}l{-2 * arm:g} {2 * arm:g}"
        return f'<polygon points="{corners}"/><path d="{cross}"/>'
    ring = f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}"/>'
    if node.kind in (Kind.START, Kind.END):
        return ring
    hands = f"M{x:g} {y - radius * 0.55:g}V{y:g}H{x + radius * 0.4:g}"
    return f'{ring}<circle cx="{x:g}" cy="{y:g}" r="{radius - 4:g}"/><path d="{hands}"/>'


def _words(text: str, x: float, y: float, *, inside: Box | None = None) -> str:
    ems = (inside.width - 8) / _SIZE if inside else _EMS_BELOW
    lines = _lines(text, ems) if text else []
    first = y - (len(lines) - 1) * _LINE / 2 if inside else y
    return "".join(f'<text x="{x:g}" y="{first + n * _LINE:g}">{escape(line)}</text>' for n, line in enumerate(lines))


def _lines(text: str, room: float) -> list[str]:
    """A name in lines of so many ems, three at most."""
    lines, line, width = [], "", 0.0
    for sign in text:
        ems = 1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.55
        if width + ems > room:
            cut = line.rfind(" ") if sign != " " and " " in line else len(line)
            lines.append(line[:cut])
            line = line[cut:].lstrip()
            width = sum(1.0 if unicodedata.east_asian_width(s) in "WF" else 0.55 for s in line)
        line += sign
        width += ems
    lines.append(line)
    return lines if len(lines) <= 3 else [*lines[:2], lines[2][:-1] + "…"]
