"""What an hour of staff is worth in a case: the formulas by which the queue is ranked; pure.

With p the probability that an alarm is true, L what is lost in all if it is and nobody helps, a the share of it that a
measure can avert and h the hours of staff that it takes, the expected loss avoided and its worth an hour are

    V = p · L · a,        v = V / h.

L is systemic: the output of the enterprise itself and what others lose with it. With d the share of its output that it
loses over m months, Y its output of twelve months, E its ESRI (the share of all recorded sales R of the area that is
lost in the end if it stops whole, the enterprise itself included) and r its own sales of these,

    L = m/12 · d · (Y + max(0, E·R − r)).

What others lose in a fall of a part d is taken as the part d of what they lose in a whole stop; ESRI is convex where
inputs are essential, so that this is near the truth for small firms and overstates for hubs. What is unknown is not
nought: without E the others are left out and the row says so, without Y and r there is no L and no rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost if an enterprise falls by ``depth`` over ``months``, in 万元; ``None`` is unknown.

    ``others_at_most`` says that flows outside are unknown, so that others lose at most this.
    """

    own_wan_yuan: float | None
    others_wan_yuan: float | None
    others_at_most: bool = False

    @property
    def whole_wan_yuan(self) -> float | None:
        """Own and others' together; of one that is unknown the other alone.

        >>> Loss(30.0, 50.0).whole_wan_yuan, Loss(30.0, None).whole_wan_yuan, Loss(None, None).whole_wan_yuan
        (80.0, 30.0, None)
        """
        known = [one for one in (self.own_wan_yuan, self.others_wan_yuan) if one is not None]
        return sum(known) if known else None


def loss(
    *, yearly_wan_yuan: float | None, firm: Mapping[str, Any] | None, sales_wan_yuan: float, depth: float, months: int
) -> Loss:
    """What is lost if an enterprise falls.

    Parameters
    ----------
    yearly_wan_yuan : output of twelve months; ``None`` is unknown
    firm : its row in the run of systemic risk (``esri``, ``revenue_wan_yuan``, ``upper_bound``); ``None``: not in it
    sales_wan_yuan : all recorded sales of that run
    depth, months : how much of its output is lost, and for how long

    Examples
    --------
    >>> firm = {"esri": 0.05, "revenue_wan_yuan": 3000.0, "upper_bound": False}
    >>> loss(yearly_wan_yuan=2400.0, firm=firm, sales_wan_yuan=100_000.0, depth=0.5, months=6)
    Loss(own_wan_yuan=600.0, others_wan_yuan=500.0, others_at_most=False)
    """
    part = depth * months / 12
    own = None if yearly_wan_yuan is None else yearly_wan_yuan * part
    if firm is None or firm["esri"] is None:
        return Loss(own, None)
    others = max(0.0, firm["esri"] * sales_wan_yuan - firm["revenue_wan_yuan"]) * part
    return Loss(own, others, bool(firm["upper_bound"]))


def avoided_wan_yuan(p: float, whole_wan_yuan: float | None, share: float) -> float | None:
    """The expected loss avoided.

    >>> avoided_wan_yuan(0.5, 1100.0, 0.2), avoided_wan_yuan(0.5, None, 0.2)
    (110.0, None)
    """
    return None if whole_wan_yuan is None else p * whole_wan_yuan * share


def an_hour(avoided: float | None, hours: float) -> float | None:
    """The expected loss avoided by an hour of staff."""
    return None if avoided is None else avoided / hours
