"""Thresholds: what another value would give, as looking back computed it; publishing a choice, and the past ones.

A choice stands above the pack's value from its day on; the pack's value stays beneath, and a choice is never removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from zhizao.apps.warning import outcomes, queries, rules, runs
from zhizao.apps.warning.models import Choice
from zhizao.base.accounts.models import Area
from zhizao.base.audit.services import record
from zhizao.base.facts import queries as facts
from zhizao.kernel.result import Problem, Refused, mark

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User
    from zhizao.base.evidence.models import Run

    Actor = User | AnonymousUser | None

MOST_AHEAD_DAYS: Final = 366
PARAMETERS: Final = {
    "most_false_pct": mark("Largest expected share of false calls"),
    "serious_false_pct": mark("The same of serious alarms"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """What one value of a threshold would have given since the first month that counts."""

    value: Decimal
    alarms: int
    false: int
    precision: float | None
    events: int
    found: int
    recall: float | None
    lead_months: float | None
    false_per_1000: float | None
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """A threshold with its points, by value; ``in_force`` is the value that the run was made with."""

    rule: str
    title: str
    parameter: str
    unit: str
    in_force: Decimal
    points: tuple[Point, ...]
    run: Run
    since: str
    month: str
    simulated: bool

    @property
    def word(self) -> str:
        """What the threshold is called."""
        return str(_(PARAMETERS.get(self.parameter, self.parameter)))

    @property
    def shown_unit(self) -> str:
        return "" if self.unit == "1" else self.unit

    def point(self, value: Decimal) -> Point | None:
        """The point of a value."""
        return next((point for point in self.points if point.value == value), None)


@dataclass(frozen=True, slots=True)
class Change:
    """Whom a value would call in the last month that the value in force does not, and the other way round."""

    more: tuple[str, ...]
    fewer: tuple[str, ...]
    same: int


def curves(actor: Actor, area: Area, *, as_of: date | None = None) -> list[Curve]:
    """The thresholds that can be tuned, from the last looking back; none before there is one."""
    run = runs.latest(actor, area, part=outcomes.PART, as_of=as_of)
    if run is None:
        return []
    told, titles = runs.read(run), queries.titles(area, as_of=as_of)
    return [
        Curve(
            rule=one["rule"],
            title=titles.get(one["rule"], one["rule"]),
            parameter=one["parameter"],
            unit=one["unit"],
            in_force=Decimal(one["in_force"]),
            points=tuple(_point(point) for point in one["points"]),
            run=run,
            since=told["since"],
            month=told["month"],
            simulated=told["simulated"],
        )
        for one in told["curves"]
    ]


def curve(actor: Actor, area: Area, rule: str, parameter: str, *, as_of: date | None = None) -> Curve | None:
    """One threshold."""
    found = curves(actor, area, as_of=as_of)
    return next((one for one in found if (one.rule, one.parameter) == (rule, parameter)), None)


def _point(told: dict[str, Any]) -> Point:
    names = ("alarms", "false", "precision", "events", "found", "recall", "lead_months", "false_per_1000")
    return Point(value=Decimal(told["value"]), now=tuple(told["now"]), **{name: told[name] for name in names})


def change(told: Curve, value: Decimal) -> Change | None:
    """What a value would have changed in the last month; ``None`` for a value that was not computed."""
    wanted, held = told.point(value), told.point(told.in_force)
    if wanted is None or held is None:
        return None
    new, old = set(wanted.now), set(held.now)
    return Change(tuple(sorted(new - old)), tuple(sorted(old - new)), len(new & old))


def choices(area: Area, rule: str, parameter: str, *, as_of: date | None = None) -> list[Choice]:
    """What an area and those above it have published for a threshold, the latest first."""
    found, above = area, []
    while found is not None:
        above.append(found.pk)
        found = found.parent
    rows = Choice.objects.filter(area__in=above, rule=rule, parameter=parameter, known_from__lte=facts.instant(as_of))
    return list(rows.select_related("chosen_by", "run", "area").order_by("-effective_from", "-known_from", "-pk"))


@transaction.atomic
def publish(
    *,
    actor: User,
    area: Area,
    rule: str,
    parameter: str,
    value: Decimal,
    effective_from: date,
    why: str,
    seen: int | None = None,
) -> Choice:
    """Publish a threshold that was computed; the same sent twice is one.

    Parameters
    ----------
    seen : primary key of the last choice when the page was opened, ``None`` if there was none

    Raises
    ------
    PermissionDenied
    Refused
        ``warning.no_threshold``, ``warning.not_computed``, ``warning.past``, ``warning.no_reason``;
        ``warning.chosen_meanwhile``: another choice was published since.
    """
    if not actor.has_perm("warning.tune", area):
        raise PermissionDenied("warning.tune")
    Area.objects.select_for_update().get(pk=area.pk)
    told = curve(actor, area, rule, parameter)
    if told is None:
        message = mark("There is no threshold “%(name)s” that could be chosen.")
        remedy = mark("Let the alarms be looked back on, and choose from the list.")
        raise Refused(Problem("warning.no_threshold", message, remedy=remedy, params={"name": f"{rule} {parameter}"}))
    why = why.strip()
    last = next(iter(choices(area, rule, parameter)), None)
    if last is not None and (last.area_id, last.value, last.effective_from, last.why, last.chosen_by_id) == (
        area.pk,
        value,
        effective_from,
        why,
        actor.pk,
    ):
        return last  # the same form sent twice
    _check(told, value, effective_from, why)
    newest = Choice.objects.filter(area=area, rule=rule, parameter=parameter).order_by("pk").last()
    if newest is not None and newest.pk != seen:
        message = mark("%(who)s has published %(value)s meanwhile: see the history of this threshold.")
        remedy = mark("If it shall be otherwise, send yours again.")
        params = {"who": str(newest.chosen_by), "value": f"{newest.value.normalize():f}"}
        raise Refused(Problem("warning.chosen_meanwhile", message, remedy=remedy, params=params))
    made = Choice(
        area=area,
        rule=rule,
        parameter=parameter,
        value=value,
        unit=told.unit,
        effective_from=effective_from,
        run=told.run,
        why=why,
        chosen_by=actor,
    )
    made.save()
    details = {
        "rule": rule,
        "parameter": parameter,
        "value": str(value),
        "before": str(told.in_force),
        "effective_from": effective_from.isoformat(),
        "why": why,
        "run": told.run.sha12,
    }
    record(actor=actor, action="warning.threshold.publish", target=made, area=area, details=details)
    return made


def _check(told: Curve, value: Decimal, effective_from: date, why: str) -> None:
    problems, today = [], facts.today()
    if told.point(value) is None:
        message = mark("%(value)s was not computed: nobody knows what it would do.")
        remedy = mark("Choose one of the values on the curve.")
        problems.append(Problem("warning.not_computed", message, remedy=remedy, params={"value": str(value)}))
    if not 0 <= (effective_from - today).days <= MOST_AHEAD_DAYS:
        message = mark("A threshold cannot begin on %(day)s.")
        remedy = mark("Give today or a day of the coming year: alarms of the past keep the threshold of their day.")
        params = {"day": effective_from.isoformat()}
        problems.append(Problem("warning.past", message, remedy=remedy, params=params))
    if not why:
        message, remedy = mark("The reason is missing."), mark("Say why this point of the curve is right here.")
        problems.append(Problem("warning.no_reason", message, remedy=remedy))
    if problems:
        raise Refused(*problems)


def bound_of(area: Area, rule: str, *, as_of: date | None = None) -> Any:
    """The rule as it holds on a day, for its wording; ``None`` if it is not in force."""
    try:
        return rules.rules_of(area, as_of).bound(rule, on=as_of or facts.today())
    except Refused:
        return None
