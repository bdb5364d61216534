"""Fixed points with a bound on both sides, compiled: sweeps from below, and a guess above that is verified."""

from __future__ import annotations

from typing import Any, Final

import numba as nb
import numpy as np

from zhizao.engines.chain.kernels import _down, _harvest, _send, _up

WINDOW: Final = 4
"""Sweeps between two looks: cycles of length 2 and 4 show their mean."""
LEAP_LOOKS: Final = 4
LEAP: Final = 0.97
"""After how many looks losses from customers leap, and which part of the way that is left: measured."""
REPAIRS: Final = 6
MARGIN: Final = 1.5
_jit = nb.njit(nogil=True, cache=True, error_model="numpy")


@_jit
def _guess(low: Any, before: Any, high: Any, factor: Any) -> None:
    """What lies above: the loss so far and a multiple of its last growth."""
    lanes = factor.shape[0]
    for j in range(low.shape[0]):
        for c in range(lanes):
            above = low[j, c] + factor[c] * (low[j, c] - before[j, c])
            high[j, c] = above if above < 1.0 else 1.0


@_jit
def _verify(high: Any, image: Any, holds: Any) -> None:
    """Whether F(high) <= high in each lane; where not, high is raised to it."""
    lanes = holds.shape[0]
    for j in range(high.shape[0]):
        for c in range(lanes):
            if image[j, c] > high[j, c]:
                holds[c] = False
                high[j, c] = image[j, c]


@_jit
def _growth(now: Any, before: Any, weight: Any, total: Any) -> None:
    """Weighted growth of the losses of each lane since the last look, added to ``total``."""
    lanes = total.shape[0]
    for j in range(weight.shape[0]):
        for c in range(lanes):
            total[c] += weight[j] * (now[j, c] - before[j, c])


@_jit
def _sinks(low: Any, image: Any, holds: Any) -> None:
    """Whether F(low) >= low in each lane; where not, low is lowered to it."""
    lanes = holds.shape[0]
    for j in range(low.shape[0]):
        for c in range(lanes):
            if image[j, c] < low[j, c]:
                holds[c] = False
                low[j, c] = image[j, c]


@_jit
def _leap(
    lu: Any, lu_before: Any, guess: Any, image: Any, factor: Any, holds: Any, step: Any, most: Any,
    head: Any, chained: Any, lane_of: Any, floor: Any, buyer_of: Any, buyer: Any, up: Any,
) -> None:  # fmt: skip
    """Move the losses from customers on by a multiple of their last growth, in the lanes where they stay below."""
    lanes = holds.shape[0]
    _guess(lu, lu_before, guess, factor)
    for _ in range(REPAIRS):
        holds[:] = True
        _up(guess, image, step, most, head, chained, lane_of, floor, buyer_of, buyer, up)
        _sinks(guess, image, holds)
        if holds.all():
            break
    for j in range(lu.shape[0]):
        for c in range(lanes):
            if holds[c]:
                lu[j, c] = max(lu[j, c], guess[j, c])


@_jit
def bounds(
    shock_of: Any, firm: Any, floor_down: Any, floor_up: Any,
    error: Any, most_sweeps: Any, market_on: Any, may_leap: Any,
    lower: Any, upper: Any, sweeps: Any,
    group_of: Any, link_of: Any, supplier: Any, down: Any, buyer_of: Any, buyer: Any, up: Any,
    class_of: Any, member: Any, out: Any, weight: Any,
) -> None:  # fmt: skip
    """Bound the fixed points of some shocks side by side.

    ``lower`` (shocks, 3) gets the weighted losses of both, down, up from below, ``upper`` those from above (2 where no
    bound was found), ``sweeps`` how many there were.
    """
    n, shocks = weight.shape[0], shock_of.shape[0] - 1
    ld, lu, sent = np.zeros((n, shocks)), np.zeros((n, shocks)), np.zeros((n, shocks))
    ld_before, lu_before = np.zeros((n, shocks)), np.zeros((n, shocks))
    ud, uu = np.zeros((n, shocks)), np.zeros((n, shocks))
    image_d, image_u = np.zeros((n, shocks)), np.zeros((n, shocks))
    step, most, group, in_class = np.zeros(shocks), np.zeros(shocks), np.zeros(shocks), np.zeros(shocks)
    growth, growth_before = np.zeros(shocks), np.ones(shocks)
    growth_u, growth_u_before = np.zeros(shocks), np.zeros(shocks)
    factor, holds, open_lane = np.zeros(shocks), np.ones(shocks, np.bool_), np.zeros(shocks, np.bool_)
    head = np.full(n, -1, np.int32)
    chained, lane_of = np.full(firm.shape[0], -1, np.int32), np.zeros(firm.shape[0], np.int32)
    empty, nobody = np.zeros((0, n)), np.zeros(n)
    lanes = np.arange(shocks)
    for s in range(shocks):
        open_lane[s] = True
        upper[s] = 2.0
        for k in range(shock_of[s], shock_of[s + 1]):
            lane_of[k], chained[k], head[firm[k]] = s, head[firm[k]], k
            ld[firm[k], s], lu[firm[k], s] = floor_down[k], floor_up[k]
    done, least, tried, looks = 0, np.zeros((shocks, 3)), 0, 0
    moving_d = moving_u = True
    while done < most_sweeps:
        ld_before[:], lu_before[:] = ld, lu
        for _ in range(WINDOW):
            if moving_d:
                step[:] = 0.0
                _send(ld, sent, in_class, market_on, class_of, member, out)
                _down(
                    ld, sent, step, most, group, head, chained, lane_of, floor_down, group_of, link_of, supplier, down
                )
                moving_d = step.max() > 0.0  # once nothing moves, to the last bit, nothing ever will
            if moving_u:
                step[:] = 0.0
                _up(lu, lu, step, most, head, chained, lane_of, floor_up, buyer_of, buyer, up)
                moving_u = step.max() > 0.0
        done += WINDOW
        looks += 1
        growth_before[:], growth_u_before[:] = growth, growth_u
        growth_u[:] = 0.0
        _growth(lu, lu_before, weight, growth_u)
        growth[:] = growth_u
        _growth(ld, ld_before, weight, growth)
        ready = looks > 2
        for c in range(shocks):
            if open_lane[c]:
                ratio = min(growth[c] / growth_before[c], 0.9999) if growth_before[c] > 0 else 0.0
                factor[c] = MARGIN * (1 + tried) / (1 - ratio)
                ready = ready and factor[c] * growth[c] <= error
        if not ready:
            if may_leap and moving_u and looks >= LEAP_LOOKS:
                for c in range(shocks):
                    ratio = min(growth_u[c] / growth_u_before[c], 0.9999) if growth_u_before[c] > 0 else 0.0
                    factor[c] = LEAP * ratio / (1 - ratio)
                _leap(
                    lu, lu_before, uu, image_u, factor, holds, step, most,
                    head, chained, lane_of, floor_up, buyer_of, buyer, up,
                )  # fmt: skip
                looks = 0
            continue
        tried += 1
        _guess(ld, ld_before, ud, factor)
        _guess(lu, lu_before, uu, factor)
        for _ in range(REPAIRS):
            holds[:] = True
            image_d[:] = ud
            _send(ud, sent, in_class, market_on, class_of, member, out)
            _down(
                image_d, sent, step, most, group, head, chained, lane_of, floor_down, group_of, link_of, supplier, down
            )
            _up(uu, image_u, step, most, head, chained, lane_of, floor_up, buyer_of, buyer, up)
            _verify(ud, image_d, holds)
            _verify(uu, image_u, holds)
            if holds.all():
                break
        _harvest(ld, lu, lanes, lanes, least, nobody, empty, empty, weight, False)
        lowest = least.copy()
        _harvest(ud, uu, lanes, lanes, least, nobody, empty, empty, weight, False)
        left = False
        for c in range(shocks):
            if open_lane[c] and holds[c] and least[c, 0] - lowest[c, 0] <= error:
                open_lane[c] = False
                lower[c, :] = lowest[c, :]
                upper[c] = least[c, 0]
                sweeps[c] = done
            left = left or open_lane[c]
        if not left:
            return
    _harvest(ld, lu, lanes, lanes, least, nobody, empty, empty, weight, False)
    for c in range(shocks):
        if open_lane[c]:
            lower[c, :] = least[c, :]
            sweeps[c] = done
