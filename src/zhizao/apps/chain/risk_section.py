"""Systemic risk in the file of an enterprise, for those who may read the chains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rules
from django.utils.translation import gettext as _

from zhizao.apps.chain import risk_queries
from zhizao.apps.chain.risk_tables import named_paths
from zhizao.apps.registry.sections import Section
from zhizao.base.ui.numbers import figure

if TYPE_CHECKING:
    from zhizao.apps.chain.risk_queries import Computed
    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.facts.models import Subject


def section(actor: Actor, subject: Subject, seen: View) -> Section | None:
    """What the enterprise's stop would cost, from the last run; nothing where it is not in it."""
    if not rules.has_perm("chain.read", actor):
        return None
    found = risk_queries.risk(actor, seen.as_of)
    part = firm_part(found, subject.key) if found is not None else None
    if found is None or part is None:
        return None
    context = part | {"subject": subject}
    return Section(_("Systemic risk"), "chain/_risk_section.html", context, simulated=found.data["simulated"])


def firm_part(found: Computed, key: str) -> dict[str, Any] | None:
    """What a run says of one enterprise, for its page and its file; None if it is not in the network."""
    if (at := risk_queries.firm_row(found, key)) is None:
        return None
    place, row = at
    return {
        "row": row,
        "rank": place + 1,
        "count": len(found.data["firms"]),
        "simulated": found.data["simulated"],
        "sha12": found.run.sha12,
        "pointer": f"/firms/{place}",
        "paths": named_paths(found.data, found.data["paths"].get(key, ())),
        "answer": _("Its stop would cost %(share)s%% of all recorded sales of the area: place %(rank)s of %(count)s.")
        % {"share": figure(row["esri"] * 100, "", decimals=2), "rank": place + 1, "count": len(found.data["firms"])},
    }
