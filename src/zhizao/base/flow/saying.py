"""What is said of a case and brought to it, and the parts of other units."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhizao.base.files.services import receive
from zhizao.base.flow import allowing, asking, clock
from zhizao.base.flow.acting import Verb, keep, take, wanted
from zhizao.base.flow.models import OFFICES, Attachment, Case, CaseEvent, Part
from zhizao.base.flow.opening import unit_for
from zhizao.base.messages.services import notify, settle
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from zhizao.base.accounts.models import Organisation, User

FILE_KINDS: Final = {"pdf", "docx", "xlsx", "png", "jpg"}


@transaction.atomic
def opine(*, actor: User | None, case: Case, text: str, version: int | None = None) -> CaseEvent:
    """Say something of a case. What the enterprise says ends its time to add what was missing."""
    text = wanted(text)
    said = {"text": text}
    states = (Case.Status.OPEN, Case.Status.SUSPENDED)
    case, repeated = take(actor, case, Verb.OPINION, said=said, version=version, may=allowing.speaks, states=states)
    if repeated:
        return case.events.filter(verb=Verb.OPINION, actor=actor, text=text).last()
    timer = clock.answered(case) if allowing.speaks_for_subject(actor, case) else None
    return keep(actor, case, Verb.OPINION, said=said, text=text, timer=timer)


@transaction.atomic
def attach(
    *, actor: User | None, case: Case, upload: UploadedFile, text: str = "", version: int | None = None
) -> Attachment:
    """Bring a file to a case; the same file again is the one that is there.

    Raises
    ------
    Refused : the file is not one of the kinds taken, or too large (``files.…``).
    """
    allowing.allow(actor, case, allowing.speaks)
    stored = receive(actor=actor, upload=upload, area=case.area, kinds=FILE_KINDS, roles=OFFICES)
    said = {"file": stored.sha256, "name": stored.name}
    states = (Case.Status.OPEN, Case.Status.SUSPENDED)
    case, _repeated = take(actor, case, Verb.ATTACHED, said=said, version=version, may=allowing.speaks, states=states)
    if (there := case.attachments.filter(file=stored).first()) is not None:
        return there
    timer = clock.answered(case) if allowing.speaks_for_subject(actor, case) else None
    event = keep(actor, case, Verb.ATTACHED, said=said, text=text.strip(), timer=timer)
    return Attachment.objects.create(case=case, file=stored, event=event)


# --- parts of other units


@transaction.atomic
def ask_part(
    *, actor: User | None, case: Case, unit: Organisation, what: str, due_on: date | None, version: int | None
) -> Part:
    """Ask another unit for its part of a case.

    Raises
    ------
    Refused : the unit is not one of the administration (``flow.unit``), the day has passed (``flow.past``).
    """
    what = wanted(what)
    said = {"unit": unit.pk, "what": what, "due_on": due_on.isoformat() if due_on else None}
    case, repeated = take(actor, case, Verb.PART_ASKED, said=said, version=version, may=allowing.holds)
    if repeated:
        return case.parts.filter(unit=unit, what=what).last()
    unit_for(None, unit, case.area)
    now = timezone.now()
    if due_on is not None and due_on < clock.day_of(now):
        raise Refused(Problem("flow.past", mark("That day has passed."), remedy=mark("Choose today or a later day.")))
    part = Part.objects.create(case=case, unit=unit, what=what, due_on=due_on, asked_by=actor, asked_at=now)
    asking.ask_part(actor, case, part)
    keep(actor, case, Verb.PART_ASKED, said=said, at=now, text=what, part=part)
    return part


@transaction.atomic
def answer_part(*, actor: User | None, part: Part, state: str, answer: str, version: int | None) -> Part:
    """Answer for a part, ``done`` or ``declined``, with what was done or why not; who has the case may take it back.

    Raises
    ------
    Refused : it has been answered already (``flow.part_done``).
    """
    answer = wanted(answer)
    said = {"part": part.pk, "state": state, "answer": answer}
    case, repeated = take(
        actor,
        part.case,
        Verb.PART_DONE,
        said=said,
        version=version,
        may=lambda who, of: allowing.answers(who, of, part),
        states=(Case.Status.OPEN, Case.Status.SUSPENDED),
    )
    part = case.parts.select_related("done_by", "unit").get(pk=part.pk)
    if repeated:
        return part
    if part.state != Part.State.ASKED or state not in (Part.State.DONE, Part.State.DECLINED):
        raise Refused(
            Problem(
                "flow.part_done",
                mark("The part has been answered: %(state)s."),
                remedy=mark("Ask for another if more is to be done."),
                params={"state": part.get_state_display()},
            )
        )
    if state == Part.State.DONE and actor is not None and actor.organisation_id != part.unit_id:
        raise PermissionDenied("flow.act")  # who has the case may take a part back, not call it done
    now = timezone.now()
    part.state, part.answer, part.done_by, part.done_at = state, answer, actor, now
    part.save(update_fields=["state", "answer", "done_by", "done_at"])
    settle(actor=actor, subject=part.topic)
    keep(actor, case, Verb.PART_DONE, said=said, at=now, text=answer, part=part)
    if (owner := asking.owner_of(case)) is not None and owner != actor:
        title = f"{case.number} {part.unit}：{part.get_state_display()}"
        notify(to=[owner], title=title[:200], body=answer, url=case.get_absolute_url())
    return part
