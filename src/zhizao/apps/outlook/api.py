"""``/api/v1/outlook``: the targets of an area with their probability as of a day, and every call that was published."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from zhizao.apps.outlook import queries
from zhizao.apps.outlook.shown import CallPoint, TargetOutlook
from zhizao.base.accounts.api_auth import TokenAuth
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.scoping import area_path

SCOPE = "outlook:read"

router = Router(tags=["outlook"], auth=[TokenAuth(SCOPE)])


class Asked(Schema):
    """Which area, as known when."""

    area: str = Field("", max_length=40, description="Code of the area; by default the reader's own")
    as_of: date | None = Field(None, description="The latest run of a day not after this one; by default the latest")


class FanOut(Schema):
    span: str
    q025: float
    q10: float
    q50: float
    q90: float
    q975: float


class TargetOut(Schema):
    id: str
    name: str
    unit: str
    pillar: str
    span: str
    bound: str
    value: str
    state: str
    p: float | None
    p_lo: float | None
    p_hi: float | None
    weight_outside: float
    expected: float | None
    reason: str
    fan: list[FanOut]
    latest_reachable: date | None
    too_late: bool
    simulated: bool


class OverviewOut(Schema):
    run: str
    as_of: date
    is_backtest: bool
    draws: int
    targets: list[TargetOut]


class CallOut(Schema):
    as_of: date
    p: float
    p_lo: float
    p_hi: float
    is_backtest: bool
    run: str
    happened: bool | None


@router.get("/outlook", response=OverviewOut, summary="Targets with their probability")
def read_outlook(request: HttpRequest, asked: Annotated[Asked, Query()]) -> Any:
    """Every target of the area's plans; ``p`` is null where it is known or cannot be told, ``state`` says which."""
    found = queries.overview(request.user, _area(request, asked), as_of=asked.as_of)
    if found is None:
        raise Http404
    return {
        "run": found.run.sha12,
        "as_of": found.as_of,
        "is_backtest": found.is_backtest,
        "draws": found.draws,
        "targets": [_target(item) for item in found.targets],
    }


@router.get("/outlook/{key}/calls", response=list[CallOut], summary="Every call of a target")
def list_calls(request: HttpRequest, key: str, asked: Annotated[Asked, Query()]) -> tuple[CallPoint, ...]:
    """The earliest first; ``happened`` is what the ledger says came, null where it is not known."""
    return queries.p_over_time(request.user, _area(request, asked), key[:80], as_of=asked.as_of)


def _area(request: HttpRequest, asked: Asked) -> Area:
    path = area_path(request.user)
    if path is None:
        raise Http404
    wanted = {"code": asked.area} if asked.area else {"path": path}
    found = Area.objects.filter(path__startswith=path, **wanted).first()
    if found is None:
        raise Http404
    if not request.user.has_perm("outlook.view", found):
        raise PermissionDenied
    return found


def _target(item: TargetOutlook) -> dict[str, Any]:
    plain = ("name", "unit", "pillar", "bound", "state", "p", "p_lo", "p_hi", "weight_outside", "expected", "reason")
    more = ("latest_reachable", "too_late", "simulated")
    bands = ("q025", "q10", "q50", "q90", "q975")
    return {
        "id": item.key,
        "span": str(item.span),
        "value": format(item.value, "f"),
        "fan": [{"span": str(one.span)} | {name: getattr(one, name) for name in bands} for one in item.fan],
    } | {name: getattr(item, name) for name in (*plain, *more)}
