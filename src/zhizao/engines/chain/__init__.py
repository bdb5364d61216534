"""Industry chains: what fails if one firm stops.

| module | what it answers |
|---|---|
| ``network`` | who sells to whom: read, cleaned, refused where it is wrong |
| ``impact`` | how much of a loss each link passes on, down to buyers and up to suppliers |
| ``risk`` | systemic risk (ESRI) of every firm, and of any shocks |
| ``certificate``, ``top`` | the same at the fixed point with a proven error; the k greatest, provably |
| ``closed_form`` | the upstream half of every firm at once |
| ``scenario``, ``tracing`` | what a shock costs, by firm, sector, node; the links along which it came |
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
    from zhizao.engines.chain.certificate import certified_risk
    from zhizao.engines.chain.closed_form import upstream_risk
    from zhizao.engines.chain.network import Network
    from zhizao.engines.chain.reading import read_network, read_shock
    from zhizao.engines.chain.risk import Outcome, Rule, Shocks, run, systemic_risk
    from zhizao.engines.chain.scenario import WhatIf, lost_customer, node_risk, what_if, with_second_supplier
    from zhizao.engines.chain.top import top_risks
    from zhizao.engines.chain.tracing import LossPath, loss_paths

__all__ = [
    "LossPath",
    "Network",
    "Outcome",
    "Rule",
    "Shocks",
    "WhatIf",
    "certified_risk",
    "loss_paths",
    "lost_customer",
    "node_risk",
    "read_network",
    "read_shock",
    "run",
    "systemic_risk",
    "top_risks",
    "upstream_risk",
    "what_if",
    "with_second_supplier",
]

_HOMES = {
    "certificate": ("certified_risk",),
    "closed_form": ("upstream_risk",),
    "tracing": ("LossPath", "loss_paths"),
    "network": ("Network",),
    "reading": ("read_network", "read_shock"),
    "risk": ("Outcome", "Rule", "Shocks", "run", "systemic_risk"),
    "scenario": ("WhatIf", "lost_customer", "node_risk", "what_if", "with_second_supplier"),
    "top": ("top_risks",),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
