"""Where an enterprise stands by the nation's rules, and how far the next rung is, from the facts of the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhizao.apps.registry import attributes, queries
from zhizao.apps.registry.models import Attribute
from zhizao.apps.registry.sections import Section
from zhizao.base.jobs.problems import words
from zhizao.kernel.result import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.facts.models import Subject
    from zhizao.engines.ladder import Distance, Standing

DAYS_OF_A_YEAR = Decimal("365.2425")


@dataclass(frozen=True, slots=True)
class Step:
    """A rule as the file shows it: the answer, what fails with its distances, what is not known."""

    title: str
    document: str
    status: str
    failed: tuple[str, ...]
    distances: tuple[str, ...]
    missing: tuple[str, ...]


def section(actor: Actor, subject: Subject, seen: View) -> Section | None:
    """The rules that answer, and the next rung; nothing where the register knows no fact that a rule asks for."""
    rows = queries.facts_at(Attribute.objects.filter(subject=subject), **seen.at)
    facts = rule_facts({row.name: row.value for row in rows}, seen.on)
    if not facts:
        return None
    title, template = _("Classes and the next rung"), "registry/_ladder.html"
    try:
        answers, rung, distances = standing(tuple(sorted(facts.items())), seen.on)
    except Refused as refused:  # a recorded value that no enterprise can have: the file says so and stays open
        return Section(title=title, template=template, context={"problems": [words(p) for p in refused.problems]})
    context = {
        "answers": [step(item) for item in answers if item.status != "unknown"],
        "rung": rung and step(rung, distances),
        "open": sum(item.status == "unknown" for item in answers),
    }
    return Section(title=title, template=template, context=context)


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


TAKEN = ("employees", "revenue_wan_yuan", "assets_wan_yuan", "above_scale")


@lru_cache(maxsize=256)
def standing(
    facts: tuple[tuple[str, Any], ...], on: date
) -> tuple[tuple[Standing, ...], Standing | None, tuple[Distance, ...]]:
    """The engine's answers, the next rung and the ways to it; the same facts on the same day give the same."""
    from zhizao.engines import ladder  # polars is heavy: only where a file with such facts is opened

    book, known = ladder.rulebook(), dict(facts)
    answers = ladder.standings(book, known, on=on)
    rung = ladder.next_rung(answers)
    return answers, rung, ladder.distances(book, rung.rule, known, on=on) if rung else ()


def step(item: Standing, distances: Iterable[Distance] = ()) -> Step:
    """A standing in the reader's language."""
    return Step(
        title=_said(item.title) or item.rule,
        document=item.document_no,
        status=item.status,
        failed=tuple(_said(item.texts[name]) for name in item.failed),
        distances=tuple(distance(found) for found in distances),
        missing=tuple(_label(name) for name in item.missing),
    )


def distance(found: Distance) -> str:
    """“R&D of revenue 2.6 %, needed 3 %: R&D expense of last year +41 万元”."""
    parts = {"text": _said(found.text), "fact": _label(found.fact), "unit": found.unit}
    parts |= {"have": found.have, "need": found.need, "in": found.ratio_unit}
    if found.delta is None:
        return _("%(text)s: %(fact)s has to be otherwise.") % parts
    parts["delta"] = f"{found.delta:+}"
    if found.have is None:
        return _("%(text)s: %(fact)s %(delta)s %(unit)s") % parts
    return _("%(text)s: %(have)s %(in)s, needed %(need)s %(in)s; %(fact)s %(delta)s %(unit)s") % parts


def _label(name: str) -> str:
    kind = attributes.ATTRIBUTES.get(name)
    return str(kind.label) if kind else name


def _said(words: Mapping[str, str]) -> str:
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return words.get(language) or next(iter(words.values()), "")
