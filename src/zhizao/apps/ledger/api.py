"""``/api/v1/observations``: figures as known on a day, for a token of somebody who may see them. Reading only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from zhizao.apps.ledger import queries
from zhizao.apps.ledger.models import Indicator, Status
from zhizao.apps.ledger.queries import exact
from zhizao.base.accounts.api_auth import TokenAuth, anonymous
from zhizao.kernel.span import Span

SCOPE = "ledger:read"

router = Router(tags=["observations"], auth=[TokenAuth(SCOPE)])


class Asked(Schema):
    """Which figures."""

    subject: list[str] = Field([], max_length=500, description="Keys, kind:id; by default all that may be seen")
    indicator: list[str] = Field([], max_length=100, description="Keys")
    within: str = Field("", max_length=40, description="Only periods that lie in this one: 2025, 2024-01..2025-06")
    scope: str = Field("", max_length=30)
    price_basis: str = Field("", max_length=30)
    as_of: date | None = Field(None, description="As known at the end of this day in China; by default now")


class Part(Asked):
    limit: int = Field(1000, ge=1, le=10_000)
    offset: int = Field(0, ge=0, le=1_000_000_000)


class ObservationOut(Schema):
    subject: str
    indicator: str
    span: str
    scope: str
    price_basis: str
    value: str | None
    unit: str
    status: str
    source: str
    known_from: datetime


class ObservationPage(Schema):
    items: list[ObservationOut]
    count: int


class IndicatorOut(Schema):
    key: str
    name: str
    name_en: str
    unit: str
    kind: str
    formula: str
    definition: dict[str, Any]


@router.get("/indicators", response=list[IndicatorOut], auth=[TokenAuth(SCOPE), anonymous])
def list_indicators(request: HttpRequest) -> Any:
    """What each indicator means: open to anyone."""
    return list(Indicator.objects.all())


@router.get("/observations", response=ObservationPage)
def list_observations(request: HttpRequest, asked: Annotated[Part, Query()]) -> Any:
    """Figures in the order of their keys; ``value`` is an exact decimal, null where it is missing."""
    rows = _rows(request, asked)
    ordered = rows.select_related("series__subject", "series__indicator", "origin").order_by(
        "series__subject__key", "series__indicator__key", "series_id", "start_month", "months"
    )
    found = ordered[asked.offset : asked.offset + asked.limit]
    return {"items": [_out(row) for row in found], "count": rows.count()}


@router.get("/observations.sdmx", response={200: Any}, url_name="observations_sdmx")
def sdmx(request: HttpRequest, asked: Annotated[Asked, Query()], format: str = "sdmx-json") -> HttpResponse:
    """The same as SDMX-JSON 2.0, or with ``format=sdmx-csv`` as SDMX-CSV 2.0."""
    from zhizao.apps.ledger.exporting import MEDIA_TYPES, write

    kind = format if format in ("sdmx-json", "sdmx-csv") else "sdmx-json"
    return HttpResponse(write(_rows(request, asked), kind, as_of=asked.as_of), content_type=MEDIA_TYPES[kind][0])


def _rows(request: HttpRequest, asked: Asked) -> Any:
    if not request.user.has_perm("ledger.view"):
        raise PermissionDenied
    seen = queries.subjects(request.user)
    rows = queries.observations(
        request.user,
        subjects=seen.filter(key__in=asked.subject) if asked.subject else None,
        indicators=asked.indicator,
        within=Span.parse(asked.within) if asked.within else None,
        as_of=asked.as_of,
    )
    for field, value in (("series__scope", asked.scope), ("series__price_basis", asked.price_basis)):
        rows = rows.filter(**{field: value}) if value else rows
    return rows


def _out(row: Any) -> dict[str, Any]:
    value = exact(row.value)
    return {
        "subject": row.series.subject.key,
        "indicator": row.series.indicator.key,
        "span": str(row.span),
        "scope": row.series.scope,
        "price_basis": row.series.price_basis,
        "value": None if value is None else format(value, "f"),
        "unit": row.series.indicator.unit,
        "status": Status(row.status).key,
        "source": row.origin.source,
        "known_from": row.known_from,
    }
