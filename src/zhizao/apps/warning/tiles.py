"""The map by area: a tile for each part of the region, as large as its output, shaded by its risk lamp.

No boundaries are known, so that places do not stand where they lie. Tiles fill rows from the largest on; the area of a
tile is its share of the output of a year, but not below what its words need, and of those unknown it is the least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhizao.apps.warning import words
from zhizao.apps.warning.lamp_queries import Group
from zhizao.base.ui.tables import StatusColumn

WIDTH, GAP = 1152.0, 4.0
PLACES = ("area", "park", "street")
LEAST_WIDTH, HEIGHT = 132.0, 76.0
MOST_TILES = 24


@dataclass(frozen=True, slots=True)
class Tile:
    """A group on the map; lengths are of the picture's own units."""

    group: Group
    x: float
    y: float
    width: float
    height: float

    @property
    def kind(self) -> str:
        """Its status, which its shade and shape follow."""
        return words.risk_kind(self.group.risk)

    @property
    def word(self) -> str:
        return words.risk_word(self.group)

    @property
    def shape(self) -> str:
        return StatusColumn.SHAPES[self.kind]

    @property
    def figures(self) -> str:
        """How many are in distress, and how many report."""
        last = self.group.last
        if not self.group.is_told:
            return _("%(known)s of %(of)s report") % {"known": self.group.known, "of": self.group.of}
        return _("%(count)s of %(known)s in distress") % {"count": last.distressed, "known": self.group.known}

    @property
    def text_x(self) -> float:
        return self.x + 10

    @property
    def line_1(self) -> float:
        return self.y + 24

    @property
    def line_2(self) -> float:
        return self.y + 44

    @property
    def line_3(self) -> float:
        return self.y + 64

    @property
    def letters(self) -> str:
        """The name as far as it has room."""
        most = max(4, int(self.width // 14))
        return self.group.name if len(self.group.name) <= most else f"{self.group.name[: most - 1]}…"


@dataclass(frozen=True, slots=True)
class Picture:
    """All tiles; ``of_places`` is false where no part of the region reports and sectors stand in."""

    tiles: tuple[Tile, ...]
    height: float
    of_places: bool
    width: float = WIDTH


def picture(groups: Sequence[Group]) -> Picture | None:
    """Tiles of areas, parks and streets; where fewer than two are told, of sectors; nothing where those are none."""
    places = [group for group in groups if group.kind in PLACES]
    of_places = sum(group.is_told for group in places) > 1
    shown = places if of_places else [group for group in groups if group.kind == "sector"]
    if not shown:
        return None
    ordered = sorted(shown, key=lambda group: (-(group.year_sum or 0.0), group.key))[:MOST_TILES]
    tiles: list[Tile] = []
    y = 0.0
    for row in _rows(ordered):
        x = 0.0
        for group, width in row:
            tiles.append(Tile(group, x, y, width - GAP, HEIGHT))
            x += width
        y += HEIGHT + GAP
    return Picture(tuple(tiles), y - GAP, of_places)


def _rows(groups: Sequence[Group]) -> list[list[tuple[Group, float]]]:
    """Rows of about the same output, in each the widths by output, none under the least."""
    whole = sum(group.year_sum or 0.0 for group in groups)
    count = max(1, min(len(groups), round(len(groups) / 4)))
    most = int((WIDTH + GAP) // LEAST_WIDTH)
    rows: list[list[Group]] = [[]]
    filled = 0.0
    for group in groups:
        if rows[-1] and (filled >= whole / count > 0 or len(rows[-1]) == most):
            rows.append([])
            filled = 0.0
        rows[-1].append(group)
        filled += group.year_sum or 0.0
    return [_widths(row) for row in rows]


def _widths(row: Sequence[Group]) -> list[tuple[Group, float]]:
    """The row's width shared out by output above the least that each has."""
    free = WIDTH + GAP - LEAST_WIDTH * len(row)
    whole = sum(group.year_sum or 0.0 for group in row)
    parts = [(group.year_sum or 0.0) / whole if whole else 1 / len(row) for group in row]
    return [(group, LEAST_WIDTH + free * part) for group, part in zip(row, parts, strict=True)]
