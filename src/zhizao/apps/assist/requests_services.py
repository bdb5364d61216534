"""What an enterprise asks for itself: kept as it was written, and at once a case that the enterprise is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhizao.apps.assist import grid_queries
from zhizao.apps.assist.grid_services import allow, names_of
from zhizao.apps.assist.models import Request, Topic
from zhizao.apps.registry import queries as register
from zhizao.base.audit.services import record
from zhizao.base.facts.models import Subject
from zhizao.base.flow import services as flow
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from zhizao.base.accounts.models import Organisation, User

REQUEST: Final = "assist.request"
MOST_A_DAY: Final = 10
SAME_WITHIN: Final = timedelta(hours=1)
LONGEST: Final = 4000


@transaction.atomic
def ask_for_help(
    *, actor: User, subject: Subject, topic: str, text: str, uploads: Sequence[UploadedFile] = ()
) -> Request:
    """Take a request in and open its case; the same words sent twice within an hour are one request.

    Raises
    ------
    Refused : nothing is asked for, the text is too long, or the enterprise has asked too often today.
    """
    allow(actor, "assist.request", subject)
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Refused(
            Problem(
                "assist.request_text",
                mark("A request has 1 to %(most)s characters."),
                remedy=mark("Say in a few sentences what is lacking, since when and how much; attach the rest."),
                params={"most": LONGEST},
            )
        )
    # Two clicks at once: the second waits here, and finds the first one's request.
    subject = Subject.objects.select_for_update(of=("self",)).select_related("area").get(pk=subject.pk)
    now = timezone.now()
    own = Request.objects.filter(subject=subject)
    same = own.filter(topic=topic, text=text, at__gt=now - SAME_WITHIN).select_related("case").first()
    if same is not None:
        return same
    if own.filter(at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refused(
            Problem(
                "assist.too_many_requests",
                mark("The enterprise has sent %(most)s requests within a day."),
                remedy=mark("Add to an open request what is missing there, or wait until tomorrow."),
                params={"most": MOST_A_DAY},
            )
        )
    request = Request.objects.create(
        area=subject.area,
        subject=subject,
        by=actor,
        topic=Topic(topic),
        text=text,
        at=now,
        simulated=subject.simulated,
    )
    called = names_of([subject.pk]).get(subject.pk, subject.id_part)
    words = {"topic": request.get_topic_display(), "name": called}
    case = flow.open_case(
        actor=actor,
        area=subject.area,
        kind=REQUEST,
        title=(_("Request on %(topic)s: %(name)s") % words)[:200],
        text=text,
        subject=subject,
        origin=f"{REQUEST}:{request.pk}",
        facts={"topic": request.topic},
        unit=_unit(subject),
        shown_to_subject=True,
        simulated=request.simulated,
    )
    request.case = case
    request.save(update_fields=["case"])
    record(actor=actor, action="assist.request.send", target=request, details={"topic": topic, "case": case.pk})
    for upload in uploads:
        flow.attach(actor=actor, case=case, upload=upload)
    return request


def _unit(subject: Subject) -> Organisation | None:
    """Who gets the request: the unit of whoever looks after the enterprise; else nobody, and the analysts are asked."""
    for duty in grid_queries.duties(register.view(), [subject.pk]):
        if grid_queries.is_held(duty):
            return duty.unit or duty.person.organisation
    return None
