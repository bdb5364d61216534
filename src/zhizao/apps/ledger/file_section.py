"""An enterprise's figures in its file: the last year by month, each opening what stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhizao.apps.ledger import pages, queries
from zhizao.apps.ledger.queries import Basis
from zhizao.apps.registry.sections import Section

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.facts.models import Subject


def section(actor: Actor, subject: Subject, seen: View) -> Section | None:
    """The months of the last year with figures; nothing for an actor who may not see them."""
    if not actor.has_perm("ledger.view") or not queries.subjects(actor).filter(pk=subject.pk).exists():
        return None
    sheet = pages.sheet(actor, subject, basis=Basis(), as_of=seen.as_of)
    if not sheet.rows:
        return None
    stored = [indicator for indicator in sheet.indicators if not indicator.is_derived]
    rows = [(row["span"], [row.get(indicator.key) for indicator in stored]) for row in sheet.rows]
    return Section(
        title=_("Figures by month"),
        template="ledger/_months.html",
        context={"subject": subject, "indicators": stored, "rows": rows},
        subtitle=str(sheet.year),
        simulated=sheet.simulated,
    )
