"""Accept rows as they were read, or strike one out; either is kept with the plan and holds for the next reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from zhizao.apps.plan import correcting, services
from zhizao.apps.plan.models import PlanVersion, Row
from zhizao.apps.plan.sheets import SHEETS
from zhizao.base.audit.services import record
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User

SURE = Decimal("0.9")  # what was carried over a merged cell or converted to the column's unit, and anything surer
_ASIDE = 1_000_000_000  # where positions wait while they are counted anew: no two rows ever share one


@dataclass(frozen=True, slots=True)
class Seen:
    """A row as somebody has seen it on a page."""

    sheet_name: str
    position: int
    revision: int

    @property
    def name(self) -> str:
        """What the row is called in addresses."""
        return f"{self.sheet_name}-{self.position + 1}"


def is_doubtful(row: Row) -> bool:
    """Whether the reader was not sure of a row."""
    return row.confidence is not None and row.confidence < SURE


def is_sure(row: Row) -> bool:
    """Whether a row may be accepted together with others: the reader was sure of it and remarks nothing."""
    return not is_doubtful(row) and not row.note


@transaction.atomic
def accept_row(*, actor: User, version: PlanVersion, seen: Seen) -> None:
    """Say that a row is read rightly: it is sure from now on.

    Raises
    ------
    StaleEdit, Refused, PermissionDenied : as ``services.correct_row``.
    """
    version = _opened(actor, version)
    (key,) = _accept(actor, version, [(seen, _row(version, seen))])
    details = {"version": version.number, "table": seen.sheet_name, "row": seen.position + 1, "key": key}
    record(actor=actor, action="plan.row.accept", target=version, area=version.plan.area, details=details)


@transaction.atomic
def accept_sure_rows(*, actor: User, version: PlanVersion, seen: Sequence[Seen]) -> int:
    """Say of all the rows of a page that are sure that they are read rightly; gives how many they were.

    A row that the reader doubts or remarks upon is left alone: it wants a look of its own.

    Raises
    ------
    StaleEdit, Refused, PermissionDenied : as ``services.correct_row``; then no row is accepted.
    """
    version = _opened(actor, version)
    found = [(one, row) for one in seen if is_sure(row := _row(version, one))]
    if found:
        _accept(actor, version, found)
        details = {"version": version.number, "rows": [one.name for one, _row in found]}
        record(actor=actor, action="plan.rows.accept", target=version, area=version.plan.area, details=details)
    return len(found)


def _accept(actor: User, version: PlanVersion, found: Sequence[tuple[Seen, Row]]) -> list[str]:
    """Keep that rows are accepted; gives their keys."""
    from zhizao.engines.planlint.corrections import fingerprint, row_keys

    records = {name: correcting.engine_records(version, SHEETS[name]) for name in {one.sheet_name for one, _ in found}}
    keys = {name: row_keys(name, own) for name, own in records.items()}
    decisions = [
        correcting.decision(
            version,
            actor=actor,
            table=one.sheet_name,
            key=keys[one.sheet_name][one.position],
            action="accept",
            read=fingerprint(one.sheet_name, records[one.sheet_name][one.position]),
        )
        for one, _row in found
    ]
    correcting.keep(version.plan, decisions)
    for _one, row in found:
        row.confidence, row.revision = Decimal(1), row.revision + 1
        row.save(update_fields=["confidence", "revision"])
    services.record_reading(actor=actor, version=version, how="accept", inputs={})
    return [one.key for one in decisions]


@transaction.atomic
def reject_row(*, actor: User, version: PlanVersion, seen: Seen, reason: str) -> None:
    """Strike a row out of a draft: the document does not say it.

    Raises
    ------
    StaleEdit, Refused, PermissionDenied : as ``services.correct_row``; also refused without a reason.
    """
    from zhizao.engines.planlint.corrections import fingerprint

    version = _opened(actor, version)
    row, sheet = _row(version, seen), SHEETS[seen.sheet_name]
    if not reason.strip():
        message = mark("Say why the row is struck out.")
        raise Refused(Problem("plan.reason_missing", message, Place(column="reason")))
    key, read = correcting.key_of(version, sheet, seen.position)
    correcting.keep(
        version.plan,
        [
            correcting.decision(
                version,
                actor=actor,
                table=sheet.name,
                key=key,
                action="reject",
                read=fingerprint(sheet.name, read),
                reason=reason.strip(),
            )
        ],
    )
    row.delete()
    later = sheet.model.objects.filter(version=version, position__gt=seen.position)
    later.update(position=F("position") + _ASIDE)
    sheet.model.objects.filter(version=version, position__gt=_ASIDE).update(position=F("position") - _ASIDE - 1)
    services.record_reading(actor=actor, version=version, how="reject", inputs={})
    details = {"version": version.number, "table": sheet.name, "row": seen.position + 1, "key": key, "reason": reason}
    record(actor=actor, action="plan.row.reject", target=version, area=version.plan.area, details=details)


def _opened(actor: User, version: PlanVersion) -> PlanVersion:
    """The draft, so that nobody else changes it meanwhile."""
    if not actor.has_perm("plan.edit", version):
        raise PermissionDenied("plan.edit")
    version = PlanVersion.objects.select_for_update(of=("self",)).select_related("plan__area").get(pk=version.pk)
    services.refuse_unless_draft(version)
    return version


def _row(version: PlanVersion, seen: Seen) -> Row:
    """The row that was seen, if it still says the same."""
    row = SHEETS[seen.sheet_name].model.objects.filter(version=version, position=seen.position).first()
    if row is None:
        message = mark("There is no such row any more.")
        raise Refused(Problem("plan.row_gone", message, remedy=mark("Reload the page.")))
    if row.revision != seen.revision:
        raise services.StaleEdit(row)
    return row
