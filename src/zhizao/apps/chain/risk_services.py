"""What is done about risk and gaps: computed and kept as runs; a what-if is run, and stored under a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from zhizao.apps.chain import gaps_run, queries, risk_run, what_if_run
from zhizao.apps.chain.network import LEAST_KNOWN_SHARE, Trade, trade
from zhizao.apps.chain.permissions import READERS
from zhizao.apps.chain.risk_models import Scenario
from zhizao.apps.registry import queries as registry
from zhizao.base.audit.services import record
from zhizao.base.events.services import publish
from zhizao.base.evidence import canonical
from zhizao.base.evidence import services as evidence
from zhizao.base.facts.queries import today
from zhizao.base.files import store
from zhizao.base.jobs.services import enqueue
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from datetime import date

    from zhizao.apps.chain.queries import ChainView
    from zhizao.apps.registry.queries import View
    from zhizao.base.accounts.models import Area, User
    from zhizao.base.evidence.models import Run
    from zhizao.base.jobs.models import Job

Progress = Callable[[int, int], None]
LONGEST_NAME = 120


@dataclass(frozen=True)
class Basis:
    """What a run is made from: the area's trade and chains on a day, and what the register has of each enterprise."""

    area: Area
    seen: View
    trade: Trade
    chains: list[ChainView]
    register: dict[str, dict[str, str]]

    def inputs(self) -> dict[str, str]:
        """The SHA-256 of the bytes of each, which are kept."""
        return {
            "trade": store.put(canonical.dumps(self.trade.plain())),
            "chains": store.put(canonical.dumps([_plain(chain) for chain in self.chains])),
        }

    def keep(
        self,
        actor: User | None,
        *,
        engine: str,
        engine_version: str,
        output: Mapping[str, Any],
        inputs: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> Run:
        """Record a run of the area that those may see who read the chains."""
        return evidence.record_run(
            actor=actor,
            area=self.area,
            engine=engine,
            engine_version=engine_version,
            inputs=dict(inputs),
            parameters={"least_known_share": LEAST_KNOWN_SHARE, **parameters},
            seed=None,
            as_of=self.seen.on,
            output=canonical.dumps(output),
            roles=READERS,
        )


def _plain(chain: ChainView) -> dict[str, Any]:
    nodes = [
        {
            "key": node.key,
            "name": node.name,
            "products": node.products,
            "members": [
                [member.name, member.member_type, member.enterprise and member.enterprise.key]
                for member in node.members
            ],
        }
        for node in chain.nodes
    ]
    return {"key": chain.key, "name": chain.name, "nodes": nodes}


def basis(area: Area, on: date | None = None) -> Basis:
    """The trade and the chains of an area as known now, or at the end of a day."""
    seen = registry.view(on)
    register = {name: registry.attribute_by_key(area, name, seen) for name in ("tier", "industry")}
    return Basis(area, seen, trade(area, seen), queries.chains(None, as_of=on, area=area), register)


def allow(actor: User | None, area: Area) -> None:
    """Raise ``PermissionDenied`` unless the actor may have risk and gaps of the area computed; the system may."""
    if actor is not None and not actor.has_perm("chain.compute", area):
        raise PermissionDenied("chain.compute")


# --- risk and gaps


def ask(*, actor: User, area: Area) -> Job:
    """Have systemic risk and gaps of an area computed as it is known today."""
    allow(actor, area)
    return enqueue(actor=actor, kind="chain.risk", parameters={}, area=area)


def compute_risk(found: Basis, *, progress: Progress) -> dict[str, Any]:
    """Systemic risk of every firm, node and chain."""
    return risk_run.make(found.trade, found.chains, progress=progress)


def compute_gaps(found: Basis, risk: Mapping[str, Any]) -> dict[str, Any]:
    """Gaps and local sourcing, with what closing them is worth."""
    return gaps_run.make(
        found.trade,
        found.chains,
        on=found.seen.on,
        risk=risk,
        tiers=found.register["tier"],
        industries=found.register["industry"],
    )


@transaction.atomic
def keep(*, actor: User | None, found: Basis, risk: Mapping[str, Any], gaps: Mapping[str, Any]) -> tuple[Run, Run]:
    """Keep both as runs; the same trade on the same day gives the same two."""
    allow(actor, found.area)
    inputs = found.inputs()
    one = found.keep(
        actor,
        engine=risk_run.ENGINE,
        engine_version=risk_run.ENGINE_VERSION,
        output=risk,
        inputs=inputs,
        parameters=risk_run.PARAMETERS,
    )
    two = found.keep(
        actor,
        engine=gaps_run.ENGINE,
        engine_version=gaps_run.ENGINE_VERSION,
        output=gaps,
        inputs=inputs
        | {
            "risk": one.output_sha256,
            "register": store.put(canonical.dumps(found.register)),
            "rules": gaps_run.rules_sha256(),
        },
        parameters={"rules_on": found.seen.on.isoformat()},
    )
    details = {"risk": one.sha12, "gaps": two.sha12, **found.trade.counts}
    record(actor=actor, action="chain.compute_risk", target=one, area=found.area, details=details)
    publish(name="chain.risk_computed", area=found.area, subject=f"area:{found.area.code}", payload=details)
    return one, two


def compute_now(*, actor: User | None, area: Area) -> tuple[Run, Run]:
    """Compute and keep both at once, where no worker is at hand."""
    found = basis(area)
    risk = compute_risk(found, progress=lambda done, total: None)
    return keep(actor=actor, found=found, risk=risk, gaps=compute_gaps(found, risk))


# --- what if


def ask_what_if(*, actor: User, area: Area, scenario: what_if_run.Scenario) -> Job:
    """Have a scenario run on the trade of the area as known today."""
    allow(actor, area)
    parameters = {"scenario": scenario.plain(), "on": today().isoformat()}
    return enqueue(actor=actor, kind="chain.what_if", parameters=parameters, area=area)


@transaction.atomic
def keep_what_if(*, actor: User | None, found: Basis, scenario: what_if_run.Scenario, output: Mapping[str, Any]) -> Run:
    """Keep what comes of a scenario as a run."""
    allow(actor, found.area)
    return found.keep(
        actor,
        engine=what_if_run.ENGINE,
        engine_version=what_if_run.ENGINE_VERSION,
        output=output,
        inputs=found.inputs(),
        parameters={**risk_run.PARAMETERS, "scenario": scenario.plain()},
    )


@transaction.atomic
def store_scenario(*, actor: User, run: Run, name: str) -> Scenario:
    """Keep a what-if under a name, so that it can be compared, and tell it.

    Raises
    ------
    Refused : the name is empty, too long, or another what-if of the area has it.
    """
    allow(actor, run.area)
    if run.engine != what_if_run.ENGINE:
        raise PermissionDenied("only a what-if is stored as a scenario")
    text = " ".join(name.split())
    if not text or len(text) > LONGEST_NAME:
        raise Refused(
            Problem(
                "chain.scenario_name",
                mark("A scenario needs a name of at most %(most)s characters."),
                remedy=mark("Write in a few words what happens."),
                params={"most": LONGEST_NAME},
            )
        )
    there = Scenario.objects.filter(area=run.area, name=text).first()
    if there is not None and there.run_id == run.pk:
        return there
    try:
        with transaction.atomic():
            scenario = Scenario.objects.create(area=run.area, name=text, run=run, made_by=actor)
    except IntegrityError:
        raise Refused(
            Problem(
                "chain.scenario_twice",
                mark("Another scenario is called “%(name)s”."),
                remedy=mark("Choose another name."),
                params={"name": text},
            )
        ) from None
    details = {"name": text, "run": run.sha12, "scenario": run.parameters["scenario"]}
    record(actor=actor, action="chain.store_scenario", target=scenario, area=run.area, details=details)
    publish(name="chain.scenario_stored", area=run.area, subject=f"area:{run.area.code}", payload=details)
    return scenario
