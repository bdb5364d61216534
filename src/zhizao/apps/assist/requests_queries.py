"""An enterprise's own requests, with what became of each; read-only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhizao.apps.assist.models import Request
from zhizao.base.facts.queries import CHINA, instant
from zhizao.base.flow.models import Case

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User
    from zhizao.base.facts.models import Subject

    Actor = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as the list shows it."""

    request: Request

    @property
    def sent_on(self) -> date:
        return self.request.at.astimezone(CHINA).date()

    @property
    def topic(self) -> str:
        return str(self.request.get_topic_display())

    @property
    def text(self) -> str:
        return self.request.text

    @property
    def case(self) -> Case | None:
        return self.request.case

    @property
    def status(self) -> str:
        return self.case.status if self.case else ""

    @property
    def due_on(self) -> date | None:
        return self.case.due_on if self.case else None

    @property
    def result(self) -> str:
        return self.case.result_text if self.case else ""

    @property
    def rating(self) -> int | None:
        return self.case.rating if self.case else None

    @property
    def waits_for_rating(self) -> bool:
        """Whether the enterprise has not said yet how it was helped."""
        return self.status == Case.Status.CLOSED and self.rating is None


def requests(actor: Actor, subject: Subject, *, as_of: date | None = None) -> list[RequestLine]:
    """The requests of an enterprise that the actor may see, the latest first."""
    rows = Request.objects.visible_to(actor).filter(subject=subject, at__lte=instant(as_of))
    return [RequestLine(row) for row in rows.select_related("case")]
