"""Complexity and relatedness of a table of regions × industries: what a region could make next.

    RCA   = (x_rp / x_r) / (x_p / x)        M = [RCA ≥ 1]        k = M1 (diversity)        u = M'1 (ubiquity)
    ECI   = eigenvector of the 2nd largest eigenvalue of D⁻¹ M U⁻¹ M', z-scored, corr(ECI, k) > 0
    PCI   = the same of U⁻¹ M' D⁻¹ M, of the sign in which it is the mean ECI of its regions
    φ_pq  = Σ_r M_rp M_rq / max(u_p, u_q)                                              proximity
    density_rp = Σ_q M_rq φ_pq / Σ_q φ_pq
    gain_rp    = Σ_q (φ_pq / Σ_s φ_sq)(1 − M_rq) PCI_q − density_rp PCI_p               where M_rp = 0

Sums over q take in p itself. Regions without any advantage and industries in which none has one are left out; their
figures are nan. With few regions ECI is unstable: take all regions that can be compared.

Source: C. A. Hidalgo, R. Hausmann, PNAS 106 (2009) 10570, doi:10.1073/pnas.0900943106; C. A. Hidalgo, B. Klinger,
A.-L. Barabási, R. Hausmann, Science 317 (2007) 482, doi:10.1126/science.1144581; R. Hausmann, C. A. Hidalgo et al., The
Atlas of Economic Complexity (2014).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhizao.engines.chain._arrays import Floats, array, refusal
from zhizao.kernel.result import mark


@dataclass(frozen=True, slots=True, eq=False)
class Complexity:
    """The measures of the module; regions are rows, industries columns.

    Attributes
    ----------
    advantage : RCA, shape (regions, industries)
    present : M, boolean, shape (regions, industries)
    region_complexity : ECI, shape (regions,)
    industry_complexity : PCI, shape (industries,)
    proximity : φ, shape (industries, industries)
    density, gain : shape (regions, industries); gain is nan where the industry is present
    """

    advantage: Floats
    present: npt.NDArray[np.bool_]
    region_complexity: Floats
    industry_complexity: Floats
    proximity: Floats
    density: Floats
    gain: Floats


def complexity_measures(output: npt.ArrayLike) -> Complexity:
    """All measures of a table.

    Parameters
    ----------
    output : shape (regions, industries), output, exports, employment or patents, not below nought

    Raises
    ------
    Refused
        ``chain.shape``, ``chain.negative``, ``chain.not_finite``; ``chain.no_total`` without any output;
        ``chain.too_few`` where fewer than three regions or industries are left.

    Examples
    --------
    >>> found = complexity_measures([[1, 2, 3, 4], [1, 2, 3, 0], [1, 2, 0, 0], [1, 0, 0, 0]])
    >>> found.present.sum(axis=1), found.region_complexity.round(2)
    (array([2, 2, 2, 1]), array([ 1.39,  0.47, -0.67, -1.18]))
    """
    shape = np.asarray(output).shape
    if len(shape) != 2:
        raise refusal("shape", mark("A table of regions and industries is needed."))
    table = array("output", output, shape)
    if not table.sum():
        raise refusal("no_total", mark("The table has no output."))
    expected = table.sum(axis=1)[:, None] * table.sum(axis=0) / table.sum()
    advantage = np.divide(table, expected, out=np.zeros_like(table), where=expected > 0)
    present = advantage >= 1
    rows, columns = present.any(axis=1), present.any(axis=0)
    if min(rows.sum(), columns.sum()) < 3:
        raise refusal(
            "too_few",
            mark("Complexity needs three regions and three industries at least."),
            remedy=mark("Give all regions and industries that can be compared."),
        )
    M = present[np.ix_(rows, columns)].astype(np.float64)
    eci, pci = _indices(M)
    near = M.T @ M / np.maximum.outer(M.sum(axis=0), M.sum(axis=0))
    density = M @ near / near.sum(axis=0)
    reach = (1 - M) * pci @ (near / near.sum(axis=0)).T
    gain = np.where(M > 0, np.nan, reach - density * pci)
    return Complexity(
        advantage=advantage,
        present=present,
        region_complexity=_spread(eci, rows),
        industry_complexity=_spread(pci, columns),
        proximity=_spread(near, columns, columns),
        density=_spread(density, rows, columns),
        gain=_spread(gain, rows, columns),
    )


def _indices(M: Floats) -> tuple[Floats, Floats]:
    """ECI and PCI from the singular vectors of D^-1/2 M U^-1/2: one decomposition for both, and it is symmetric."""
    diversity, ubiquity = M.sum(axis=1), M.sum(axis=0)
    left, _, right = np.linalg.svd(M / np.sqrt(np.outer(diversity, ubiquity)), full_matrices=False)
    regions = left[:, 1] / np.sqrt(diversity)
    industries = right[1] / np.sqrt(ubiquity)
    covariance = ((regions - regions.mean()) * (diversity - diversity.mean())).sum()
    by_size = regions[np.argmax(np.abs(regions))]  # where diversity does not tell the sign: the largest is positive
    sign = np.sign(covariance) if abs(covariance) > 1e-12 else np.sign(by_size)
    return _z(sign * regions), _z(sign * industries)


def _z(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / values.std(), dtype=np.float64)


def _spread(values: Floats, *kept: npt.NDArray[np.bool_]) -> Floats:
    """Back to all regions and industries; nan where they were left out."""
    found = np.full([len(axis) for axis in kept], np.nan)
    found[np.ix_(*kept)] = values
    return found
