"""What a grid worker heard or saw at an enterprise: filed, or made a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhizao.apps.assist.grid_services import allow_at
from zhizao.apps.assist.models import Note
from zhizao.apps.assist.visits_services import open_case
from zhizao.base.audit.services import record
from zhizao.base.facts.queries import today

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User
    from zhizao.base.facts.models import Subject
    from zhizao.base.flow.models import Case

NOTE = "assist.note"


@transaction.atomic
def write_note(*, actor: User, subject: Subject, text: str) -> Note:
    """File what was heard or seen at an enterprise; the same words again on one day are the same note."""
    allow_at(actor, "assist.visit", subject)
    same = Note.objects.filter(subject=subject, by=actor, text=text, at__date=today())
    if (found := same.first()) is not None:
        return found
    note = Note.objects.create(
        area=subject.area, subject=subject, by=actor, text=text, at=timezone.now(), simulated=subject.simulated
    )
    record(actor=actor, action="assist.note.write", target=note, details={"subject": subject.key})
    return note


@transaction.atomic
def file_note(*, actor: User, note: Note) -> Note:
    """Say that nothing is to be done about a note; what is filed or a case already stays as it is."""
    allow_at(actor, "assist.visit", note.subject)
    note = Note.objects.select_for_update(of=("self",)).select_related("area").get(pk=note.pk)
    if note.filed_at is None and note.case_id is None:
        note.filed_at = timezone.now()
        note.save(update_fields=["filed_at"])
        record(actor=actor, action="assist.note.file", target=note)
    return note


@transaction.atomic
def case_of_note(*, actor: User, note: Note, owner: User | None = None) -> Case:
    """Make a case of a note; asked again it is the same case."""
    allow_at(actor, "assist.visit", note.subject)
    note = Note.objects.select_for_update(of=("self",)).select_related("subject", "area", "case").get(pk=note.pk)
    if note.case is not None:
        return note.case
    note.case = open_case(actor, note, kind=NOTE, title=_("After a note: %(name)s"), text=note.text, owner=owner)
    note.save(update_fields=["case"])
    return note.case
