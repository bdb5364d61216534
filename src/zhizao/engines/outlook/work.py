"""What is sent to where the work runs: some rows, to be forecast at the vintage and at the origins before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhizao.engines.outlook.cells import Cells, filled
from zhizao.engines.outlook.combination import median_of_models
from zhizao.engines.outlook.fallbacks import Kind, Peers
from zhizao.engines.outlook.festival import cell_regressors
from zhizao.engines.outlook.models import Outlook, festival_of, outlook_at


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
        for row in np.flatnonzero(outlooks[0].kind == Kind.LONG):
            outlooks[0].combined[row] = _combine(block, outlooks[0], int(row))
    return outlooks


def _combine(block: Block, outlook: Outlook, row: int) -> bool:
    """Put the median's mean in place of the fast model's; whether there is one."""
    cells, missing = block.cells, int(outlook.missing[row])
    last, horizon = block.cuts[0] - missing, block.horizons[0] + missing
    history = filled(cells.only(np.array([row])), last)
    H = cell_regressors(cells.first_month, last + horizon, cells.season)
    festival = festival_of(history, H, cells.season)
    free = festival.off(history)[0]
    start = 0 if np.isfinite(free).all() else len(free) - int(np.argmin(np.isfinite(free)[::-1]))
    mean = median_of_models(free[start:], season=cells.season, horizon=horizon)
    if mean is not None:
        outlook.mean[row] = festival.on(mean[None], last)[0, missing:]
    return mean is not None
