"""What the leader's page says: how output stands, the targets at risk, the alarms, and the first three decisions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhizao.apps.assist import leader_queries as assist
from zhizao.apps.cockpit import template
from zhizao.apps.cockpit.book import Asked
from zhizao.apps.cockpit.economy import percent
from zhizao.apps.cockpit.sampling import BASIS, sample
from zhizao.apps.ledger import pages as ledger_pages
from zhizao.apps.ledger import queries as ledger
from zhizao.apps.ledger.figures import Reference
from zhizao.apps.outlook import queries as outlook
from zhizao.apps.warning import lamp_queries
from zhizao.apps.warning import queries as warnings
from zhizao.base.facts.queries import today
from zhizao.base.flow import queries as flow
from zhizao.engines.warning.lamps import Lamp
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.outlook.shown import TargetOutlook
    from zhizao.base.accounts.models import Area, User

AT_RISK = 5
RISKY = ("unlikely", "missed")


@dataclass(frozen=True, slots=True)
class Output:
    """The leading indicator's year to date; ``growth`` in per cent is of the same enterprises."""

    name: str
    span: Span
    growth: Decimal | None
    reported: int
    late: int
    reference: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Leading:
    """All of the page; what nobody computed yet is ``None``."""

    output: Output | None
    targets: dict[str, int] | None
    at_risk: tuple[TargetOutlook, ...]
    alarms: dict[str, int] | None
    alarms_span: Span | None
    lamps: tuple[Any, ...]
    decisions: tuple[Any, ...]
    cases: int | None
    overdue: int
    simulated: bool


def leading(actor: User, area: Area, *, as_of: date | None) -> Leading:
    """Gather it for one who may see it."""
    told = outlook.overview(actor, area, as_of=as_of) if actor.has_perm("outlook.view", area) else None
    items = told.targets if told else ()
    at_risk = sorted((item for item in items if item.state in RISKY), key=_chance)
    counts, span = _alarms(actor, area, as_of)
    cases = flow.cases(actor, as_of=as_of).filter(area__path__startswith=area.path, kind__startswith="assist.")
    stood = flow.counts(cases, as_of or today())
    decisions = assist.decisions(actor, area, as_of=as_of) if actor.has_perm("assist.view") else []
    return Leading(
        output=_output(actor, area, as_of),
        targets=dict(Counter(item.state for item in items)) if told else None,
        at_risk=tuple(at_risk[:AT_RISK]),
        alarms=counts,
        alarms_span=span,
        lamps=tuple(group for group in lamp_queries.lamps(actor, area, as_of=as_of) if _is_shown(group)),
        decisions=tuple(decisions[: assist.SHOWN]),
        cases=stood.running if cases.exists() else None,
        overdue=stood.overdue,
        simulated=any(item.simulated for item in items),
    )


def _is_shown(group: Any) -> bool:
    """The whole, and whatever stands in risk: a leader need not read what is well."""
    return group.is_told and (group.kind == "region" or group.risk in (Lamp.YELLOW, Lamp.RED))


def _chance(item: TargetOutlook) -> float:
    return item.p or 0.0


def _output(actor: User, area: Area, as_of: date | None) -> Output | None:
    from zhizao.engines.statistics import decompose

    key = template.latest().lead  # what leads the page is no wording: a day before the first template has it, too
    indicator = ledger.indicators().filter(key=key).first()
    latest = ledger_pages.latest_span(actor, indicator, basis=BASIS, as_of=as_of) if indicator else None
    if indicator is None or latest is None:
        return None
    last = Span(latest.end_month - 1, 1)
    asked = Asked(area, last, as_of or today())
    of_span = sample(asked, {key: indicator.kind}, asked.to_date)
    growth = decompose(of_span.frame).get(())
    if growth is None:
        return None
    own = ledger.subjects(actor).filter(key=f"area:{area.code}").values_list("key", flat=True).first()
    reference = str(Reference(own, key, asked.to_date, BASIS, "area")) if own else ""
    return Output(
        str(indicator),
        asked.to_date,
        percent(growth.comparable_pct),
        growth.enterprises,
        growth.missing,
        reference,
        key in of_span.simulated,
    )


def _alarms(actor: User, area: Area, as_of: date | None) -> tuple[dict[str, int] | None, Span | None]:
    """The alarms of the newest month by severity; ``None`` where no run has looked."""
    if not actor.has_perm("warning.view") or warnings.latest_run(actor, area, as_of=as_of) is None:
        return None, None
    found = warnings.alarms(actor, area, as_of=as_of).order_by("-start_month")
    newest = found.values_list("start_month", flat=True).first()
    if newest is None:
        return {}, None
    severities = found.filter(start_month=newest).values_list("severity", flat=True)
    return dict(Counter(severities)), Span(newest, 1)
