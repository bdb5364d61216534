"""Three enterprises that trade, small enough to be worked out by hand.

    丙丁 (c) sells 100 to 甲乙 (a), a sells 100 to 戊己 (b); 万元 a year
    sold outside: c 100, a 300, b 400        bought outside: a 100, b 100 (50 of it doors, from one region), c nothing
    revenue: c 200, a 400, b 400             cost: a 200, b 200

No sector is recorded, so that an input counts by its share in all purchases, and one market class holds all three.
c stops: a loses 100/200 = 0.5; of a's class half is left, which a can still be replaced from: b loses 100/200 · 0.5.
"""

from __future__ import annotations

from datetime import date

from zhizao.apps.registry.linking import outside
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import Link, Name, Subject

WAN = 1_000_000
FROM = date(2024, 1, 1)


def link(supplier, buyer, wan, *, product="", basis="declared", parties=1, **more) -> Link:
    return Link(
        subject=supplier,
        buyer=buyer,
        product=product,
        yearly_amount_fen=None if wan is None else wan * WAN,
        parties=parties,
        basis=basis,
        confidence="M",
        valid_from=FROM,
        source="declared",
        **more,
    )


def region(area, name: str) -> Subject:
    subject = facts.subject(kind="area", id_part=f"{area.code}.{name}.outside", area=area)
    facts.state([facts.name(subject, Name.Kind.SHORT, name, source="test")])
    return subject


def trade_inside(firms) -> list[Link]:
    a, b, c = firms
    return facts.state([link(c, a, 100), link(a, b, 100)])


def trade_outside(area, firms, *, unknown=()) -> list[Link]:
    """What is sold and bought outside, but not that of the firms of unknown trade."""
    a, b, c = firms
    beyond, far = outside(area), region(area, "远区")
    rows = [
        link(c, beyond, 100),
        link(a, beyond, 300),
        link(b, beyond, 400),
        link(beyond, a, 100, parties=None),
        link(beyond, b, 50, parties=4),
        link(far, b, 50, product="弹簧"),
    ]
    return facts.state(row for row in rows if row.subject not in unknown and row.buyer not in unknown)
