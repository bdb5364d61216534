"""What a leader decides: a word of his own in the case, and what follows from it, in one transaction.

A leader handles no cases. His words stand in the case under his name; the transfer that they order is carried out by
the system, and the audit row names who decided.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from zhizao.apps.assist import services
from zhizao.apps.assist.grid_services import allow
from zhizao.base.accounts.roles import Role
from zhizao.base.audit.services import record
from zhizao.base.facts.queries import today
from zhizao.base.flow import asking
from zhizao.base.flow import services as flow
from zhizao.base.flow.acting import LONGEST_TEXT
from zhizao.base.messages.services import ask, settle
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.apps.warning.queries import Alarm
    from zhizao.base.accounts.models import User
    from zhizao.base.flow.models import Case


@transaction.atomic
def assign(*, actor: User, case: Case | None, alarm: Alarm | None, person: User, text: str, version: int) -> Case:
    """Give a case to somebody; of an alarm without one a case is made first. A second click changes nothing.

    Raises
    ------
    Refused : the person cannot have it, or somebody else acted on the case meanwhile (``flow.changed``).
    """
    if case is None:
        if alarm is None:
            raise ValueError("a decision is about a case or an alarm")
        allow(actor, "assist.lead", alarm.area)
        case = services.open_for_alarm(actor=None, alarm=alarm)
        version = case.version
    allow(actor, "assist.lead", case.area)
    if case.owner_id == person.pk:
        return case
    order = _("Decided by %(who)s: %(text)s") % {"who": actor, "text": text}
    case = flow.transfer(actor=None, case=case, text=order[:LONGEST_TEXT], owner=person, version=version)
    return _said(actor, case, "assign", text, person=person.get_username())


@transaction.atomic
def approve(*, actor: User, case: Case, text: str) -> Case:
    """Decide an escalated case: what is to be done stands in it, and its to-do for the leaders is settled."""
    allow(actor, "assist.lead", case.area)
    settle(actor=actor, subject=asking.escalation(case))
    return _said(actor, case, "approve", text)


@transaction.atomic
def ask_for_report(*, actor: User, case: Case, text: str, due_on: date) -> Case:
    """Ask whoever has a case for a report by a day: a word in the case, and a to-do.

    Raises
    ------
    Refused : the day is over.
    """
    allow(actor, "assist.lead", case.area)
    if due_on < today():
        raise Refused(
            Problem(
                "assist.report_in_the_past",
                mark("%(day)s is over."),
                remedy=mark("Choose today or a later day."),
                params={"day": due_on.isoformat()},
            )
        )
    title = (_("Report to the leader: %(number)s %(title)s") % {"number": case.number, "title": case.title})[:200]
    owner = asking.owner_of(case)
    ask(
        asked_by=actor,
        area=case.area,
        title=title,
        url=case.get_absolute_url(),
        to=owner,
        role="" if owner else Role.ANALYST,
        subject=f"assist.report:{case.pk}",
        due=due_on,
    )
    return _said(actor, case, "report", text, due_on=due_on.isoformat())


def _said(actor: User, case: Case, act: str, text: str, **details: str) -> Case:
    # Looked for from the beginning: the same words of the same leader stand in the case once.
    flow.opine(actor=actor, case=case, text=text, version=0)
    record(actor=actor, action=f"assist.lead.{act}", target=case, area=case.area, details=details)
    case.refresh_from_db()
    return case
