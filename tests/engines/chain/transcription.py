"""The formulas of the cascade word for word, dense and slow: what the kernels are tested against."""

from __future__ import annotations

import numpy as np

from zhizao.engines.chain import Network, Rule


def transcribed(network: Network, down: np.ndarray, up: np.ndarray, rule: Rule) -> tuple[np.ndarray, np.ndarray, int]:
    """Losses down and up and the updates done, of one shock with initial losses ``down`` and ``up``."""
    n, m = len(network.firms), len(network.sectors)
    W = np.zeros((n, n))
    W[network.supplier, network.buyer] = network.amount
    out, bought, p = W.sum(axis=1), W.sum(axis=0), network.sector
    P = np.stack([W[p == k].sum(axis=0) for k in range(m)], axis=1)
    E = network.essential[p][:, p]
    scale = np.ones(n)
    if network.cost is not None:
        scale = np.where(bought == 0, 1, bought) / np.where(network.cost == 0, 1, network.cost)
    revenue = out if network.revenue is None else network.revenue
    Lu = W / np.where(revenue == 0, 1, revenue)[:, None]
    Ld = np.zeros((n, n))
    for i, j in zip(*np.nonzero(W), strict=True):
        Ld[i, j] = scale[j] * {2: W[i, j] / P[j, p[i]], 1: W[i, j] / bought[j], 0: 0.0}[int(E[i, j])]
    hd, hu = 1 - down, 1 - up

    def total() -> float:
        return float(network.weight @ (1 - np.minimum(hd, hu)))

    updates = 0
    while True:
        A = np.array([(hd * out)[network.market == q].sum() for q in range(len(network.markets))])
        A = np.where(A <= 1e-10, 1.0, A)[network.market]
        sigma = np.minimum(1, out / A) if rule.market else np.ones(n)
        sent = sigma[:, None] * Ld * (1 - hd)[:, None]
        Pi = 1 - np.stack([sent[p == k].sum(axis=0) for k in range(m)], axis=1)
        of_buyer = network.essential[:, p].T
        leo = np.where(of_buyer == 2, Pi, 1.0).min(axis=1)
        lin = 1 - np.where(of_buyer == 1, 1 - Pi, 0.0).sum(axis=1)
        before = total()
        hd_next = np.maximum(0, np.minimum(np.minimum(1 - down, leo), lin))
        hu_next = np.maximum(0, np.minimum(1 - up, 1 - Lu @ (1 - hu)))
        step = max((hd - hd_next).max(), (hu - hu_next).max())
        hd, hu = hd_next, hu_next
        updates += 1
        now = total()
        if rule.stop == 1 and step <= rule.eps:
            break
        if rule.stop == 2 and (now <= before * (1 + rule.eps) if before > 0 else now == 0):
            break
    return 1 - hd, 1 - hu, updates
