"""The outside view: how plans of the same kind went, for a probability that rests on short data.

Of the plans of a reference class a share was reached. Classes with the shares q₁ … q_J speak as strongly as they agree
(moments of a beta distribution, s² their variance):

    m = q̄ (1 − q̄) / s² − 1,        p′ = (ν p + m q̄) / (ν + m),        weight of the outside view = m / (ν + m)

with ν the number of past errors behind p that do not overlap. Three classes as far apart as those shipped (0.89, 0.80,
0.40) count as two past errors: beside ten they have a sixth of the weight, beside one, two thirds. The weight is always
told with the result.

Source: D. Kahneman, A. Tversky, Intuitive prediction, TIMS Stud. Manag. Sci. 12 (1979) 313 (reference classes); N. L.
Johnson, S. Kotz, N. Balakrishnan, *Continuous Univariate Distributions* 2, 2nd ed. (1995), chapter 25 (moments). The
classes themselves, with their sources: ``packs/china/reference_classes.yaml``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import yaml

from zhizao.engines.outlook.hierarchy import Floats
from zhizao.kernel.result import Problem, Refused, mark


@dataclass(frozen=True)
class ReferenceClass:
    """Plans of one kind: how many of their targets were reached, or on course.

    Attributes
    ----------
    key, title, source : what it is, and where it was read
    confidence : H, M or L
    share : 0 to 1, where it is published as such
    reached, of : counts, where they are
    """

    key: str
    title: str
    source: str
    confidence: str
    share: float | None = None
    reached: int = 0
    of: int = 1

    @property
    def rate(self) -> float:
        """The share reached.

        >>> ReferenceClass("x", "", "", "H", reached=25, of=28).rate
        0.8928571428571429
        """
        return self.reached / self.of if self.share is None else self.share


@dataclass(frozen=True)
class OutsideView:
    """What a reference class says, and how strongly.

    Attributes
    ----------
    share : mean share of the classes
    strength : m, in past errors
    """

    share: float
    strength: float

    def weight(self, evidence: float) -> float:
        """Its weight beside ``evidence`` past errors that do not overlap.

        >>> OutsideView(0.7, 3.0).weight(9.0)
        0.25
        """
        return self.strength / (evidence + self.strength)

    def shrunk(self, p: Floats | float, evidence: float) -> Floats:
        """A probability drawn towards the outside view.

        >>> float(OutsideView(0.7, 3.0).shrunk(0.3, 9.0).round(12))
        0.4
        """
        weight = self.weight(evidence)
        return np.asarray((1 - weight) * np.asarray(p) + weight * self.share)


def outside_view(classes: Sequence[ReferenceClass]) -> OutsideView:
    """The view of several classes.

    Raises
    ------
    Refused
        ``outlook.reference`` with fewer than two classes, or classes that agree on all or nothing.

    Examples
    --------
    >>> view = outside_view(shipped_reference_classes())
    >>> round(view.share, 3), round(view.strength, 2)
    (0.698, 2.08)
    """
    shares = np.array([one.rate for one in classes])
    if len(shares) < 2 or not 0 < shares.mean() < 1:
        message = mark("An outside view needs two reference classes or more, and a share between none and all.")
        raise Refused(Problem("outlook.reference", message))
    mean, spread = float(shares.mean()), float(shares.var(ddof=1))
    return OutsideView(mean, max(mean * (1 - mean) / spread - 1, 0.0) if spread > 0 else float("inf"))


@cache
def shipped_reference_classes() -> tuple[ReferenceClass, ...]:
    """The classes shipped, ``packs/china/reference_classes.yaml``."""
    text = (files("zhizao") / "packs" / "china" / "reference_classes.yaml").read_text(encoding="utf-8")
    return tuple(ReferenceClass(**entry) for entry in yaml.safe_load(text)["classes"])
