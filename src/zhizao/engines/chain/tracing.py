"""Along which links a loss came: the strongest paths from the firms that stopped to those that lost.

In the settled state the loss of firm j has one side that counts, the greater of both. From suppliers it is the greatest
group of inputs, and supplier i brought sigma_i Ld_ij l_d,i of it; from customers it is a sum, and customer j brought
Lu_ij l_u,j. Read backwards these parts, divided by their sum, are the chances of a walk that ends at the firms that
stopped. A path carries the weighted loss of its last firm times the chances of its links, so that all paths together
carry all the loss. The heaviest are found first (best-first search; a path never weighs more than its end).
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from zhizao.engines.chain.impact import Impact, impact
from zhizao.engines.chain.network import Floats, Network
from zhizao.engines.chain.risk import Rule, Shocks, run

_MOST_LOOKS: Final = 200_000
_EMPTY_CLASS: Final = 1e-10
State = tuple[int, bool]
"""A firm, and whether its loss is that from suppliers."""


@dataclass(frozen=True, slots=True)
class LossPath:
    """``firms`` from the one that stopped to the one that lost; ``down`` to buyers, else up to suppliers.

    ``loss`` is the weighted loss it carries, ``share`` its part in all that the shock costs.
    """

    firms: tuple[str, ...]
    down: bool
    loss: float
    share: float


def loss_paths(
    network: Network, shock: Mapping[str, float | tuple[float, float]], *, most: int = 10, rule: Rule | None = None
) -> list[LossPath]:
    """The paths that carry most of the loss, heaviest first; a firm that stopped is a path of itself.

    Parameters
    ----------
    shock : firm to its initial loss, or to its losses down and up
    most : how many paths

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["1", "2", "3"], "weight": [1, 1, 2]})
    >>> links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "c"], "amount": [10.0, 10.0]})
    >>> for path in loss_paths(Network.from_frames(firms, links), {"a": 1.0}, most=2):
    ...     print(" → ".join(path.firms), path.share)
    a → b → c 0.5
    a 0.25
    """
    rule = rule or Rule()
    found = run(network, Shocks.joint(network, [shock]), rule=rule, keep_losses=True)
    down, up = found.loss_down[0], found.loss_up[0]
    floors = {True: np.zeros(len(down)), False: np.zeros(len(down))}
    for firm, loss in shock.items():
        pair = loss if isinstance(loss, tuple) else (loss, loss)
        floors[True][network.places[firm]], floors[False][network.places[firm]] = pair
    parts = _Parts(impact(network), down, up, _sent(network, down, is_market=rule.market))
    total = float(found.esri[0, 0])
    queue: list[tuple[float, int, tuple[State, ...]]] = []
    for place in np.flatnonzero(np.maximum(down, up) > 0).tolist():
        weight = float(network.weight[place]) * max(down[place], up[place])
        if weight > 0:
            queue.append((-weight, place, ((place, bool(down[place] >= up[place])),)))
    heapq.heapify(queue)
    paths: list[LossPath] = []
    known: dict[State, list[tuple[int, float]]] = {}
    looks = len(queue)
    while queue and len(paths) < most and looks < _MOST_LOOKS + len(down):
        weight, _, path = heapq.heappop(queue)
        place, is_down = path[0]
        if floors[is_down][place] >= (down if is_down else up)[place]:
            firms = tuple(network.firms[at] for at, _ in path)
            paths.append(LossPath(firms, path[-1][1], -weight, -weight / total))
            continue
        if (place, is_down) not in known:
            known[place, is_down] = parts.of(place, is_down)
        for origin, chance in known[place, is_down]:
            looks += 1
            heapq.heappush(queue, (weight * chance, looks, ((origin, is_down), *path)))
    return paths


@dataclass(frozen=True)
class _Parts:
    of_network: Impact
    down: Floats
    up: Floats
    sent: Floats

    def of(self, place: int, is_down: bool) -> list[tuple[int, float]]:  # noqa: FBT001 -- half of a state
        """From whom a firm's loss came, and what part of it."""
        of = self.of_network
        if is_down:
            groups = range(of.group_of[place], of.group_of[place + 1])
            links = [slice(of.link_of[g], of.link_of[g + 1]) for g in groups]
            greatest = max(links, key=lambda some: float((of.down[some] * self.sent[of.supplier[some]]).sum()))
            origins, brought = of.supplier[greatest], of.down[greatest] * self.sent[of.supplier[greatest]]
        else:
            some = slice(of.buyer_of[place], of.buyer_of[place + 1])
            origins, brought = of.buyer[some], of.up[some] * self.up[of.buyer[some]]
        some_brought = brought > 0
        return list(zip(origins[some_brought].tolist(), (brought[some_brought] / brought.sum()).tolist(), strict=True))


def _sent(network: Network, down: Floats, *, is_market: bool) -> Floats:
    if not is_market:
        return down
    out = network.out_strength
    left = np.bincount(network.market, weights=(1 - down) * out, minlength=len(network.markets))
    left[left <= _EMPTY_CLASS] = 1.0
    return np.asarray(down * np.minimum(1.0, out / left[network.market]), dtype=np.float64)
