"""What the published plans say of an enterprise: its entry, land and projects, found by any of its names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhizao.apps.plan import queries as plans
from zhizao.apps.registry import queries
from zhizao.apps.registry.sections import Section
from zhizao.kernel.names import normalise

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.facts.models import Subject


def section(actor: Actor, subject: Subject, seen: View) -> Section | None:
    """Land and projects of the plans in force, each with the line of its document."""
    called = {normalise(name) for name in queries.known_names(subject, seen)}
    found = []
    for plan in plans.plans(actor).filter(area__path__startswith=subject.area.path.partition("/")[0]):
        version = plans.version_at(actor, plan, as_of=seen.as_of)
        if version is None:
            continue
        listed = [row for row in plans.enterprises(version) if normalise(row.name) in called]
        projects = [row for row in plans.projects(version) if normalise(row.owner) in called]
        land = [row for row in plans.land(version) if normalise(row.enterprise) in called]
        if listed or projects or land:
            found.append({"plan": plan, "version": version, "listed": listed, "projects": projects, "land": land})
    if not found:
        return None
    return Section(title=_("In the plan"), template="registry/_plan.html", context={"plans": found})
