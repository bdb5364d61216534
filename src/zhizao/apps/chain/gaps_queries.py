"""What the last run says of gaps and local sourcing; read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.apps.chain import gaps_run, risk_queries
from zhizao.base.evidence.models import Run

if TYPE_CHECKING:
    from datetime import date

    from zhizao.apps.chain.risk_queries import Computed
    from zhizao.apps.registry.queries import Actor
    from zhizao.base.accounts.models import Area

YES = "yes"


def gaps(actor: Actor, as_of: date | None = None) -> Computed | None:
    """Gaps and local sourcing as computed last."""
    return risk_queries.of_actor(actor, gaps_run.ENGINE, as_of)


def gap_of_nodes(area: Area, as_of: date | None = None) -> dict[str, tuple[tuple[str, ...], str]]:
    """The certain gaps of each node by its key, with what opens them; empty if nothing was computed for the area.

    A node that is there without a gap has none that is certain.
    """
    found = risk_queries.computed(risk_queries.last(Run.objects.filter(area=area), gaps_run.ENGINE, as_of))
    if found is None:
        return {}
    result = {}
    for place, node in enumerate(found.data["nodes"]):
        certain = [(at, gap["gap"]) for at, gap in enumerate(node["gaps"]) if gap["status"] == YES]
        opened = found.reference(f"/nodes/{place}/gaps/{certain[0][0]}/gap") if certain else ""
        result[node["subject"]] = tuple(gap for _at, gap in certain), opened
    return result
