"""Figures of official statistics: exact, dated, comparable, and safe to publish.

| module | what it answers |
|---|---|
| ``spans`` | which months, quarters and years do the observed spans determine, and which contradict |
| ``display`` | months for charts, where only their sum is known; marked |
| ``growth`` | raw and comparable growth, and what lies between: entry, exit, missing, revision |
| ``contribution`` | what each part adds to the growth of a total |
| ``prices`` | deflation, and no sum over two price bases |
| ``vintages`` | how much figures change after they are first published |
| ``slips`` | figures in the wrong unit: ten or ten thousand times too large |
| ``protection`` | tables that tell of no single enterprise; and the attacker that tests it |

Figures are whole numbers of a small unit (millionths of an indicator's unit); null is unknown, which is not nought.

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
    from zhizao.engines.statistics.contribution import contributions
    from zhizao.engines.statistics.display import months_for_display
    from zhizao.engines.statistics.growth import Decomposition, decompose, from_published
    from zhizao.engines.statistics.prices import by_rate, chained, deflate, one_basis, real_growth_pct
    from zhizao.engines.statistics.slips import unit_slips
    from zhizao.engines.statistics.spans import Kind, Solved, pieces, solve, values
    from zhizao.engines.statistics.vintages import revisions, summary

__all__ = [
    "Decomposition",
    "Kind",
    "Solved",
    "by_rate",
    "chained",
    "contributions",
    "decompose",
    "deflate",
    "from_published",
    "months_for_display",
    "one_basis",
    "pieces",
    "real_growth_pct",
    "revisions",
    "solve",
    "summary",
    "unit_slips",
    "values",
]

_HOMES = {
    "contribution": ("contributions",),
    "display": ("months_for_display",),
    "growth": ("Decomposition", "decompose", "from_published"),
    "prices": ("by_rate", "chained", "deflate", "one_basis", "real_growth_pct"),
    "vintages": ("revisions", "summary"),
    "slips": ("unit_slips",),
    "spans": ("Kind", "Solved", "pieces", "solve", "values"),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
