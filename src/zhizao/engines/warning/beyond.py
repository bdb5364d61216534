"""What one figure is beyond what goes with another: electricity that output does not explain.

For logarithms u and v of two figures of enterprise i in cell t

    x(i,t) = u(i,t) − b(t) (v(i,t) − v(i,first)),
    b(t) = Σ ψ(Δu) Δv / Σ (Δv)²        over all enterprises and the cells before t,

Δ the change since the cell before less its median over all enterprises; ψ cuts what b does not explain at twice its
usual size, and changes Δv beyond three times the usual are left out, so that a power cut or a wrong unit teaches
little. b is below 1 where a part of the consumption does not depend on output (light, heat, cooling): then
the plain ratio falls with every rise of output, and x does not. Nothing of a later cell enters an earlier one.

Source: elasticity in changes, as in R. F. Engle, C. W. J. Granger, *Econometrica* 55 (1987) 251–276, section 4;
Huber's ψ: P. J. Huber, *Annals of Mathematical Statistics* 35 (1964) 73–101, doi 10.1214/aoms/1177703732.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from zhizao.engines.warning.figures import Floats, median

_CUT: Final = 2.0
_FAR: Final = 3.0
_LEAST: Final = 6
_MAD: Final = 1.4826


def beyond(u: Floats, v: Floats) -> Floats:
    """x of every enterprise and cell, shape (n, T); NaN where one of the two is unknown.

    Examples
    --------
    Electricity goes with output at an elasticity of 0.8; in the last cell one enterprise uses a fifth less than that:

    >>> v = np.random.default_rng(1).normal(5, 0.1, (200, 12))
    >>> u = 0.8 * v
    >>> u[7, -1] += np.log(0.8)
    >>> x = beyond(u, v)
    >>> (x[7, -1] - x[7, -2]).round(2), (x[8, -1] - x[8, -2]).round(2)
    (np.float64(-0.22), np.float64(0.0))
    """
    known = np.isfinite(v)
    first = np.where(known.any(axis=1), v[np.arange(len(v)), known.argmax(axis=1)], np.nan) if v.size else v[:, 0]
    x = np.full(u.shape, np.nan)
    products, squares = 0.0, 0.0
    for t in range(u.shape[1]):
        b = products / squares if squares > 0 else 1.0
        x[:, t] = u[:, t] - b * (v[:, t] - first)
        if not t:
            continue
        du, dv = u[:, t] - u[:, t - 1], v[:, t] - v[:, t - 1]
        both = np.isfinite(du) & np.isfinite(dv)
        if both.sum() < _LEAST:
            continue
        du, dv = du[both] - median(du[both]), dv[both] - median(dv[both])
        rest = du - b * dv
        cut = _CUT * _MAD * median(np.abs(rest))
        usual = np.abs(dv) <= _FAR * _MAD * median(np.abs(dv))
        products += float(((b * dv + np.clip(rest, -cut, cut)) * dv)[usual].sum())
        squares += float((dv * dv)[usual].sum())
    return x
