"""What is known of an enterprise that the rules ask for, and whence: register, certificates, and what apps above know.

An app above adds its figures when it is loaded, as it adds sections:

>>> add(lambda actor, subject, seen: {})  # doctest: +SKIP

A figure of such an app goes before what the register has of the same fact, unless it is simulated and the other is not.
A certificate that is valid makes the fact true that it is evidence of, and its rule counts as held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from zhizao.apps.registry import attributes, certificates, queries
from zhizao.apps.registry.models import Attribute, Certificate
from zhizao.base.facts.models import Subject
from zhizao.base.ui import numbers

if TYPE_CHECKING:
    from zhizao.apps.registry.queries import Actor, View

DAYS_OF_A_YEAR = Decimal("365.2425")
TAKEN = ("employees", "revenue_wan_yuan", "assets_wan_yuan", "above_scale")


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as the rules take it; ``reference`` opens what stands behind it in the drawer of the page."""

    value: Decimal | bool
    source: str
    reference: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Used:
    """A known fact in words."""

    label: str
    value: str
    source: str
    reference: str
    simulated: bool


Provider = Callable[["Actor", Subject, "View"], Mapping[str, Known]]
_providers: list[Provider] = []


def add(provider: Provider) -> Provider:
    """Have an app's knowledge in the ladder of every enterprise."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def known(actor: Actor, subject: Subject, seen: View, held: Mapping[str, str]) -> dict[str, Known]:
    """Every fact that a rule may ask for; ``held`` is that of ``held``."""
    rows = list(queries.facts_at(Attribute.objects.filter(subject=subject), **seen.at))
    sources = {row.name: row.source for row in rows}
    found = {
        name: Known(value, sources.get(name) or sources.get("founded_on", ""), simulated=subject.simulated)
        for name, value in rule_facts({row.name: row.value for row in rows}, seen.on).items()
    }
    for provider in _providers:
        for name, item in provider(actor, subject, seen).items():
            if name not in found or not item.simulated or found[name].simulated:
                found[name] = item
    for kind in certificates.kinds().values():
        if kind.fact and kind.rule in held:
            found[kind.fact] = Known(value=True, source=held[kind.rule], simulated=subject.simulated)
    return found


def held(subject: Subject, seen: View) -> dict[str, str]:
    """The rules that a valid certificate of the enterprise stands for, each with the certificate in words."""
    rows = queries.facts_at(Certificate.objects.filter(subject=subject), **seen.at)
    return {
        kind.rule: _in_words(kind.label, row)
        for row in rows
        if (kind := certificates.kinds().get(row.kind)) is not None and kind.rule
    }


def _in_words(label: str, row: Certificate) -> str:
    if row.valid_to is None:
        return _("certificate %(name)s") % {"name": f"{label} {row.number}".strip()}
    return _("certificate %(name)s, valid to %(day)s") % {"name": f"{label} {row.number}".strip(), "day": row.valid_to}


def rule_facts(values: Mapping[str, str], on: date) -> dict[str, Any]:
    """What the register knows of an enterprise, as the rules take it."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        kind = attributes.ATTRIBUTES.get(name)
        if kind is None or (name in attributes.OWN and name not in TAKEN):
            continue
        found[name] = value == attributes.YES if kind.read is attributes.yes_or_no else Decimal(value)
    if founded := values.get("founded_on"):
        days = (on - date.fromisoformat(founded)).days
        if days >= 0:
            found.setdefault("years_registered", round(Decimal(days) / DAYS_OF_A_YEAR, 2))
    return found


def line(name: str, item: Known) -> Used:
    """A known fact in the reader's language."""
    kind = attributes.ATTRIBUTES.get(name)
    if isinstance(item.value, bool):
        value = _("yes") if item.value else _("no")
    else:
        value = f"{numbers.figure(item.value)} {numbers.unit_name(kind.unit if kind else '')}".strip()
    return Used(label(name), value, item.source, item.reference, item.simulated)


def label(name: str) -> str:
    """What a fact is called."""
    kind = attributes.ATTRIBUTES.get(name)
    return str(kind.label) if kind else name
