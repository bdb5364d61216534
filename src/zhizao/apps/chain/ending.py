"""Links that run out: those of suppliers and buyers whose last day is near or has passed, and that nobody renewed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhizao.apps.registry import queries as register
from zhizao.base.facts import painting
from zhizao.base.facts.models import Link
from zhizao.base.facts.queries import instant

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor

SOON = timedelta(days=90)
"""How long before its last day a link is shown, and how long after it."""
MOST = 5_000
"""How many are looked at, those that run out first."""
SHOWN = 500
SUBJECTS_A_QUERY = 500
FEN_PER_WAN_YUAN = 1_000_000


@dataclass(frozen=True, slots=True)
class Ending:
    """A link that runs out, or ran out, with the days that are left (below 0: that have passed)."""

    link: Link
    supplier: str
    buyer: str
    days_left: int

    @property
    def amount_wan_yuan(self) -> Decimal | None:
        fen = self.link.yearly_amount_fen
        return None if fen is None else Decimal(fen) / FEN_PER_WAN_YUAN

    @property
    def valid_to(self) -> date | None:
        return self.link.valid_to


def ending(actor: Actor, *, on: date, as_of: date | None = None) -> list[Ending]:
    """The links that the actor may see and that run out within 90 days of the day, before or after; the next first."""
    known = Link.objects.filter(known_from__lte=instant(as_of))
    near = known.visible_to(actor).filter(valid_to__range=(on - SOON, on + SOON), withdrawn=False)
    rows = list(near.select_related("subject__area", "buyer__area").order_by("valid_to", "pk")[:MOST])
    history: dict[tuple[Any, ...], list[Link]] = defaultdict(list)
    suppliers = sorted({row.subject_id for row in rows})
    for start in range(0, len(suppliers), SUBJECTS_A_QUERY):
        for row in known.filter(subject__in=suppliers[start : start + SUBJECTS_A_QUERY]):
            history[row.identity_values()].append(row)
    last = [row for row in rows if _is_last(row, painting.stretches(history[row.identity_values()]))]
    called = register.parent_names({end for row in last for end in (row.subject, row.buyer)}, register.view(as_of))
    found = [
        Ending(row, called[row.subject_id], called[row.buyer_id], (row.valid_to - on).days)
        for row in last
        if row.valid_to is not None
    ]
    return sorted(found, key=lambda item: (item.days_left, item.supplier, item.buyer, item.link.pk))


def _is_last(row: Link, pieces: list[painting.Stretch]) -> bool:
    """Whether the row counts on its last day, and nothing holds on the day after."""
    for piece, after in zip(pieces, [*pieces[1:], None], strict=True):
        if piece.row is not None and piece.row.pk == row.pk and piece.last == row.valid_to:
            return after is None or after.says() is None
    return False
