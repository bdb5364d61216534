"""Accept a row as it was read, or strike it out; either is kept with the plan and holds for the next reading."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from zhizao.apps.plan import correcting, services
from zhizao.apps.plan.models import PlanVersion, Row
from zhizao.apps.plan.sheets import SHEETS, Sheet
from zhizao.base.audit.services import record
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User

_ASIDE = 1_000_000_000  # where positions wait while they are counted anew: no two rows ever share one


@transaction.atomic
def accept_row(*, actor: User, version: PlanVersion, sheet_name: str, position: int, revision: int) -> Row:
    """Say that a row is read rightly: it is sure from now on.

    Raises
    ------
    StaleEdit, Refused, PermissionDenied : as ``services.correct_row``.
    """
    from zhizao.engines.planlint.corrections import fingerprint

    version, sheet, row = _opened(actor, version, sheet_name, position, revision)
    key, read = correcting.key_of(version, sheet, position)
    correcting.keep(
        version.plan,
        [
            correcting.decision(
                version, actor=actor, table=sheet_name, key=key, action="accept", read=fingerprint(sheet_name, read)
            )
        ],
    )
    row.confidence, row.revision = Decimal(1), row.revision + 1
    row.save(update_fields=["confidence", "revision"])
    services.record_reading(actor=actor, version=version, how="accept", inputs={})
    details = {"version": version.number, "table": sheet_name, "row": position + 1, "key": key}
    record(actor=actor, action="plan.row.accept", target=version, area=version.plan.area, details=details)
    return row


@transaction.atomic
def reject_row(
    *, actor: User, version: PlanVersion, sheet_name: str, position: int, revision: int, reason: str
) -> None:
    """Strike a row out of a draft: the document does not say it.

    Raises
    ------
    StaleEdit, Refused, PermissionDenied : as ``services.correct_row``; also refused without a reason.
    """
    from zhizao.engines.planlint.corrections import fingerprint

    version, sheet, row = _opened(actor, version, sheet_name, position, revision)
    if not reason.strip():
        message = mark("Say why the row is struck out.")
        raise Refused(Problem("plan.reason_missing", message, Place(column="reason")))
    key, read = correcting.key_of(version, sheet, position)
    correcting.keep(
        version.plan,
        [
            correcting.decision(
                version,
                actor=actor,
                table=sheet_name,
                key=key,
                action="reject",
                read=fingerprint(sheet_name, read),
                reason=reason.strip(),
            )
        ],
    )
    row.delete()
    later = sheet.model.objects.filter(version=version, position__gt=position)
    later.update(position=F("position") + _ASIDE)
    sheet.model.objects.filter(version=version, position__gt=_ASIDE).update(position=F("position") - _ASIDE - 1)
    services.record_reading(actor=actor, version=version, how="reject", inputs={})
    details = {"version": version.number, "table": sheet_name, "row": position + 1, "key": key, "reason": reason}
    record(actor=actor, action="plan.row.reject", target=version, area=version.plan.area, details=details)


def _opened(
    actor: User, version: PlanVersion, sheet_name: str, position: int, revision: int
) -> tuple[PlanVersion, Sheet, Row]:
    if not actor.has_perm("plan.edit", version):
        raise PermissionDenied("plan.edit")
    version = PlanVersion.objects.select_for_update(of=("self",)).select_related("plan__area").get(pk=version.pk)
    if not version.is_draft:
        raise Refused(
            Problem(
                "plan.not_draft",
                mark("Version %(number)s is published and cannot be changed."),
                remedy=mark("Start a draft from it and correct the row there."),
                params={"number": version.number},
            )
        )
    sheet = SHEETS[sheet_name]
    row = sheet.model.objects.filter(version=version, position=position).first()
    if row is None:
        message = mark("There is no such row any more.")
        raise Refused(Problem("plan.row_gone", message, remedy=mark("Reload the page.")))
    if row.revision != revision:
        raise services.StaleEdit(row)
    return version, sheet, row
