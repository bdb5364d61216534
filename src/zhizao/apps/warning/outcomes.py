"""Verbs: keep what looking back said of alarms, and what a person says of one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction

from zhizao.apps.warning import runs
from zhizao.apps.warning.models import Alarm, Outcome
from zhizao.apps.warning.permissions import READERS
from zhizao.apps.warning.services import allow_run, check
from zhizao.base.audit.services import record
from zhizao.base.evidence import services as evidence
from zhizao.base.facts.queries import today
from zhizao.base.jobs import services as jobs
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from datetime import date

    from zhizao.apps.warning.looking_back import LookedBack
    from zhizao.base.accounts.models import Area, User
    from zhizao.base.evidence.models import Run
    from zhizao.base.jobs.models import Job

JOB: Final = "warning.outcomes"
PART: Final = "outcomes"
MOST_HOURS: Final = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of looking back: its run, how many verdicts are new."""

    run: Run
    verdicts: int


def start(*, actor: User | None, area: Area, as_of: date | None = None) -> Job:
    """Ask for looking back as of the end of a day, today by default; asked twice in a day it is one job.

    Raises
    ------
    Refused
        ``warning.future``.
    """
    allow_run(actor, area)
    day = as_of or today()
    check(day)
    parameters = {"area": area.code, "as_of": day.isoformat()}
    key = f"{day.isoformat()}:{today().isoformat()}:{runs.latest_key(area)}"
    return jobs.enqueue(actor=actor, kind=JOB, parameters=parameters, area=area, idempotency_key=key)


@transaction.atomic
def keep(*, actor: User | None, made: LookedBack) -> Kept:
    """Keep the run, and each verdict that is not the last one already; the same again adds nothing."""
    allow_run(actor, made.area)
    run = evidence.record_run(
        actor=actor,
        area=made.area,
        engine=runs.ENGINE,
        engine_version=runs.ENGINE_VERSION,
        inputs=made.inputs,
        parameters={"part": PART, "area": made.area.code},
        seed=None,
        as_of=made.as_of,
        output=made.output,
        roles=READERS,
    )
    said = _last_by_rule([one.alarm for one in made.verdicts])
    fresh = [one for one in made.verdicts if said.get(one.alarm) != (one.verdict, one.rule, one.lead_months)]
    Outcome.objects.bulk_create(
        Outcome(alarm_id=one.alarm, verdict=one.verdict, by_rule=True, why=one.rule, lead_months=one.lead_months)
        for one in fresh
    )
    if fresh:
        details = {"as_of": made.as_of.isoformat(), "verdicts": len(fresh), "run": run.sha12}
        record(actor=actor, action="warning.outcomes.keep", target=run, area=made.area, details=details)
    return Kept(run, len(fresh))


def _last_by_rule(alarms: list[int]) -> dict[int, tuple[str, str, int | None]]:
    """The last verdict of a rule on each alarm."""
    found: dict[int, tuple[str, str, int | None]] = {}
    for first in range(0, len(alarms), 500):
        rows = Outcome.objects.filter(alarm__in=alarms[first : first + 500], by_rule=True).order_by("at", "pk")
        for alarm, verdict, why, lead in rows.values_list("alarm", "verdict", "why", "lead_months"):
            found[alarm] = (verdict, why, lead)
    return found


@transaction.atomic
def judge(
    *, actor: User, alarm: Alarm, verdict: str, why: str, cost_hours: Decimal | None = None, seen: int | None = None
) -> Outcome:
    """Say what became of an alarm; a corrected judgement is a new row, the same said twice is one.

    Parameters
    ----------
    seen : primary key of the person's outcome that stood when the form was opened, ``None`` if there was none

    Raises
    ------
    PermissionDenied
    Refused
        ``warning.verdict``, ``warning.no_reason``, ``warning.hours``; ``warning.judged_meanwhile``: another person has
        said something since.
    """
    if not actor.has_perm("warning.judge", alarm) or not Alarm.objects.visible_to(actor).filter(pk=alarm.pk).exists():
        raise PermissionDenied("warning.judge")
    Alarm.objects.select_for_update().get(pk=alarm.pk)
    why = why.strip()
    _check_judgement(verdict, why, cost_hours)
    last = Outcome.objects.filter(alarm=alarm, by_rule=False).order_by("at", "pk").last()
    if last is not None and (last.actor_id, last.verdict, last.why, last.cost_hours) == (
        *(actor.pk, verdict, why),
        cost_hours,
    ):
        return last  # the same form sent twice
    if last is not None and last.pk != seen:
        message = mark("%(who)s has judged this alarm meanwhile: see what was said.")
        remedy = mark("If you judge otherwise, send yours again: it is added, and theirs stays in the record.")
        params = {"who": str(last.actor)}
        raise Refused(Problem("warning.judged_meanwhile", message, remedy=remedy, params=params))
    said = Outcome(alarm=alarm, verdict=verdict, by_rule=False, actor=actor, why=why, cost_hours=cost_hours)
    said.save()
    details = {"verdict": verdict, "why": why, "hours": None if cost_hours is None else str(cost_hours)}
    record(actor=actor, action="warning.alarm.judge", target=alarm, area=alarm.area, details=details)
    return said


def _check_judgement(verdict: str, why: str, cost_hours: Decimal | None) -> None:
    problems = []
    if verdict not in Outcome.Verdict.values:
        message = mark("“%(verdict)s” is no outcome.")
        remedy = mark("Say whether the alarm was true or false, or that it is unknown.")
        problems.append(Problem("warning.verdict", message, remedy=remedy, params={"verdict": verdict[:20]}))
    if not why:
        message, remedy = mark("The reason is missing."), mark("Say in a few words by what you know it.")
        problems.append(Problem("warning.no_reason", message, remedy=remedy))
    if cost_hours is not None and not (cost_hours.is_finite() and 0 <= cost_hours <= MOST_HOURS):
        message = mark("%(hours)s is no number of hours.")
        remedy = mark("Give the hours of staff that the alarm took, from 0 to %(most)s.")
        params = {"hours": str(cost_hours), "most": str(MOST_HOURS)}
        problems.append(Problem("warning.hours", message, remedy=remedy, params=params))
    if problems:
        raise Refused(*problems)
