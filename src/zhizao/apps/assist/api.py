"""Help for programs: the queue and what measures did, scoped to the token's owner."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja import Field, Router, Schema

from zhizao.apps.assist import queries, reasons
from zhizao.base.accounts.api_auth import TokenAuth

router = Router(tags=["help"], auth=[TokenAuth("assist:read")])


class QueueOut(Schema):
    enterprise: str = Field(description="The id in the register")
    name: str
    case: str | None = Field(description="The number of its open case")
    alarm: int | None = Field(description="The alarm that promises most")
    probability: str = Field(description="A share of 1, four decimals; amounts are decimals as text, too")
    probability_source: str = Field(description="record, prior or assumed")
    own_loss_wan_yuan: str | None
    others_loss_wan_yuan: str | None
    measure: str | None
    averted_share: str
    hours: str | None
    loss_avoided_wan_yuan: str | None
    loss_avoided_wan_yuan_per_hour: str | None = Field(description="By which the queue is ranked; null: no rank")
    reason: str
    against: list[str] = Field(description="What is unknown, assumed or speaks against")
    simulated: bool


@router.get("/assist/queue", response=list[QueueOut], url_name="assist_queue")
def queue(request: HttpRequest, as_of: date | None = None) -> list[dict[str, Any]]:
    """Who is helped first, in the token's area."""
    if not request.user.has_perm("assist.view") or request.user.organisation is None:
        raise PermissionDenied
    return [plain(row) for row in queries.queue(request.user, request.user.organisation.area, as_of=as_of)]


def plain(row: queries.QueueRow) -> dict[str, Any]:
    """A row of the queue in JSON's own types; the command line writes the same."""
    return {
        "enterprise": row.subject.id_part,
        "name": row.name,
        "case": row.case.number if row.case else None,
        "alarm": row.alarm.pk if row.alarm else None,
        "probability": _text(row.p, 4),
        "probability_source": row.p_source,
        "own_loss_wan_yuan": _text(row.loss.own_wan_yuan),
        "others_loss_wan_yuan": _text(row.loss.others_wan_yuan),
        "measure": row.measure.key if row.measure else None,
        "averted_share": _text(row.avert_share, 4),
        "hours": _text(row.hours),
        "loss_avoided_wan_yuan": _text(row.avoided_wan_yuan),
        "loss_avoided_wan_yuan_per_hour": _text(row.value_per_hour),
        "reason": reasons.reason(row),
        "against": reasons.against(row),
        "simulated": row.simulated,
    }


def _text(value: float | None, places: int = 2) -> str | None:
    """A figure rounded once, as text."""
    return None if value is None else f"{value:.{places}f}"
