"""The cascade, compiled: many shocks side by side, each with exactly the same figures as alone.

State is kept as losses l = 1 - h in arrays of firms × lanes, a lane for each shock, so that one reading of a link
serves them all. How many lanes there are is known only at run time: loops of a known length would be unrolled before
they can be vectorised, which took six times as long.
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
SPARSE_SHARE: Final = 0.03
"""Share of all links up to which a shock is followed alone: measured, flat between 0.02 and 0.1."""

_jit = nb.njit(nogil=True, cache=True, error_model="numpy")


@_jit
def _send(ld: Any, sent: Any, in_class: Any, market_on: Any, class_of: Any, member: Any, out: Any) -> None:
    """What each firm sends down: its loss times the market rule."""
    lanes = in_class.shape[0]
    for q in range(class_of.shape[0] - 1):
        first, last = class_of[q], class_of[q + 1]
        in_class[:] = 0.0
        for k in range(first, last):
            i = member[k]
            for c in range(lanes):
                in_class[c] += out[i] * (1.0 - ld[i, c])
        for c in range(lanes):
            if in_class[c] <= EMPTY_CLASS:
                in_class[c] = 1.0
        for k in range(first, last):
            i = member[k]
            for c in range(lanes):
                sent[i, c] = ld[i, c] * min(1.0, out[i] / in_class[c]) if market_on else ld[i, c]


@_jit
def _down(
    ld: Any, sent: Any, step: Any, most: Any, group: Any, head: Any, chained: Any, lane_of: Any, floor: Any,
    group_of: Any, link_of: Any, supplier: Any, down: Any,
) -> None:  # fmt: skip
    """One update of the losses that come from suppliers, in place."""
    lanes = step.shape[0]
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
                for c in range(lanes):
                    loss = share * sent[i, c]
                    most[c] = loss if loss > most[c] else most[c]
            else:
                group[:] = 0
                for e in range(start, end):
                    i, share = supplier[e], down[e]
                    for c in range(lanes):
                        group[c] += share * sent[i, c]
                for c in range(lanes):
                    most[c] = group[c] if group[c] > most[c] else most[c]
        for c in range(lanes):
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
    lanes = step.shape[0]
    for i in range(buyer_of.shape[0] - 1):
        first, last = buyer_of[i], buyer_of[i + 1]
        total[:] = 0
        for e in range(first, last):
            j, share = buyer[e], up[e]
            for c in range(lanes):
                total[c] += share * old[j, c]
        k = head[i]
        while k >= 0:
            c = lane_of[k]
            total[c] = max(total[c], floor[k])
            k = chained[k]
        for c in range(lanes):
            loss = total[c] if total[c] < 1 else total.dtype.type(1)
            grown = loss - old[i, c]
            step[c] = grown if grown > step[c] else step[c]
            new[i, c] = loss


@_jit
def _harvest(
    ld: Any, lu: Any, some: Any, shock_in: Any, esri: Any, vulnerability: Any, kept_down: Any, kept_up: Any,
    weight: Any, clear: Any,
) -> None:  # fmt: skip
    """Weighted losses of some lanes; with ``clear`` the lanes are taken: losses kept where wanted, and set to 0."""
    for c in some:
        esri[shock_in[c], :] = 0.0
    for j in range(weight.shape[0]):
        for c in some:
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
    ld: Any, following: Any, sent: Any, fresh: Any, lu: Any, grown: Any, asked: Any, in_group: Any,
    lists: Any, listed: Any, in_class: Any, class_at: Any,
    client_of: Any, client_group: Any, client_share: Any, owner: Any, seller_of: Any, seller: Any, seller_share: Any,
    class_of: Any, member: Any, market: Any, out: Any,
) -> Any:  # fmt: skip
    """Follow one shock alone while it touches few links: who loses more passes on the difference, and nobody else acts.

    ``in_group`` and ``asked`` are the sums of what has come from suppliers and customers. Returns updates done, whether
    it has settled, and how many firms it has reached, which stand in ``lists[0]``; losses stay in ``ld`` and ``lu``.
    """
    reached, senders, changed, touched, buyers = lists[0], lists[1], lists[2], lists[3], lists[4]
    reaches = sends = changes = 0
    for k in range(firms.shape[0]):
        i = firms[k]
        ld[i] = following[i] = floor_down[k]
        lu[i] = grown[i] = floor_up[k]
        if floor_down[k] > 0 or floor_up[k] > 0:
            reached[reaches] = i
            reaches += 1
        if floor_down[k] > 0 and client_of[i + 1] > client_of[i]:
            senders[sends] = i
            sends += 1
        if floor_up[k] > 0:
            changed[changes] = i
            changes += 1
    updates, settled = 0, False
    class_at[:] = 0
    while not settled:
        work = 0
        for at in range(sends):
            i = senders[at]
            fresh[i] = ld[i]
            if market_on:
                q = market[i]
                if class_at[q] != updates + 1:
                    class_at[q] = updates + 1
                    total = 0.0
                    for k in range(class_of[q], class_of[q + 1]):
                        total += out[member[k]] * (1.0 - ld[member[k]])
                    in_class[q] = total if total > EMPTY_CLASS else 1.0
                    work += class_of[q + 1] - class_of[q]
                fresh[i] = ld[i] * min(1.0, out[i] / in_class[q])
            if fresh[i] != sent[i]:
                work += client_of[i + 1] - client_of[i]
            if fresh[i] < sent[i]:  # sales below 1 in a class: sums that only grow would be wrong
                work = most_links + 1
            if work > most_links:
                break
        for at in range(changes):
            work += seller_of[changed[at] + 1] - seller_of[changed[at]]
        if work > most_links or updates == LONGEST:
            break
        step, bought = 0.0, 0
        for at in range(sends):
            i = senders[at]
            more = fresh[i] - sent[i]
            if more == 0:
                continue
            sent[i] = fresh[i]
            for k in range(client_of[i], client_of[i + 1]):
                g = client_group[k]
                in_group[g] += client_share[k] * more
                j = owner[g]
                if in_group[g] > following[j]:
                    if following[j] == ld[j]:
                        buyers[bought] = j
                        bought += 1
                    following[j] = in_group[g]
        sold = 0
        for at in range(changes):
            j = changed[at]
            for k in range(seller_of[j], seller_of[j + 1]):
                i = seller[k]
                asked[i] += seller_share[k] * grown[j]
                if not listed[i]:
                    listed[i] = True
                    touched[sold] = i
                    sold += 1
        changes = 0
        for at in range(sold):
            i = touched[at]
            listed[i] = False
            grown[i] = min(1.0, asked[i]) - lu[i]
            if grown[i] > 0:
                if lu[i] == 0 and ld[i] == 0:
                    reached[reaches] = i
                    reaches += 1
                step = max(step, grown[i])
                lu[i] = min(1.0, asked[i])
                changed[changes] = i
                changes += 1
        for at in range(bought):
            j = buyers[at]
            following[j] = min(1.0, following[j])
            step = max(step, following[j] - ld[j])
            if ld[j] == 0:
                if client_of[j + 1] > client_of[j]:
                    senders[sends] = j
                    sends += 1
                if lu[j] == 0:
                    reached[reaches] = j
                    reaches += 1
            ld[j] = following[j]
        updates += 1
        settled = step <= eps
    return updates, settled, reaches


@_jit
def cascade(
    lanes: Any, most_links: Any, shock_of: Any, firm: Any, floor_down: Any, floor_up: Any,
    eps: Any, by_total: Any, market_on: Any,
    esri: Any, updates: Any, vulnerability: Any, kept_down: Any, kept_up: Any,
    group_of: Any, link_of: Any, supplier: Any, down: Any, buyer_of: Any, buyer: Any, up: Any,
    client_of: Any, client_group: Any, client_share: Any, owner: Any, seller_of: Any, seller: Any, seller_share: Any,
    class_of: Any, member: Any, market: Any, out: Any, weight: Any,
) -> None:  # fmt: skip
    """Run shocks until each has settled.

    Parameters
    ----------
    lanes : shocks side by side
    most_links : links up to which an update of a shock is computed alone
    shock_of : shape (shocks + 1,), where the firms of each shock begin
    firm, floor_down, floor_up : the shocked firms and their initial losses
    eps, by_total : the stop rule, by the greatest step or by the growth of the weighted total
    market_on : whether suppliers with a small share of their market are replaced
    esri : shape (shocks, 3), out: weighted loss of both, down, up
    updates : shape (shocks,), out: how many it took; -1 where it did not settle in ``LONGEST``
    vulnerability : shape (n,), out: the sum of losses of each firm is added
    kept_down, kept_up : shape (shocks, n) or (0, n), out: losses of each firm, all 0 before
    """
    n, shocks = weight.shape[0], shock_of.shape[0] - 1
    dtype = down.dtype
    ld, sent = np.zeros((n, lanes), dtype), np.zeros((n, lanes), dtype)
    lu, other = np.zeros((n, lanes), dtype), np.zeros((n, lanes), dtype)
    step, most, group = np.zeros(lanes, dtype), np.zeros(lanes, dtype), np.zeros(lanes, dtype)
    in_class = np.zeros(lanes)
    head = np.full(n, -1, np.int32)
    chained, lane_of = np.full(firm.shape[0], -1, np.int32), np.zeros(firm.shape[0], np.int32)
    shock_in, before = np.full(lanes, -1, np.int64), np.zeros(lanes)
    one_ld, one_following, one_sent, one_fresh = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    one_lu, one_grown, one_asked, one_in_group = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(owner.shape[0])
    lists, listed = np.zeros((5, n), np.int32), np.zeros(n, np.bool_)
    one_in_class, class_at = np.zeros(class_of.shape[0]), np.zeros(class_of.shape[0], np.int32)
    busy_lanes = np.zeros(lanes, np.int64)
    upcoming = 0
    while True:
        for c in range(lanes):
            while shock_in[c] < 0 and upcoming < shocks:
                s = upcoming
                upcoming += 1
                a, z = shock_of[s], shock_of[s + 1]
                updates[s], settled, reaches = _follow(
                    firm[a:z], floor_down[a:z], floor_up[a:z], eps, market_on, most_links,
                    one_ld, one_following, one_sent, one_fresh, one_lu, one_grown, one_asked, one_in_group,
                    lists, listed, one_in_class, class_at,
                    client_of, client_group, client_share, owner, seller_of, seller, seller_share,
                    class_of, member, market, out,
                )  # fmt: skip
                total = 0.0
                for j in lists[0, :reaches]:
                    either = max(one_ld[j], one_lu[j])
                    total += weight[j] * either
                    if settled:
                        esri[s, 1] += weight[j] * one_ld[j]
                        esri[s, 2] += weight[j] * one_lu[j]
                        vulnerability[j] += either
                        if kept_down.shape[0]:
                            kept_down[s, j], kept_up[s, j] = one_ld[j], one_lu[j]
                    else:
                        ld[j, c], lu[j, c] = one_ld[j], one_lu[j]
                    one_ld[j] = one_lu[j] = one_sent[j] = one_following[j] = one_asked[j] = 0.0
                    one_in_group[group_of[j] : group_of[j + 1]] = 0.0
                if settled:
                    esri[s, 0] = total
                else:
                    shock_in[c], before[c] = s, total
                    for k in range(a, z):
                        lane_of[k], chained[k], head[firm[k]] = c, head[firm[k]], k
        busy = 0
        for c in range(lanes):
            if shock_in[c] >= 0:
                busy_lanes[busy] = c
                busy += 1
        if busy == 0:
            return
        step[:] = 0
        _send(ld, sent, in_class, market_on, class_of, member, out)
        _down(ld, sent, step, most, group, head, chained, lane_of, floor_down, group_of, link_of, supplier, down)
        _up(lu, other, step, most, head, chained, lane_of, floor_up, buyer_of, buyer, up)
        lu, other = other, lu
        if by_total:
            _harvest(ld, lu, busy_lanes[:busy], shock_in, esri, vulnerability, kept_down, kept_up, weight, False)
        settling = 0
        for c in busy_lanes[:busy]:
            s = shock_in[c]
            updates[s] += 1
            settled = step[c] <= eps
            if by_total:
                settled = esri[s, 0] <= before[c] * (1 + eps) if before[c] > 0 else esri[s, 0] == 0
                before[c] = esri[s, 0]
            if updates[s] >= LONGEST:
                settled, updates[s] = True, -1
            if settled:
                busy_lanes[settling] = c  # never overtakes the reading
                settling += 1
        if settling:
            taken = busy_lanes[:settling]
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
