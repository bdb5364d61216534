"""The test table of pymrio: six regions of eight sectors, in millions of dollars a year."""

from __future__ import annotations

import warnings
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Example(NamedTuple):
    flows: Floats
    output: Floats
    coefficients: Floats
    leontief: Floats
    ghosh: Floats
    sectors: list[str]


@cache
def example() -> Example:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pymrio's own, not ours
        import pymrio

        table = pymrio.load_test().calc_all()
        flows, output = table.Z.to_numpy(), table.x.to_numpy().ravel()
        ghosh = pymrio.calc_G(pymrio.calc_B(table.Z, table.x)).to_numpy()
    sectors = [sector for _, sector in table.Z.index]
    return Example(flows, output, table.A.to_numpy(), table.L.to_numpy(), ghosh, sectors)
