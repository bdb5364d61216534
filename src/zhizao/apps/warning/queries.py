"""What is asked of alarms, for one who may see them, as known at the end of a day; read-only.

``actor`` is ``None`` for the system itself. An alarm is there from the day on which it was found until it lapses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhizao.apps.ledger import queries as ledger
from zhizao.apps.warning import probabilities, rules, runs
from zhizao.apps.warning.models import Alarm, Outcome
from zhizao.apps.warning.reasons import REASONS
from zhizao.base.facts.queries import instant
from zhizao.kernel.result import Refused

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import Area, User
    from zhizao.base.evidence.models import Run
    from zhizao.kernel.rules import BoundRule, Rule

    Actor = User | AnonymousUser | None


OF_INDICATOR = "indicator:"
"""Begins a unit that is that of an indicator."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an alarm's arithmetic; ``None`` is unknown. ``off`` and ``scale`` (σ) are in ``off_unit``."""

    label: str
    unit: str
    value: float | None
    expected: float | None
    off: float | None
    off_unit: str
    scale: float | None
    z: float | None
    weight: float | None
    reference: str


@dataclass(frozen=True, slots=True)
class NotLookedAt:
    """What a run could not tell, and why."""

    family: str
    text: str


def alarms(
    actor: Actor,
    area: Area,
    *,
    as_of: date | None = None,
    month: int | None = None,
    family: str | None = None,
    rule: str | None = None,
    severity: str | None = None,
    subject: int | None = None,
    with_lapsed: bool = False,
) -> QuerySet[Alarm]:
    """The alarms of an area and all below it, the latest month and the worst first.

    Parameters
    ----------
    month : year × 12 + month − 1
    subject : primary key
    with_lapsed : also those that had lapsed by then
    """
    rows = _seen(actor).filter(area__path__startswith=area.path)
    narrowed = {"start_month": month, "family": family, "rule": rule, "severity": severity, "subject": subject}
    rows = known(rows.filter(**{name: value for name, value in narrowed.items() if value}), as_of)
    if not with_lapsed:
        rows = rows.filter(_standing(as_of))
    return rows.select_related("subject", "area", "run")


def alarm(actor: Actor, pk: int, *, as_of: date | None = None) -> Alarm | None:
    """One alarm, also one that has lapsed; ``None`` where there was none yet, or none for this actor."""
    return known(_seen(actor), as_of).filter(pk=pk).select_related("subject", "area", "run").first()


def known(rows: QuerySet[Alarm], as_of: date | None) -> QuerySet[Alarm]:
    """Of some alarms those found by the end of a day."""
    return rows if as_of is None else rows.filter(found_as_of__lte=as_of)


def has_lapsed(found: Alarm, as_of: date | None = None) -> bool:
    """Whether an alarm had lapsed by the end of a day."""
    return found.lapsed_as_of is not None and (as_of is None or found.lapsed_as_of <= as_of)


def lapsed_because(found: Alarm) -> str:
    """Why an alarm lapsed, in the reader's language; empty if it stands."""
    return _(REASONS.get(found.lapsed_why, found.lapsed_why)) if found.lapsed_why else ""


def latest_run(actor: Actor, area: Area, *, as_of: date | None = None) -> Run | None:
    """The run that speaks for an area on a day; ``None`` if there is none that the actor may see."""
    return runs.latest(actor, area, as_of=as_of)


def not_looked_at(run: Run) -> list[NotLookedAt]:
    """What a run could not look at, and why."""
    names, watched = _Names(), _rules(run.area, run.as_of)

    def params(said: Mapping[str, Any]) -> Mapping[str, Any]:
        rule = watched.rule(said["rule"]) if watched and "rule" in said else None
        fact = rule.facts.get(str(said.get("facts"))) if rule else None
        return said if rule is None or fact is None else {**said, "rule": title(rule), "facts": in_words(fact.label)}

    told = runs.read(run)["not_looked_at"]
    return [NotLookedAt(one["family"], _said(one["message"], params(one["params"]), names)) for one in told]


def by_enterprise(actor: Actor, area: Area, *, as_of: date | None = None) -> dict[int, list[Alarm]]:
    """The standing alarms of each enterprise (by primary key), the latest month and the worst first."""
    found: dict[int, list[Alarm]] = defaultdict(list)
    for one in alarms(actor, area, as_of=as_of).filter(subject__kind="enterprise"):
        found[one.subject_id].append(one)
    return dict(found)


def months_with_alarms(actor: Actor, area: Area, *, as_of: date | None = None) -> list[int]:
    """The months of which there are alarms, the latest first."""
    rows = alarms(actor, area, as_of=as_of, with_lapsed=True).order_by("-start_month")
    return list(rows.values_list("start_month", flat=True).distinct())


# --- what an alarm says


def sentence(found: Alarm) -> str:
    """What an alarm says, in the reader's language."""
    return sentences([found])[found.pk]


def sentences(found: Iterable[Alarm]) -> dict[int, str]:
    """What each of some alarms says; one query for all of them."""
    names = _Names()
    return {one.pk: _said(one.facts.get("sentence", ""), one.facts.get("params", {}), names) for one in found}


def arithmetic(found: Alarm) -> list[Row]:
    """The arithmetic of an alarm as it was on the day when it was found."""
    return arithmetics([found])[found.pk]


def arithmetics(found: Iterable[Alarm]) -> dict[int, list[Row]]:
    """The arithmetic of each of some alarms; one query for all of them."""
    names = _Names()
    return {one.pk: [_row(row, names) for row in one.facts.get("rows", ())] for one in found}


def rule_of(found: Alarm) -> Rule | None:
    """The rule that called, as it is written now; ``None`` if it is not there any more."""
    watched = _rules(found.area, found.found_as_of)
    return watched.rule(found.rule) if watched else None


def bound(found: Alarm) -> BoundRule:
    """The rule as it held for the alarm.

    Raises
    ------
    Refused
        ``rules.not_in_force``: a rule of that name is not there any more.
    """
    return rules.rules_of(found.area, found.found_as_of).bound(found.rule, on=found.span.last_day)


def title(rule: Rule | None, rule_id: str = "") -> str:
    """What a rule is called in the reader's language."""
    return rule_id if rule is None else in_words(rule.title) or rule.id


def in_words(texts: Mapping[str, str]) -> str:
    """What a rule says in both languages, in the reader's."""
    return texts.get("zh" if (get_language() or "zh").startswith("zh") else "en", "")


def titles(area: Area, *, as_of: date | None = None) -> dict[str, str]:
    """The names of all rules by which an area is watched, in the reader's language."""
    found = _rules(area, as_of)
    if found is None:
        return {}
    every = (*found.watch.book.ids, *found.book.ids)
    return {rule_id: title(found.rule(rule_id), rule_id) for rule_id in every}


def _rules(area: Area, as_of: date | None) -> rules.Rules | None:
    """By what an area is watched; ``None`` where a file of its rules is wrong: the next run says where, and what was
    found is read without the names of rules meanwhile."""
    try:
        return rules.rules_of(area, as_of)
    except Refused:
        return None


class _Names:
    """Names and units of indicators, read once and only if they are asked for."""

    @cached_property
    def known(self) -> dict[str, Any]:
        return {one.key: one for one in ledger.indicators()}

    def name(self, key: Any) -> str:
        return str(self.known.get(key, key))

    def unit(self, text: str) -> str:
        key = text.removeprefix(OF_INDICATOR)
        if key == text:
            return text
        return self.known[key].unit if key in self.known else ""


def _row(one: Mapping[str, Any], names: _Names) -> Row:
    numbers = {name: one[name] for name in ("value", "expected", "off", "scale", "z", "weight", "reference")}
    units = {name: names.unit(one[name]) for name in ("unit", "off_unit")}
    return Row(label=_said(one["label"], one["params"], names), **units, **numbers)


def _said(message: str, params: Mapping[str, Any], names: _Names) -> str:
    """A msgid with its params in the reader's language; keys of indicators are named."""
    if not message:
        return ""
    named = {name: names.name(value) if name.startswith("indicator") else value for name, value in params.items()}
    return _(message) % {name: _("unknown") if value is None else value for name, value in named.items()}


# --- what became of alarms


def outcome(found: Alarm, *, as_of: date | None = None) -> Outcome | None:
    """What became of an alarm: a person's word before a rule's, of either the last one."""
    return outcomes([found.pk], as_of=as_of).get(found.pk)


def outcomes(keys: Iterable[int], *, as_of: date | None = None) -> dict[int, Outcome]:
    """The outcome of each of some alarms that has one."""
    rows = Outcome.objects.filter(alarm__in=list(keys), at__lte=instant(as_of)).select_related("actor")
    found: dict[int, Outcome] = {}
    for row in rows.order_by("at", "pk"):
        held = found.get(row.alarm_id)
        if held is None or held.by_rule or not row.by_rule:
            found[row.alarm_id] = row
    return found


def probability(found: Alarm, *, as_of: date | None = None) -> probabilities.Probability:
    """How likely an alarm is true: the share among past alarms of its rule with a like score, shrunk to the prior."""
    return probabilities.of(found.area, as_of=as_of).of(found)


def _seen(actor: Actor) -> QuerySet[Alarm]:
    return Alarm.objects.all() if actor is None else Alarm.objects.visible_to(actor)


def _standing(as_of: date | None) -> Q:
    standing = Q(lapsed_as_of=None)
    return standing if as_of is None else standing | Q(lapsed_as_of__gt=as_of)
