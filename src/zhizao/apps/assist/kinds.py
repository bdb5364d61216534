"""The kinds of case by which enterprises are helped, and what this app adds to their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhizao.apps.assist.effect_section import section
from zhizao.base.flow.kinds import case_kind

if TYPE_CHECKING:
    from zhizao.base.flow.models import Case

ALARM, VISIT, REQUEST, MATTER, NOTE = (f"assist.{name}" for name in ("alarm", "visit", "request", "matter", "note"))


def number_of(origin: str) -> int | None:
    """The primary key that an origin names.

    >>> number_of("warning.alarm:12"), number_of("")
    (12, None)
    """
    number = origin.partition(":")[2]
    return int(number) if number.isdecimal() else None


def _alarm(case: Case) -> str | None:
    pk = number_of(case.origin) if case.origin.startswith("warning.alarm:") else None
    return reverse("warning:alarm", args=[pk]) if pk else None


def _visit(case: Case) -> str | None:
    pk = number_of(case.origin)
    return reverse("assist:visit", args=[pk]) if pk else None


def _chain(case: Case) -> str | None:
    return reverse("chain:open", args=[case.subject.id_part]) if case.subject else None


def register() -> None:
    """Make the kinds known."""
    said = {"sections": [section]}
    case_kind(
        ALARM,
        _("Help for an enterprise"),
        procedure="alarm",
        working_days=15,
        may_open="assist.act",
        link=_alarm,
        **said,
    )
    case_kind(VISIT, _("What a visit found"), procedure="visit", working_days=10, link=_visit, **said)
    case_kind(REQUEST, _("Request of an enterprise"), procedure="request", working_days=10, **said)
    case_kind(MATTER, _("Matter of a chain leader"), procedure="matter", working_days=20, link=_chain)
    case_kind(NOTE, _("Note of a grid worker"), procedure="note", working_days=10, **said)
