"""What help did: a difference in differences on the logarithm of a figure, against like enterprises; pure.

Of an enterprise i that was helped and of each other j let A be its mean a month in the months before the case, B in the
months after it, and P in the months of A a year earlier. With

    y = ln B − ln A   (the change over the case),      x = ln A − ln P   (the change before it),

the n enterprises of its sector are taken that were not helped and lie nearest in

    |x_j − x_i| / s_x + |ln A_j − ln A_i| / s_A,

s the robust scale 1.4826 · MAD over all of them. The effect and what would have been without help are

    e = y_i − med(y_j),      expected = A · exp(med(y_j)),      e in % = 100 (exp(e) − 1),

with the interval of a new case of the same kind, t the quantile of Student's t with n − 1 degrees of freedom and s_y
the robust scale of the y_j:

    e ± t · s_y · √(1 + π / 2n)          (π/2n: the variance of a median over that of one).

Enterprises are helped because they had fallen: those that fell by chance rise again by themselves (regression to the
mean), which is why the change before is matched; who is helped was chosen, and what was not seen of the choice stays in
e. One case proves nothing; measures are judged over many (``over_cases``).

Source: J. D. Angrist, J.-S. Pischke, *Mostly Harmless Econometrics*, Princeton 2009, section 5.2; robust scale:
P. J. Rousseeuw, C. Croux, J. Am. Stat. Assoc. 88 (1993) 1273–1283, doi:10.1080/01621459.1993.10476408.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

CONSISTENT: Final = 1.4826
"""Makes the MAD of a normal sample its σ."""
LEAST_CASES: Final = 3
"""Of fewer cases nothing is said of a measure."""

NO_BEFORE, NO_AFTER, FEW_PEERS = "no_before", "no_after", "few_peers"


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of an enterprise over the months before (``before``), a year earlier (``earlier``) and after; None unknown.

    All are means a month, so that spans of different length can be compared.
    """

    key: str
    earlier: float | None
    before: float | None
    after: float | None

    @property
    def had(self) -> bool:
        """Whether the time before is known and has a logarithm."""
        return _positive(self.earlier) and _positive(self.before)

    @property
    def has(self) -> bool:
        """Whether the time after is, too."""
        return self.had and _positive(self.after)

    @property
    def change(self) -> float:
        """y of the docstring."""
        return math.log(self.after) - math.log(self.before)  # type: ignore[arg-type]

    @property
    def change_before(self) -> float:
        """x of the docstring."""
        return math.log(self.before) - math.log(self.earlier)  # type: ignore[arg-type]

    @property
    def size(self) -> float:
        """ln A."""
        return math.log(self.before)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Compared:
    """The effect in %, its interval and what was expected; all ``None`` and ``why`` where it is unknown."""

    effect_pct: float | None
    low: float | None
    high: float | None
    expected: float | None
    peers: tuple[str, ...]
    why: str = ""


def compared(own: Figures, others: Sequence[Figures], *, least: int, most: int, level: float) -> Compared:
    """The effect of one case.

    Parameters
    ----------
    own : the enterprise that was helped
    others : those of its sector that were not
    least, most : how few and how many of them are compared with
    level : the probability of the interval

    Examples
    --------
    Five alike that all grow by a tenth, and one that grows by a fifth: the help gave 1.2 / 1.1 − 1 = 9.1 %.

    >>> peers = [Figures(str(n), 100.0, 100.0, after) for n, after in enumerate((108.9, 109.5, 110.0, 110.5, 111.1))]
    >>> found = compared(Figures("a", 100.0, 100.0, 120.0), peers, least=5, most=20, level=0.8)
    >>> round(found.effect_pct, 1), round(found.low, 1), round(found.high, 1), round(found.expected, 1)
    (9.1, 7.8, 10.4, 110.0)
    >>> compared(Figures("a", 100.0, 100.0, None), peers, least=5, most=20, level=0.8).why
    'no_after'
    """
    if not own.had:
        return _unknown(NO_BEFORE)
    if not own.has:
        return _unknown(NO_AFTER)
    peers = _nearest(own, [one for one in others if one.has and one.key != own.key], most)
    if len(peers) < least:
        return _unknown(FEW_PEERS, peers)
    changes = [one.change for one in peers]
    usual = median(changes)
    spread = _scale(changes) * math.sqrt(1 + math.pi / (2 * len(peers)))
    effect, reach = own.change - usual, _quantile(level, len(peers) - 1) * spread
    return Compared(
        effect_pct=_percent(effect),
        low=_percent(effect - reach),
        high=_percent(effect + reach),
        expected=float(own.before or 0) * math.exp(usual),
        peers=tuple(one.key for one in peers),
    )


@dataclass(frozen=True, slots=True)
class OverCases:
    """The mean effect of some cases in % with its interval; ``None`` where there are too few."""

    cases: int
    effect_pct: float | None
    low: float | None
    high: float | None


def over_cases(effects_pct: Sequence[float], *, level: float) -> OverCases:
    """The mean effect over cases: of their logarithms, with the interval of Student's t between them.

    >>> over_cases([10.0, 10.0], level=0.8)
    OverCases(cases=2, effect_pct=None, low=None, high=None)
    >>> found = over_cases([0.0, 10.0, 21.0], level=0.8)
    >>> round(found.effect_pct, 2), round(found.low, 2), round(found.high, 2)
    (10.0, -0.84, 22.03)
    """
    n = len(effects_pct)
    if n < LEAST_CASES:
        return OverCases(n, None, None, None)
    logs = [math.log1p(one / 100) for one in effects_pct]
    mean = sum(logs) / n
    error = math.sqrt(sum((one - mean) ** 2 for one in logs) / (n - 1) / n)
    reach = _quantile(level, n - 1) * error
    return OverCases(n, _percent(mean), _percent(mean - reach), _percent(mean + reach))


def shrunk(prior: float, weight: float, shares: Sequence[float]) -> float:
    """A measure's share after some own cases: as many of them as ``weight`` count as much as the share before.

    >>> shrunk(0.2, 20, []), shrunk(0.2, 20, [0.4] * 20)
    (0.2, 0.3)
    """
    return round((weight * prior + sum(shares)) / (weight + len(shares)), 12)


def _nearest(own: Figures, others: Sequence[Figures], most: int) -> list[Figures]:
    if not others:
        return []
    of_change = _scale([one.change_before for one in others]) or 1.0
    of_size = _scale([one.size for one in others]) or 1.0

    def distance(one: Figures) -> tuple[float, str]:
        apart = abs(one.change_before - own.change_before) / of_change + abs(one.size - own.size) / of_size
        return apart, one.key

    return sorted(others, key=distance)[:most]


def _scale(values: Sequence[float]) -> float:
    middle = median(values)
    return CONSISTENT * median(abs(value - middle) for value in values)


def _quantile(level: float, degrees: int) -> float:
    from scipy.special import stdtrit  # late: only the worker measures effects

    return float(stdtrit(degrees, (1 + level) / 2))


def _percent(logarithm: float) -> float:
    return 100 * math.expm1(logarithm)


def _positive(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value > 0


def _unknown(why: str, peers: Sequence[Figures] = ()) -> Compared:
    return Compared(None, None, None, None, tuple(one.key for one in peers), why)
