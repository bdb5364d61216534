"""What the page of one alarm says: what happened, its arithmetic and rule, what would undo it, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.template.loader import TemplateDoesNotExist, get_template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhizao.apps.chain import risk_queries
from zhizao.apps.warning import acts, charts, lamp_queries, listing, queries, words
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Subject
from zhizao.base.ui import numbers
from zhizao.base.ui.numbers import period
from zhizao.kernel.result import Refused

if TYPE_CHECKING:
    from zhizao.apps.warning.lamp_queries import Group
    from zhizao.apps.warning.models import Alarm
    from zhizao.base.accounts.models import Area
    from zhizao.kernel.rules import BoundRule

MOST_HISTORY = 30


@dataclass(frozen=True, slots=True)
class Flip:
    """A fact that would have to be another for the rule not to call."""

    name: str
    was: str
    to: str
    unit: str


def context(request: HttpRequest, area: Area, alarm: Alarm) -> dict[str, Any]:
    """All that the page shows."""
    as_of = request.as_of
    rows = queries.arithmetic(alarm)
    shown = charts.watched(alarm, [row.label for row in rows])
    bound = bound_of(alarm)
    rule = queries.rule_of(alarm)
    name = listing.names([alarm], as_of=as_of)[alarm.pk]
    lapsed = queries.has_lapsed(alarm, as_of)
    p, p_source = queries.probability(alarm, as_of=as_of)
    history = queries.alarms(request.user, alarm.area, as_of=as_of, subject=alarm.subject_id, with_lapsed=True).exclude(
        pk=alarm.pk
    )
    return {
        "area": area,
        "alarm": alarm,
        "name": name,
        "title": queries.title(rule, alarm.rule),
        "sentence": queries.sentence(alarm),
        "answer": answer(alarm, name, lapsed=lapsed),
        "family": words.family(alarm.family),
        "kind": "none" if lapsed else words.SEVERITIES[alarm.severity],
        "lapsed": queries.lapsed_because(alarm) if lapsed else "",
        "rows": rows,
        "watched": shown,
        "chart_title": chart_title(shown),
        "rule": rule,
        "rule_rows": rule_rows(bound),
        "wording": wording(bound),
        "flips": flips(alarm, bound),
        "p": words.chance(p),
        "p_source": p_source,
        "outcome": queries.outcome(alarm, as_of=as_of),
        "history": listing.lines(history[:MOST_HISTORY], alarm.area, as_of=as_of),
        "peers": peers(request, area, alarm),
        "exposure": exposure(request, alarm),
        "acts": [] if request.looking_back else acts.acts(request.user, alarm),
        "outcome_form": outcome_form(),
        "enterprise": alarm.subject.id_part if alarm.subject.kind == Subject.Kind.ENTERPRISE else "",
        "may_judge": not request.looking_back and request.user.has_perm("warning.judge", alarm.area),
    }


def answer(alarm: Alarm, name: str, *, lapsed: bool) -> str:
    """What happened, in one sentence."""
    told = {"name": name, "month": period(alarm.span), "what": queries.sentence(alarm)}
    if lapsed:
        return _("Lapsed: %(name)s, %(month)s: %(what)s") % told
    return _("%(name)s, %(month)s: %(what)s") % told


def chart_title(shown: charts.Watched | None) -> str:
    """The finding of the chart: how far the figure is from what was expected."""
    if shown is None or shown.value is None or shown.expected is None or not shown.expected:
        return shown.label if shown else ""
    off = 100 * (shown.value / shown.expected - 1)
    told = {"name": shown.label, "off": numbers.figure(abs(off), "%")}
    if off < 0:
        return _("%(name)s is %(off)s%% below what its past and its peers let expect") % told
    return _("%(name)s is %(off)s%% above what its past and its peers let expect") % told


def bound_of(alarm: Alarm) -> BoundRule | None:
    """The rule as it held, or ``None`` where there is none of this name any more."""
    try:
        return queries.bound(alarm)
    except Refused:
        return None


def _in_language(text: Mapping[str, str]) -> str:
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return text.get(language) or next(iter(text.values()), "")


def rule_rows(bound: BoundRule | None) -> list[tuple[str, str, str]]:
    """The thresholds of the rule as they held: name, value, unit."""
    if bound is None:
        return []
    return [
        (name, numbers.figure(value) or str(value), bound.rule.parameters[name].unit)
        for name, value in sorted(bound.parameters.items())
    ]


def wording(bound: BoundRule | None) -> list[str]:
    """The conditions of the rule in words."""
    return [] if bound is None else [_in_language(one.text) or one.id for one in bound.rule.conditions]


def flips(alarm: Alarm, bound: BoundRule | None) -> list[Flip]:
    """The smallest change of the facts with which the rule would not have called."""
    if bound is None:
        return []
    from zhizao.kernel.rules import smallest_change  # late: it brings Polars

    known: dict[str, Any] = {}
    for name, value in alarm.facts.get("inputs", {}).items():
        if name in bound.facts:
            known[name] = Decimal(str(value)) if isinstance(value, float) else value
    try:
        changes = smallest_change(bound, known)
    except Refused:  # the rule asks for what was not kept of this alarm
        return []
    found = []
    for change in changes:
        fact = bound.facts[change.fact]
        was, to = (numbers.figure(one) or str(one) for one in (change.from_, change.to))
        found.append(Flip(_in_language(fact.label) or change.fact, was, to, fact.unit))
    return found


def peers(request: HttpRequest, area: Area, alarm: Alarm) -> list[Group]:
    """How the groups stand that the alarm's subject is in: its sector, and the whole to compare with."""
    groups = lamp_queries.lamps(request.user, area, as_of=request.as_of)
    above = facts.parents([alarm.subject_id], tree="sector", on=alarm.found_as_of, as_of=request.as_of)
    own = {parent.key for parent in above.get(alarm.subject_id, ())} | {alarm.subject.key}
    return [group for group in groups if group.kind == "region" or group.key in own]


def exposure(request: HttpRequest, alarm: Alarm) -> dict[str, Any] | None:
    """What the stop of the enterprise would cost the area, from the last run of systemic risk."""
    if alarm.subject.kind != Subject.Kind.ENTERPRISE or not request.user.has_perm("chain.read"):
        return None
    found = risk_queries.risk(request.user, request.as_of)
    at = risk_queries.firm_row(found, alarm.subject.key) if found else None
    if found is None or at is None:
        return None
    place, row = at
    return {
        "share": numbers.figure(100 * row["esri"], decimals=2),
        "rank": place + 1,
        "count": len(found.data["firms"]),
        "reference": found.reference(f"/firms/{place}/esri"),
        "simulated": found.data["simulated"],
    }


def outcome_form() -> str:
    """The form by which a person says what became of the alarm, where the installation has it."""
    try:
        get_template("warning/outcome_form.html")
    except TemplateDoesNotExist:
        return ""
    return "warning/outcome_form.html"
