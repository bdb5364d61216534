"""The alarms about an enterprise in its file of the register."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.registry.sections import Section
from zhizao.apps.warning import queries

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.facts.models import Subject

SHOWN = 12


def section(actor: Actor, subject: Subject, seen: View) -> Section | None:
    """Its latest alarms with what they say; nothing where there are none, or none for this actor."""
    if not actor.has_perm("warning.view", subject):
        return None
    rows = queries.alarms(actor, subject.area, as_of=seen.as_of, subject=subject.pk)
    found = list(rows[:SHOWN])
    if not found:
        return None
    said, titles = queries.sentences(found), queries.titles(subject.area)
    count = rows.count() if len(found) == SHOWN else len(found)
    return Section(
        title=_("Alarms"),
        template="warning/_of_enterprise.html",
        context={"rows": [(one, titles.get(one.rule, one.rule), said[one.pk]) for one in found]},
        subtitle=ngettext("%(count)s alarm", "%(count)s alarms", count) % {"count": count},
        simulated=any(one.simulated for one in found),
    )
