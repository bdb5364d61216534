"""What was written down wrongly is said anew, with the reason; what stood there before stays readable.

A correction is a row of its own that supersedes the one it corrects; each row is corrected once, and then its
correction. It is taken after the case is closed, too: effects are summed by the measure that was really taken, and an
error is mostly seen then. Whoever has the case is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhizao.apps.assist import services
from zhizao.apps.assist.grid_services import allow, allow_at
from zhizao.apps.assist.models import Help, Topic, Visit
from zhizao.apps.assist.permissions import CORRECT as CORRECT
from zhizao.apps.assist.visits_services import not_in_the_future
from zhizao.base.audit.services import record
from zhizao.base.flow.asking import owner_of
from zhizao.base.messages.services import notify
from zhizao.kernel.result import Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User
    from zhizao.base.files.models import StoredFile
    from zhizao.base.flow.models import Case

Row = TypeVar("Row", Visit, Help)


@transaction.atomic
def correct_visit(
    *,
    actor: User,
    visit: Visit,
    why: str,
    done_on: date,
    findings: str,
    needs: Sequence[str] = (),
    next_step: str = "",
    files: Sequence[StoredFile] = (),
) -> Visit:
    """Report a visit anew; the files of the first report stay with it, ``files`` are added.

    Raises
    ------
    Refused : it was not reported, somebody has corrected it meanwhile, the day is yet to come, or nothing is changed.
    """
    visit = Visit.objects.select_for_update(of=("self",)).select_related("subject", "area", "case").get(pk=visit.pk)
    allow_at(actor, "assist.visit", visit.subject)
    allow(actor, CORRECT, visit)
    _said(why)
    if visit.reported_at is None:
        raise services.refusal(
            "not_reported", mark("The visit has not been reported yet."), mark("Report first what was found.")
        )
    not_in_the_future(done_on)
    said = {
        "done_on": done_on,
        "findings": findings,
        "needs": [Topic(need).value for need in needs],
        "next_step": next_step,
    }
    if (later := Visit.objects.filter(supersedes=visit).first()) is not None:
        return _same_again(actor, later, later.reported_by_id, said | {"why": why})
    if not files and _holds(visit, said):
        raise _nothing()
    now = timezone.now()
    new = Visit.objects.create(
        area=visit.area,
        subject=visit.subject,
        visitor=visit.visitor,
        unit=visit.unit,
        kind=visit.kind,
        planned_on=visit.planned_on,
        planned_by=visit.planned_by,
        planned_at=now,
        reported_at=now,
        reported_by=actor,
        case=visit.case,
        follows=visit.follows,
        supersedes=visit,
        why=why,
        simulated=visit.simulated,
        **said,
    )
    new.files.add(*visit.files.all(), *files)
    record(actor=actor, action="assist.visit.correct", target=new, details={"supersedes": visit.pk, "why": why})
    _tell(actor, visit.case)
    return new


@transaction.atomic
def correct_help(*, actor: User, help_: Help, why: str, measure: str, hours: Decimal | None, taken_on: date) -> Help:
    """Write down anew which measure was taken in a case; without a measure, that it was not taken.

    Raises
    ------
    Refused : as ``services.note_help``; or somebody has corrected it meanwhile, or nothing is changed.
    """
    case = services.locked(help_.case)
    help_ = Help.objects.select_related("case__area").get(pk=help_.pk)
    services.allow(actor, case.area)
    allow(actor, CORRECT, help_)
    _said(why)
    if not measure:
        hours = None
    said = {"measure": measure, "hours": hours, "taken_on": taken_on}
    if (later := Help.objects.filter(supersedes=help_).first()) is not None:
        return _same_again(actor, later, later.by_id, said | {"why": why})
    if _holds(help_, said):
        raise _nothing()
    if measure:
        name = services.check_help(case, measure, hours, taken_on)
        if measure != help_.measure and services.taken(case, measure) is not None:
            raise services.twice(name)
    new = Help.objects.create(case=case, by=actor, at=timezone.now(), supersedes=help_, why=why, **said)
    details = {"case": case.number, "was": help_.measure, "measure": measure, "why": why}
    record(actor=actor, action="assist.correct_help", target=case, area=case.area, details=details)
    _tell(actor, case)
    return new


def _said(why: str) -> None:
    if not why.strip():
        raise services.refusal(
            "no_reason", mark("A correction needs its reason."), mark("Say what was wrong, and why.")
        )


def _holds(row: Visit | Help, said: dict[str, object]) -> bool:
    return all(getattr(row, name) == value for name, value in said.items())


def _same_again(actor: User, later: Row, author: int | None, said: dict[str, object]) -> Row:
    """The correction that is there, if a double click sent it twice; else somebody was faster."""
    if author == actor.pk and _holds(later, said):
        return later
    raise services.refusal(
        "corrected_meanwhile",
        mark("Somebody has corrected this meanwhile; yours is not kept."),
        mark("Open it, read what stands there now, and correct that if it is still wrong."),
    )


def _nothing() -> Refused:
    return services.refusal("nothing_corrected", mark("Nothing is changed."), mark("Change what is wrong, or go back."))


def _tell(actor: User, case: Case | None) -> None:
    """Tell whoever has the case that something it stands on was corrected."""
    owner = owner_of(case) if case is not None else None
    if case is not None and owner is not None and owner != actor:
        title = _("%(number)s: what was written down was corrected") % {"number": case.number}
        notify(to=[owner], title=title, url=case.get_absolute_url())
