"""Systemic risk: the share of the network's output that is lost when firms stop (ESRI), for any number of shocks.

With h the share of production that is left (h_d by suppliers, h_u by customers), psi the initial losses and w the
weights, all at step t:

    A_c        = sum of h_d,i out_i over the firms i of market class c;   1 where that is 1e-10 or less
    sigma_i    = min(1, out_i / A_c)                                      (1 without the market rule)
    Pi_jk      = 1 - sum over suppliers i of sector k of sigma_i Ld_ij (1 - h_d,i)
    h_d,j(t+1) = max(0, min(1 - psi_d,j, least Pi_jk of essential k, 1 - sum over other k of (1 - Pi_jk)))
    h_u,i(t+1) = max(0, min(1 - psi_u,i, 1 - sum over customers j of Lu_ij (1 - h_u,j)))
    ESRI       = sum of w_j (1 - min(h_d,j, h_u,j));   ESRI_d, ESRI_u with one of the two alone

until no h falls by more than eps (stop rule 1), or until sum w (1 - min(h_d, h_u)) grows by no more than a factor
1 + eps (rule 2). Every step is a lower bound of the fixed point. Source: Diem et al., Scientific Reports 12 (2022)
7719, doi 10.1038/s41598-022-11522-z; they stop at eps = 1e-2, which is not a fixed point. Here the default is 1e-10.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from zhizao.engines.chain import kernels
from zhizao.engines.chain.impact import Impact, Precision, State, impact, near_rows
from zhizao.engines.chain.network import Floats, Ints, Network
from zhizao.kernel.executor import Cancelled, Executor, Serial
from zhizao.kernel.result import Problem, Refused, mark

Progress = Callable[[int, int], None]
"""Told how many shocks are done, and of how many."""
_BATCH: Final = 1024
_BATCH_CELLS: Final = 100_000_000
"""Shocks of a task, and firms times shocks at most: a task is what is cancelled, repeated or sent to a worker."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a cascade runs and when it stops.

    Attributes
    ----------
    eps : greatest fall of any firm in the last update, or growth of the total
    stop : 1, by the greatest fall; 2, by the growth of the total
    market : whether suppliers with a small share of their market class are replaced by others
    precision : ``float32`` is faster and good to 5e-7 at eps = 1e-2; not for eps below 1e-4

    >>> Rule().eps
    1e-10
    """

    eps: float = 1e-10
    stop: Literal[1, 2] = 1
    market: bool = True
    precision: Precision = "float64"

    def __post_init__(self) -> None:
        if not 0 <= self.eps < np.inf:
            raise _wrong(mark("The tolerance must be a number of 0 or more."), mark("Give one such as 1e-10."))
        if self.stop not in (1, 2):
            raise _wrong(mark("The stop rule is 1 or 2."), mark("1: greatest fall, 2: growth of the total."))
        if self.precision == "float32" and self.eps < 1e-4:
            raise _wrong(mark("float32 cannot tell steps below 1e-4 apart."), mark("Take float64."))


@dataclass(frozen=True, eq=False)
class Shocks:
    """Initial losses: those of shock s stand at ``start[s]`` to ``start[s + 1]`` of the others."""

    start: npt.NDArray[np.int64]
    firm: Ints
    down: Floats
    up: Floats

    def __len__(self) -> int:
        return len(self.start) - 1

    def part(self, first: int, last: int) -> Shocks:
        """Shocks ``first`` to ``last - 1``."""
        a, z = self.start[first], self.start[last]
        return Shocks(self.start[first : last + 1] - a, self.firm[a:z], self.down[a:z], self.up[a:z])

    @classmethod
    def single(cls, firms: npt.ArrayLike) -> Shocks:
        """Each of these firms stops, alone."""
        places = np.asarray(firms, dtype=np.int32)
        ones = np.ones(len(places))
        return cls(np.arange(len(places) + 1), places, ones, ones)

    @classmethod
    def joint(cls, network: Network, losses: Sequence[Mapping[str, float | tuple[float, float]]]) -> Shocks:
        """One shock from each mapping of firm to its loss, or to its losses down and up.

        Raises
        ------
        Refused
            A firm that is not in the network, a loss outside [0, 1].
        """
        start, firm, pairs = [0], [], []
        for shock in losses:
            rows = sorted((_place(network, name), _pair(name, loss)) for name, loss in shock.items())
            firm += [place for place, _ in rows]
            pairs += [pair for _, pair in rows]
            start.append(len(firm))
        both = np.array(pairs, dtype=np.float64).reshape(-1, 2)
        ends = np.array(start, dtype=np.int64)
        return cls(ends, np.array(firm, dtype=np.int32), both[:, 0].copy(), both[:, 1].copy())


@dataclass(frozen=True, eq=False)
class Outcome:
    """What shocks do.

    Attributes
    ----------
    esri : shape (shocks, 3), weighted losses of both, down, up
    updates : shape (shocks,)
    loss_sum : shape (n,), losses of each firm summed over the shocks
    loss_down, loss_up : shape (shocks, n), or (0, n) where they were not asked for
    """

    esri: Floats
    updates: npt.NDArray[np.int64]
    loss_sum: Floats
    loss_down: State
    loss_up: State


def systemic_risk(
    network: Network,
    *,
    rule: Rule | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> pl.DataFrame:
    """ESRI and vulnerability of every firm.

    Returns
    -------
    polars.DataFrame
        ``firm``, ``esri``, ``esri_down``, ``esri_up`` (share of all weight that is lost when the firm stops),
        ``iterations``, ``vulnerability`` (mean loss of the firm over the stops of each firm, its own among them).

    Raises
    ------
    Refused
        The cascade does not settle.
    WorkCancelled

    Examples
    --------
    >>> firms = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["1", "2", "3"]})
    >>> links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "c"], "amount": [10.0, 10.0]})
    >>> systemic_risk(Network.from_frames(firms, links)).rows()[1]
    ('b', 1.0, 0.5, 1.0, 2, 1.0)
    """
    n = len(network.firms)
    outcome = run(
        network, Shocks.single(np.arange(n)), rule=rule, executor=executor, progress=progress, cancelled=cancelled
    )
    return pl.DataFrame(
        {
            "firm": network.firms,
            "esri": outcome.esri[:, 0],
            "esri_down": outcome.esri[:, 1],
            "esri_up": outcome.esri[:, 2],
            "iterations": outcome.updates,
            "vulnerability": outcome.loss_sum / n,
        }
    )


def run(
    network: Network,
    shocks: Shocks,
    *,
    rule: Rule | None = None,
    keep_losses: bool = False,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Outcome:
    """Run any shocks; the figures of each do not depend on the others, nor on the executor.

    Parameters
    ----------
    keep_losses : bool
        Give the loss of every firm in every shock: memory for shocks × n numbers, twice.
    progress : callable, optional
        Called after each task.

    Raises
    ------
    Refused
        ``chain.never_settles``.
    WorkCancelled
    """
    rule = rule or Rule()
    row_of = near_rows(network)
    matrices = impact(network, rule.precision, row_of=row_of)
    shocks = Shocks(shocks.start, row_of[shocks.firm], shocks.down, shocks.up)
    size = max(kernels.LANES, min(_BATCH, _BATCH_CELLS // max(len(network.firms), 1)))
    task = partial(_task, matrices, rule, keep_losses)
    parts = (shocks.part(first, min(first + size, len(shocks))) for first in range(0, len(shocks), size))
    found = []
    loss_sum = np.zeros(len(network.firms))
    done = 0
    for outcome in (executor or Serial()).map(task, parts, cancelled=cancelled):
        loss_sum += outcome.loss_sum
        found.append(outcome)
        done += len(outcome.updates)
        if progress is not None:
            progress(done, len(shocks))
    return _joined(found, loss_sum, row_of)


def _joined(parts: Sequence[Outcome], loss_sum: Floats, row_of: Ints) -> Outcome:
    """All parts in one, firms in the order of the network."""
    if not parts:
        empty = np.zeros((0, len(row_of)))
        return Outcome(np.zeros((0, 3)), np.zeros(0, np.int64), loss_sum, empty, empty)
    updates = np.concatenate([part.updates for part in parts])
    if (updates < 0).any():
        message = mark("A cascade has not settled after %(count)s updates.")
        remedy = mark("Give amounts in a smaller unit of money, or a larger tolerance.")
        raise Refused(Problem("chain.never_settles", message, remedy=remedy, params={"count": kernels.LONGEST}))
    return Outcome(
        np.concatenate([part.esri for part in parts]),
        updates,
        loss_sum[row_of],
        np.concatenate([part.loss_down for part in parts])[:, row_of],
        np.concatenate([part.loss_up for part in parts])[:, row_of],
    )


def _task(matrices: Impact, rule: Rule, keep_losses: bool, shocks: Shocks) -> Outcome:  # noqa: FBT001 -- for partial
    n, count, dtype = len(matrices.weight), len(shocks), matrices.down.dtype
    shape = (count if keep_losses else 0, n)
    outcome = Outcome(
        np.zeros((count, 3)), np.zeros(count, np.int64), np.zeros(n), np.zeros(shape, dtype), np.zeros(shape, dtype)
    )
    floors = shocks.down.astype(dtype), shocks.up.astype(dtype)
    settings = float(rule.eps), rule.stop == 2, rule.market
    most_links = 0 if rule.stop == 2 else int(kernels.SPARSE_SHARE * 2 * len(matrices.buyer))
    size = min(kernels.LANES, count), most_links
    results = outcome.esri, outcome.updates, outcome.loss_sum, outcome.loss_down, outcome.loss_up
    kernels.cascade(*size, shocks.start, shocks.firm, *floors, *settings, *results, *matrices.arrays)
    return outcome


def _place(network: Network, firm: str) -> int:
    if firm not in network.places:
        message, remedy = mark("“%(firm)s” is not in the list of firms."), mark("Correct the name.")
        raise Refused(Problem("chain.unknown_firm", message, remedy=remedy, params={"firm": firm}))
    return network.places[firm]


def _pair(firm: str, loss: float | tuple[float, float]) -> tuple[float, float]:
    pair = loss if isinstance(loss, tuple) else (loss, loss)
    if not all(0 <= one <= 1 for one in pair):
        message, remedy = mark("The loss of “%(firm)s” is not between 0 and 1."), mark("1 is a complete stop.")
        raise Refused(Problem("chain.loss", message, remedy=remedy, params={"firm": firm}))
    return pair


def _wrong(message: str, remedy: str) -> Refused:
    return Refused(Problem("chain.rule", message, remedy=remedy))
