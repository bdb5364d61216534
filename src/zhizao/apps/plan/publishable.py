"""What a draft needs before it may be published."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from zhizao.apps.plan.models import PlanVersion
from zhizao.apps.plan.queries import rows
from zhizao.apps.plan.sheets import SHEETS
from zhizao.kernel.result import Place, Problem, Refused, mark


def check(version: PlanVersion, *, previous: PlanVersion | None, known_from: datetime) -> None:
    """Raise ``Refused`` with the first thing that a draft lacks; ``previous`` is the version in force."""
    number = {"number": version.number}
    if not version.is_draft:
        raise _refusal(
            "plan.published_already",
            mark("Version %(number)s is published already."),
            mark("Reload the page."),
            number,
        )
    if not rows(version, SHEETS["indicators"].model).exists():
        raise _refusal(
            "plan.no_targets",
            mark("Version %(number)s has no targets, so there is nothing to measure the plan by."),
            mark("Add the indicator table: download its empty form, fill it in and upload it."),
            number,
        )
    if previous and not version.reason:
        raise _refusal(
            "plan.no_reason",
            mark("Version %(number)s replaces another and says no reason."),
            mark("Write why the plan is changed."),
            number,
            column="reason",
        )
    if previous and version.needs_document and not version.document_number:
        raise _refusal(
            "plan.no_document_number",
            mark("Version %(number)s changes what the plan decides, and names no document."),
            mark("Write the number of the document that decides it; where only the reading was wrong, correct that."),
            number,
            column="document_number",
        )
    if is_behind(version, previous):
        raise _refusal(
            "plan.behind",
            mark("Version %(number)s does not know what version %(current)s, now in force, has changed."),
            mark("Bring it up to date first."),
            number | {"current": previous.number if previous else 0},
        )
    if previous and previous.known_from and known_from <= previous.known_from:
        since = timezone.localtime(previous.known_from).date().isoformat()
        raise _refusal(
            "plan.older_than_current",
            mark("Version %(number)s is in force since %(since)s; a later version cannot be known before it."),
            mark("Give a later date."),
            {"number": previous.number, "since": since},
            column="known_from",
        )


def is_behind(version: PlanVersion, current: PlanVersion | None) -> bool:
    """Whether a draft was made from another version than the one in force now; a whole new document never was."""
    base = version.based_on
    return bool(current and base and base.plan_id == version.plan_id and base.pk != current.pk)


def _refusal(code: str, message: str, remedy: str, params: dict[str, object], *, column: str = "") -> Refused:
    return Refused(Problem(code, message, Place(column=column or None), remedy, params=params))
