"""What the overview and the list of alarms say, put together from queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tables2.utils import OrderByTuple

from zhizao.apps.warning import lamp_queries, listing, queries, runs, sorting, tiles, words
from zhizao.apps.warning.models import Alarm
from zhizao.apps.warning.opening import link
from zhizao.base.ui import numbers
from zhizao.base.ui.numbers import period
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from zhizao.apps.warning.lamp_queries import Group
    from zhizao.apps.warning.listing import Line
    from zhizao.base.accounts.models import Area, User
    from zhizao.base.evidence.models import Run

FIRST = 8


@dataclass(frozen=True, slots=True)
class Family:
    """A family in the strip: how many of its alarms stand, and the list of them."""

    key: str
    name: str
    serious: int
    notice: int
    href: str

    @property
    def kind(self) -> str:
        return "bad" if self.serious else "watch" if self.notice else "none"


def run_of(actor: User, area: Area, *, as_of: date | None) -> Run | None:
    """The run whose alarms are shown; a park's operator may see them without the run."""
    return runs.latest(None, area, as_of=as_of) if actor.has_perm("warning.view", area) else None


def month_of(run: Run) -> Span:
    """The month that a run speaks for."""
    return Span.parse(runs.read(run)["month"])


@dataclass(frozen=True, slots=True)
class Standing:
    """How many alarms stand, by month, family and severity."""

    by_kind: Mapping[tuple[int, str, str], int]

    def count(self, *, month: int | None = None, family: str = "", severity: str = "") -> int:
        """Of one month, family or severity only, where one is given."""
        wanted = (month, family, severity)
        return sum(
            count
            for kind, count in self.by_kind.items()
            if all(not one or one == other for one, other in zip(wanted, kind, strict=True))
        )

    @property
    def serious(self) -> int:
        return self.count(severity=Alarm.Severity.SERIOUS)


def recent(actor: User, area: Area, run: Run, *, as_of: date | None) -> QuerySet[Alarm]:
    """The standing alarms of the months that a run tells of: its own and the two before."""
    month = month_of(run).start_month
    return queries.alarms(actor, area, as_of=as_of).filter(start_month__gt=month - 3, start_month__lte=month)


def counted(rows: QuerySet[Alarm]) -> Standing:
    """Some alarms counted by the database."""
    kinds = rows.order_by().values_list("start_month", "family", "severity").annotate(Count("pk"))
    return Standing({(month, family, severity): count for month, family, severity, count in kinds})


def context(request: HttpRequest, area: Area, run: Run) -> dict[str, Any]:
    """All that the overview shows."""
    as_of = request.as_of
    groups = lamp_queries.lamps(request.user, area, as_of=as_of)
    rows = recent(request.user, area, run, as_of=as_of)
    standing, month = counted(rows), month_of(run)
    return {
        "area": area,
        "run": run,
        "month": month,
        "answer": answer(groups[0] if groups else None, standing, month),
        "stats": stats(groups[0] if groups else None, standing),
        "groups": groups,
        "region": groups[0] if groups else None,
        "simulated": rows.filter(simulated=True).exists() or any(group.simulated for group in groups),
        "families": families(request, standing),
        "first": first_lines(rows, area, as_of=as_of),
        "picture": tiles.picture(groups),
        "not_looked_at": queries.not_looked_at(run),
        "is_backtest": runs.is_backtest(run),
        "trend_title": trend_title(standing, month),
        "queue": queue_href(request),
        "lacks_lamps": bool(groups) and groups[0].lamp is None,
    }


def answer(region: Group | None, standing: Standing, month: Span) -> str:
    """How many alarms stand and how many enterprises are in distress, in a sentence."""
    told = {"count": standing.count(), "serious": standing.serious, "month": period(month)}
    text = ngettext(
        "%(count)s alarm stands as of %(month)s, %(serious)s of them serious",
        "%(count)s alarms stand as of %(month)s, %(serious)s of them serious",
        standing.count(),
    )
    if region is None or region.risk_pct is None:
        return _("%(text)s.") % {"text": text % told}
    more = _("%(share)s%% of the enterprises that report are in distress: %(risk)s") % {
        "share": numbers.figure(region.risk_pct, "%"),
        "risk": words.risk_word(region),
    }
    return _("%(text)s; %(more)s.") % {"text": text % told, "more": more}


def stats(region: Group | None, standing: Standing) -> list[dict[str, Any]]:
    """The four figures under the answer."""
    told = [
        {
            "label": _("Alarms that stand"),
            "value": numbers.figure(standing.count()),
            "unit": "",
            "context": _("%(count)s serious; three months") % {"count": standing.serious},
        }
    ]
    if region is None:
        return told
    last = region.last

    def opened(name: str) -> str:
        return region.pointer(name) if getattr(last, name) is not None else ""

    return [
        *told,
        {
            "label": _("In distress"),
            "value": numbers.figure(last.risk_pct, "%"),
            "unit": "%",
            "reference": opened("risk_pct"),
            "context": _("%(count)s of %(known)s enterprises that report")
            % {"count": last.distressed if last.distressed is not None else "—", "known": region.known},
        },
        {
            "label": _("Diffusion, 0–100"),
            "value": numbers.figure(last.diffusion, decimals=1),
            "unit": "",
            "reference": opened("diffusion"),
            "context": _("%(double)s of 200; neutral 50 and 100")
            % {"double": numbers.figure(last.diffusion_200, decimals=1) or "—"},
        },
        {
            "label": _("Coincident index"),
            "value": numbers.figure(last.coincident, decimals=1),
            "unit": "",
            "reference": opened("coincident"),
            "context": turn_text(region),
        },
    ]


def turn_text(group: Group) -> str:
    """Since when the coincident index rises or falls."""
    if not group.turns:
        return _("no turning point found")
    span, is_peak = group.turns[-1]
    text = _("last turning point: peak of %(month)s") if is_peak else _("last turning point: trough of %(month)s")
    return text % {"month": period(span)}


def families(request: HttpRequest, standing: Standing) -> list[Family]:
    """The strip of families; those without an alarm too, for they were looked at as well."""
    found = []
    for key, name in words.FAMILIES.items():
        serious, notice = (standing.count(family=key, severity=how) for how in ("serious", "notice"))
        found.append(Family(key, str(name), serious, notice, link(request, "warning:alarms", family=key)))
    return sorted(found, key=lambda family: (-family.serious, -family.notice))


def first_lines(rows: QuerySet[Alarm], area: Area, *, as_of: date | None) -> list[Line]:
    """What to look at first: serious alarms, the likeliest and latest first; of a rule and subject the first one."""
    reader = listing.Reader(area, as_of=as_of)
    lines = sorting.Lines(sorting.not_judged(rows, as_of), reader)
    lines.order_by(OrderByTuple(("-severity", "-p", "-period")))
    found: dict[tuple[str, int], int] = {}
    for pk, *kind in lines.data.values_list("pk", "rule", "subject").iterator():
        found.setdefault(tuple(kind), pk)
        if len(found) == FIRST:
            break
    return list(reader.of_keys(found.values()))


def trend_title(standing: Standing, month: Span) -> str:
    """The finding of the alarms over the months."""
    own, before = (standing.count(month=month.start_month - ago) for ago in (0, 1))
    text = ngettext(
        "%(count)s new alarm in %(month)s, %(before)s the month before",
        "%(count)s new alarms in %(month)s, %(before)s the month before",
        own,
    )
    return text % {"count": own, "month": period(month), "before": before}


def queue_href(request: HttpRequest) -> str:
    """The queue of those to be helped first, where the installation has one and the reader may see it."""
    if not request.user.has_perm("assist.view"):
        return ""
    try:
        return reverse("assist:queue")
    except NoReverseMatch:
        return ""


# --- the list


def list_answer(count: int, serious: int, judged: int) -> str:
    """How many alarms the list has."""
    text = ngettext(
        "%(count)s alarm, %(serious)s serious; of %(judged)s it is known what became of them.",
        "%(count)s alarms, %(serious)s serious; of %(judged)s it is known what became of them.",
        count,
    )
    return text % {"count": count, "serious": serious, "judged": judged}
