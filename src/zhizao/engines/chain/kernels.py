"""The cascade, compiled: many shocks side by side, each with exactly the same figures as alone.

State is kept as losses l = 1 - h in arrays of firms × ``LANES`` shocks, so that one reading of a link serves them all.
A buyer pulls: its links are sorted by group, a group is one sum, the buyer's loss the greatest group. A shock begins
alone (``_follow``): while it touches few links only those are computed. Then it moves into a lane. When it has
settled its figures are taken (``_harvest``) and the lane goes to the next shock. Sums run in the order of the firms
everywhere, so that no result depends on lanes, threads or machines.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb
import numpy as np

LANES: Final = 32
LONGEST: Final = 1_000_000
"""Updates after which a cascade counts as one that never settles (possible only with sales below 1, see the docs)."""
EMPTY_CLASS: Final = 1e-10
SPARSE_SHARE: Final = 0.15
"""Share of all links up to which a shock is followed alone: measured at 10,000 firms, flat between 0.08 and 0.3."""

_jit = nb.njit(nogil=True, cache=True, error_model="numpy")


@_jit
def _send(ld: Any, sent: Any, in_class: Any, market_on: Any, class_of: Any, member: Any, out: Any) -> None:
    """What each firm sends down: its loss times the market rule."""
    for q in range(class_of.shape[0] - 1):
        first, last = class_of[q], class_of[q + 1]
        in_class[:] = 0.0
        for k in range(first, last):
            i = member[k]
            for c in range(LANES):
                in_class[c] += out[i] * (1.0 - ld[i, c])
        for c in range(LANES):
            if in_class[c] <= EMPTY_CLASS:
                in_class[c] = 1.0
        for k in range(first, last):
            i = member[k]
            for c in range(LANES):
                sent[i, c] = ld[i, c] * min(1.0, out[i] / in_class[c]) if market_on else ld[i, c]


@_jit
def _down(
    ld: Any, sent: Any, step: Any, most: Any, group: Any, head: Any, chained: Any, lane_of: Any, floor: Any,
    group_of: Any, link_of: Any, supplier: Any, down: Any,
) -> None:  # fmt: skip
    """One update of the losses that come from suppliers, in place."""
    for j in range(group_of.shape[0] - 1):
        first, last = group_of[j], group_of[j + 1]
        if first == last and head[j] < 0:
            continue
        most[:] = 0
        k = head[j]
        while k >= 0:
            most[lane_of[k]] = floor[k]
            k = chained[k]
        for g in range(first, last):
            start, end = link_of[g], link_of[g + 1]
            if end == start + 1:
                i, share = supplier[start], down[start]
                for c in range(LANES):
                    loss = share * sent[i, c]
                    most[c] = loss if loss > most[c] else most[c]
            else:
                group[:] = 0
                for e in range(start, end):
                    i, share = supplier[e], down[e]
                    for c in range(LANES):
                        group[c] += share * sent[i, c]
                for c in range(LANES):
                    most[c] = group[c] if group[c] > most[c] else most[c]
        for c in range(LANES):
            loss = most[c] if most[c] < 1 else most.dtype.type(1)
            grown = loss - ld[j, c]
            step[c] = grown if grown > step[c] else step[c]
            ld[j, c] = loss


@_jit
def _up(
    old: Any, new: Any, step: Any, total: Any, head: Any, chained: Any, lane_of: Any, floor: Any,
    buyer_of: Any, buyer: Any, up: Any,
) -> None:  # fmt: skip
    """One update of the losses that come from customers, from ``old`` to ``new``."""
    for i in range(buyer_of.shape[0] - 1):
        first, last = buyer_of[i], buyer_of[i + 1]
        total[:] = 0
        for e in range(first, last):
            j, share = buyer[e], up[e]
            for c in range(LANES):
                total[c] += share * old[j, c]
        k = head[i]
        while k >= 0:
            c = lane_of[k]
            total[c] = max(total[c], floor[k])
            k = chained[k]
        for c in range(LANES):
            loss = total[c] if total[c] < 1 else total.dtype.type(1)
            grown = loss - old[i, c]
            step[c] = grown if grown > step[c] else step[c]
            new[i, c] = loss


@_jit
def _harvest(
    ld: Any, lu: Any, lanes: Any, shock_in: Any, esri: Any, vulnerability: Any, kept_down: Any, kept_up: Any,
    weight: Any, clear: Any,
) -> None:  # fmt: skip
    """Weighted losses of some lanes; with ``clear`` the lanes are taken: losses kept where wanted, and set to 0."""
    for c in lanes:
        esri[shock_in[c], :] = 0.0
    for j in range(weight.shape[0]):
        for c in lanes:
            down, up = np.float64(ld[j, c]), np.float64(lu[j, c])
            either = max(down, up)
            if either > 0:
                s = shock_in[c]
                esri[s, 0] += weight[j] * either
                esri[s, 1] += weight[j] * down
                esri[s, 2] += weight[j] * up
                if clear:
                    vulnerability[j] += either
                    ld[j, c] = 0
                    lu[j, c] = 0
                    if kept_down.shape[0]:
                        kept_down[s, j] = down
                        kept_up[s, j] = up


@_jit
def _follow(
    firms: Any, floor_down: Any, floor_up: Any, eps: Any, market_on: Any, most_links: Any,
    ld: Any, sent: Any, lu: Any, fresh: Any, least_down: Any, least_up: Any, seen: Any, lists: Any, class_sum: Any,
    clock: Any,
    group_of: Any, link_of: Any, supplier: Any, down: Any, buyer_of: Any, buyer: Any, up: Any,
    seller_of: Any, seller: Any, class_of: Any, member: Any, market: Any, out: Any,
) -> Any:  # fmt: skip
    """Follow one shock alone while it touches few links; the scratch arrays hold the losses for the caller to take.

    Returns updates done and whether it has settled. ``seen`` (4 × places) holds when (by ``clock``) a buyer, a
    supplier, a class was last put on its list, and which firms the shock has reached.
    """
    one = ld.dtype.type(1)
    reached_down, changed_up, touched_down, touched_up = lists[0], lists[1], lists[2], lists[3]
    downs = changes = firms.shape[0]
    clock[0] += 1
    shock = clock[0]
    for k in range(firms.shape[0]):
        i = firms[k]
        ld[i] = least_down[i] = floor_down[k]
        lu[i] = least_up[i] = floor_up[k]
        reached_down[k] = changed_up[k] = i
        seen[3, i] = shock
    updates, settled = 0, False
    while not settled:
        clock[0] += 1
        now = clock[0]
        buyers = sellers = work = 0
        for at in range(downs):  # whoever sends something new has buyers to look at
            i = reached_down[at]
            if out[i] > 0:
                q = market[i]
                if market_on and seen[2, q] != now:
                    seen[2, q] = now
                    total = 0.0
                    for k in range(class_of[q], class_of[q + 1]):
                        total += out[member[k]] * (1.0 - ld[member[k]])
                    class_sum[q] = total if total > EMPTY_CLASS else 1.0
                    work += class_of[q + 1] - class_of[q]
                fresh[i] = ld[i] * min(1.0, out[i] / class_sum[q]) if market_on else ld[i]
                if fresh[i] != sent[i]:
                    for k in range(buyer_of[i], buyer_of[i + 1]):
                        j = buyer[k]
                        if seen[0, j] != now:
                            seen[0, j] = now
                            touched_down[buyers] = j
                            buyers += 1
                            work += link_of[group_of[j + 1]] - link_of[group_of[j]]
            if work > most_links:
                break
        for at in range(changes):
            if work > most_links:
                break
            j = changed_up[at]
            for k in range(seller_of[j], seller_of[j + 1]):
                i = seller[k]
                if seen[1, i] != now:
                    seen[1, i] = now
                    touched_up[sellers] = i
                    sellers += 1
                    work += buyer_of[i + 1] - buyer_of[i]
        if work > most_links:
            break
        step = 0.0
        for at in range(downs):
            i = reached_down[at]
            if out[i] > 0:
                sent[i] = fresh[i]
        for at in range(buyers):
            j = touched_down[at]
            most = least_down[j]
            for g in range(group_of[j], group_of[j + 1]):
                loss = one - one
                for e in range(link_of[g], link_of[g + 1]):
                    loss += down[e] * sent[supplier[e]]
                most = loss if loss > most else most
            most = most if most < 1 else one
            step = max(step, np.float64(most - ld[j]))
            if most > 0 and ld[j] == 0 and least_down[j] == 0:
                reached_down[downs] = j
                downs += 1
                seen[3, j] = shock
            ld[j] = most
        for at in range(sellers):
            i = touched_up[at]
            loss = one - one
            for e in range(buyer_of[i], buyer_of[i + 1]):
                loss += up[e] * lu[buyer[e]]
            loss = loss if loss > least_up[i] else least_up[i]
            fresh[i] = loss if loss < 1 else one
        changes = 0
        for at in range(sellers):
            i = touched_up[at]
            if fresh[i] != lu[i]:
                step = max(step, np.float64(fresh[i] - lu[i]))
                seen[3, i] = shock
                lu[i] = fresh[i]
                changed_up[changes] = i
                changes += 1
        updates += 1
        settled = step <= eps
    return updates, settled


@_jit
def cascade(
    shock_of: Any, firm: Any, floor_down: Any, floor_up: Any, eps: Any, by_total: Any, market_on: Any,
    esri: Any, updates: Any, vulnerability: Any, kept_down: Any, kept_up: Any,
    group_of: Any, link_of: Any, supplier: Any, down: Any, buyer_of: Any, buyer: Any, up: Any,
    seller_of: Any, seller: Any, class_of: Any, member: Any, market: Any, out: Any, weight: Any,
) -> None:  # fmt: skip
    """Run shocks until each has settled.

    Parameters
    ----------
    shock_of : shape (shocks + 1,), where the firms of each shock begin
    firm, floor_down, floor_up : the shocked firms, ascending in a shock, and their initial losses
    eps, by_total : the stop rule, by the greatest step or by the growth of the weighted total
    market_on : whether suppliers with a small share of their market are replaced
    esri : shape (shocks, 3), out: weighted loss of both, down, up
    updates : shape (shocks,), out: how many it took; -1 where it did not settle in ``LONGEST``
    vulnerability : shape (n,), out: the sum of losses of each firm is added
    kept_down, kept_up : shape (shocks, n) or (0, n), out: losses of each firm, all 0 before
    """
    n, shocks = weight.shape[0], shock_of.shape[0] - 1
    dtype = down.dtype
    ld, sent = np.zeros((n, LANES), dtype), np.zeros((n, LANES), dtype)
    lu, other = np.zeros((n, LANES), dtype), np.zeros((n, LANES), dtype)
    step, most, group = np.zeros(LANES, dtype), np.zeros(LANES, dtype), np.zeros(LANES, dtype)
    in_class = np.zeros(LANES)
    head = np.full(n, -1, np.int32)
    chained, lane_of = np.full(firm.shape[0], -1, np.int32), np.zeros(firm.shape[0], np.int32)
    shock_in, before = np.full(LANES, -1, np.int64), np.zeros(LANES)
    alone_ld, alone_sent, alone_lu = np.zeros(n, dtype), np.zeros(n, dtype), np.zeros(n, dtype)
    fresh, least_down, least_up = np.zeros(n, dtype), np.zeros(n, dtype), np.zeros(n, dtype)
    seen = np.zeros((4, max(n, class_of.shape[0])), np.int64)
    lists = np.zeros((4, n), np.int32)
    class_sum, clock = np.zeros(class_of.shape[0]), np.zeros(1, np.int64)
    lanes = np.zeros(LANES, np.int64)
    most_links = 0 if by_total else int(SPARSE_SHARE * 2 * buyer.shape[0])
    following = 0
    while True:
        for c in range(LANES):
            while shock_in[c] < 0 and following < shocks:
                s = following
                following += 1
                a, z = shock_of[s], shock_of[s + 1]
                shock = clock[0] + 1
                updates[s], settled = _follow(
                    firm[a:z], floor_down[a:z], floor_up[a:z], eps, market_on, most_links,
                    alone_ld, alone_sent, alone_lu, fresh, least_down, least_up, seen, lists, class_sum, clock,
                    group_of, link_of, supplier, down, buyer_of, buyer, up,
                    seller_of, seller, class_of, member, market, out,
                )  # fmt: skip
                total = 0.0
                for j in range(n):
                    if seen[3, j] != shock:
                        continue
                    either = max(np.float64(alone_ld[j]), np.float64(alone_lu[j]))
                    total += weight[j] * either
                    if settled:
                        esri[s, 1] += weight[j] * np.float64(alone_ld[j])
                        esri[s, 2] += weight[j] * np.float64(alone_lu[j])
                        vulnerability[j] += either
                        if kept_down.shape[0]:
                            kept_down[s, j], kept_up[s, j] = alone_ld[j], alone_lu[j]
                    else:
                        ld[j, c], lu[j, c] = alone_ld[j], alone_lu[j]
                    alone_ld[j] = alone_lu[j] = alone_sent[j] = least_down[j] = least_up[j] = 0
                if settled:
                    esri[s, 0] = total
                else:
                    shock_in[c], before[c] = s, total
                    for k in range(a, z):
                        lane_of[k], chained[k], head[firm[k]] = c, head[firm[k]], k
        busy = 0
        for c in range(LANES):
            if shock_in[c] >= 0:
                lanes[busy] = c
                busy += 1
        if busy == 0:
            return
        step[:] = 0
        _send(ld, sent, in_class, market_on, class_of, member, out)
        _down(ld, sent, step, most, group, head, chained, lane_of, floor_down, group_of, link_of, supplier, down)
        _up(lu, other, step, most, head, chained, lane_of, floor_up, buyer_of, buyer, up)
        lu, other = other, lu
        if by_total:
            _harvest(ld, lu, lanes[:busy], shock_in, esri, vulnerability, kept_down, kept_up, weight, False)
        settling = 0
        for c in lanes[:busy]:
            s = shock_in[c]
            updates[s] += 1
            settled = step[c] <= eps
            if by_total:
                settled = esri[s, 0] <= before[c] * (1 + eps) if before[c] > 0 else esri[s, 0] == 0
                before[c] = esri[s, 0]
            if updates[s] >= LONGEST:
                settled, updates[s] = True, -1
            if settled:
                lanes[settling] = c  # never overtakes the reading
                settling += 1
        if settling:
            taken = lanes[:settling]
            _harvest(ld, lu, taken, shock_in, esri, vulnerability, kept_down, kept_up, weight, True)
            for c in taken:
                for k in range(shock_of[shock_in[c]], shock_of[shock_in[c] + 1]):
                    i = firm[k]
                    if head[i] == k:
                        head[i] = chained[k]
                    else:
                        before_k = head[i]
                        while chained[before_k] != k:
                            before_k = chained[before_k]
                        chained[before_k] = chained[k]
                shock_in[c] = -1
