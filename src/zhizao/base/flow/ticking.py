"""What time does to a case: its procedure's timers, reminders, days that were provisional, an owner who has left."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from zhizao.base.accounts.roles import Role
from zhizao.base.flow import acting, advancing, asking, clock, deadline, queries, services
from zhizao.base.flow.acting import Verb
from zhizao.base.flow.models import Case, Part
from zhizao.base.messages.services import ask, notify
from zhizao.kernel.result import Refused

logger = logging.getLogger(__name__)

REMIND_DAYS_BEFORE: Final = 2  # working days


def tick_all(now: datetime) -> dict[str, int]:
    """Go through the running cases. One that cannot be read is logged and left as it is; the others go on."""
    done = {"cases": 0, "reminded": 0, "broken": 0}
    for pk in list(Case.objects.filter(status__in=Case.RUNNING).values_list("pk", flat=True)):
        done["cases"] += 1
        try:
            done["reminded"] += tick(pk, now)
        except Refused:
            logger.exception("a case cannot be read")
            done["broken"] += 1
    return done


@transaction.atomic
def tick(pk: int, now: datetime) -> int:
    """Do for one case what its time has come for, each thing once; gives the number of reminders."""
    case = acting.locked(pk)
    if not case.is_running:
        return 0
    _adopt(case)
    if case.status != Case.Status.OPEN:
        return 0
    if case.due_provisional:
        _know_due(case)
    reminded = _timers(case, now)
    return reminded + _remind_due(case, now) + _remind_parts(case, now)


def _timers(case: Case, now: datetime) -> int:
    """Let the procedure's timers go off; what each does is in the procedure."""
    run = advancing.running_of(case)
    fired = run.tick(now, clock.stops_of(case.events.all()))
    if not fired:
        return 0
    advancing.mirror(None, case, run, at=now)
    reminded = 0
    for timer in fired:
        said = {"timer": timer.spec, "act": timer.act}
        if timer.act == "escalate":
            acting.keep(None, case, Verb.PROCEDURE, said=said, at=now, text=timer.label)
            text = _("Not done in time: %(step)s") % {"step": timer.label}
            services.escalate(actor=None, case=case, text=text, version=None)
            case.refresh_from_db()
        elif timer.act == "remind":
            _tell_holders(case, timer.label)
            acting.keep(None, case, Verb.REMINDED, said=said, at=now, text=timer.label)
            reminded += 1
        else:
            acting.keep(None, case, Verb.PROCEDURE, said=said, at=now, text=timer.label)
    return reminded


def _remind_due(case: Case, now: datetime) -> int:
    """Remind who has the case two working days before it is due, on the day, and once it is overdue."""
    if case.due_on is None:
        return 0
    today = clock.day_of(now)
    left = deadline.working_days(today, case.due_on)[0]
    if today > case.due_on:
        when, words = "overdue", _("Overdue since %(day)s")
    elif today == case.due_on:
        when, words = "due", _("Due today, %(day)s")
    elif left <= REMIND_DAYS_BEFORE:
        when, words = "soon", _("Due on %(day)s")
    else:
        return 0
    return _remind_once(case, {"due_on": case.due_on.isoformat(), "when": when}, words, now)


def _remind_once(case: Case, said: dict[str, str], words: str, now: datetime) -> int:
    if _told(case, said):
        return 0
    text = words % {"day": said["due_on"]}
    _tell_holders(case, text)
    acting.keep(None, case, Verb.REMINDED, said=said, at=now, text=text)
    return 1


def _told(case: Case, said: dict[str, Any]) -> bool:
    """Whether just this reminder has gone out."""
    return any(event.details["said"] == said for event in case.events.filter(verb=Verb.REMINDED))


def _tell_holders(case: Case, text: str) -> None:
    people = [whom["to"] for whom in asking.holders(case) if "to" in whom]
    notify(to=people, title=f"{case.number} {text}：{case.title}"[:200], url=case.get_absolute_url())


def _remind_parts(case: Case, now: datetime) -> int:
    """Remind the units whose part is due today or was."""
    today = clock.day_of(now)
    reminded = 0
    for part in case.parts.filter(state=Part.State.ASKED, due_on__lte=today).select_related("unit"):
        said = {"part": part.pk, "due_on": part.due_on.isoformat()}
        if _told(case, said):
            continue
        words = _("Part due on %(day)s") % {"day": part.due_on}
        title = f"{case.number} {words}：{part.what}"[:200]
        notify(to=asking.members(part.unit), title=title, url=case.get_absolute_url())
        acting.keep(None, case, Verb.REMINDED, said=said, at=now, text=words, part=part)
        reminded += 1
    return reminded


def _know_due(case: Case) -> None:
    """Compute anew a day that rested on holidays nobody knew; told once they are known."""
    day, provisional = clock.due_day(case, clock.marks_of(case.events.all()))
    if (day, provisional) != (case.due_on, case.due_provisional):
        said = {"was": case.due_on.isoformat() if case.due_on else None, "due_on": day.isoformat() if day else None}
        case.due_on, case.due_provisional = day, provisional
        text = _("The holidays are published now: due on %(day)s") % {"day": said["due_on"]}
        acting.keep(None, case, Verb.PROCEDURE, said=said, text=text)


def _adopt(case: Case) -> None:
    """Put a case that nobody has on the workbench of its unit, or of the analysts of its area, once."""
    if not queries.orphaned().filter(pk=case.pk).exists():
        return
    title = _("Without an owner: %(number)s %(title)s") % {"number": case.number, "title": case.title}
    people = asking.members(case.unit)
    for whom in [{"to": person} for person in people] or [{"role": Role.ANALYST}]:
        ask(
            asked_by=None,
            area=case.area,
            title=title[:200],
            url=case.get_absolute_url(),
            subject=asking.orphan(case),
            due=case.due_on,
            **whom,
        )
