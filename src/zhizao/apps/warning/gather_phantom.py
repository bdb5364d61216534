"""Phantom owners: what nobody answers for, and enterprises that are counted though they go on in another one.

Tasks of the plan that name no unit, chains without a leader, open cases whose owner's account is closed, records of the
register that have been merged into others and still report.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.contrib.auth.models import AnonymousUser

from zhizao.apps.chain import queries as chain
from zhizao.apps.plan import queries as plans
from zhizao.apps.registry import queries as registry
from zhizao.apps.warning.gathering import Case, Gathered, Missing, Seen
from zhizao.apps.warning.telling import row
from zhizao.base.facts import queries as facts
from zhizao.base.flow.models import Case as FlowCase
from zhizao.kernel.result import mark

FAMILY: Final = "phantom"
FACTS: Final = ("phantom_count", "phantom_of")
TASKS: Final = mark("%(count)s of %(of)s tasks of the plan “%(plan)s” name no unit that leads them.")
LEADERS: Final = mark("The chain %(chain)s has nobody who leads it.")
OWNERS: Final = mark("%(count)s of %(of)s open cases belong to an account that is closed.")
MERGED: Final = mark("The record goes on in %(name)s, and still reports: it would be counted twice.")
NOBODY, OF = mark("Without anybody who answers for it"), mark("Of so many")
LATER: Final = mark("Who owned which case on a past day is not kept: owners are looked at today only.")


def gather(seen: Seen) -> tuple[list[Case], list[Missing]]:
    """The cases of all four kinds."""
    gathered = seen.gathered
    found = [*_tasks(gathered), *_leaders(gathered), *_merged(seen)]
    if gathered.as_of >= facts.today():
        return [*found, *_owners(gathered)], []
    return found, [Missing(FAMILY, LATER)]


def _case(subject: str, about: str, sentence: str, count: int, of: int, **params: object) -> Case:
    return Case(
        subject=subject,
        about=about,
        facts={"phantom_count": count, "phantom_of": of},
        sentence=sentence,
        params={"count": count, "of": of} | params,
        rows=(row(NOBODY, unit="", value=count, expected=0, off=count), row(OF, unit="", value=of)),
    )


def _tasks(gathered: Gathered) -> Iterator[Case]:
    stranger = AnonymousUser()
    for plan in plans.plans(stranger).filter(area=gathered.area):
        version = plans.version_at(stranger, plan, as_of=gathered.as_of)
        tasks = [] if version is None else plans.tables(version)["tasks"]
        if tasks:
            nobody = sum(not str(task["lead_unit"] or "").strip() for task in tasks)
            about = f"tasks:{plan.pk}"
            yield _case(f"area:{gathered.area.code}", about, TASKS, nobody, len(tasks), plan=plan.title)


def _leaders(gathered: Gathered) -> Iterator[Case]:
    views = chain.chains(None, as_of=gathered.as_of, area=gathered.area)
    leaders = chain.leaders_of(views, as_of=gathered.as_of)
    for view in views:
        yield _case(view.key, "leader", LEADERS, int(not leaders.get(view.key)), 1, chain=view.name)


def _owners(gathered: Gathered) -> Iterator[Case]:
    rows = FlowCase.objects.filter(area__path__startswith=gathered.area.path, status="open")
    count = rows.count()
    if count:
        gone = rows.filter(owner__is_active=False).count()
        yield _case(f"area:{gathered.area.code}", "owners", OWNERS, gone, count)


def _merged(seen: Seen) -> Iterator[Case]:
    import numpy as np

    gathered = seen.gathered
    day = gathered.as_of
    into = registry.survivors(registry.view(day))
    reports = np.any([np.isfinite(values[:, -1]) for values in seen.found.figures.values.values()], axis=0)
    still = {
        key: into[gathered.subjects[key]]
        for key, tells in zip(seen.found.figures.subjects, reports, strict=True)
        if tells and gathered.subjects[key] in into
    }
    called = facts.names(set(still.values()), on=day, as_of=day) if still else {}
    for key, survivor in still.items():
        yield _case(key, "merged", MERGED, 1, 1, name=called.get(survivor, str(survivor)))
