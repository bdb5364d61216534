"""How much hangs on few: the share of the largest, and the Herfindahl–Hirschman index.

With s(i) = x(i) / Σ x over n units that are known,

    CR(k) = Σ of the k largest s,        H = Σ s²  (1/n to 1; × 10,000 in points).

1/H is the number of equal units that would be as concentrated.

Source: A. O. Hirschman, *American Economic Review* 54 (1964) 761–762; points and what they are called: US Department of
Justice and FTC, *Horizontal Merger Guidelines* (2010) § 5.3 (above 2,500 highly concentrated), *Merger Guidelines*
(2023) § 2.1 (above 1,800; a rise of more than 100 points matters).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Concentration:
    """Of n units the place and share of the largest, the shares of the k largest together, H in points."""

    n: int
    largest: int
    largest_pct: float
    top_pct: float
    hhi_points: float


def concentration(x: Floats, *, k: int = 4) -> Concentration | None:
    """Concentration of amounts; ``None`` where nothing is known or all of it is nought.

    Parameters
    ----------
    x : shape (n,)
        Amounts; NaN is unknown and takes no part.
    k : int
        For the share of the largest together.

    Raises
    ------
    ValueError
        An amount is below nought.

    Examples
    --------
    Shares of 50, 30 and 20 %: 2,500 + 900 + 400 points.

    >>> found = concentration(np.array([5.0, 3.0, np.nan, 2.0]), k=2)
    >>> found.n, found.largest, found.largest_pct, found.top_pct, round(found.hhi_points, 6)
    (3, 0, 50.0, 80.0, 3800.0)
    """
    known = np.flatnonzero(np.isfinite(x))
    if (x[known] < 0).any():
        raise ValueError("amounts are not below nought")
    total = float(x[known].sum())
    if total <= 0:
        return None
    share = x[known] / total
    order = np.argsort(-share, kind="stable")
    return Concentration(
        n=len(known),
        largest=int(known[order[0]]),
        largest_pct=100 * float(share[order[0]]),
        top_pct=100 * float(share[order[:k]].sum()),
        hhi_points=10_000 * float((share**2).sum()),
    )
