"""With whom an enterprise does business: suppliers and customers, those outside the region, those not to be named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from zhizao.apps.registry import queries
from zhizao.apps.registry.sections import Section
from zhizao.base.facts import painting
from zhizao.base.facts.models import Link, Subject
from zhizao.base.facts.queries import instant

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View

SHOWN = 10
FEN_PER_WAN_YUAN = 1_000_000


@dataclass(frozen=True, slots=True)
class Partner:
    """One line: a supplier or customer with what is bought a year; ``subject`` is None where it has no file to open."""

    role: str
    name: str
    subject: Subject | None
    link: Link
    since: date | None
    share_pct: Decimal | None

    @property
    def amount_wan_yuan(self) -> Decimal | None:
        return _wan(self.link.yearly_amount_fen)


@dataclass(frozen=True, slots=True)
class Side:
    """All suppliers, or all customers: the lines by amount, and of those that the actor may not see number and sum.

    ``total_wan_yuan`` is what is known of all amounts, ``unknown`` how many links have none.
    """

    lines: tuple[Partner, ...]
    hidden: int
    hidden_wan_yuan: Decimal | None
    total_wan_yuan: Decimal | None
    unknown: int

    @property
    def shown(self) -> tuple[Partner, ...]:
        return self.lines[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.lines) - SHOWN)

    @property
    def simulated(self) -> bool:
        return any(line.link.simulated for line in self.lines)

    def __bool__(self) -> bool:
        return bool(self.lines or self.hidden)


def section(actor: Actor, subject: Subject, seen: View) -> Section | None:
    """Suppliers and customers by amount, the largest first; nothing where no link is recorded."""
    suppliers, customers = sides(actor, subject, seen)
    if not suppliers and not customers:
        return None
    return Section(
        title=_("Suppliers and customers"),
        template="registry/_partners.html",
        context={"subject": subject, "suppliers": suppliers, "customers": customers},
        simulated=suppliers.simulated or customers.simulated,
    )


def sides(actor: Actor, subject: Subject, seen: View) -> tuple[Side, Side]:
    """The suppliers and the customers of an enterprise on a day as known at an instant."""
    known = Link.objects.filter(known_from__lte=instant(seen.as_of))
    bought = _holding(known.filter(buyer=subject).select_related("subject"), seen)
    sold = _holding(known.filter(subject=subject).select_related("buyer"), seen)
    suppliers = [(link, link.subject, since) for link, since in bought]
    customers = [(link, link.buyer, since) for link, since in sold]
    others = {other for _link, other, _since in (*suppliers, *customers)}
    open_to_actor = queries.visible(actor, others) if others else set()
    called = queries.parent_names(others, seen) if others else {}
    return (
        _side(_("supplier"), suppliers, open_to_actor, called),
        _side(_("customer"), customers, open_to_actor, called, shares_stated=False),
    )


def _holding(rows: Iterable[Link], seen: View) -> list[tuple[Link, date | None]]:
    """The row of each link that holds on the day, and the first day of the unbroken run that it is in."""
    groups: dict[tuple[Any, ...], list[Link]] = defaultdict(list)
    for row in rows:
        groups[row.identity_values()].append(row)
    found = []
    for group in groups.values():
        since: date | None = None
        before: painting.Stretch | None = None
        for piece in painting.history(group):
            joined = before is not None and piece.first is not None and before.last == piece.first - painting.DAY
            since = since if joined else piece.first
            if (piece.first is None or piece.first <= seen.on) and (piece.last is None or seen.on <= piece.last):
                found.append((piece.row, since))
            before = piece
    return found


def _side(
    role: str,
    links: Sequence[tuple[Link, Subject, date | None]],
    open_to_actor: set[int],
    called: dict[int, str],
    *,
    shares_stated: bool = True,
) -> Side:
    amounts = [link.yearly_amount_fen for link, _other, _since in links]
    unknown = amounts.count(None)
    total = sum(amount for amount in amounts if amount is not None)
    lines, hidden = [], []
    for link, other, since in links:
        if other.pk not in open_to_actor and other.kind != Subject.Kind.AREA:
            hidden.append(link)
            continue
        share = None
        if shares_stated and link.share_ppm is not None:
            share = Decimal(link.share_ppm) / 10_000
        elif not unknown and total:
            share = Decimal(link.yearly_amount_fen) / total * 100
        file = other if other.kind == Subject.Kind.ENTERPRISE else None
        lines.append(Partner(role, called[other.pk], file, link, since, share))
    lines.sort(key=lambda line: (-(line.link.yearly_amount_fen or 0), line.name))
    kept_back = [link.yearly_amount_fen for link in hidden if link.yearly_amount_fen is not None]
    return Side(
        lines=tuple(lines),
        hidden=len(hidden),
        hidden_wan_yuan=_wan(sum(kept_back)) if kept_back else None,
        total_wan_yuan=_wan(total) if unknown < len(amounts) else None,
        unknown=unknown,
    )


def _wan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / FEN_PER_WAN_YUAN
