"""The table of a region from the nation's: location quotients, then fitting to totals that are known.

    LQᵢ      = (xᵢʳ / xʳ) / (xᵢⁿ / xⁿ)
    CILQᵢⱼ   = (xᵢʳ / xᵢⁿ) / (xⱼʳ / xⱼⁿ)        on the diagonal LQᵢ
    FLQᵢⱼ    = CILQᵢⱼ λ          λ = [log₂(1 + xʳ / xⁿ)]^δ
    AFLQᵢⱼ   = FLQᵢⱼ log₂(1 + LQⱼ) where LQⱼ > 1
    aᵢⱼʳ     = aᵢⱼⁿ min(1, FLQᵢⱼ)       and for AFLQ aᵢⱼⁿ AFLQᵢⱼ where FLQᵢⱼ > 1 is cut to 1 first

δ is an assumption (0.2 to 0.3 in the studies cited), so it is an argument without default and belongs in the record of
a run. RAS finds the table r̂ Z ŝ with given row and column sums; GRAS does it for tables with negative elements.

Source: A. T. Flegg, C. D. Webber, Reg. Stud. 34 (2000) 563, doi:10.1080/00343400050085675; M. Bacharach, Biproportional
Matrices and Input-Output Change (1970); T. Junius, J. Oosterhaven, Econ. Syst. Res. 15 (2003) 87,
doi:10.1080/0953531022000056954, with the correction of M. Lenzen, R. Wood, B. Gallego, Econ. Syst. Res. 19 (2007) 461.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from zhizao.engines.chain._arrays import Floats, array, refusal, square
from zhizao.kernel.result import mark

_ROUNDS: Final = 10_000
_TOLERANCE: Final = 1e-12


def location_quotients(region: npt.ArrayLike, nation: npt.ArrayLike) -> Floats:
    """How much larger a sector's part is in the region than in the nation.

    Parameters
    ----------
    region, nation : shape (n,), output, employment or value added, in one unit

    Returns
    -------
    ndarray
        Shape (n,); nan where the nation has none of the sector (unknown, not nought).

    Raises
    ------
    Refused
        ``chain.shape``, ``chain.not_finite``, ``chain.negative``, ``chain.no_total``.

    Examples
    --------
    >>> location_quotients([30, 10], [50, 50])
    array([1.5, 0.5])
    """
    ours, theirs = _outputs(region, nation)
    shares = theirs / theirs.sum()
    found = np.divide(ours / ours.sum(), shares, out=np.full_like(ours, np.nan), where=shares > 0)
    return np.asarray(found, dtype=np.float64)


def regional_coefficients(
    national: npt.ArrayLike,
    region: npt.ArrayLike,
    nation: npt.ArrayLike,
    *,
    delta: float,
    quotient: Literal["flq", "aflq"] = "flq",
) -> Floats:
    """Coefficients of purchases inside the region.

    Parameters
    ----------
    national : shape (n, n), the nation's coefficients A
    region, nation : shape (n,), output of each sector, in one unit
    delta : δ, at least 0 and below 1; 0 is the cross-industry quotient, larger means more imports
    quotient : ``flq``, or ``aflq`` with the correction for specialised buyers

    Returns
    -------
    ndarray
        Shape (n, n); what is missing to ``national`` is bought outside.

    Raises
    ------
    Refused
        As :func:`location_quotients`; ``chain.delta``.

    Examples
    --------
    A region of a quarter of the nation, of the same mix: λ = log₂(1.25)^0.3 = 0.712

    >>> regional_coefficients([[0.2, 0.1], [0.1, 0.0]], [25, 25], [100, 100], delta=0.3).round(4)
    array([[0.1424, 0.0712],
           [0.0712, 0.    ]])
    """
    whole = square("coefficients", national)
    ours, theirs = _outputs(region, nation)
    array("output", ours, (len(whole),))
    if not 0 <= delta < 1:
        raise refusal("delta", mark("δ must be at least 0 and below 1, not %(delta)s."), delta=delta)
    share = np.divide(ours, theirs, out=np.zeros_like(ours), where=theirs > 0)
    own = np.nan_to_num(location_quotients(ours, theirs))
    across = np.divide(share[:, None], share, out=np.full_like(whole, np.inf), where=share > 0)
    across[share == 0] = 0.0
    np.fill_diagonal(across, own)
    cut = np.minimum(1.0, across * np.log2(1 + ours.sum() / theirs.sum()) ** delta)
    if quotient == "aflq":
        cut *= np.where(own > 1, np.log2(1 + own), 1.0)
    cut[:, share == 0] = 0.0  # a sector that the region does not have buys nothing there
    return np.asarray(whole * cut, dtype=np.float64)


def ras(table: npt.ArrayLike, rows: npt.ArrayLike, columns: npt.ArrayLike) -> Floats:
    """The table nearest to the one given that has these row and column sums; signs and noughts stay.

    Parameters
    ----------
    table : shape (n, m); with negative elements GRAS is used
    rows, columns : shapes (n,) and (m,), with one sum

    Raises
    ------
    Refused
        ``chain.shape``, ``chain.not_finite``; ``chain.totals`` where the sums of rows and columns differ;
        ``chain.no_fit`` where noughts of the table forbid the totals.

    Examples
    --------
    >>> ras([[1, 2], [3, 4]], [5, 5], [4, 6]).round(4)
    array([[1.7577, 3.2423],
           [2.2423, 2.7577]])
    """
    shape = np.asarray(table).shape
    start = array("table", table, shape, signed=True)
    wanted_rows = array("rows", rows, shape[:1], signed=True)
    wanted_columns = array("columns", columns, shape[1:], signed=True)
    size = max(np.abs(wanted_rows).max(), np.abs(wanted_columns).max(), 1e-300)
    if abs(wanted_rows.sum() - wanted_columns.sum()) > 1e-9 * size * len(start):
        raise refusal(
            "totals",
            mark("The row totals add up to %(rows)s, the column totals to %(columns)s."),
            remedy=mark("Correct the totals so that both have the same sum."),
            rows=f"{wanted_rows.sum():.12g}",
            columns=f"{wanted_columns.sum():.12g}",
        )
    plus, minus = np.maximum(start, 0.0), np.maximum(-start, 0.0)
    right = np.ones(shape[1])
    for _ in range(_ROUNDS):
        left = _factors(plus @ right, minus @ (1 / right), wanted_rows)
        right = _factors(plus.T @ left, minus.T @ (1 / left), wanted_columns)
        found = left[:, None] * plus * right - minus / (left[:, None] * right)
        if np.abs(found.sum(axis=1) - wanted_rows).max() <= _TOLERANCE * size:
            if np.abs(found.sum(axis=0) - wanted_columns).max() <= 1e-9 * size:
                return np.asarray(found, dtype=np.float64)
            break
    raise refusal(
        "no_fit",
        mark("No table with these noughts has the totals asked for."),
        remedy=mark("Fill cells that are nought only because they are unknown, or correct the totals."),
    )


def _factors(plus: Floats, minus: Floats, wanted: Floats) -> Floats:
    """The positive root of plus r² − wanted r − minus = 0; an empty row keeps 1."""
    plain = np.divide(wanted, plus, out=np.ones_like(plus), where=plus > 0)
    signed = (wanted + np.sqrt(wanted**2 + 4 * plus * minus)) / np.where(plus > 0, 2 * plus, 1.0)
    only_minus = np.divide(-minus, wanted, out=np.ones_like(plus), where=wanted < 0)
    found = np.where(minus > 0, np.where(plus > 0, signed, only_minus), plain)
    return np.clip(found, 1e-100, 1e100)  # a row of nought has the least; one that nothing can fill stops at the most


def _outputs(region: npt.ArrayLike, nation: npt.ArrayLike) -> tuple[Floats, Floats]:
    shape = (len(np.asarray(nation)),)
    ours, theirs = array("region", region, shape), array("nation", nation, shape)
    if not ours.sum() or not theirs.sum():
        raise refusal("no_total", mark("The output of the region and of the nation must be above nought."))
    return ours, theirs
