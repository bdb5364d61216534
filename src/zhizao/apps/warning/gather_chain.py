"""Chain exposure: an enterprise in distress of which others live. Its failure reaches those that lose most by it.

What all others would lose if the enterprise stopped is its systemic risk less its own sales, as a share of the sales of
the area's enterprises (``chain``, last run known that day); how sure the distress is, the engine's q.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from zhizao.apps.chain import risk_queries as chain
from zhizao.apps.chain import risk_run
from zhizao.apps.warning.gathering import Case, Gathered, Missing, Seen
from zhizao.apps.warning.telling import row
from zhizao.base.evidence.models import Run
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Subject
from zhizao.kernel.result import mark

FAMILY: Final = "chain"
FACTS: Final = ("reach_pct", "supplier_q_pct")
TOO_OLD: Final = timedelta(days=400)
SHOWN: Final = 5
SENTENCE: Final = mark("The enterprise is in distress; if it stopped, others would lose %(reach)s %% of all sales.")
TO_OTHERS: Final = mark("What others would lose, share of all sales")
LOSES: Final = mark("%(name)s would lose, share of all sales")
Q: Final = mark("Expected share of false calls of the distress")
NO_RUN: Final = mark("No systemic risk was computed by %(day)s.")
OLD_RUN: Final = mark("The systemic risk is of %(day)s: too old.")
NO_DISTRESS: Final = mark("No score of distress is known in the month.")


def gather(seen: Seen) -> tuple[list[Case], list[Missing]]:
    """One case an enterprise with a score of distress and a place in the network."""
    import numpy as np

    gathered = seen.gathered
    risk = chain.computed(chain.last(Run.objects.filter(area=gathered.area), risk_run.ENGINE, gathered.as_of))
    if risk is None or risk.run.as_of is None:
        return [], [Missing(FAMILY, NO_RUN, {"day": gathered.as_of.isoformat()})]
    if gathered.as_of - risk.run.as_of > TOO_OLD:
        return [], [Missing(FAMILY, OLD_RUN, {"day": risk.run.as_of.isoformat()})]
    q = seen.found.facts.get("distress_q_pct")
    if q is None or not np.isfinite(q[:, -1]).any():
        return [], [Missing(FAMILY, NO_DISTRESS)]
    of = {row["subject"]: (place, row) for place, row in enumerate(risk.data["firms"])}
    whole, named = risk.data["revenue_wan_yuan"], _names(risk)
    cases = []
    for at, subject in enumerate(seen.found.figures.subjects):
        if subject in of and np.isfinite(q[at, -1]) and whole:
            cases.append(_case(gathered, risk, of[subject], float(q[at, -1]), whole, named))
    return cases, []


def _case(
    gathered: Gathered,
    risk: chain.Computed,
    placed: tuple[int, Mapping[str, Any]],
    q_pct: float,
    whole: float,
    named: Mapping[str, str],
) -> Case:
    place, firm = placed
    reach = max(100 * (firm["esri"] - firm["revenue_wan_yuan"] / whole), 0.0)
    opens = risk.reference(f"/firms/{place}/esri")
    return Case(
        subject=firm["subject"],
        facts={"reach_pct": reach, "supplier_q_pct": q_pct},
        sentence=SENTENCE,
        params={"reach": round(reach, 2)},
        rows=(
            row(TO_OTHERS, unit="%", value=reach, reference=opens),
            row(Q, unit="%", value=q_pct),
            *_losers(risk, firm, named),
        ),
        references=(opens,),
        simulated=bool(risk.data["simulated"]) or firm["subject"] in gathered.simulated,
    )


def _losers(risk: chain.Computed, firm: Mapping[str, Any], named: Mapping[str, str]) -> list[dict[str, Any]]:
    """Those at the end of the strongest paths of its loss, and what of all sales each would lose by them: a path says
    its part in the whole loss, and the whole loss is the ESRI."""
    losses: dict[str, float] = defaultdict(float)
    for path in risk.data["paths"].get(firm["subject"], ()):
        if path["firms"][-1] != firm["subject"]:
            losses[path["firms"][-1]] += path["share"] * firm["esri"]
    return [
        row(LOSES, params={"name": named.get(key, key)}, unit="%", value=100 * share)
        for key, share in sorted(losses.items(), key=lambda pair: -pair[1])[:SHOWN]
    ]


def _names(risk: chain.Computed) -> dict[str, str]:
    """What the firms were called when the risk was computed; those without a name then, what they are called now."""
    named = dict(risk.data["names"])
    without = [key for key, name in named.items() if name == key.partition(":")[2]]
    keys = dict(Subject.objects.filter(key__in=without).values_list("pk", "key"))
    called = facts.names(keys, on=facts.today())
    return named | {keys[pk]: name for pk, name in called.items()}
