"""What the gaps and the risk of the area say of the nodes and enterprises of its chains, for the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.apps.chain import gaps_queries, risk_queries, risk_run
from zhizao.apps.chain.map_data import Known, Wanted
from zhizao.apps.registry import queries as registry
from zhizao.base.evidence.models import Run

if TYPE_CHECKING:
    from django.http import QueryDict

    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.accounts.models import Area

YES = "1"


def known(area: Area, seen: View) -> Known:
    """Gaps and risks by the last runs known on the day; empty where nothing has been computed."""
    runs = Run.objects.filter(area=area)
    risk = risk_queries.computed(risk_queries.last(runs, risk_run.ENGINE, seen.as_of))
    rows = risk.data["nodes"] if risk else ()
    return Known(
        gaps=gaps_queries.gap_of_nodes(area, seen.as_of),
        nodes={row["subject"]: (row["esri"], risk.reference(f"/nodes/{at}/esri")) for at, row in enumerate(rows)},
        firms=risk_queries.risk_of_enterprises(area, seen.as_of),
        simulated=bool(risk and risk.data["simulated"]),
    )


def wanted(actor: Actor, asked: QueryDict, seen: View) -> Wanted:
    """What the address narrows the map to; what it says otherwise narrows nothing."""
    tier = asked.get("tier", "")
    firms = None
    if tier in registry.tiers(actor):
        names = registry.enterprises(actor, registry.Wanted(tier=tier), seen)
        firms = frozenset(names.order_by().values_list("subject", flat=True))
    return Wanted(local=asked.get("local") == YES, gaps=asked.get("gaps") == YES, firms=firms)
