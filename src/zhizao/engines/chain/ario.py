"""Losses day by day when producers stop: inventories, rationing, reordering, overproduction (an ARIO-type model).

The cascade (``risk``) says what is lost in the end if nothing recovers; this says when, how long stocks carry, and how
the economy comes back. Producers are firms or sectors of a region; each makes one product, and buyers hold a stock of
every product that they use. All flows are per day. On each day, from the state of the evening before:

    capacity      capᵢ  = αᵢ (1 − lossᵢ) x̄ᵢ                         x̄ output of the baseline, α overproduction
    wanted        optᵢ  = min( capᵢ , Σⱼ Oᵢⱼ + yᵢ )                   O orders, y final demand
    produced      xⱼ    = optⱼ min( 1 , minₚ Sₚⱼ / (ψ nₚ aₚⱼ optⱼ) )    S stock, n days of stock, a input per output
    delivered     everyone gets xᵢ / (Σⱼ Oᵢⱼ + yᵢ) of what he asked for
    stock         Sₚⱼ  += received − aₚⱼ xⱼ
    ordered       Oₚⱼ   = aₚⱼ xⱼ + max(0, nₚ aₚⱼ optⱼ − Sₚⱼ) / τ       to suppliers of p by flow × capacity that is left
    overtime      αᵢ   += (α_max − αᵢ) scarcityᵢ / τ_α   while scarce,   else   += (1 − αᵢ) / τ_α

scarcity is the part of demand that is not produced. What is not tracked (inputs from outside the region) is taken to
arrive. Money is conserved: what is produced is delivered, and stocks change by receipts less use. After the losses end
output returns to the baseline, and stocks to it or a little above (what was ordered for the overtime is not sent back).

Two behaviours are common: ``Behaviour()`` keeps producing while stocks are above ψ = 0.8 of their goal and refills them
over 60 days; with ψ = 1 and one day every missing part of a stock stops production and is ordered at once, which makes
losses some sixty times larger and lets them swing: a setting to compare with, not to decide by.

Source: S. Hallegatte, Risk Anal. 28 (2008) 779, doi:10.1111/j.1539-6924.2008.01046.x, and 34 (2014; online 2013) 152,
doi:10.1111/risa.12090; D. Guan et al., Nat. Hum. Behav. 4 (2020) 577, doi:10.1038/s41562-020-0896-8. Implemented from
these equations; how it compares with another implementation is in docs/explanation/chains.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from zhizao.engines.chain._arrays import Floats, Ints, array, refusal, square
from zhizao.engines.chain.network import Network
from zhizao.kernel.result import mark

_NOISE: Final = 1e-9
"""Relative differences below this are rounding, not scarcity."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How producers stock, order and do overtime.

    Attributes
    ----------
    inventory_days : stock held of every product, days of use
    restoration_days : τ, days in which a missing stock is ordered anew; a day makes demand swing
    psi : ψ, part of the stock below which production falls
    overproduction_max : α_max, highest output against the baseline
    overproduction_days : τ_α, days it takes to get there
    """

    inventory_days: float = 90.0
    restoration_days: float = 60.0
    psi: float = 0.8
    overproduction_max: float = 1.25
    overproduction_days: float = 365.0

    def __post_init__(self) -> None:
        meant = (
            self.inventory_days > 0
            and self.restoration_days >= 1
            and 0 < self.psi <= 1
            and self.overproduction_max >= 1
            and self.overproduction_days >= 1
        )
        if not meant:
            raise refusal(
                "behaviour",
                mark(
                    "Stocks need days above nought, 0 < ψ ≤ 1, overproduction of at least 1 and times of a day or more."
                ),
            )


@dataclass(frozen=True, eq=False)
class Economy:
    """Producers and who buys from whom on a day of the baseline.

    Attributes
    ----------
    supplier, buyer : shape (links,), places of producers
    flow : shape (links,), money per day
    output : shape (n,), money per day; what is not sold over links is final demand (and sales outside)
    product : shape (n,), the class of what a producer makes; suppliers of one class can stand in for one another
    """

    supplier: Ints
    buyer: Ints
    flow: Floats
    output: Floats
    product: Ints

    def __post_init__(self) -> None:
        n = len(self.output)
        array("output", self.output, (n,))
        array("flow", self.flow, (len(self.supplier),))
        for name, places in (("supplier", self.supplier), ("buyer", self.buyer)):
            if len(places) != len(self.flow) or (len(places) and not (0 <= places.min() <= places.max() < n)):
                raise refusal("places", mark("%(name)s must hold places of the producers."), name=name)
        if len(self.product) != n:
            raise refusal("places", mark("%(name)s must hold places of the producers."), name="product")
        short = self.final_demand < -1e-6 * np.maximum(self.output, 1e-300)
        if short.any():
            raise refusal(
                "sold_more",
                mark("A producer sells more than its output."),
                remedy=mark("Give the output with all sales, those outside the region included."),
                row=int(short.argmax()),
            )

    @property
    def final_demand(self) -> Floats:
        """Output less sales over links: shape (n,), money per day."""
        sold = np.bincount(self.supplier, weights=self.flow, minlength=len(self.output))
        return np.asarray(self.output - sold, dtype=np.float64)


def economy_of_table(
    flows: npt.ArrayLike, output: npt.ArrayLike, product: npt.ArrayLike, *, days_per_year: float = 365.0
) -> Economy:
    """The economy of an input–output table of a year.

    Parameters
    ----------
    flows : shape (n, n), money per year; row sells to column
    output : shape (n,), money per year
    product : shape (n,), the class of each row; in a table of regions, its sector

    Raises
    ------
    Refused
        ``chain.shape``, ``chain.negative``, ``chain.not_finite``, ``chain.sold_more``.

    Examples
    --------
    >>> economy_of_table([[0, 365], [0, 0]], [730, 730], [0, 1]).final_demand
    array([1., 2.])
    """
    table = square("flows", flows)
    supplier, buyer = np.nonzero(table)
    return Economy(
        supplier=supplier.astype(np.int64),
        buyer=buyer.astype(np.int64),
        flow=table[supplier, buyer] / days_per_year,
        output=array("output", output, (len(table),)) / days_per_year,
        product=np.unique(np.asarray(product), return_inverse=True)[1].astype(np.int64),
    )


def economy_of_network(network: Network, *, days_per_year: float = 365.0) -> Economy:
    """The economy of a network of firms; firms of one market class can stand in for one another.

    Parameters
    ----------
    network : Network
        Amounts per year. Without revenues sales inside the network are all sales: a closed economy.

    Raises
    ------
    Refused
        ``chain.sold_more``: a revenue below the sales inside the network.

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"firm": ["a", "b"], "sector": ["1", "2"], "revenue": [730.0, 730.0]})
    >>> links = pl.DataFrame({"supplier": ["a"], "buyer": ["b"], "amount": [365.0]})
    >>> economy_of_network(Network.from_frames(firms, links)).final_demand
    array([1., 2.])
    """
    return Economy(
        supplier=network.supplier.astype(np.int64),
        buyer=network.buyer.astype(np.int64),
        flow=network.amount / days_per_year,
        output=(network.out_strength if network.revenue is None else network.revenue) / days_per_year,
        product=network.market.astype(np.int64),
    )


def stopped(
    share: npt.ArrayLike, *, days: int, first_day: int = 0, stop_days: int = 1, recovery_days: int = 0
) -> Floats:
    """Lost capacity by day: a stop that stays and then recovers in a straight line.

    Parameters
    ----------
    share : shape (n,), part of capacity that stops, 0 to 1
    days : days of the path
    first_day : first day of the stop, counted from 0
    stop_days : days of the full stop
    recovery_days : days of the recovery after it

    Returns
    -------
    ndarray
        Shape (days, n).

    Raises
    ------
    Refused
        ``chain.not_finite``, ``chain.negative``.

    Examples
    --------
    >>> stopped([0.8], days=7, first_day=1, stop_days=2, recovery_days=4)[:, 0]
    array([0. , 0.8, 0.8, 0.6, 0.4, 0.2, 0. ])
    """
    lost = array("share", share, (len(np.asarray(share)),))
    since = np.arange(days) - first_day
    left = np.clip(1 - (since - stop_days + 1) / max(recovery_days, 1), 0.0, 1.0)
    return np.asarray(np.where(since < 0, 0.0, left)[:, None] * lost, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What happened day by day, money per day.

    Attributes
    ----------
    output : shape (days, n), produced
    final : shape (days, n), delivered to final demand
    used : shape (days, products), inputs used up
    stock : shape (days + 1, products), held by all buyers in the morning; money
    baseline : shape (n,), output of an undisturbed day
    """

    output: Floats
    final: Floats
    used: Floats
    stock: Floats
    baseline: Floats

    @property
    def lost(self) -> Floats:
        """Output not produced against the baseline, by day and producer; below nought where stocks are made up."""
        return self.baseline - self.output


def course(
    economy: Economy,
    losses: npt.ArrayLike,
    *,
    behaviour: Behaviour | None = None,
    demand: npt.ArrayLike | None = None,
) -> Course:
    """Run the economy through lost capacity and changed final demand.

    Parameters
    ----------
    losses : shape (days, n), part of capacity that is lost on each day, 0 to 1; see :func:`stopped`
    behaviour : default :class:`Behaviour`
    demand : shape (days, n), final demand against the baseline (1 = as usual, 0 = the customer is gone)

    Raises
    ------
    Refused
        ``chain.shape``, ``chain.not_finite``, ``chain.negative``, ``chain.loss_above_one``.

    Examples
    --------
    A maker and its one buyer with ten days of stock; the maker stops for five days. The buyer does not notice, and
    the maker works up to a quarter more afterwards:

    >>> economy = economy_of_table([[0, 365], [0, 0]], [365, 730], [0, 1])
    >>> ways = Behaviour(inventory_days=10, restoration_days=5, psi=0.5, overproduction_days=1)
    >>> path = course(economy, stopped([1, 0], days=30, stop_days=5), behaviour=ways)
    >>> path.output[[0, 4, 6, 29], 0].round(3), float(path.output[:, 1].min().round(3))
    (array([0.  , 0.  , 1.25, 1.  ]), 2.0)
    """
    ways = behaviour or Behaviour()
    n = len(economy.output)
    days = len(np.asarray(losses))
    lost = array("losses", losses, (days, n))
    if lost.max(initial=0.0) > 1:
        row = int(np.argwhere(lost > 1)[0][0])
        raise refusal("loss_above_one", mark("More than the whole capacity is lost."), row=row)
    wanted = np.ones((days, n)) if demand is None else array("demand", demand, (days, n))
    state = _State(economy, ways)
    products = int(economy.product.max(initial=-1)) + 1
    output, final = np.empty((days, n)), np.empty((days, n))
    used, stock = np.empty((days, products)), np.empty((days + 1, products))
    for day in range(days):
        stock[day] = np.bincount(state.group_product, weights=state.stock, minlength=products)
        output[day], final[day], uses = state.advance(lost[day], wanted[day])
        used[day] = np.bincount(state.group_product, weights=uses, minlength=products)
    stock[days] = np.bincount(state.group_product, weights=state.stock, minlength=products)
    return Course(output=output, final=final, used=used, stock=stock, baseline=economy.output)


class _State:
    """Stocks, orders and overtime in the evening. A group is the stock of one product at one buyer."""

    def __init__(self, economy: Economy, ways: Behaviour) -> None:
        products = int(economy.product.max(initial=-1)) + 1
        group = economy.buyer * products + economy.product[economy.supplier]
        order = np.argsort(group, kind="stable")
        kept = order[economy.flow[order] > 0]
        keys, self._of_link = np.unique(group[kept], return_inverse=True)
        self._ways = ways
        self._supplier, self._flow = economy.supplier[kept], economy.flow[kept]
        self._buyer, self.group_product = keys // max(products, 1), keys % max(products, 1)
        self._buyers, self._first_group = np.unique(self._buyer, return_index=True)
        self._baseline, self._final = economy.output, np.maximum(economy.final_demand, 0.0)
        usual = self._by_group(self._flow)
        output = economy.output[self._buyer]
        self._input = np.divide(usual, output, out=np.zeros_like(usual), where=output > 0)
        self.stock = ways.inventory_days * usual
        self._orders = self._flow.copy()
        self._overtime = np.ones(len(economy.output))

    def advance(self, lost: Floats, demand: Floats) -> tuple[Floats, Floats, Floats]:
        """One day: what was produced, what final demand got (n,), and what was used (groups,)."""
        ways, n = self._ways, len(self._baseline)
        capacity = self._overtime * (1 - lost) * self._baseline
        final = self._final * demand
        asked = np.bincount(self._supplier, weights=self._orders, minlength=n) + final
        wanted = np.minimum(asked, capacity)
        goal = ways.inventory_days * self._input * wanted[self._buyer]
        made = wanted * self._enough(ways.psi * goal)
        met = np.divide(made, asked, out=np.zeros_like(made), where=asked > 0)
        uses = self._input * made[self._buyer]
        self.stock = np.maximum(self.stock + self._by_group(self._orders * met[self._supplier]) - uses, 0.0)
        scarce = np.where(asked > 0, 1 - met, 0.0)
        target = np.where(scarce > _NOISE, (ways.overproduction_max - self._overtime) * scarce, 1 - self._overtime)
        self._overtime = self._overtime + target / ways.overproduction_days
        missing = np.where(goal - self.stock > _NOISE * goal, goal - self.stock, 0.0)
        self._orders = self._placed(uses + missing / ways.restoration_days, capacity)
        return made, final * met, uses

    def _enough(self, needed: Floats) -> Floats:
        """The part of the wanted output that the scarcest stock allows, by producer."""
        ratio = np.divide(self.stock, needed, out=np.ones_like(needed), where=needed > 0)
        ratio = np.where(ratio < 1 - _NOISE, ratio, 1.0)
        allowed = np.ones(len(self._baseline))
        if len(ratio):
            allowed[self._buyers] = np.minimum.reduceat(ratio, self._first_group)
        return allowed

    def _placed(self, wanted: Floats, capacity: Floats) -> Floats:
        """Orders by link: to those suppliers of the product who can deliver, as usual where nobody can."""
        left = np.divide(capacity, self._baseline, out=np.zeros_like(capacity), where=self._baseline > 0)
        weight = self._flow * left[self._supplier]
        total = self._by_group(weight)
        nobody = (total <= 0)[self._of_link]
        weight = np.where(nobody, self._flow, weight)
        total = np.where(total <= 0, self._by_group(self._flow), total)
        return np.asarray(weight * (wanted / total)[self._of_link], dtype=np.float64)

    def _by_group(self, links: Floats) -> Floats:
        found = np.bincount(self._of_link, weights=links, minlength=len(self._buyer))
        return found.astype(np.float64)  # of no links at all bincount gives integers
