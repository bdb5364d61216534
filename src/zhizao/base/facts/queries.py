"""What holds on a day as known at an instant; who belongs to what; what a subject is called."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from zhizao.base.accounts.models import Area, Organisation
from zhizao.base.facts.models import DatedFact, Membership, Name, Subject
from zhizao.kernel.names import normalise

Fact = TypeVar("Fact", bound=DatedFact)

CHINA = ZoneInfo("Asia/Shanghai")


def instant(as_of: date | datetime | None) -> datetime:
    """The instant that ``as_of`` means: an instant itself, the end of a day in Asia/Shanghai, or now.

    >>> instant(date(2024, 1, 31)).isoformat()
    '2024-01-31T23:59:59.999999+08:00'
    """
    if as_of is None:
        return timezone.now()
    if isinstance(as_of, datetime):
        return as_of
    return datetime.combine(as_of, time(), CHINA) + timedelta(days=1) - timedelta(microseconds=1)


def today() -> date:
    """The day it is in China."""
    return timezone.now().astimezone(CHINA).date()


def covers(day: date) -> Q:
    """The rows whose validity includes the day."""
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gte=day))


def facts_at(queryset: QuerySet[Fact], *, on: date, as_of: date | datetime | None = None) -> QuerySet[Fact]:
    """The rows of a queryset that hold on a day as known at an instant, by the painter's rule.

    Parameters
    ----------
    queryset : of a model of dated facts; filters on anything are right, as rows that it lacks still hide its own
    on : the day
    as_of : an instant, or a date for its end in Asia/Shanghai; now by default
    """
    model = queryset.model
    known = covers(on) & Q(known_from__lte=instant(as_of))
    later = Q(known_from__gt=OuterRef("known_from")) | Q(known_from=OuterRef("known_from"), pk__gt=OuterRef("pk"))
    same = {name: OuterRef(name) for name in model.identity}
    hidden = model._base_manager.filter(known, later, **same).order_by()
    return queryset.filter(known, ~Exists(hidden), withdrawn=False)


def parents(
    subjects: Iterable[int], *, tree: str, on: date, as_of: date | datetime | None = None
) -> dict[int, list[Subject]]:
    """What each of the subjects (by primary key) belongs to in a tree."""
    rows = Membership.objects.filter(subject__in=list(subjects), tree=tree).select_related("parent")
    found: dict[int, list[Subject]] = {}
    for row in facts_at(rows, on=on, as_of=as_of).order_by("parent__key"):
        found.setdefault(row.subject_id, []).append(row.parent)
    return found


def members(parent: Subject, *, tree: str, on: date, as_of: date | datetime | None = None) -> QuerySet[Subject]:
    """The subjects that belong to another directly."""
    rows = facts_at(Membership.objects.filter(parent=parent, tree=tree), on=on, as_of=as_of)
    return Subject.objects.filter(pk__in=rows.order_by().values("subject"))


def below(parent: Subject, *, tree: str, on: date, as_of: date | datetime | None = None) -> set[int]:
    """The primary keys of all that is under a subject in a tree, itself left out; a circle ends where it closes."""
    seen, level = {parent.pk}, {parent.pk}
    while level:
        rows = facts_at(Membership.objects.filter(parent__in=level, tree=tree), on=on, as_of=as_of)
        level = set(rows.order_by().values_list("subject", flat=True)) - seen
        seen |= level
    return seen - {parent.pk}


def of_park(organisation: Organisation) -> Q:
    """The park that an organisation operates, known by its name, and the subjects that belong to it today."""
    named = facts_at(
        Name.objects.filter(text=normalise(organisation.name), subject__kind=Subject.Kind.PARK), on=today()
    )
    area = Area.objects.filter(path__startswith=organisation.area.path).values("pk")
    parks = Subject.objects.filter(pk__in=named.order_by().values("subject"), area__in=area).order_by().values("pk")
    members = facts_at(Membership.objects.filter(tree=Membership.Tree.PARK, parent__in=parks), on=today())
    return Q(pk__in=parks) | Q(pk__in=members.order_by().values("subject"))


def names(
    subjects: Iterable[int] | QuerySet[Subject],
    *,
    on: date,
    as_of: date | datetime | None = None,
    kinds: Iterable[str] = (Name.Kind.REGISTERED, Name.Kind.SHORT, Name.Kind.ALIAS),
) -> dict[int, str]:
    """What to call each of the subjects (by primary key): the first kind of name that it has; absent if it has none."""
    order = {kind: place for place, kind in enumerate(kinds)}
    # Kinds are sorted out here: asked for in SQL, they lead SQLite through all names of a kind instead of these few.
    rows = facts_at(Name.objects.filter(subject__in=subjects), on=on, as_of=as_of).order_by()
    found: dict[int, tuple[int, str]] = {}
    for subject, kind, text in rows.values_list("subject", "kind", "text"):
        if kind in order:
            best = (order[kind], text)
            found[subject] = min(found.get(subject, best), best)
    return {subject: text for subject, (_place, text) in found.items()}
