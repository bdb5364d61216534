"""Who is asked to do what for a case: its steps, parts and closing as to-dos on workbenches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from zhizao.base.accounts.models import User
from zhizao.base.accounts.roles import ENTERPRISE_ROLES, Role
from zhizao.base.flow import allowing
from zhizao.base.flow.models import Case, Part, Step
from zhizao.base.flow.permissions import HANDLERS
from zhizao.base.messages.models import Todo
from zhizao.base.messages.services import ask, settle

if TYPE_CHECKING:
    from datetime import date

    from zhizao.base.accounts.models import Organisation

LONGEST_TITLE = 200


def members(unit: Organisation | None) -> list[User]:
    """Those of a unit who handle cases."""
    if unit is None or not unit.is_active:
        return []
    found = User.objects.filter(organisation=unit, is_active=True, grants__role__in=HANDLERS)
    return list(found.distinct().order_by("pk"))


def of_enterprise(case: Case) -> list[User]:
    """Those who speak for the enterprise that the case is about, if it is shown to them."""
    if case.subject is None or not case.shown_to_subject:
        return []
    keys = (case.subject.key, case.subject.id_part)
    found = User.objects.filter(organisation__enterprise_key__in=keys, is_active=True)
    return list(found.filter(grants__role__in=ENTERPRISE_ROLES).distinct().order_by("pk"))


def owner_of(case: Case) -> User | None:
    """Its owner, if he can still be asked: the account is open and of the unit that has the case."""
    owner = case.owner
    return owner if owner is not None and owner.is_active and owner.organisation_id == case.unit_id else None


def holders(case: Case) -> list[dict[str, Any]]:
    """Whom to ask what the holder of the case must do: its owner, else its unit, else the analysts of its area."""
    if owner := owner_of(case):
        return [{"to": owner}]
    return [{"to": person} for person in members(case.unit)] or [{"role": Role.ANALYST}]


def doers(case: Case, step: Step) -> list[dict[str, Any]]:
    """Whom to ask for a step."""
    if step.assignee is not None and step.assignee.is_active:
        return [{"to": step.assignee}]
    if step.role == allowing.SUBJECT:
        return [{"to": person} for person in of_enterprise(case)] or holders(case)
    return holders(case) if step.role in ("", allowing.OWNER) else [{"role": step.role}]


def _ask(actor: User | None, case: Case, to: list[dict[str, Any]], *, what: str, topic: str, due: date | None) -> None:
    title = f"{case.number} {what}：{case.title}"[:LONGEST_TITLE]
    for whom in to:
        ask(
            asked_by=actor,
            area=case.area,
            title=title,
            url=case.get_absolute_url(),
            subject=topic,
            due=due,
            **whom,
        )


def ask_step(actor: User | None, case: Case, step: Step) -> None:
    """Ask for a step."""
    _ask(actor, case, doers(case, step), what=step.label, topic=step.topic, due=step.due_on or case.due_on)


def ask_part(actor: User | None, case: Case, part: Part) -> None:
    """Ask a unit for its part; if nobody of it can be asked, the analysts."""
    to = [{"to": person} for person in members(part.unit)] or [{"role": Role.ANALYST}]
    _ask(actor, case, to, what=_("part of another unit"), topic=part.topic, due=part.due_on)


def ask_close(actor: User | None, case: Case) -> None:
    """Ask who has the case to close it with a result: its procedure is at its end."""
    _ask(actor, case, holders(case), what=_("close with a result"), topic=case.topic, due=case.due_on)


def settle_all(actor: User | None, case: Case) -> None:
    """Nothing is to be done for the case any more, or for now."""
    topics = [case.topic, *(step.topic for step in case.steps.all()), *(part.topic for part in case.parts.all())]
    for topic in Todo.objects.filter(subject__in=topics, done_at=None).values_list("subject", flat=True).distinct():
        settle(actor=actor, subject=topic)


def ask_again(actor: User | None, case: Case) -> None:
    """Ask anew for everything that is to be done, of those who have the case now."""
    closing = Todo.objects.filter(subject=case.topic, done_at=None).exists()
    settle_all(actor, case)
    for step in case.steps.filter(state=Step.State.READY).select_related("assignee"):
        ask_step(actor, case, step)
    for part in case.parts.filter(state=Part.State.ASKED).select_related("unit"):
        ask_part(actor, case, part)
    if closing:
        ask_close(actor, case)


def escalation(case: Case) -> str:
    """What the to-do of the leaders about an escalated case is filed under."""
    return f"flow.escalated:{case.pk}"


def orphan(case: Case) -> str:
    """What the to-do about a case that nobody has is filed under."""
    return f"flow.orphan:{case.pk}"
