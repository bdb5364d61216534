"""An enterprise's outlook in its file: the next period of each figure, with a way to the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhizao.apps.outlook import queries
from zhizao.apps.registry.sections import Section

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.facts.models import Subject


def section(actor: Actor, subject: Subject, seen: View) -> Section | None:
    """What the next period of each figure is expected to bring; nothing for an actor who may not see it."""
    if not actor.has_perm("outlook.enterprise"):
        return None
    told = queries.enterprise(actor, subject, as_of=seen.as_of)
    if told is None or not told.series:
        return None
    rows = [(one, one.actual[-1] if one.actual else None, one.fan[0] if one.fan else None) for one in told.series]
    return Section(
        title=_("Outlook"),
        template="outlook/_enterprise.html",
        context={"subject": subject, "rows": rows},
        subtitle=_("as of %(day)s") % {"day": told.as_of.isoformat()},
        simulated=told.simulated,
    )
