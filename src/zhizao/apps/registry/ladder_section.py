"""Where an enterprise stands by the nation's rules, and how far the next rung is, with what the answer rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhizao.apps.registry import evidence
from zhizao.apps.registry.sections import Section
from zhizao.base.jobs.problems import words
from zhizao.kernel.result import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhizao.apps.registry.queries import Actor, View
    from zhizao.base.facts.models import Subject
    from zhizao.engines.ladder import Distance, Standing


@dataclass(frozen=True, slots=True)
class Step:
    """A rule as the file shows it: the answer, what fails with its distances, what is not known."""

    title: str
    document: str
    status: str
    failed: tuple[str, ...]
    distances: tuple[str, ...]
    missing: tuple[str, ...]
    certificate: str = ""


def section(actor: Actor, subject: Subject, seen: View) -> Section | None:
    """The rules that answer, and the next rung; nothing where nothing is known that a rule asks for."""
    held = evidence.held(subject, seen)
    known = evidence.known(actor, subject, seen, held)
    if not known and not held:
        return None
    title, template = _("Classes and the next rung"), "registry/_ladder.html"
    simulated = any(item.simulated for item in known.values())
    facts = tuple(sorted((name, item.value) for name, item in known.items()))
    try:
        answers, rung, distances = standing(facts, frozenset(held), seen.on)
    except Refused as refused:  # a recorded value that no enterprise can have: the file says so and stays open
        return Section(title=title, template=template, context={"problems": [words(p) for p in refused.problems]})
    shown = [step(item, certificate=held.get(item.rule, "")) for item in answers]
    context = {
        "answers": [item for item in shown if item.status != "unknown" or item.certificate],
        "rung": rung and step(rung, distances),
        "used": [evidence.line(name, known[name]) for name in rung.facts if name in known] if rung else [],
        "open": sum(item.status == "unknown" and not item.certificate for item in shown),
    }
    return Section(title=title, template=template, context=context, simulated=simulated)


@lru_cache(maxsize=256)
def standing(
    facts: tuple[tuple[str, Any], ...], held: frozenset[str], on: date
) -> tuple[tuple[Standing, ...], Standing | None, tuple[Distance, ...]]:
    """The engine's answers, the next rung and the ways to it; the same facts on the same day give the same."""
    from zhizao.engines import ladder  # polars is heavy: only where a file with such facts is opened

    book, known = ladder.rulebook(), dict(facts)
    answers = ladder.standings(book, known, on=on)
    rung = ladder.next_rung(answers, held=held)
    return answers, rung, ladder.distances(book, rung.rule, known, on=on) if rung else ()


def step(item: Standing, distances: Sequence[Distance] = (), *, certificate: str = "") -> Step:
    """A standing in the reader's language; what fails without a distance to tell is only named."""
    told = {found.condition for found in distances}
    return Step(
        title=_said(item.title) or item.rule,
        document=item.document_no,
        status=item.status,
        failed=tuple(_said(item.texts[name]) for name in item.failed if name not in told),
        distances=tuple(distance(found) for found in distances),
        missing=tuple(evidence.label(name) for name in item.missing),
        certificate=certificate,
    )


def distance(found: Distance) -> str:
    """“R&D of revenue 2.6 %, needed 3 %: R&D expense of last year +41 万元”."""
    parts = {"text": _said(found.text), "fact": evidence.label(found.fact), "unit": found.unit}
    parts |= {"have": found.have, "need": found.need, "in": found.ratio_unit}
    if found.delta is None:
        return _("%(text)s: %(fact)s has to be otherwise.") % parts
    parts["delta"] = f"{found.delta:+}"
    if found.have is None:
        return _("%(text)s: %(fact)s %(delta)s %(unit)s") % parts
    return _("%(text)s: %(have)s %(in)s, needed %(need)s %(in)s; %(fact)s %(delta)s %(unit)s") % parts


def _said(words: Mapping[str, str]) -> str:
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return words.get(language) or next(iter(words.values()), "")
