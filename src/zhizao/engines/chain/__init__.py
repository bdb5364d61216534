"""Industry chains: what fails if one firm stops.

| module | what it answers |
|---|---|
| ``network`` | who sells to whom: read, cleaned, refused where it is wrong |
| ``impact`` | how much of a loss each link passes on, down to buyers and up to suppliers |
| ``risk`` | systemic risk (ESRI) of every firm, and of nodes, sectors and joint shocks |
| ``input_output`` | Leontief, Ghosh, linkages, position, hypothetical extraction |
| ``ario`` | losses day by day: stocks, rationing, overtime, recovery |
| ``regional_table`` | a region's table from the nation's: location quotients, RAS |

Source: C. Diem, A. Borsos, T. Reisch, J. Kertész, S. Thurner, Quantifying firm-level economic systemic risk from
nation-wide supply networks, Scientific Reports 12 (2022) 7719, doi 10.1038/s41598-022-11522-z.

>>> import polars as pl
>>> from zhizao.engines.chain import Network
>>> firms = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["1", "2", "3"]})
>>> links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "c"], "amount": [10.0, 10.0]})
>>> Network.from_frames(firms, links).out_strength.tolist()
[10.0, 10.0, 0.0]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.kernel.late import late_names

if TYPE_CHECKING:
    from zhizao.engines.chain.network import Network
    from zhizao.engines.chain.reading import read_network, read_shock
    from zhizao.engines.chain.risk import Outcome, Rule, Shocks, run, systemic_risk

__all__ = ["Network", "Outcome", "Rule", "Shocks", "read_network", "read_shock", "run", "systemic_risk"]

_HOMES = {
    "network": ("Network",),
    "reading": ("read_network", "read_shock"),
    "risk": ("Outcome", "Rule", "Shocks", "run", "systemic_risk"),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
