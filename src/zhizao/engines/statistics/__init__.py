"""Figures of official statistics: exact, dated, comparable, and safe to publish.

| module | what it answers |
|---|---|
| ``spans`` | which months, quarters and years do the observed spans determine, and which contradict |

>>> import polars as pl
>>> from zhizao.engines.statistics import pieces, solve
>>> ytd = pl.DataFrame({"subject": "a", "start_month": [24300, 24300], "months": [2, 3], "value": [50, 80]})
>>> pieces(solve(ytd, by=["subject"]))["months"].to_list()
[2, 1]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.kernel.late import late_names

if TYPE_CHECKING:
    from zhizao.engines.statistics.spans import Kind, Solved, pieces, solve, values

__all__ = ["Kind", "Solved", "pieces", "solve", "values"]

_HOMES = {
    "spans": ("Kind", "Solved", "pieces", "solve", "values"),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
