"""What the overview and the list of alarms say, put together from queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhizao.apps.warning import lamp_queries, listing, queries, runs, tiles, words
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


def recent(actor: User, area: Area, run: Run, *, as_of: date | None) -> QuerySet[Alarm]:
    """The standing alarms of the months that a run tells of: its own and the two before."""
    month = month_of(run).start_month
    return queries.alarms(actor, area, as_of=as_of).filter(start_month__gt=month - 3, start_month__lte=month)


def context(request: HttpRequest, area: Area, run: Run) -> dict[str, Any]:
    """All that the overview shows."""
    as_of = request.as_of
    groups = lamp_queries.lamps(request.user, area, as_of=as_of)
    standing = list(recent(request.user, area, run, as_of=as_of))
    first = first_lines(request, area, standing)
    month = month_of(run)
    return {
        "area": area,
        "run": run,
        "month": month,
        "answer": answer(groups[0] if groups else None, standing, month),
        "stats": stats(groups[0] if groups else None, standing),
        "groups": groups,
        "region": groups[0] if groups else None,
        "simulated": any(alarm.simulated for alarm in standing) or any(group.simulated for group in groups),
        "families": families(request, standing),
        "first": first,
        "picture": tiles.picture(groups),
        "not_looked_at": queries.not_looked_at(run),
        "is_backtest": runs.is_backtest(run),
        "trend_title": trend_title(standing, month),
        "queue": queue_href(request),
        "lacks_lamps": bool(groups) and groups[0].lamp is None,
    }


def answer(region: Group | None, standing: Sequence[Alarm], month: Span) -> str:
    """How many alarms stand and how many enterprises are in distress, in a sentence."""
    serious = sum(alarm.severity == Alarm.Severity.SERIOUS for alarm in standing)
    told = {"count": len(standing), "serious": serious, "month": period(month)}
    text = ngettext(
        "%(count)s alarm stands as of %(month)s, %(serious)s of them serious",
        "%(count)s alarms stand as of %(month)s, %(serious)s of them serious",
        len(standing),
    )
    if region is None or region.risk_pct is None:
        return _("%(text)s.") % {"text": text % told}
    more = _("%(share)s%% of the enterprises that report are in distress: %(risk)s") % {
        "share": numbers.figure(region.risk_pct, "%"),
        "risk": words.risk_word(region),
    }
    return _("%(text)s; %(more)s.") % {"text": text % told, "more": more}


def stats(region: Group | None, standing: Sequence[Alarm]) -> list[dict[str, Any]]:
    """The four figures under the answer."""
    serious = sum(alarm.severity == Alarm.Severity.SERIOUS for alarm in standing)
    told = [
        {
            "label": _("Alarms that stand"),
            "value": numbers.figure(len(standing)),
            "unit": "",
            "context": _("%(count)s serious; three months") % {"count": serious},
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


def families(request: HttpRequest, standing: Sequence[Alarm]) -> list[Family]:
    """The strip of families; those without an alarm too, for they were looked at as well."""
    found = []
    for key, name in words.FAMILIES.items():
        own = [alarm for alarm in standing if alarm.family == key]
        serious = sum(alarm.severity == Alarm.Severity.SERIOUS for alarm in own)
        found.append(Family(key, str(name), serious, len(own) - serious, link(request, "warning:alarms", family=key)))
    return sorted(found, key=lambda family: (-family.serious, -family.notice))


def first_lines(request: HttpRequest, area: Area, standing: Sequence[Alarm]) -> list[Line]:
    """What to look at first: serious alarms, the likeliest and latest first; of a rule and subject the first one."""
    lines = listing.lines(standing, area, as_of=request.as_of)
    found: dict[tuple[str, int], Line] = {}
    for line in sorted(lines, key=lambda line: (line.severity != Alarm.Severity.SERIOUS, -line.p, -line.month)):
        if line.outcome is None:
            found.setdefault((line.alarm.rule, line.alarm.subject_id), line)
    return list(found.values())[:FIRST]


def trend_title(standing: Sequence[Alarm], month: Span) -> str:
    """The finding of the alarms over the months."""
    own = sum(alarm.start_month == month.start_month for alarm in standing)
    before = sum(alarm.start_month == month.start_month - 1 for alarm in standing)
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


def list_answer(lines: Sequence[Line]) -> str:
    """How many alarms the list has."""
    serious = sum(line.severity == Alarm.Severity.SERIOUS for line in lines)
    judged = sum(line.outcome is not None for line in lines)
    text = ngettext(
        "%(count)s alarm, %(serious)s serious; of %(judged)s it is known what became of them.",
        "%(count)s alarms, %(serious)s serious; of %(judged)s it is known what became of them.",
        len(lines),
    )
    return text % {"count": len(lines), "serious": serious, "judged": judged}
