"""ESRI at the fixed point, with a proven bound of what is still missing.

A small last step does not say that little is missing: losses may go on growing slowly for long. The map F of losses is
monotone, so (Knaster-Tarski) any u with F(u) <= u lies above its least fixed point, and every sweep from nought below.
The guess is u = l + k (l - l'), with l' the losses four sweeps before l and k from the ratio in which growth falls:
near the end the growth is an eigenvector of the linearised map, and k (l - l') is what a solve of that map would give.
Where F(u) > u it is raised to F(u) a few times; what then does not hold is not used, and the sweeps go on.

The losses from customers are slow where little is sold outside, but linear, and there sweeps leap: l' = l + k (l - l'')
is taken where l' <= F(l') holds. This stays below, too, for a complete stop of firm a where no row of Lu sums to more
than 1: l' is above nought only for firms from which customers lead to a; there Lu without the row of a fades, so from
(I - Lu)(l' - l*) <= 0 follows l' <= l*. Where a firm sells more than its revenue nothing leaps.

F is the map as computed in float64. Rounded sums, products and quotients are monotone too, so the proof holds for it;
its fixed point is that of the exact map but for rounding. One exception is reported by the network itself: sales below
1 in a market class make F lose its monotony (``chain.small_unit``).
Source: A. Tarski, A lattice-theoretical fixpoint theorem, Pacific J. Math. 5 (1955) 285, doi 10.2140/pjm.1955.5.285.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from zhizao.engines.chain import kernels
from zhizao.engines.chain.impact import Impact, impact, near_rows
from zhizao.engines.chain.network import Network
from zhizao.engines.chain.risk import Progress, Shocks
from zhizao.kernel.executor import Cancelled, Executor, Serial

MOST_SWEEPS: Final = 20_000


def certified_risk(
    network: Network,
    firms: npt.ArrayLike | None = None,
    *,
    error: float = 1e-6,
    market: bool = True,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> pl.DataFrame:
    """ESRI at the fixed point for single stops, from below and from above.

    Parameters
    ----------
    firms : places of the firms to stop; by default all
    error : the greatest distance between both bounds

    Returns
    -------
    polars.DataFrame
        ``firm``, ``esri``, ``esri_down``, ``esri_up`` (lower bounds), ``esri_most`` (upper bound of ``esri``; null
        where none was found in ``MOST_SWEEPS``), ``sweeps``.

    Raises
    ------
    WorkCancelled

    Examples
    --------
    >>> firms = pl.DataFrame({"firm": ["a", "b"], "sector": ["1", "2"]})
    >>> firms = firms.with_columns(revenue=pl.Series([20, 20]), cost=pl.Series([20, 20]))
    >>> links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "a"], "amount": [10.0, 10.0]})
    >>> certified_risk(Network.from_frames(firms, links)).select("esri", "esri_most").row(0)
    (0.75, 0.75)
    """
    places = np.arange(len(network.firms)) if firms is None else np.asarray(firms)
    row_of = near_rows(network)
    shocks = Shocks.single(row_of[places])
    may_leap = network.revenue is None or bool((network.revenue >= network.out_strength).all())
    task = partial(_task, impact(network, row_of=row_of), error, market, may_leap)
    parts = (shocks.part(at, min(at + kernels.LANES, len(shocks))) for at in range(0, len(shocks), kernels.LANES))
    frames, done = [], 0
    for frame in (executor or Serial()).map(task, parts, cancelled=cancelled):
        frames.append(frame)
        done += frame.height
        if progress is not None:
            progress(done, len(shocks))
    names = pl.Series("firm", [network.firms[place] for place in places], dtype=pl.String)
    return pl.concat(frames).select(names, pl.all())


def _task(of: Impact, error: float, market: bool, may_leap: bool, shocks: Shocks) -> pl.DataFrame:  # noqa: FBT001 -- for partial
    from zhizao.engines.chain.bounding import bounds

    count = len(shocks)
    lower, upper, sweeps = np.zeros((count, 3)), np.zeros(count), np.zeros(count, np.int64)
    matrices = (
        of.group_of, of.link_of, of.supplier, of.down, of.buyer_of, of.buyer, of.up,
        of.class_of, of.member, of.out, of.weight,
    )  # fmt: skip
    floors = shocks.down, shocks.up
    settings = error, MOST_SWEEPS, market, may_leap
    bounds(shocks.start, shocks.firm, *floors, *settings, lower, upper, sweeps, *matrices)
    frame = pl.DataFrame(lower, schema=["esri", "esri_down", "esri_up"], orient="row")
    most = pl.Series("esri_most", np.where(upper > 1.5, np.nan, upper)).fill_nan(None)
    return frame.with_columns(most, pl.Series("sweeps", sweeps))
