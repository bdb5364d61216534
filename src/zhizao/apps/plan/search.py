"""What of a plan the search finds."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from zhizao.apps.plan.models import ChainMember, PlannedEnterprise, PlanVersion, Project, Target
from zhizao.apps.plan.queries import rows
from zhizao.base.search.services import Entry


def entries(version: PlanVersion) -> Iterator[Entry]:
    """Targets, enterprises, projects and chains of a version."""
    plan = version.plan

    def entry(kind: str, title: str, url: str, code: str = "") -> Entry:
        address = f"{url}{'&' if '?' in url else '?'}plan={plan.slug}"
        return Entry(area_id=plan.area_id, kind=kind, title=title, url=address, code=code, public=True)

    yield entry("Plan", plan.title, reverse("plan:overview"))
    for target in rows(version, Target):
        yield entry("Indicator", target.name, reverse("plan:target", args=[target.key]))
    for enterprise in rows(version, PlannedEnterprise):
        yield entry(
            "Enterprise", enterprise.name, f"{reverse('plan:enterprises')}?q={enterprise.name}", enterprise.serial
        )
    for project in rows(version, Project):
        yield entry("Project", project.name, reverse("plan:project", args=[project.position + 1]), project.serial)
    names = dict.fromkeys(rows(version, ChainMember).values_list("chain", flat=True))
    for number, name in enumerate(names, start=1):
        yield entry("Chain", name, reverse("plan:chain", args=[number]))
