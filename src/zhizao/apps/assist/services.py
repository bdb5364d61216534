"""What is done to help: an alarm or a matter becomes a case, a measure is taken, an effect is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhizao.apps.assist import kinds
from zhizao.apps.assist.measures import pack_of
from zhizao.apps.assist.models import Duty, Effect, Help, Responsibility
from zhizao.apps.assist.permissions import READERS
from zhizao.apps.assist.queue import QueueRow, row_of
from zhizao.apps.chain import queries as chains
from zhizao.apps.chain import services as chain_services
from zhizao.apps.registry import queries as registry
from zhizao.apps.warning import queries as warning
from zhizao.base.audit.services import record
from zhizao.base.evidence import services as evidence
from zhizao.base.facts.models import Subject
from zhizao.base.facts.queries import CHINA, facts_at, today
from zhizao.base.flow.models import Case
from zhizao.base.flow.opening import open_case
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.apps.assist.effects import Made
    from zhizao.apps.warning.queries import Alarm
    from zhizao.base.accounts.models import Organisation, User

LONGEST_TITLE = 200
MOST_HOURS = Decimal(10_000)


def allow(actor: User | None, target: object) -> None:
    """Raise ``PermissionDenied`` unless the actor may act there; the system may."""
    if actor is not None and not actor.has_perm("assist.act", target):
        raise PermissionDenied("assist.act")


# --- what becomes a case


@transaction.atomic
def open_for_alarm(*, actor: User | None, alarm: Alarm) -> Case:
    """The case of an alarm; of an enterprise the one that is open already, so that a double click opens one.

    An alarm of something else (a target off its path, a link of a chain) has a case of its own.

    Raises
    ------
    Refused
        ``assist.alarm_lapsed``: the alarm stands no longer.
    """
    allow(actor, alarm.area)
    subject = Subject.objects.select_for_update(of=("self",)).select_related("area").get(pk=alarm.subject_id)
    is_enterprise = subject.kind == Subject.Kind.ENTERPRISE
    if is_enterprise and (there := open_case_of(subject)):
        return there
    if warning.has_lapsed(alarm):
        raise Refused(
            Problem(
                "assist.alarm_lapsed",
                mark("The alarm stands no longer: %(why)s."),
                remedy=mark("Look at the alarms of the last month."),
                params={"why": warning.lapsed_because(alarm)},
            )
        )
    owner, unit = responsible(subject)
    name = registry.parent_names([subject], registry.view())[subject.pk]
    called = warning.title(warning.rule_of(alarm), alarm.rule)
    case = open_case(
        actor=actor,
        area=subject.area,
        kind=kinds.ALARM,
        # An enterprise sees its case and rates it, but not the alarm, which the link opens for those who may.
        title=_short(_("Help for %(name)s") % {"name": name} if is_enterprise else f"{called}：{name}"),
        text="" if is_enterprise else warning.sentence(alarm),
        subject=subject,
        origin=alarm.origin,
        facts={"severity": alarm.severity},
        owner=owner,
        unit=unit,
        severity=alarm.severity,
        shown_to_subject=is_enterprise,
        simulated=alarm.simulated or subject.simulated,
    )
    said = {"alarm": alarm.pk, "case": case.number, "subject": subject.key}
    record(actor=actor, action="assist.open_for_alarm", target=case, area=case.area, details=said)
    return case


def open_case_of(subject: Subject) -> Case | None:
    """The open case by which an enterprise is helped for an alarm."""
    return Case.objects.filter(kind=kinds.ALARM, subject=subject, status__in=Case.RUNNING).order_by("pk").first()


def take_alarms(alarms: Iterable[Alarm]) -> list[Case]:
    """Open cases for those alarms that the pack's rule takes by itself; the rest waits in the queue."""
    found = []
    for alarm in alarms:
        if alarm.is_backtest or warning.has_lapsed(alarm) or alarm.subject.kind != Subject.Kind.ENTERPRISE:
            continue
        if open_case_of(alarm.subject) is None and takes(row_of(alarm), alarm):
            found.append(open_for_alarm(actor=None, alarm=alarm))
    return found


def takes(row: QueueRow, alarm: Alarm) -> bool:
    """Whether the rule makes an alarm a case by itself; where nobody knows what is at stake, a person decides."""
    from zhizao.kernel.rules import explain  # late: it brings Polars

    expected = row.expected_loss_wan_yuan
    facts = {
        "is_serious": alarm.severity == "serious",
        "expected_loss_wan_yuan": None if expected is None else Decimal(str(round(expected, 6))),
    }
    rule = pack_of(alarm.area, today()).take
    return explain(rule, {name: value for name, value in facts.items() if value is not None}).status == "yes"


@transaction.atomic
def open_for_matter(*, actor: User | None, matter: int) -> Case | None:
    """The case of a matter of a chain; ``None`` if it has been closed meanwhile."""
    found = chains.matter(matter)
    if found is None or found.state != found.State.OPEN:
        return None
    allow(actor, found.area)
    return open_case(
        actor=actor,
        area=found.area,
        kind=kinds.MATTER,
        title=_short(found.title),
        text=found.owner,
        subject=found.chain,
        origin=f"chain.matter:{found.pk}",
        working_days=None,
        simulated=found.simulated,
    )


@transaction.atomic
def end_matter(*, case: Case) -> bool:
    """Close the matter of a closed case with its result; ``False`` if somebody has closed it before."""
    pk = kinds.number_of(case.origin)
    found = chains.matter(pk) if pk else None
    if found is None or found.state != found.State.OPEN:
        return False
    text = case.result_text or case.get_result_display()
    chain_services.close_matter(actor=None, matter=found, result=f"{case.number} {text}"[:500])
    return True


def responsible(subject: Subject, on: date | None = None) -> tuple[User | None, Organisation | None]:
    """Who looks after an enterprise: the grid worker, else the leader's contact, else the chain office; or nobody.

    A person whose account is closed, or whose unit is another by now, is passed over for his unit.
    """
    rows = Responsibility.objects.filter(subject=subject).select_related("person__organisation", "unit")
    held = {row.duty: row for row in facts_at(rows, on=on or today())}
    for duty in (Duty.GRID, Duty.LEAD, Duty.CHAIN):
        row = held.get(duty)
        if row is None:
            continue
        person, unit = row.person, row.unit
        of = person.organisation if person is not None and person.is_active else None
        if of is not None and not of.is_outside and (unit is None or of.pk == unit.pk):
            return person, of
        if unit is not None and unit.is_active and not unit.is_outside:
            return None, unit
    return None, None


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"


# --- what was done, and what it did


@transaction.atomic
def note_help(*, actor: User, case: Case, measure: str, hours: Decimal | None, taken_on: date) -> Help:
    """Write down a measure that was taken in a case.

    Raises
    ------
    Refused
        ``assist.no_measure``, ``assist.hours``, ``assist.taken_on``, ``assist.measure_twice``.
    """
    allow(actor, case.area)
    case = locked(case)
    name = check_help(case, measure, hours, taken_on)
    there = taken(case, measure)
    if there is not None:
        if (there.hours, there.taken_on, there.by_id) == (hours, taken_on, actor.pk):
            return there  # a double click
        raise twice(name)
    help_ = Help.objects.create(case=case, measure=measure, hours=hours, taken_on=taken_on, by=actor, at=timezone.now())
    said = {"case": case.number, "measure": measure, "hours": None if hours is None else str(hours)}
    record(actor=actor, action="assist.note_help", target=case, area=case.area, details=said)
    return help_


def locked(case: Case) -> Case:
    """The case, which nobody else writes to until the end of the transaction."""
    return Case.objects.select_for_update(of=("self",)).select_related("area").get(pk=case.pk)


def taken(case: Case, measure: str) -> Help | None:
    """What is written down now of a measure in a case."""
    return Help.objects.filter(case=case, measure=measure, superseded_by=None).first()


def twice(name: str) -> Refused:
    """A measure stands in a case once, with all its hours."""
    message = mark("“%(name)s” is written down already.")
    return refusal("measure_twice", message, mark("Correct what stands there, or choose another."), name=name)


def check_help(case: Case, measure: str, hours: Decimal | None, taken_on: date) -> str:
    """Refuse what cannot have been done in a case; the name of the measure."""
    found = pack_of(case.area, today()).measure(measure)
    if found is None:
        raise refusal("no_measure", mark("There is no measure “%(key)s”."), mark("Choose one."), key=measure[:80])
    if hours is not None and not 0 < hours <= MOST_HOURS:
        raise refusal("hours", mark("Hours of staff are more than 0."), mark("Leave it empty if nobody counted."))
    if not clock_day(case.opened_at) <= taken_on <= today():
        raise refusal(
            "taken_on",
            mark("The day lies before the case or after today."),
            mark("Write a day since %(day)s."),
            day=clock_day(case.opened_at).isoformat(),
        )
    return found.name


@transaction.atomic
def keep_effects(*, actor: User | None, made: Made) -> list[Effect]:
    """Keep a run of effects; of a case and indicator that says the same as before nothing is added."""
    run = evidence.record_run(
        actor=actor,
        area=made.area,
        engine=made.ENGINE,
        engine_version=made.ENGINE_VERSION,
        inputs=made.inputs,
        parameters=made.parameters,
        seed=None,
        as_of=made.as_of,
        output=made.output,
        roles=READERS,
    )
    added = []
    for row in made.rows:
        last = Effect.objects.filter(case=row.case, indicator=row.indicator, months=row.months).last()
        said = ("expected", "actual", "effect_pct", "low", "high", "peers", "why", "before_start", "after_start")
        if last is None or any(getattr(last, name) != getattr(row, name) for name in said):
            row.run = run
            row.save()
            added.append(row)
    if added:
        details = {"run": run.sha12, "effects": len(added)}
        record(actor=actor, action="assist.effects", target=run, area=made.area, details=details)
    return added


def clock_day(at: datetime) -> date:
    """The day in China of an instant."""
    return at.astimezone(CHINA).date()


def refusal(code: str, message: str, remedy: str, **params: object) -> Refused:
    """A refusal of this app."""
    return Refused(Problem(f"assist.{code}", message, remedy=remedy, params=params))
