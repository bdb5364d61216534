"""What closed cases did: the enterprise's figures after help beside those of like enterprises (``compared``).

Before are the months up to that in which the case was opened, after are as many from the month after it was closed, in
the figures known at the end of a day; a span that would cut January from February takes both, since many figures are
joint. Who was helped in the same time is no peer. A figure that was withdrawn is unknown, and so is what stands on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from zhizao.apps.assist import compared, sums
from zhizao.apps.assist.kinds import MATTER
from zhizao.apps.assist.measures import EffectSettings, pack_of
from zhizao.apps.assist.models import Effect
from zhizao.apps.ledger import queries as ledger
from zhizao.base.evidence import canonical
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Membership, Subject
from zhizao.base.facts.queries import CHINA, instant
from zhizao.base.flow.models import Case
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area

MILLION: Final = 1_000_000
FIGURES_IN: Final = timedelta(days=18)
"""So long after the end of a month its figures are in."""
LOOKED_AT: Final = timedelta(days=460)
"""So long after a case was closed its effect is computed anew when figures change."""
_FEBRUARY, _JANUARY = 1, 0


@dataclass(frozen=True, slots=True)
class Windows:
    """The months that are compared."""

    earlier: Span
    before: Span
    after: Span


@dataclass(frozen=True, eq=False)
class Made:
    """A run of effects: rows that are not stored yet, and what they were made from."""

    ENGINE: ClassVar[str] = "assist.effects"
    ENGINE_VERSION: ClassVar[str] = "1"

    area: Area
    as_of: date
    rows: list[Effect]
    output: bytes
    inputs: dict[str, str]
    parameters: dict[str, Any] = field(default_factory=dict)


def windows(opened: int, closed: int, months: int) -> Windows:
    """The months before a case was opened and after it was closed.

    Parameters
    ----------
    opened, closed : months (year × 12 + month − 1)

    Examples
    --------
    >>> opened, closed = Span.parse("2025-04").start_month, Span.parse("2025-05").start_month
    >>> found = windows(opened, closed, 3)
    >>> str(found.before), str(found.after), str(found.earlier)
    ('2025-01..03', '2025-06..08', '2024-01..03')
    >>> str(windows(opened + 1, closed, 3).before)
    '2025-01..04'
    """
    before = _whole(opened - months, months)
    return Windows(Span(before.start_month - 12, before.months), before, _whole(closed + 1, months))


def _whole(start: int, months: int) -> Span:
    """A span that does not cut January from February."""
    end = start + months
    if start % 12 == _FEBRUARY:
        start -= 1
    if (end - 1) % 12 == _JANUARY:
        end += 1
    return Span(start, end - start)


def cases(area: Area, as_of: date) -> list[Case]:
    """The cases of enterprises of an area that were closed by a day, and not too long ago."""
    rows = Case.objects.filter(
        area__path__startswith=area.path,
        kind__startswith="assist.",
        subject__kind=Subject.Kind.ENTERPRISE,
        status=Case.Status.CLOSED,
        closed_at__lte=instant(as_of),
        closed_at__gt=instant(as_of - LOOKED_AT),
    )
    return list(rows.exclude(kind=MATTER).select_related("subject").order_by("pk"))


def make(area: Area, as_of: date) -> Made | None:
    """The effects of the closed cases of an area whose months after are over; ``None`` if there is none."""
    settings = pack_of(area, as_of).stakes.effects
    known = _Known(area, as_of, settings)
    due = [
        (case, months, span)
        for case in cases(area, as_of)
        for months in settings.months
        if as_of
        >= (span := windows(_month(case.opened_at), _month(case.closed_at), months)).after.last_day + FIGURES_IN
    ]
    if not due:
        return None
    known.read(one for _case, _months, span in due for one in (span.earlier, span.before, span.after))
    told = [
        _effect(case, indicator, months, span, known, settings)
        for case, months, span in due
        for indicator in settings.indicators
    ]
    rows = [row for row, _plain_row in told]
    record = {"area": area.code, "as_of": as_of.isoformat(), "effects": [plain for _row, plain in told]}
    record["simulated"] = bool(known.sums.simulated)
    return Made(
        area=area,
        as_of=as_of,
        rows=rows,
        output=canonical.dumps(record),
        inputs={"figures": canonical.sha256(known.plain), "cases": canonical.sha256([_plain(row) for row in rows])},
        parameters={
            "indicators": list(settings.indicators),
            "level": settings.level,
            "most_peers": settings.most_peers,
        },
    )


class _Known:
    """The figures of the area's enterprises by span, read once, and who can be compared with whom."""

    def __init__(self, area: Area, as_of: date, settings: EffectSettings) -> None:
        self.as_of = as_of
        kinds = {one.key: str(one.kind) for one in ledger.indicators()}
        self.kinds = {key: kinds[key] for key in settings.indicators if key in kinds}
        there = Subject.objects.filter(kind=Subject.Kind.ENTERPRISE, area__path__startswith=area.path)
        self.keys = dict(there.order_by().values_list("pk", "key"))
        above = facts.parents(self.keys, tree=Membership.Tree.SECTOR, on=as_of, as_of=as_of)
        self.sector = {pk: parents[0].pk for pk, parents in above.items()}
        helped = Case.objects.filter(kind__startswith="assist.", subject__in=self.keys, opened_at__lte=instant(as_of))
        self.helped = [(one.subject_id, _month(one.opened_at), _month(one.closed_at)) for one in helped]
        self.sums = sums.Sums()

    def read(self, spans: Iterable[Span]) -> None:
        """Read the figures of spans, all at once."""
        self.sums = sums.sums(self.kinds, list(dict.fromkeys(spans)), subjects=list(self.keys), as_of=self.as_of)

    @property
    def plain(self) -> list[Any]:
        """What was read, for the run's inputs."""
        return [
            [str(span), sorted((key, self.keys[pk], value) for (key, pk), value in values.items())]
            for span, values in sorted(self.sums.of.items(), key=lambda item: str(item[0]))
        ]

    def peers(self, subject: int, span: Windows) -> Iterable[int]:
        """Those of the same sector that nobody helped in the months compared."""
        first, last = span.before.start_month, span.after.end_month - 1
        helped = {pk for pk, opened, closed in self.helped if opened <= last and (closed or opened) >= first}
        sector = self.sector.get(subject)
        return (pk for pk, other in self.sector.items() if sector is not None and other == sector and pk not in helped)

    def figures(self, subject: int, indicator: str, span: Windows) -> compared.Figures:
        """Means a month of an enterprise."""
        spans = (span.earlier, span.before, span.after)
        return compared.Figures(self.keys[subject], *(self.sums.mean(subject, indicator, one) for one in spans))


def _effect(
    case: Case, indicator: str, months: int, span: Windows, known: _Known, settings: EffectSettings
) -> tuple[Effect, dict[str, Any]]:
    subject = case.subject_id
    own = known.figures(subject, indicator, span)
    others = [known.figures(pk, indicator, span) for pk in known.peers(subject, span)]
    found = compared.compared(own, others, least=settings.least_peers, most=settings.most_peers, level=settings.level)
    row = Effect(
        case=case,
        indicator=indicator,
        months=months,
        before_start=span.before.start_month,
        before_months=span.before.months,
        after_start=span.after.start_month,
        after_months=span.after.months,
        expected=_millionths(found.expected),
        actual=_millionths(own.after),
        effect_pct=_short(found.effect_pct),
        low=_short(found.low),
        high=_short(found.high),
        peers=len(found.peers),
        why=found.why,
    )
    plain = _plain(row) | {
        "earlier": own.earlier,
        "before": own.before,
        "after": own.after,
        "expected": found.expected,
        "effect_pct": row.effect_pct,
        "low_pct": row.low,
        "high_pct": row.high,
        "why": found.why,
        "peers": list(found.peers),
    }
    return row, plain


def _plain(row: Effect) -> dict[str, Any]:
    return {
        "case": row.case.number,
        "subject": row.case.subject.key if row.case.subject else "",
        "indicator": row.indicator,
        "months": row.months,
        "before": str(row.span_before),
        "after_span": str(row.span_after),
    }


def _millionths(value: float | None) -> int | None:
    return None if value is None else round(value * MILLION)


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _month(at: Any) -> int:
    """The month of an instant in China; 0 for none."""
    if at is None:
        return 0
    day = at.astimezone(CHINA)
    month: int = day.year * 12 + day.month - 1
    return month


def by_measure(rows: Iterable[tuple[str, Effect]], settings: EffectSettings) -> Mapping[str, compared.OverCases]:
    """The mean effect of each measure over its cases."""
    found: dict[str, list[float]] = {}
    for measure, row in rows:
        if row.effect_pct is not None:
            found.setdefault(measure, []).append(row.effect_pct)
    return {key: compared.over_cases(values, level=settings.level) for key, values in sorted(found.items())}
