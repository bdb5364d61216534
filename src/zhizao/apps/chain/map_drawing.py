"""The map as data for ``<x-graph>``, and as an SVG file drawn here: the same boxes, columns and marks.

A browser draws up to ``map_data.MOST_DRAWN`` nodes. The file has its colours in attributes, so that it stands alone; on
a page the classes take those of the theme.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from zhizao.apps.chain.map_data import ChainMap, Column, MapEdge, MapNode
from zhizao.apps.chain.models import Stage

Href = Callable[[MapNode], str]

MARKS = {"bad": "▼", "watch": "▲"}
# The tokens --ink, --ink-2, --line-2, --line-3, --paper and --surface, --risk-1…4 in light colours; a test compares.
INK, INK_2, LINE_2, LINE_3, PAPER = "#1b1e21", "#474d53", "#c9c6bc", "#7d838a", "#faf9f6"
FILLS = ("#ffffff", "#f2efe8", "#f6dfae", "#eab06f", "#cf6a3b")
BOX_WIDTH, BOX_HEIGHT, INSET, BETWEEN, GAP, HEAD, EDGE = 152, 52, 10, 44, 20, 40, 8
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, WenQuanYi Micro Hei, sans-serif"
WIDE, NARROW, LONGEST = 1.0, 0.55, 10.0  # a Han character, a Latin one, and how many fit into a box


def head_of(column: Column, *, layers: int) -> tuple[str, str]:
    """What stands over a column: its stage, and which layer of it where the stage has several."""
    name = capfirst(Stage(column.stage).label) if column.stage else _("Stage unknown")
    return name, _("layer %(n)s") % {"n": column.number} if layers > 1 else ""


def steps(cuts: Sequence[float]) -> list[tuple[int, str]]:
    """The steps of risk in words, for the legend.

    >>> [words for _level, words in steps((0.05, 0.15, 0.3))][1:3]
    ['0.05—0.15', '0.15—0.30']
    """
    ends = [f"{cut:.2f}" for cut in cuts]
    words = [
        _("below %(end)s") % {"end": ends[0]},
        *(f"{low}—{high}" for low, high in pairwise(ends)),
        _("%(end)s and above") % {"end": ends[-1]},
    ]
    return list(enumerate(words, start=1))


def counts(node: MapNode) -> str:
    """Who is here of all that are named, as the box says it."""
    if node.presence == "none":
        return _("%(n)s named") % {"n": node.named}
    return _("here %(here)s ／ named %(named)s") % {"here": len(node.here), "named": node.named}


def as_graph(found: ChainMap, *, href: Href, chosen: str = "") -> dict[str, Any]:
    """What ``<x-graph>`` reads."""
    heads = [head_of(column, layers=_layers(found, column)) for column in found.columns]
    return {
        "title": found.chain.name,
        "columns": [
            {"label": label, "sublabel": under, "first": column.first, "last": column.last}
            for (label, under), column in zip(heads, found.columns, strict=True)
        ],
        "nodes": [
            {
                "id": node.view.key,
                "label": node.view.name,
                "sublabel": counts(node),
                "column": node.column,
                "row": node.row,
                "href": href(node),
                "level": found.level(node.risk),
                "dashed": node.presence == "bad",
                "mark": MARKS.get(node.presence, ""),
                "chosen": node.view.key == chosen,
            }
            for node in found.nodes
        ],
        "edges": [{"source": edge.supplier, "target": edge.buyer, "row": edge.row} for edge in found.edges],
    }


def _layers(found: ChainMap, column: Column) -> int:
    return sum(other.stage == column.stage for other in found.columns)


def as_svg(found: ChainMap, *, href: Href | None = None, simulated: bool = False) -> str:
    """The map as an SVG document; its boxes are links where ``href`` is given. A corner says if it is simulated."""
    wide = 1 + max((node.column for node in found.nodes), default=0)
    high = 1 + max((node.row for node in found.nodes), default=0)
    width = round(2 * EDGE + wide * BOX_WIDTH + (wide - 1) * BETWEEN)
    height = round(HEAD + high * (BOX_HEIGHT + GAP) + 2 * EDGE)
    at = {node.view.key: _corner(node) for node in found.nodes}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chain-map" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family={quoteattr(FONT)} role="group" '
        f"aria-label={quoteattr(found.chain.name)}>",
        f"<title>{escape(found.chain.name)}</title>",
        f'<rect class="cm-paper" width="{width}" height="{height}" fill="{PAPER}"/>',
        *(_head(found, column) for column in found.columns),
        *(_line(edge, at) for edge in found.edges),
        *(_box(node, found.level(node.risk), at[node.view.key], href) for node in found.nodes),
        *([_simulated(width, height)] if simulated else []),
        "</svg>",
    ]
    return "\n".join(parts)


def _corner(node: MapNode) -> tuple[float, float]:
    return EDGE + node.column * (BOX_WIDTH + BETWEEN), HEAD + node.row * (BOX_HEIGHT + GAP)


def _simulated(width: int, height: int) -> str:
    return (
        f'<text class="cm-ink-2" x="{width - EDGE}" y="{height - 4}" font-size="11" text-anchor="end" '
        f'fill="{INK_2}">{escape(_("simulated"))}</text>'
    )


def _head(found: ChainMap, column: Column) -> str:
    label, under = head_of(column, layers=_layers(found, column))
    left = EDGE + column.first * (BOX_WIDTH + BETWEEN)
    right = EDGE + column.last * (BOX_WIDTH + BETWEEN) + BOX_WIDTH
    return (
        f'<text class="cm-ink" x="{left}" y="16" font-size="14" font-weight="600" fill="{INK}">{escape(label)}'
        f'<tspan class="cm-ink-2" dx="6" font-size="12" font-weight="400" fill="{INK_2}">{escape(under)}</tspan></text>'
        f'<line class="cm-line" x1="{left}" x2="{right}" y1="26" y2="26" stroke="{LINE_2}"/>'
    )


def _line(edge: MapEdge, at: dict[str, tuple[float, float]]) -> str:
    """From the supplier's right to the buyer's left: level at its row behind the columns between, bent in the gaps."""
    (x1, y1), (x2, y2) = at[edge.supplier], at[edge.buyer]
    y1, y2 = y1 + BOX_HEIGHT / 2, y2 + BOX_HEIGHT / 2
    if x1 == x2:
        x = x1 + BOX_WIDTH / 2
        way = f"M{x:g},{y1:g} L{x:g},{y2:g}"
    else:
        side = 1 if x2 > x1 else -1
        start, end = (x1 + BOX_WIDTH, x2) if side > 0 else (x1, x2 + BOX_WIDTH)
        level = HEAD + edge.row * (BOX_HEIGHT + GAP) + BOX_HEIGHT / 2
        out, back, half = start + side * BETWEEN, end - side * BETWEEN, side * BETWEEN / 2
        if abs(end - start) <= BETWEEN:
            way = f"M{start:g},{y1:g} C{start + half:g},{y1:g} {end - half:g},{y2:g} {end:g},{y2:g}"
        else:
            way = (
                f"M{start:g},{y1:g} C{start + half:g},{y1:g} {start + half:g},{level:g} {out:g},{level:g} "
                f"L{back:g},{level:g} C{end - half:g},{level:g} {end - half:g},{y2:g} {end:g},{y2:g}"
            )
    return f'<path class="cm-line" d="{way}" fill="none" stroke="{LINE_2}" stroke-width="1.25"/>'


def _box(node: MapNode, level: int, corner: tuple[float, float], href: Href | None) -> str:
    x, y = corner
    edge = f'stroke-dasharray="4 3" stroke="{INK_2}"' if node.presence == "bad" else f'stroke="{LINE_3}"'
    word = f'<text class="cm-word cm-{level}" fill="{INK}"'
    mark = MARKS.get(node.presence, "")
    drawn = "".join(
        [
            f"<title>{escape(node.view.name)} {escape(counts(node))}</title>",
            f'<rect class="cm-box cm-{level}" x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="3" ',
            f'fill="{FILLS[level]}" {edge}/>',
            f'{word} x="{x + INSET:g}" y="{y + 22:g}" font-size="14" font-weight="600">',
            f"{escape(shortened(node.view.name))}</text>",
            f'{word} x="{x + INSET:g}" y="{y + 40:g}" font-size="12">{escape(counts(node))}</text>',
            f'{word} x="{x + BOX_WIDTH - INSET:g}" y="{y + 21:g}" font-size="10" text-anchor="end">{mark}</text>',
        ]
    )
    return f"<a href={quoteattr(href(node))}>{drawn}</a>" if href is not None else f"<g>{drawn}</g>"


def shortened(name: str) -> str:
    """As much of a name as fits into a box.

    >>> shortened("结构件（外壳、框架、外包装）"), shortened("PCB board maker"), shortened("天线")
    ('结构件（外壳、框架…', 'PCB board maker', '天线')
    """
    room = LONGEST - 0.5
    for place, letter in enumerate(name):
        room -= WIDE if ord(letter) > 0x2E7F else NARROW
        if room < 0:
            return f"{name[:place]}…" if place else name
    return name
