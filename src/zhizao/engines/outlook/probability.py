"""How sure a share of draws is, and how probabilities score.

Wilson's interval of a probability from k hits in B draws, p = k / B, z = 1.96:

    (p + z²/2B ± z √(p (1 − p)/B + z²/4B²)) / (1 + z²/B)

It says how well B draws tell the model's probability, and nothing of whether the model is right; that is what the Brier
score of past calls says, mean (p − happened)², with the skill 1 − score / score of the climatological rate.

Source: E. B. Wilson, JASA 22 (1927) 209, doi:10.1080/01621459.1927.10502953; G. W. Brier, Mon. Weather Rev. 78 (1950)
1, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.engines.outlook.hierarchy import Bools, Floats

_Z: Final = 1.959963984540054


def wilson(hits: int, draws: int) -> tuple[float, float]:
    """The 95 % interval of a share.

    Raises
    ------
    Refused
        ``outlook.draws`` where there are none.

    Examples
    --------
    Wilson (1927) by hand for 8 of 10:

    >>> [round(end, 4) for end in wilson(8, 10)]
    [0.4902, 0.9433]
    >>> [round(end, 4) for end in wilson(0, 2000)]
    [0.0, 0.0019]
    """
    if not 0 <= hits <= draws or draws < 1:
        raise Refused(Problem("outlook.draws", mark("A probability needs one draw at least.")))
    p, z2 = hits / draws, _Z**2 / draws
    middle = (p + z2 / 2) / (1 + z2)
    half = _Z * float(np.sqrt(p * (1 - p) / draws + z2 / (4 * draws))) / (1 + z2)
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return (0.0 if hits == 0 else low, 1.0 if hits == draws else high)


def brier(p: Floats, happened: Bools) -> float:
    """Mean (p − happened)².

    >>> brier(np.array([1.0, 0.5]), np.array([True, False]))
    0.125
    """
    return float(np.mean((p - happened) ** 2))


def brier_skill(p: Floats, happened: Bools, climate: Floats | float) -> float:
    """1 − the score / the score of a climatological rate; above 0 is better than the rate, NaN where it is perfect.

    >>> brier_skill(np.array([0.9, 0.1]), np.array([True, False]), 0.5)
    0.96
    """
    reference = brier(np.broadcast_to(np.asarray(climate, dtype=np.float64), p.shape), happened)
    return round(1.0 - brier(p, happened) / reference, 12) if reference > 0 else float("nan")
