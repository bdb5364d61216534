"""A picture of a brief, drawn as SVG by hand: bars from nought, labelled directly; the same rows give the same text.

Files take it in two ways: the pdf sets the SVG itself, Word takes a PNG that Typst makes of it, without a browser.
"""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from zhizao.apps.cockpit.text import Bars

WIDTH: Final = 640
_ROW: Final = 24
_NAMES: Final = 230
_RIGHT: Final = 60
_LONGEST: Final = 17
_SHEET: Final = b"""#set page(width: 160mm, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 160mm)"""
_INK, _BAR, _BEFORE, _LINE = "#1b1e21", "#2b6c8f", "#9aa3aa", "#c9c6bc"


def svg(bars: Bars, *, font: str) -> str:
    """Bars lying down, one a row; what was before is a hollow mark on the row."""
    values = [value for _name, value, _written, _before in bars.rows]
    values += [before for *_row, before in bars.rows if before is not None]
    low, high = min(0.0, *values), max(0.0, *values)
    left = _NAMES + (_RIGHT - 20 if low < 0 else 0)
    scale = (WIDTH - left - _RIGHT) / ((high - low) or 1.0)
    nought = left - low * scale
    height = _ROW * len(bars.rows) + 12
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">',
        f'<g font-family="{escape(font)}" font-size="12" fill="{_INK}">',
    ]
    for place, (name, value, written, before) in enumerate(bars.rows):
        top = 6 + place * _ROW
        start, length = min(nought, nought + value * scale), abs(value) * scale
        lines.append(_text(_short(name), _NAMES - 8, top + 16, "end"))
        lines.append(f'<rect x="{start:.1f}" y="{top + 4}" width="{max(length, 0.5):.1f}" height="15" fill="{_BAR}"/>')
        if before is not None:
            at = nought + before * scale
            lines.append(f'<rect x="{at - 1.5:.1f}" y="{top + 1}" width="3" height="21" fill="{_BEFORE}"/>')
        anchor, beside = ("end", start - 4) if value < 0 else ("start", start + length + 5)
        lines.append(_text(written, beside, top + 16, anchor))
    lines.append(f'<path d="M{nought:.1f} 2V{height - 4}" stroke="{_LINE}"/></g></svg>')
    return "".join(lines)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _text(words: str, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'


def png(drawn: str) -> bytes:
    """The picture in points, 200 to the inch."""
    import typst

    made: bytes = typst.compile(
        _SHEET,
        format="png",
        ppi=200.0,
        sys_inputs={"svg": drawn},
    )
    return made
