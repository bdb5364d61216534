"""Input–output tables: Leontief, Ghosh, linkages, position, hypothetical extraction.

Z[i, j] is what sector j buys from sector i, x the output, y = x − Z1 the final demand, v = x − Z'1 the value added.

    A = Z diag(x)⁻¹        L = (I − A)⁻¹        x = L y           Leontief: demand pulls
    B = diag(x)⁻¹ Z        G = (I − B)⁻¹        x' = v' G         Ghosh: supply pushes;  G = diag(x)⁻¹ L diag(x)

    backward linkage   n (1'L)ⱼ / 1'L1          forward linkage   n (G1)ᵢ / 1'G1
    upstreamness       U = (I − Δ)⁻¹ 1,  Δᵢⱼ = Zᵢⱼ / (xᵢ − eᵢ + mᵢ)     closed: row sums of G
    downstreamness     D = 1'L

Hypothetical extraction removes a sector with its purchases, sales and final demand; the output that goes with it is,
for all sectors from the one inverse,

    lossₖ = (1'L)ₖ xₖ / Lₖₖ            share = lossₖ / 1'x

which is the upstream half of systemic risk with Lu = B and weights x / 1'x, because Gₖₖ = Lₖₖ. Share and cascade are
one computation seen from two sides, and a test holds them together.

A sector without output has no coefficients (0), so it neither buys nor sells.

Source: R. E. Miller, P. D. Blair, Input-Output Analysis (2nd ed. 2009), ch. 2, 6, 12; P. N. Rasmussen, Studies in
Inter-Sectoral Relations (1956); E. Dietzenbacher, J. Reg. Sci. 37 (1997) 629, doi:10.1111/0022-4146.00073;
P. Antràs, D. Chor, T. Fally, R. Hillberry, Am. Econ. Rev. 102(3) (2012) 412, doi:10.1257/aer.102.3.412;
R. E. Miller, U. Temurshoev, Int. Reg. Sci. Rev. 40 (2017) 443, doi:10.1177/0160017615608095;
E. Dietzenbacher, M. L. Lahr, Econ. Syst. Res. 25 (2013) 341, doi:10.1080/09535314.2013.774266.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zhizao.engines.chain._arrays import Floats, array, refusal, square
from zhizao.kernel.result import mark


def technical_coefficients(flows: npt.ArrayLike, output: npt.ArrayLike) -> Floats:
    """A: what a sector buys for one unit of its output.

    Parameters
    ----------
    flows : shape (n, n), money; row sells to column
    output : shape (n,), the same money

    Returns
    -------
    ndarray
        Shape (n, n), money per money.

    Raises
    ------
    Refused
        ``chain.shape``, ``chain.not_finite``, ``chain.negative``.

    Examples
    --------
    Miller & Blair (2009), table 2.3:

    >>> technical_coefficients([[150, 500], [200, 100]], [1000, 2000])
    array([[0.15, 0.25],
           [0.2 , 0.05]])
    """
    flows = square("flows", flows)
    return flows * _inverted(array("output", output, (len(flows),)))


def allocation_coefficients(flows: npt.ArrayLike, output: npt.ArrayLike) -> Floats:
    """B: the part of a sector's output that goes to each buyer. Parameters as :func:`technical_coefficients`.

    Raises
    ------
    Refused
        ``chain.shape``, ``chain.not_finite``, ``chain.negative``.

    Examples
    --------
    >>> allocation_coefficients([[150, 500], [200, 100]], [1000, 2000])
    array([[0.15, 0.5 ],
           [0.1 , 0.05]])
    """
    flows = square("flows", flows)
    return flows * _inverted(array("output", output, (len(flows),)))[:, None]


def inverse(coefficients: npt.ArrayLike) -> Floats:
    """(I − C)⁻¹: the Leontief inverse of A, the Ghosh inverse of B.

    Parameters
    ----------
    coefficients : shape (n, n)

    Raises
    ------
    Refused
        ``chain.shape``, ``chain.not_finite``, ``chain.negative``; ``chain.not_productive`` where the economy eats as
        much as it makes, so that no inverse without negative elements exists.

    Examples
    --------
    >>> inverse([[0.15, 0.25], [0.2, 0.05]]).round(4)
    array([[1.2541, 0.33  ],
           [0.264 , 1.1221]])
    """
    given = square("coefficients", coefficients)
    try:
        found = np.linalg.inv(np.eye(len(given)) - given)
    except np.linalg.LinAlgError:
        found = np.full_like(given, -1.0)
    if (found < -1e-9).any():
        raise refusal(
            "not_productive",
            mark("The sectors use up all that they make: the table has no inverse."),
            remedy=mark("Check that output is larger than intermediate sales and purchases."),
        )
    return np.asarray(found, dtype=np.float64)


def linkages(flows: npt.ArrayLike, output: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Backward and forward linkages; 1 is the mean of all sectors.

    Parameters and refusals as :func:`technical_coefficients` and :func:`inverse`.

    Returns
    -------
    backward, forward : shape (n,)

    Examples
    --------
    >>> backward, forward = linkages([[150, 500], [200, 100]], [1000, 2000])
    >>> backward.round(4), forward.round(4)
    (array([1.0222, 0.9778]), array([1.2083, 0.7917]))
    """
    pulled = inverse(technical_coefficients(flows, output)).sum(axis=0)
    pushed = inverse(allocation_coefficients(flows, output)).sum(axis=1)
    return pulled / pulled.mean(), pushed / pushed.mean()


def upstreamness(
    flows: npt.ArrayLike,
    output: npt.ArrayLike,
    *,
    exports: npt.ArrayLike | None = None,
    imports: npt.ArrayLike | None = None,
) -> Floats:
    """How many steps a sector is from final use; 1 sells to final users only.

    Parameters
    ----------
    flows : shape (n, n), money
    output : shape (n,), money
    exports, imports : shape (n,), money
        Of the open economy; output is corrected to what is absorbed inside. Default: none, the closed economy.

    Raises
    ------
    Refused
        As :func:`technical_coefficients` and :func:`inverse`.

    Examples
    --------
    >>> upstreamness([[0, 60], [0, 0]], [60, 100])
    array([2., 1.])
    """
    flows = square("flows", flows)
    shape = (len(flows),)
    leaves = np.zeros(shape) if exports is None else array("exports", exports, shape)
    comes = np.zeros(shape) if imports is None else array("imports", imports, shape)
    absorbed = array("output", array("output", output, shape) - leaves + comes, shape)
    return np.asarray(inverse(flows * _inverted(absorbed)[:, None]).sum(axis=1), dtype=np.float64)


def downstreamness(flows: npt.ArrayLike, output: npt.ArrayLike) -> Floats:
    """How many steps a sector is from primary inputs; 1 buys from no sector. Parameters as :func:`linkages`.

    Examples
    --------
    >>> downstreamness([[0, 60], [0, 0]], [60, 100]).round(10)
    array([1. , 1.6])
    """
    return np.asarray(inverse(technical_coefficients(flows, output)).sum(axis=0), dtype=np.float64)


def extraction_losses(flows: npt.ArrayLike, output: npt.ArrayLike) -> Floats:
    """Output lost when a sector is taken out with all that it buys and sells, for each sector.

    Returns
    -------
    ndarray
        Shape (n,), the money of ``output``; divided by the sum of ``output`` it is the share of the economy.

    Raises
    ------
    Refused
        As :func:`technical_coefficients` and :func:`inverse`.

    Examples
    --------
    Without its one buyer the first sector sells nothing; without the first the second still sells:

    >>> extraction_losses([[0, 60], [0, 0]], [60, 100])
    array([ 60., 160.])
    """
    totals = array("output", output, (len(square("flows", flows)),))
    leontief = inverse(technical_coefficients(flows, totals))
    return np.asarray(leontief.sum(axis=0) * totals / np.diag(leontief), dtype=np.float64)


def demand_effect(flows: npt.ArrayLike, output: npt.ArrayLike, change: npt.ArrayLike) -> Floats:
    """dx = L dy: output that a change of final demand calls for; coefficients are held fixed.

    Parameters
    ----------
    change : shape (n,), money, of either sign

    Returns
    -------
    ndarray
        Shape (n,). Times intensities (energy, carbon, jobs per output) it is the embodied factor.

    Examples
    --------
    >>> demand_effect([[0, 60], [0, 0]], [60, 100], [0, -10])
    array([ -6., -10.])
    """
    asked = array("change", change, (len(square("flows", flows)),), signed=True)
    return np.asarray(inverse(technical_coefficients(flows, output)) @ asked, dtype=np.float64)


def _inverted(totals: Floats) -> Floats:
    return np.divide(1.0, totals, out=np.zeros_like(totals), where=totals > 0)
