"""Where an enterprise stands in the chains, in its file of the register: the enterprise itself sees this as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhizao.apps.chain import queries
from zhizao.apps.registry.sections import Section

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.facts.models import Subject


def section(actor: Actor, subject: Subject, seen: View) -> Section | None:
    """Its chains and nodes, each with the source; nothing where it stands in none."""
    found = queries.places(subject, as_of=seen.as_of)
    if not found:
        return None
    may_open = actor.has_perm("chain.read", subject)
    return Section(
        title=_("In the industry chains"),
        template="chain/_places.html",
        context={"places": found, "may_open": may_open},
        simulated=subject.simulated,
    )
