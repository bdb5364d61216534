"""``/api/v1/alarms``: the alarms of an area as known on a day, each with its arithmetic and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from zhizao.apps.warning import probabilities, queries
from zhizao.apps.warning.models import Alarm, Outcome
from zhizao.apps.warning.words import FAMILIES
from zhizao.base.accounts.api_auth import TokenAuth
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.scoping import area_path
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

SCOPE = "warning:read"
MOST = 1000

router = Router(tags=["warning"], auth=[TokenAuth(SCOPE)])


class Asked(Schema):
    """Which alarms, as known when."""

    area: str = Field("", max_length=40, description="Code of the area; by default the reader's own")
    as_of: date | None = Field(None, description="Alarms found, and not lapsed, by the end of this day")
    month: str = Field("", max_length=10, description="Such as 2025-06; by default all")
    family: str = Field("", max_length=20)
    lapsed: bool = Field(False, description="Also those that have lapsed")
    limit: int = Field(MOST, ge=1, le=MOST)
    offset: int = Field(0, ge=0, le=1_000_000_000)


class RowOut(Schema):
    label: str
    unit: str
    value: float | None
    expected: float | None
    off: float | None
    off_unit: str
    scale: float | None
    z: float | None
    weight: float | None
    reference: str


class AlarmOut(Schema):
    id: int
    month: str
    subject: str
    rule: str
    family: str
    severity: str
    score: float
    p: float
    p_source: str
    text: str
    rows: list[RowOut]
    found_as_of: date
    lapsed_as_of: date | None
    lapsed_why: str
    outcome: str | None
    is_backtest: bool
    simulated: bool
    run: str


@router.get("/alarms", response=list[AlarmOut], summary="Alarms of an area")
def list_alarms(request: HttpRequest, asked: Annotated[Asked, Query()]) -> Any:
    """The latest month and the worst first, from ``offset`` on; ``outcome`` is null until there is one."""
    area = _area(request, asked.area)
    rows = queries.alarms(
        request.user,
        area,
        as_of=asked.as_of,
        month=_month(asked.month),
        family=_family(asked.family),
        with_lapsed=asked.lapsed,
    )
    found = list(rows[asked.offset : asked.offset + asked.limit])
    said, record = queries.sentences(found), probabilities.of(area, as_of=asked.as_of)
    outcomes = queries.outcomes([alarm.pk for alarm in found], as_of=asked.as_of)
    arithmetic = queries.arithmetics(found)
    return [
        _out(alarm, said[alarm.pk], arithmetic[alarm.pk], record.of(alarm), outcomes.get(alarm.pk), asked.as_of)
        for alarm in found
    ]


def _out(
    alarm: Alarm,
    text: str,
    rows: list[queries.Row],
    p: probabilities.Probability,
    outcome: Outcome | None,
    as_of: date | None,
) -> dict[str, Any]:
    plain = ("rule", "family", "severity", "score", "found_as_of", "is_backtest", "simulated")
    lapsed = queries.has_lapsed(alarm, as_of)
    return {name: getattr(alarm, name) for name in plain} | {
        "id": alarm.pk,
        "month": str(alarm.span),
        "subject": alarm.subject.key,
        "p": p.p,
        "p_source": p.source,
        "text": text,
        "rows": [{name: getattr(row, name) for name in RowOut.model_fields} for row in rows],
        "lapsed_as_of": alarm.lapsed_as_of if lapsed else None,
        "lapsed_why": alarm.lapsed_why if lapsed else "",
        "outcome": outcome.verdict if outcome else None,
        "run": alarm.run.sha12,
    }


def _month(text: str) -> int | None:
    """The month; 404 where the text is none, a year or a quarter too."""
    if not text:
        return None
    try:
        span = Span.parse(text)
    except Refused:
        raise Http404 from None
    if span.months != 1:
        raise Http404
    return span.start_month


def _family(text: str) -> str | None:
    """The family; 404 where there is none of this name."""
    if text and text not in FAMILIES:
        raise Http404
    return text or None


def _area(request: HttpRequest, code: str) -> Area:
    path = area_path(request.user)
    if path is None:
        raise Http404
    wanted = {"code": code} if code else {"path": path}
    found = Area.objects.filter(path__startswith=path, **wanted).first()
    if found is None:
        raise Http404
    if not request.user.has_perm("warning.view", found):
        raise PermissionDenied
    return found
