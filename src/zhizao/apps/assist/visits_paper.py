"""The briefing for who visits an enterprise, as a Word document of about a page: the same contents, the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from zhizao.apps.assist.grid_tables import joined, topics
from zhizao.apps.chain import queries as chains
from zhizao.apps.chain import risk_queries
from zhizao.apps.registry import attributes
from zhizao.base.ui.numbers import figure
from zhizao.kernel import word

if TYPE_CHECKING:
    from zhizao.apps.assist.visits_queries import Actor, Briefing

ATTRIBUTES = ("tier", "industry", "employees", "revenue_wan_yuan", "address")


def paper(actor: Actor, brief: Briefing, *, source: str) -> bytes:
    """The briefing of an enterprise, with what the actor may read.

    Parameters
    ----------
    brief : what is known of it
    source : the foot
    """
    title = _("%(name)s: briefing for a visit") % {"name": brief.name}
    document = word.blank(title)
    word.title(document, title)
    about = [date_format(brief.seen.on), *([_("with simulated figures")] if brief.simulated else [])]
    word.paragraph(document, " · ".join(about), size=word.SMALL_PT, align=word.CENTRE)
    word.paragraph(document, answer(brief), bold=True)
    word.table(document, [], _file(actor, brief))
    _alarms(document, brief)
    _cases(document, brief)
    _visits(document, brief)
    word.heading(document, _("To be asked"))
    for number, line in enumerate(questions(brief), start=1):
        word.paragraph(document, f"{number}. {line}")
    word.paragraph(document, source, size=word.SMALL_PT)
    return word.to_bytes(document, on=brief.seen.on)


def answer(brief: Briefing) -> str:
    """What is so in one sentence."""
    words = {"alarms": len(brief.alarms), "cases": len(brief.cases), "promised": len(brief.promised)}
    if not any(words.values()):
        return _("No alarm stands, no case is open and nothing was promised.")
    return _("%(alarms)s alarms stand, %(cases)s cases are open, %(promised)s visits ended with a promise.") % words


def _file(actor: Actor, brief: Briefing) -> list[tuple[str, str]]:
    rows = [(_("Credit code"), (brief.line.code if brief.line else "") or _unknown())]
    for name in ATTRIBUTES:
        value = brief.line.get(name) if brief.line else None
        rows.append((str(attributes.OWN[name].label), value or _unknown()))
    places = chains.places(brief.subject, as_of=brief.seen.as_of)
    rows.append(
        (_("In the industry chains"), joined([f"{place.chain_name}·{place.node_name}" for place in places]) or "—")
    )
    rows.append((_("Systemic risk"), _risk(actor, brief)))
    holders = [f"{label} {duty.person or duty.unit}" for label, duty, held in brief.duties if held]
    rows.append((_("Who looks after it"), joined(holders) or _("nobody looks after it")))
    return rows


def _risk(actor: Actor, brief: Briefing) -> str:
    found = risk_queries.risk(actor, brief.seen.as_of) if actor.has_perm("chain.read", brief.subject) else None
    at = risk_queries.firm_row(found, brief.subject.key) if found is not None else None
    if at is None:
        return _unknown()
    share = figure(at[1]["esri"] * 100, "", decimals=2)
    words = {"share": share, "rank": at[0] + 1}
    return _("Its stop would cost %(share)s%% of recorded sales, place %(rank)s.") % words


def _unknown() -> str:
    return "—" + _("unknown")


def _alarms(document: Any, brief: Briefing) -> None:
    word.heading(document, _("Alarms"))
    rows = [(alarm.get_severity_display(), str(alarm.span), text) for alarm, text in brief.alarms]
    _table(document, [_("Severity"), _("Month"), _("What it says")], rows, _("No alarm stands."))


def _cases(document: Any, brief: Briefing) -> None:
    word.heading(document, _("Open cases"))
    rows = [
        (case.number, case.title, str(who or _("nobody yet")), str(case.due_on or "—"))
        for case, who in brief.open_cases
    ]
    heads = [_("Number"), _("Case"), _("Who must act"), _("Due")]
    _table(document, heads, rows, _("No case is open."))


def _visits(document: Any, brief: Briefing) -> None:
    word.heading(document, _("Last visits and what was promised"))
    rows = [
        (str(visit.done_on), str(visit.visitor or visit.unit or ""), visit.findings, visit.next_step or "—")
        for visit in brief.done[:3]
    ]
    heads = [_("Date of the visit"), _("Visitor"), _("Findings"), _("Next step")]
    _table(document, heads, rows, _("No visit is recorded."))


def questions(brief: Briefing) -> list[str]:
    """What the visitor should come back with, from what is open."""
    found = [_("What lies behind this alarm: %(text)s") % {"text": text} for _alarm, text in brief.alarms[:3]]
    found += [
        _("Has this been done: %(step)s (%(day)s)") % {"step": visit.next_step, "day": visit.done_on}
        for visit in brief.promised[:2]
    ]
    found += [
        _("How does it stand with %(number)s %(title)s") % {"number": case.number, "title": case.title}
        for case in brief.cases[:2]
    ]
    if brief.last is not None and brief.last.needs:
        found.append(_("Is this still needed: %(needs)s") % {"needs": topics(brief.last.needs)})
    return found or [_("Orders, staff, funds and energy of the next three months; what is lacking.")]


def _table(document: Any, heads: Sequence[str], rows: Sequence[Sequence[str]], nothing: str) -> None:
    if rows:
        word.table(document, heads, rows)
    else:
        word.paragraph(document, nothing)
