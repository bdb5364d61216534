"""The evidence of a probability: how it was told, what is in it and what not, the rows, how often such calls came true.

A reference is ``chance:<area>~<target>``; the drawer is of the day that the page looks back to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhizao.apps.outlook import queries, words
from zhizao.apps.outlook.shown import Actual, Bin, CallPoint, TargetOutlook
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.scoping import area_path
from zhizao.base.evidence.queries import Input, inputs_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    from zhizao.base.accounts.models import User
    from zhizao.base.evidence.models import Run

KIND = "chance"
ROWS = 5


def reference(request: HttpRequest, key: str) -> str:
    """What opens the evidence of a target's probability on this page."""
    return f"{KIND}:{request.outlook_area.code}~{key}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the drawer says of one probability."""

    area: Area
    item: TargetOutlook
    run: Run
    draws: int
    inputs: list[Input]
    calls: tuple[CallPoint, ...]
    similar: Bin | None
    template: str = "outlook/evidence.html"

    @property
    def text(self) -> str:
        return words.chance_or_state(self.item)

    @property
    def shape(self) -> str:
        return words.SHAPES[self.item.kind]

    @property
    def bound(self) -> str:
        return words.bound(self.item)

    @property
    def reason(self) -> str:
        return words.why(self.item)

    @property
    def interval(self) -> tuple[str, str]:
        return words.chance(self.item.p_lo), words.chance(self.item.p_hi)

    @property
    def rows(self) -> tuple[Actual, ...]:
        return self.item.actual[-ROWS:]

    @property
    def name(self) -> str:
        return self.item.name


def resolve(actor: User | AnonymousUser, rest: str, *, as_of: date | None) -> Shown | None:
    """The evidence; ``None`` where the actor may not see it."""
    code, _tilde, key = rest.partition("~")
    path = area_path(actor)
    if path is None or not actor.has_perm("outlook.view"):
        return None
    area = Area.objects.filter(code=code[:40], path__startswith=path).first()
    told = queries.overview(actor, area, as_of=as_of) if area else None
    item = next((one for one in told.targets if one.key == key), None) if told else None
    if area is None or told is None or item is None:
        return None
    return Shown(
        area=area,
        item=item,
        run=told.run,
        draws=told.draws,
        inputs=inputs_of(actor, told.run),
        calls=queries.p_over_time(actor, area, key, as_of=as_of),
        similar=_similar(queries.calibration(actor, area, as_of=as_of).bins, item.p),
    )


def _similar(bins: tuple[Bin, ...], p: float | None) -> Bin | None:
    """The past calls that told about as much."""
    return next((one for one in bins if p is not None and one.low <= p <= one.high and one.count), None)
