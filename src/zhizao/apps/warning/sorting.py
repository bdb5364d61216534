"""A list of alarms that the database sorts and cuts into pages: only what a page shows is read and put into words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.functional import cached_property
from django_tables2.data import TableData

from zhizao.apps.warning.listing import Line, Reader
from zhizao.apps.warning.models import Alarm, Outcome
from zhizao.base.facts.models import Name
from zhizao.base.facts.queries import facts_at, instant, today

KINDS = (Name.Kind.REGISTERED, Name.Kind.SHORT, Name.Kind.ALIAS)
OF_AREA = Q(subject__key=Concat(Value("area:"), F("area__code")))
"""The alarm is about its whole area."""


class Lines(TableData):
    """The alarms of a question; a part of them is read when it is shown."""

    def __init__(self, rows: QuerySet[Alarm], reader: Reader) -> None:
        super().__init__(rows)
        self.reader = reader

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many alarms there are, how many are serious, and of how many it is known what became of them."""
        judged, serious = _judged(self.reader.as_of), Q(severity=Alarm.Severity.SERIOUS)
        return self.data.order_by().aggregate(
            count=Count("pk"), serious=Count("pk", filter=serious), judged=Count("pk", filter=judged)
        )

    def __len__(self) -> int:
        return self.counts["count"]

    def __getitem__(self, key: Any) -> Any:
        return Page(self.data[key].values_list("pk", flat=True), self.reader)

    def __iter__(self) -> Iterator[Line]:
        return self.reader.of_keys(self.data.values_list("pk", flat=True))

    def order_by(self, aliases: Any) -> None:
        """Sort by columns; what is alike stays the latest and the worst first."""
        wanted = [by.desc() if alias.is_descending else by.asc() for alias in aliases if (by := self._by(alias.bare))]
        self.data = self.data.order_by(*wanted, *Alarm._meta.ordering)

    def _by(self, column: str) -> Any:
        as_of = self.reader.as_of
        match column:
            case "name":
                return name(as_of)
            case "severity":
                return Case(When(severity=Alarm.Severity.SERIOUS, then=2), default=1)
            case "rule":
                titles = sorted(self.reader.titles, key=lambda rule: self.reader.titles[rule])
                return Case(*(When(rule=rule, then=place) for place, rule in enumerate(titles)), default=len(titles))
            case "p":
                return self._likely()
            case "outcome":
                return Coalesce(Subquery(Outcome.objects.that_counts(instant(as_of)).values("verdict")), Value(""))
            case "period":
                return F("start_month")
            case "score" | "found_as_of":
                return F(column)
        return None

    def _likely(self) -> Cast:
        kinds = self.data.order_by().values_list("rule", "family", "severity").distinct()
        chances = [(rule, severity, self.reader.record.chance(rule, family, severity).p)
                   for rule, family, severity in kinds]  # fmt: skip
        likely = Case(*(When(rule=rule, severity=how, then=Value(p)) for rule, how, p in chances), default=Value(0.0))
        return Cast(likely, FloatField())  # where there is no alarm PostgreSQL would sort by a bare constant: an error


class Page(TableData):
    """Some of the alarms, read when they are shown: a table asks for its first page before the one that is wanted."""

    def __init__(self, keys: QuerySet[Any, int], reader: Reader) -> None:
        super().__init__(keys)
        self.reader = reader

    @cached_property
    def lines(self) -> list[Line]:
        return list(self.reader.of_keys(self.data))

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, key: Any) -> Any:
        return self.lines[key]

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)


def name(as_of: date | None) -> Coalesce:
    """What an alarm is about, for the database to sort by; ``listing.names`` tells it."""
    known = facts_at(Name.objects.filter(subject=OuterRef("subject")), on=as_of or today(), as_of=as_of)
    order = Case(*(When(kind=kind, then=place) for place, kind in enumerate(KINDS)), default=len(KINDS))
    area = Case(When(OF_AREA, then=F("area__name")), default=F("subject__key"))
    return Coalesce(Subquery(known.order_by(order, "text").values("text")[:1]), area)


def called(text: str, as_of: date | None) -> Q:
    """Alarms about somebody, or a target, by a part of a name."""
    names = facts_at(Name.objects.filter(text__icontains=text), on=as_of or today(), as_of=as_of)
    of_area = OF_AREA & Q(area__name__icontains=text)
    return (
        Q(subject__in=names.order_by().values("subject"))
        | Q(subject__key__icontains=text)
        | of_area
        | Q(facts__params__target__icontains=text)
    )


def not_judged(rows: QuerySet[Alarm], as_of: date | None) -> QuerySet[Alarm]:
    """Those of which it is not known what became of them."""
    return rows.filter(~_judged(as_of))


def _judged(as_of: date | None) -> Exists:
    return Exists(Outcome.objects.filter(alarm=OuterRef("pk"), at__lte=instant(as_of)))
