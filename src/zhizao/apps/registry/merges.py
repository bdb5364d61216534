"""Who let which record go on in which other, when and why, and who undid it: from the audit log, for the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhizao.apps.registry import queries
from zhizao.apps.registry.models import Absorption
from zhizao.apps.registry.sections import Section
from zhizao.base.audit.models import AuditEvent
from zhizao.base.facts.models import Subject
from zhizao.base.facts.queries import instant

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View

ACTIONS = ("registry.merge", "registry.split")


@dataclass(frozen=True, slots=True)
class Act:
    """One merge, or one undoing."""

    at: datetime
    who: str
    undone: bool
    absorbed: Subject
    absorbed_name: str
    survivor_name: str
    since: str
    reason: str


def section(actor: Actor, subject: Subject, seen: View) -> Section | None:
    """Merges of this record into others and of others into it, newest first; for the administration only."""
    if not actor.has_perm("registry.read", subject):
        return None
    rows = Absorption.objects.filter(known_from__lte=instant(seen.as_of))
    own = rows.filter(subject=subject) | rows.filter(survivor=subject)
    pairs = {(row.subject_id, row.survivor_id) for row in own}
    if not pairs:
        return None
    ends = {end.pk: end for end in Subject.objects.filter(pk__in={pk for pair in pairs for pk in pair})}
    called = queries.parent_names(ends.values(), seen)
    by_key = {end.key: end for end in ends.values()}
    found = []
    for event in AuditEvent.objects.filter(
        action__in=ACTIONS,
        target_type=Subject._meta.label_lower,
        target_id__in=[str(absorbed) for absorbed, _survivor in pairs],
        at__lte=instant(seen.as_of),
    ):
        said, absorbed = event.details, ends[int(event.target_id)]
        survivor = by_key.get(said.get("survivor", ""))
        if survivor is not None and (absorbed.pk, survivor.pk) in pairs:
            found.append(
                Act(
                    event.at,
                    event.actor_name or _("the system"),
                    event.action == "registry.split",
                    absorbed,
                    called[absorbed.pk],
                    called[survivor.pk],
                    said.get("since") or "",
                    said.get("reason", ""),
                )
            )
    return Section(title=_("Merges"), template="registry/_merges.html", context={"acts": found}) if found else None
