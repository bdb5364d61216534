"""Visits: planned, made and reported, given up; what comes of one is a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhizao.apps.assist.grid_services import allow_at, check, names_of, remind, topic
from zhizao.apps.assist.models import Topic, Visit
from zhizao.base.audit.services import record
from zhizao.base.facts.queries import today
from zhizao.base.flow import services as flow
from zhizao.base.messages.services import settle
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.apps.assist.models import Note
    from zhizao.base.accounts.models import User
    from zhizao.base.facts.models import Subject
    from zhizao.base.files.models import StoredFile
    from zhizao.base.flow.models import Case

VISIT = "assist.visit"


@transaction.atomic
def plan_visit(
    *,
    actor: User | None,
    subject: Subject,
    visitor: User,
    planned_on: date,
    kind: str = Visit.Kind.PLAN,
    follows: Visit | None = None,
) -> Visit:
    """Plan a visit and put it on the visitor's workbench; the same visit planned again is the same one.

    Raises
    ------
    Refused : the day lies in the past, or the visitor cannot look after enterprises of the area.
    """
    allow_at(actor, "assist.visit", subject)
    check(visitor, None, subject.area)
    if planned_on < today():
        raise Refused(
            Problem(
                "assist.planned_in_the_past",
                mark("%(day)s is over."),
                remedy=mark("Choose today or a later day; a visit that has been made is reported as such."),
                params={"day": planned_on.isoformat()},
            )
        )
    open_ones = Visit.objects.filter(subject=subject, visitor=visitor, planned_on=planned_on, reported_at=None)
    if (same := open_ones.filter(cancelled_at=None).first()) is not None:
        return same
    visit = _new(actor, subject, visitor, planned_on, kind, follows)
    remind(actor, visit)
    return visit


def _new(
    actor: User | None, subject: Subject, visitor: User, planned_on: date, kind: str, follows: Visit | None = None
) -> Visit:
    visit = Visit.objects.create(
        area=subject.area,
        subject=subject,
        visitor=visitor,
        unit=visitor.organisation,
        kind=Visit.Kind(kind),
        follows=follows,
        planned_on=planned_on,
        planned_by=actor,
        planned_at=timezone.now(),
        simulated=subject.simulated,
    )
    record(actor=actor, action="assist.visit.plan", target=visit, details={"subject": subject.key})
    return visit


def may_report(actor: User, visit: Visit) -> bool:
    """Whether it is for the actor to report a visit: the visitor, or an office that keeps the grid."""
    return actor.has_perm("assist.visit", visit.subject) and (
        visit.visitor_id == actor.pk or actor.has_perm("assist.assign", visit)
    )


@transaction.atomic
def report_visit(
    *,
    actor: User,
    visit: Visit,
    done_on: date,
    findings: str,
    needs: Sequence[str] = (),
    next_step: str = "",
    files: Sequence[StoredFile] = (),
) -> Visit:
    """Report a visit that has been made.

    Raises
    ------
    Refused : it is reported or given up already, the day is yet to come, or nothing was found.
    """
    visit = Visit.objects.select_for_update(of=("self",)).select_related("subject", "area").get(pk=visit.pk)
    if not may_report(actor, visit):
        raise PermissionDenied
    _still_open(visit)
    not_in_the_future(done_on)
    visit.done_on, visit.reported_at, visit.reported_by = done_on, timezone.now(), actor
    visit.findings, visit.needs, visit.next_step = findings, [Topic(need).value for need in needs], next_step
    visit.save(update_fields=["done_on", "reported_at", "reported_by", "findings", "needs", "next_step"])
    visit.files.add(*files)
    settle(actor=actor, subject=topic(visit))
    record(actor=actor, action="assist.visit.report", target=visit, details={"done_on": done_on, "needs": visit.needs})
    return visit


def not_in_the_future(done_on: date) -> None:
    """Refuse a report of a visit that is yet to be made."""
    if done_on > today():
        raise Refused(
            Problem(
                "assist.done_in_the_future",
                mark("%(day)s is yet to come."),
                remedy=mark("Write the day on which the visit was made."),
                params={"day": done_on.isoformat()},
            )
        )


@transaction.atomic
def record_visit(
    *,
    actor: User,
    subject: Subject,
    done_on: date,
    findings: str,
    needs: Sequence[str] = (),
    next_step: str = "",
    files: Sequence[StoredFile] = (),
) -> Visit:
    """Report a visit of the actor's own that nobody had planned; the same report again is the same visit."""
    allow_at(actor, "assist.visit", subject)
    same = Visit.objects.filter(subject=subject, visitor=actor, done_on=done_on, findings=findings)
    if (found := same.first()) is not None:
        return found
    visit = _new(actor, subject, actor, done_on, Visit.Kind.PLAN)
    return report_visit(
        actor=actor, visit=visit, done_on=done_on, findings=findings, needs=needs, next_step=next_step, files=files
    )


@transaction.atomic
def cancel_visit(*, actor: User, visit: Visit, why: str) -> Visit:
    """Give a planned visit up, with the reason.

    Raises
    ------
    Refused : it is reported or given up already.
    """
    visit = Visit.objects.select_for_update(of=("self",)).select_related("subject", "area").get(pk=visit.pk)
    if not may_report(actor, visit):
        raise PermissionDenied
    _still_open(visit)
    visit.cancelled_at, visit.cancelled_why = timezone.now(), why
    visit.save(update_fields=["cancelled_at", "cancelled_why"])
    settle(actor=actor, subject=topic(visit))
    record(actor=actor, action="assist.visit.cancel", target=visit, details={"why": why})
    return visit


def _still_open(visit: Visit) -> None:
    if visit.reported_at is not None or visit.cancelled_at is not None:
        raise Refused(
            Problem(
                "assist.visit_is_over",
                mark("This visit has been reported or given up already."),
                remedy=mark("Open the visit: what is wrong there can be corrected; what is new is a visit of its own."),
            )
        )


@transaction.atomic
def case_of_visit(*, actor: User, visit: Visit, owner: User | None = None) -> Case:
    """Make a case of what a visit found; asked again it is the same case.

    Raises
    ------
    Refused : the visit has not been reported.
    """
    allow_at(actor, "assist.visit", visit.subject)
    rows = Visit.objects.select_for_update(of=("self",)).select_related("subject", "area", "case")
    visit = rows.get(pk=visit.pk)
    while (later := rows.filter(supersedes=visit).first()) is not None:
        visit = later  # corrected meanwhile, in another tab
    if visit.case is not None:
        return visit.case
    if visit.reported_at is None:
        raise Refused(
            Problem(
                "assist.not_reported",
                mark("The visit has not been reported yet."),
                remedy=mark("Report first what was found."),
            )
        )
    text = "\n".join(filter(None, (visit.findings, visit.next_step)))
    visit.case = open_case(actor, visit, kind=VISIT, title=_("After a visit: %(name)s"), text=text, owner=owner)
    visit.save(update_fields=["case"])
    return visit.case


def open_case(actor: User, row: Visit | Note, *, kind: str, title: str, text: str, owner: User | None) -> Case:
    """The case of a visit or note; ``title`` has a place for the enterprise's ``name``."""
    subject = row.subject
    called = names_of([subject.pk]).get(subject.pk, subject.id_part)
    return flow.open_case(
        actor=actor,
        area=row.area,
        kind=kind,
        title=(title % {"name": called})[:200],
        text=text,
        subject=subject,
        origin=f"{kind}:{row.pk}",
        owner=owner or actor,
        unit=(owner or actor).organisation,
        simulated=row.simulated,
    )
