"""One forecast at one cut: gaps filled, the festival off and on, and each row by the model that its history bears.

Everything is found from the cells before the cut, so that the same function gives the forecast of the vintage and those
of the rolling origins inside it, and nothing of what came later can slip in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhizao.engines.outlook.cells import Cells, filled
from zhizao.engines.outlook.fallbacks import Kind, Peers, kinds, peers_of, short, zeros
from zhizao.engines.outlook.festival import cell_regressors, effects
from zhizao.engines.outlook.panel import Floats
from zhizao.engines.outlook.theta import Fit, theta

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Outlook:
    """What rows are expected to be after a cut.

    Attributes
    ----------
    mean, spread : shape (rows, H); NaN where the row has no history
    kind : shape (rows,), see ``Kind``
    missing : shape (rows,), how many cells before the cut have no figure yet
    combined : shape (rows,), whether the mean is that of the combination
    """

    mean: Floats
    spread: Floats
    kind: Ints
    missing: Ints
    combined: npt.NDArray[np.bool_]


def outlook_at(cells: Cells, cut: int, *, horizon: int, peers: Peers, late: bool) -> Outlook:
    """Forecast all rows after a cell.

    Parameters
    ----------
    cells : Cells
    cut : int
        The first cell that is not known yet.
    horizon : int
        Cells.
    peers : Peers
        What the panel says of short series, found before the cut too.
    late : bool
        Whether rows whose latest figures are missing are forecast from their own last one; else they are left out.

    Examples
    --------
    >>> values = np.array([np.tile([1.0, 2.0, 3.0, 6.0], 6), [np.nan] * 22 + [4.0, 8.0]])
    >>> at = Cells(np.array([0, 1]), values, (), 24300, 4)
    >>> found = outlook_at(at, 24, horizon=2, peers=peers_at(at, 24), late=True)
    >>> found.mean.round(2).tolist(), found.kind.tolist()
    ([[1.0, 2.0], [1.33, 2.67]], [6, 4])
    """
    rows = len(cells.rows)
    nothing = np.full((rows, horizon), np.nan)
    zero = np.zeros(rows, np.int64)
    out = Outlook(nothing, nothing.copy(), zero, zero.copy(), np.zeros(rows, dtype=bool))
    if cut < 1:
        return out
    history = filled(cells, cut)
    known = np.isfinite(history)
    missing = np.where(known.any(axis=1), np.argmax(known[:, ::-1], axis=1), cut)
    out.missing[:] = missing
    for gap in np.unique(missing) if late else [0]:
        at = np.flatnonzero(missing == gap)
        if gap == cut or not len(at):
            continue
        H = cell_regressors(cells.first_month, cut + horizon, cells.season)
        fit, kind = _fit(history[at, : cut - gap], H, cells.season, horizon + int(gap), peers)
        out.mean[at], out.spread[at], out.kind[at] = fit.mean[:, gap:], fit.spread[:, gap:], kind
    return out


def peers_at(cells: Cells, cut: int) -> Peers:
    """The peers of short series, from the cells before the cut."""
    return peers_of(filled(cells, max(cut, 0)), cells.season)


@dataclass(frozen=True, eq=False)
class Festival:
    """What the festival does to each row.

    Attributes
    ----------
    effect : shape (rows, cells); a difference of logarithms or an amount, NaN where it is not known but felt
    logarithms : shape (rows,)
    """

    effect: Floats
    logarithms: npt.NDArray[np.bool_]

    def off(self, history: Floats) -> Floats:
        """The history without it; cells where it is not known are left out."""
        effect = self.effect[:, : history.shape[1]]
        return np.where(self.logarithms[:, None], history * np.exp(-effect), history - effect)

    def on(self, values: Floats, first: int) -> Floats:
        """Values of the cells from ``first`` on, with it."""
        effect = np.nan_to_num(self.effect[:, first : first + values.shape[1]])
        return np.where(self.logarithms[:, None], values * np.exp(effect), values + effect)


def festival_of(history: Floats, H: Floats, season: int) -> Festival:
    """Estimate the festival's effect.

    Parameters
    ----------
    history : shape (rows, T)
    H : shape (T + horizon, 3), regressors of the past cells and of those ahead
    season : cells of a year
    """
    known = np.isfinite(history)
    logarithms = np.array((np.where(known, history, 1.0) > 0).all(axis=1))
    scale = np.where(logarithms[:, None], np.log(np.where(known & logarithms[:, None], history, 1.0)), history)
    beta = effects(np.where(known, scale, np.nan), H[: history.shape[1]], season)
    touched = (beta != 0).any(axis=1)
    effect = np.zeros((len(history), len(H)))
    effect[touched] = beta[touched] @ H.T
    return Festival(effect, logarithms)


def _fit(history: Floats, H: Floats, season: int, horizon: int, peers: Peers) -> tuple[Fit, Ints]:
    kind = kinds(history, season)
    mean = np.full((len(history), horizon), np.nan)
    spread = np.zeros_like(mean)
    of = {one: np.flatnonzero(kind == one) for one in Kind}
    mean[of[Kind.CLOSED]] = 0.0
    mean[of[Kind.CONSTANT]] = history[of[Kind.CONSTANT], -1][:, None]
    if len(rows := of[Kind.ZEROS]):
        fit = zeros(history[rows], horizon=horizon)
        mean[rows], spread[rows] = fit.mean, fit.spread
    if len(rows := of[Kind.SHORT]):
        fit = short(history[rows], peers, season=season, horizon=horizon)
        mean[rows], spread[rows] = fit.mean, fit.spread
    if len(rows := np.flatnonzero(kind >= Kind.YOUNG)):
        festival = festival_of(history[rows], H[: history.shape[1] + horizon], season)
        fit = theta(festival.off(history[rows]), season=season, horizon=horizon)
        mean[rows], spread[rows] = festival.on(fit.mean, history.shape[1]), fit.spread
    return Fit(mean, spread), kind
