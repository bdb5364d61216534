"""The pages of notes: written at an enterprise, filed, or made a case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhizao.apps.assist import notes_services
from zhizao.apps.assist.grid_forms import NoteForm
from zhizao.apps.assist.grid_views import act, now_only, opened, posted
from zhizao.apps.assist.models import Note
from zhizao.base.accounts.access import needs


def found(request: HttpRequest, pk: int) -> Note:
    """The note of the address; for one who may not see it there is none."""
    now_only(request)
    note = Note.objects.visible_to(request.user).filter(pk=pk).select_related("subject", "area").first()
    if note is None:
        raise Http404
    return note


@needs("assist.visit")
def write(request: HttpRequest, key: str) -> HttpResponse:
    """Write down what was heard or seen at an enterprise."""
    subject = opened(request, key)

    def do(data: dict[str, Any]) -> str | None:
        note = notes_services.write_note(actor=request.user, subject=subject, text=data["text"])
        messages.success(request, _("Recorded."))
        if data["becomes"] == "case":
            return notes_services.case_of_note(actor=request.user, note=note).get_absolute_url()
        return None

    return act(
        request,
        form=NoteForm(posted(request)),
        do=do,
        back=reverse("assist:enterprise", args=[key]),
        title=_("Write a note"),
        answer=_("A note stays in the enterprise's record; what needs an act becomes a case."),
        verb=_("Keep the note"),
        field="text",
        subject=subject,
    )


@needs("assist.visit")
@require_POST
def make_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a case of a note."""
    return redirect(notes_services.case_of_note(actor=request.user, note=found(request, pk)))


@needs("assist.visit")
@require_POST
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that nothing is to be done about a note."""
    note = notes_services.file_note(actor=request.user, note=found(request, pk))
    messages.success(request, _("Filed."))
    return redirect("assist:enterprise", key=note.subject.id_part)
