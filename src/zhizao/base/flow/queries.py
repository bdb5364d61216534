"""What is asked of cases; read-only, scoped to the actor, now or as they stood at the end of a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, NullIf

from zhizao.base.accounts.models import Organisation, User
from zhizao.base.facts.queries import instant
from zhizao.base.flow import allowing, clock
from zhizao.base.flow.clock import Clock
from zhizao.base.flow.models import Case, CaseEvent, Part, Step
from zhizao.base.flow.permissions import HANDLERS

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area
    from zhizao.base.facts.models import Subject

Verb = CaseEvent.Verb
# What the enterprise is shown of what happened, beside what it did itself: not what offices say among themselves.
SHOWN_OUTSIDE = (Verb.OPENED, Verb.STEP_DONE, Verb.SUSPENDED, Verb.RESUMED, Verb.CLOSED, Verb.WITHDRAWN, Verb.RATED)


def cases(
    actor: User | AnonymousUser,
    *,
    kind: str | None = None,
    status: str | None = None,
    subject: Subject | None = None,
    owner: User | None = None,
    unit: Organisation | None = None,
    overdue: bool | None = None,
    as_of: date | datetime | None = None,
) -> QuerySet[Case]:
    """The cases that the actor may see, newest first, each with how it stood (``as_stood``).

    Parameters
    ----------
    status : one of ``Case.Status``, or "running" for open and suspended
    overdue : late on the day, or not
    as_of : those that were opened by then; what is asked is asked of how they stood then
    """
    found = as_stood(Case.objects.visible_to(actor), as_of).select_related("area", "subject", "owner", "unit")
    if status == "running":
        found = found.filter(RUNS)
    elif status:
        found = found.filter(stood_status=status)
    wanted = {"kind": kind, "subject": subject}
    wanted |= {"stood_owner": owner.pk if owner else None, "stood_unit": unit.pk if unit else None}
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    if overdue is not None:
        day = clock.day_of(instant(as_of))
        found = found.filter(is_late(day) if overdue else is_in_time(day))
    return found


def as_stood(found: QuerySet[Case], as_of: date | datetime | None = None) -> QuerySet[Case]:
    """The same cases, those opened by ``as_of``, each with how it stood then: ``stood_status``, ``stood_severity``,
    ``stood_owner``, ``stood_unit``, ``stood_due``; now from its row, else from what its last event by then kept.
    """
    if as_of is None:
        names = {"status": "status", "severity": "severity", "owner": "owner_id", "unit": "unit_id", "due": "due_on"}
        return found.annotate(**{f"stood_{name}": F(column) for name, column in names.items()})
    when = instant(as_of)
    later = CaseEvent.objects.filter(case=OuterRef("pk"), at__lte=when, sequence__gt=OuterRef("events__sequence"))
    found = found.filter(~Exists(later), events__at__lte=when)
    kept = {name: _kept(name) for name in ("status", "severity", "owner", "unit")} | {"due": _kept("due_on")}
    kept |= {name: Cast(kept[name], BigIntegerField()) for name in ("owner", "unit")}
    return found.annotate(**{f"stood_{name}": value for name, value in kept.items()})


def _kept(name: str) -> NullIf:
    """What an event kept of its case, as text; JSON's null is none on both databases."""
    return NullIf(KeyTextTransform(name, KeyTextTransform("case", F("events__details"))), Value("null", TextField()))


RUNS: Final = Q(stood_status__in=Case.RUNNING)


def is_late(day: date) -> Q:
    """Whether a case, as it stood, was due before the day; one whose clock stands has no due day."""
    return RUNS & Q(stood_due__lt=day.isoformat())  # text where it comes from an event


def is_in_time(day: date) -> Q:
    """Whether it was not; said without a not, as a due day that is unknown is neither late nor not in SQL."""
    return ~RUNS | Q(stood_due=None) | Q(stood_due__gte=day.isoformat())


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of some cases stood how."""

    running: int
    overdue: int
    without_owner: int


def counts(found: QuerySet[Case], day: date) -> Counts:
    """Count cases of ``cases`` or ``as_stood``; one query."""
    asked = {"running": RUNS, "overdue": is_late(day), "without_owner": RUNS & Q(stood_owner=None)}
    told = found.order_by().aggregate(**{name: Count("pk", filter=wanted) for name, wanted in asked.items()})
    return Counts(**told)


def case(actor: User | AnonymousUser, pk: int) -> Case | None:
    """One case; None if there is none that the actor may see."""
    return cases(actor).select_related("procedure", "opened_by", "closed_by", "rated_by").filter(pk=pk).first()


def allowed_acts(actor: User | AnonymousUser, case: Case) -> tuple[str, ...]:
    """What the actor may do on a case in its present state; ``do_step`` and ``answer_part`` if one is his."""
    if not actor.is_authenticated or not Case.objects.visible_to(actor).filter(pk=case.pk).exists():
        return ()
    found = [name for name, (may, states) in allowing.ACTS.items() if case.status in states and may(actor, case)]
    held = clock.held(case) if "resume" in found else set()
    if "resume" in found and not held:
        found.remove("resume")
    if "rate" in found and case.rating is not None:
        found.remove("rate")
    if my_steps(actor, case):
        found.append("do_step")
    if my_parts(actor, case):
        found.append("answer_part")
    return tuple(found)


def my_steps(actor: User | AnonymousUser, case: Case) -> list[Step]:
    """The steps that the actor can do now."""
    if case.status != Case.Status.OPEN or not actor.is_authenticated:
        return []
    steps = case.steps.filter(state=Step.State.READY).select_related("assignee", "unit")
    return [step for step in steps if allowing.does(actor, case, step)]


def my_parts(actor: User | AnonymousUser, case: Case) -> list[Part]:
    """The parts that the actor can answer, or take back, now."""
    if not case.is_running or not actor.is_authenticated:
        return []
    parts = case.parts.filter(state=Part.State.ASKED).select_related("unit")
    return [part for part in parts if allowing.answers(actor, case, part)]


def clock_of(case: Case, *, at: datetime) -> Clock:
    """The clock of a case at an instant."""
    return clock.read(case, case.events.filter(at__lte=at), at=at)


def events(
    case: Case, as_of: date | datetime | None = None, *, reader: User | AnonymousUser | None = None
) -> QuerySet[CaseEvent]:
    """What happened to a case, in order; to the enterprise (``reader``) only what concerns it."""
    found = case.events.filter(at__lte=instant(as_of)).select_related("actor", "step", "part__unit")
    found = found.prefetch_related("attachments__file")
    if reader is not None and outside(reader):
        to_it = Q(verb=Verb.RETURNED, details__said__to_subject=True) | Q(verb=Verb.RETURNED, step__role="subject")
        own = Q(actor__organisation=reader.organisation)
        found = found.filter(Q(verb__in=SHOWN_OUTSIDE) | to_it | own)
    return found


def outside(actor: User | AnonymousUser) -> bool:
    """Whether the actor is of an enterprise or bank."""
    organisation = getattr(actor, "organisation", None)
    return organisation is None or organisation.is_outside


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stood at an instant."""

    status: str
    severity: str
    owner: User | None
    unit: Organisation | None
    due_on: date | None
    due_provisional: bool
    result: str
    result_text: str
    steps: tuple[Step, ...]

    @property
    def is_running(self) -> bool:
        return self.status in Case.RUNNING

    def get_status_display(self) -> str:
        """The state in words, as Django's fields have it."""
        return str(Case.Status(self.status).label)

    def get_result_display(self) -> str:
        """The result in words; nothing before there is one."""
        return str(Case.Outcome(self.result).label) if self.result else ""


def standing(case: Case, as_of: date | datetime | None = None) -> Standing:
    """How a case stood, from the last event by then."""
    return standings([case], as_of)[case.pk]


def standings(found: Iterable[Case], as_of: date | datetime | None = None) -> dict[int, Standing]:
    """How several cases stood, by their keys, with the steps that were to be done; four queries for all of them."""
    rows = list(found)
    when = instant(as_of)
    later = CaseEvent.objects.filter(case=OuterRef("case"), at__lte=when, sequence__gt=OuterRef("sequence"))
    last = CaseEvent.objects.filter(~Exists(later), case__in=[row.pk for row in rows], at__lte=when)
    kept: dict[int, dict[str, Any]] = {event.case_id: event.details["case"] for event in last}
    people = User.objects.in_bulk({held["owner"] for held in kept.values() if held["owner"]})
    units = Organisation.objects.in_bulk({held["unit"] for held in kept.values() if held["unit"]})
    ready: dict[int, list[Step]] = {}
    open_then = Q(done_at=None) | Q(done_at__gt=when)
    for step in Step.objects.filter(open_then, case__in=[row.pk for row in rows], opened_at__lte=when):
        ready.setdefault(step.case_id, []).append(step)
    return {
        pk: Standing(
            status=held["status"],
            severity=held["severity"],
            owner=people.get(held["owner"]),
            unit=units.get(held["unit"]),
            due_on=date.fromisoformat(held["due_on"]) if held["due_on"] else None,
            due_provisional=held["due_provisional"],
            result=held["result"],
            result_text=held["result_text"],
            steps=tuple(ready.get(pk, ())),
        )
        for pk, held in kept.items()
    }


def orphaned(area: Area | None = None) -> QuerySet[Case]:
    """Running cases that nobody has: the owner's account is closed or has moved, or of a unit nobody handles cases.

    Unscoped; without an area those of all.
    """
    gone = Q(owner__isnull=False) & (Q(owner__is_active=False) | ~Q(owner__organisation=F("unit")))
    there = User.objects.filter(organisation=OuterRef("unit"), is_active=True, grants__role__in=HANDLERS)
    nobody = Q(owner=None) & (Q(unit=None) | Q(unit__is_active=False) | ~Q(Exists(there)))
    found = Case.objects.filter(gone | nobody, status__in=Case.RUNNING)
    if area is not None:
        found = found.filter(area__path__startswith=area.path)
    return found.select_related("area", "owner", "unit").order_by("due_on", "pk")
