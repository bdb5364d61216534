"""Reading the audit trail and checking that nobody has touched it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhizao.base.audit.chain import FIELDS, GENESIS, row_hash
from zhizao.base.audit.models import AuditEvent, AuditHead

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User

CHUNK_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking the trail found. ``first_bad`` is the number of the first row that is wrong or gone."""

    ok: bool
    count: int
    first_bad: int | None = None
    reason: str = ""


def events(actor: User) -> QuerySet[AuditEvent]:
    """The rows that the actor may read, newest first."""
    return AuditEvent.objects.visible_to(actor).select_related("area", "actor")


def verify() -> Verification:
    """Walk the whole chain in order and stop at the first row that does not hold.

    Rows written while it walks are checked too. The end is compared with the head as it was at the start: a trail whose
    last rows were cut off is shorter than its head says.
    """
    start = AuditHead.objects.filter(id=1).values("count", "hash").first() or {"count": 0, "hash": GENESIS}
    expected, previous = 1, GENESIS
    for row in AuditEvent.objects.order_by("id").values(*FIELDS, "hash").iterator(chunk_size=CHUNK_ROWS):
        if row["id"] != expected:
            return Verification(False, expected - 1, expected, _("The row is missing."))
        if row["previous_hash"] != previous:
            return Verification(False, expected - 1, expected, _("The row does not follow the one before it."))
        if row["hash"] != row_hash(row):
            return Verification(False, expected - 1, expected, _("The row was changed after it was written."))
        if expected == start["count"] and row["hash"] != start["hash"]:
            return Verification(
                False, expected - 1, expected, _("The row is not the one that the head of the trail names.")
            )
        expected, previous = expected + 1, row["hash"]
    count = expected - 1
    if count < start["count"]:
        return Verification(False, count, count + 1, _("The end of the trail was cut off."))
    now = AuditHead.objects.filter(id=1).values_list("count", flat=True).first() or 0
    if count > now:
        return Verification(False, count, now + 1, _("The row was added past the head of the trail."))
    return Verification(True, count)
