"""What is sent to where the work runs: some rows, to be forecast at the vintage and at the origins before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from zhizao.engines.outlook.cells import Cells, filled
from zhizao.engines.outlook.combination import median_of_models
from zhizao.engines.outlook.fallbacks import Kind, Peers
from zhizao.engines.outlook.festival import cell_regressors
from zhizao.engines.outlook.models import Outlook, festival_of, outlook_at

MEDIAN: Final = len(Kind)
"""The pool of the combination; the others are those of ``Kind``."""


@dataclass(frozen=True, eq=False)
class Block:
    """Rows that one call forecasts.

    Attributes
    ----------
    cells : the rows
    cuts : cells at which the vintage and then the origins, back in time, end
    horizons : cells ahead of each
    peers : of each
    combined : whether the rows get the median of three models
    """

    cells: Cells
    cuts: tuple[int, ...]
    horizons: tuple[int, ...]
    peers: tuple[Peers, ...]
    combined: bool


def forecast_block(block: Block) -> list[Outlook]:
    """The outlook at each cut."""
    outlooks = [
        outlook_at(block.cells, cut, horizon=horizon, peers=peers, late=k == 0)
        for k, (cut, horizon, peers) in enumerate(zip(block.cuts, block.horizons, block.peers, strict=True))
    ]
    if block.combined:
        for row in np.flatnonzero(outlooks[0].pool == Kind.LONG):
            _combine(block, outlooks, int(row))
    return outlooks


def _combine(block: Block, outlooks: list[Outlook], row: int) -> None:
    """Put the median's means in place of the fast model's; the spreads stay, calibration scales them."""
    cells, missing = block.cells, int(outlooks[0].missing[row])
    last, horizon = block.cuts[0] - missing, max(block.horizons) + missing
    history = filled(cells.only(np.array([row])), last)
    H = cell_regressors(cells.first_month, last + horizon, cells.season)
    festival = festival_of(history, H, cells.season)
    free = festival.off(history)[0]
    start = 0 if np.isfinite(free).all() else len(free) - int(np.argmin(np.isfinite(free)[::-1]))
    inner = [k for k, one in enumerate(outlooks) if k and one.pool[row] == Kind.LONG]
    inner = [k for k in inner if block.cuts[k] - start >= 2 * cells.season]
    cuts = [last, *(block.cuts[k] for k in inner)]
    ways = median_of_models(free[start:], [cut - start for cut in cuts[1:]], season=cells.season, horizon=horizon)
    if ways is None:
        return
    for k, cut, way in zip([0, *inner], cuts, ways, strict=True):
        skipped = missing if k == 0 else 0
        outlooks[k].mean[row] = festival.on(way[None], cut)[0, skipped : skipped + block.horizons[k]]
        outlooks[k].pool[row] = MEDIAN
