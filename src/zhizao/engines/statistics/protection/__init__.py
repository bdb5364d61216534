"""Tables that may be published: no cell tells of one enterprise, neither by itself nor with others.

| module | what it answers |
|---|---|
| ``cells`` | a table with its margins and sums; which cells are sensitive, and why |
| ``suppression`` | which cells to hide so that the sensitive ones stay hidden |
| ``attacker`` | what a table with gaps still tells: the test of all this |
| ``differencing`` | what several tables tell together: two filters, two as-of dates |

>>> import polars as pl
>>> from zhizao.engines.statistics.protection import Rules, protect, tabulate
>>> rows = pl.DataFrame({"sector": [*"aaaabbbbcccc"], "subject": [str(i) for i in range(12)], "value": [9] * 12})
>>> protect(*tabulate(rows, [["sector"]]), Rules(least_contributors=3, dominance_pct=70, p_pct=10)).method
'none'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.kernel.late import late_names

if TYPE_CHECKING:
    from zhizao.engines.statistics.protection.attacker import attack
    from zhizao.engines.statistics.protection.cells import Rules, Total, sensitive, tabulate
    from zhizao.engines.statistics.protection.differencing import Disclosure, disclosures, withheld
    from zhizao.engines.statistics.protection.suppression import Protected, protect

__all__ = [
    "Disclosure",
    "Protected",
    "Rules",
    "Total",
    "attack",
    "disclosures",
    "protect",
    "sensitive",
    "tabulate",
    "withheld",
]

_HOMES = {
    "attacker": ("attack",),
    "cells": ("Rules", "Total", "sensitive", "tabulate"),
    "differencing": ("Disclosure", "disclosures", "withheld"),
    "suppression": ("Protected", "protect"),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
