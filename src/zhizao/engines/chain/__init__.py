"""Industry chains: what fails if one firm stops, what is missing, what is bought locally.

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
| ``layers``, ``layout`` | upstream, midstream, downstream; where a node is drawn |
| ``localisation``, ``concentration`` | local sourcing with its coverage; how few suppliers, how far one region |
| ``gaps``, ``candidates`` | six classes of gaps with their rows; who could fill one, and what that is worth |
| ``gravity`` | links nobody declared, estimated and marked |
| ``complexity``, ``ties`` | what a region could make next; hierarchy, brokers, bottlenecks |

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
    from zhizao.engines.chain.ario import (
        Behaviour,
        Course,
        Economy,
        course,
        economy_of_network,
        economy_of_table,
        stopped,
    )
    from zhizao.engines.chain.candidates import filling_gains, find_candidates, second_supplier_gains
    from zhizao.engines.chain.certificate import certified_risk
    from zhizao.engines.chain.closed_form import upstream_risk
    from zhizao.engines.chain.complexity import Complexity, complexity_measures
    from zhizao.engines.chain.concentration import outside_dependence, supplier_concentration
    from zhizao.engines.chain.gaps import Gaps, find_gaps, gap_rules
    from zhizao.engines.chain.gravity import Estimate, estimate_links
    from zhizao.engines.chain.layers import node_layers
    from zhizao.engines.chain.layout import positions
    from zhizao.engines.chain.localisation import chain_share, local_sourcing, share_through_tiers
    from zhizao.engines.chain.network import Network
    from zhizao.engines.chain.reading import read_network, read_shock
    from zhizao.engines.chain.risk import Outcome, Rule, Shocks, run, systemic_risk
    from zhizao.engines.chain.scenario import WhatIf, lost_customer, node_risk, what_if, with_second_supplier
    from zhizao.engines.chain.top import top_risks
    from zhizao.engines.chain.tracing import LossPath, loss_paths

__all__ = [
    "Behaviour",
    "Complexity",
    "Course",
    "Economy",
    "Estimate",
    "Gaps",
    "LossPath",
    "Network",
    "Outcome",
    "Rule",
    "Shocks",
    "WhatIf",
    "certified_risk",
    "chain_share",
    "complexity_measures",
    "course",
    "economy_of_network",
    "economy_of_table",
    "estimate_links",
    "filling_gains",
    "find_candidates",
    "find_gaps",
    "gap_rules",
    "local_sourcing",
    "loss_paths",
    "lost_customer",
    "node_layers",
    "node_risk",
    "outside_dependence",
    "positions",
    "read_network",
    "read_shock",
    "run",
    "second_supplier_gains",
    "share_through_tiers",
    "stopped",
    "supplier_concentration",
    "systemic_risk",
    "top_risks",
    "upstream_risk",
    "what_if",
    "with_second_supplier",
]

_HOMES = {
    "ario": ("Behaviour", "Course", "Economy", "course", "economy_of_network", "economy_of_table", "stopped"),
    "candidates": ("filling_gains", "find_candidates", "second_supplier_gains"),
    "certificate": ("certified_risk",),
    "closed_form": ("upstream_risk",),
    "complexity": ("Complexity", "complexity_measures"),
    "concentration": ("outside_dependence", "supplier_concentration"),
    "gaps": ("Gaps", "find_gaps", "gap_rules"),
    "gravity": ("Estimate", "estimate_links"),
    "layers": ("node_layers",),
    "layout": ("positions",),
    "localisation": ("chain_share", "local_sourcing", "share_through_tiers"),
    "network": ("Network",),
    "reading": ("read_network", "read_shock"),
    "risk": ("Outcome", "Rule", "Shocks", "run", "systemic_risk"),
    "scenario": ("WhatIf", "lost_customer", "node_risk", "what_if", "with_second_supplier"),
    "top": ("top_risks",),
    "tracing": ("LossPath", "loss_paths"),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
