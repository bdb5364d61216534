"""What the page of plan health shows: one chapter of the document, the findings in it, filters and scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from zhizao.apps.plan import checking, judging, paper
from zhizao.apps.plan.models import FindingDecision, PlanVersion, Target
from zhizao.apps.plan.opening import link
from zhizao.apps.plan.queries import rows
from zhizao.base.jobs.problems import say

if TYPE_CHECKING:
    from zhizao.engines.planlint.finding import Mention
    from zhizao.engines.planlint.present import FamilyScore, Item

CARDS = 50
NEAR_CHAPTERS = 8
KEPT = ("chapter", "family", "severity")
PAGES = {"projects": "plan:projects", "land": "plan:land", "suppliers": "plan:suppliers", "tasks": "plan:tasks"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of arithmetic, its expression as markup."""

    label: str
    expression: SafeString
    value: str


@dataclass(frozen=True, slots=True)
class Where:
    """A place of a finding, its words, and where they lead."""

    words: str
    href: str
    quote: str


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as the page shows it."""

    item: Item
    kind: str
    lines: tuple[Line, ...]
    places: tuple[Where, ...]
    href: str
    action: str
    chosen: bool
    decision: FindingDecision | None


@dataclass(frozen=True, slots=True)
class Pick:
    """A filter that can be set, with how many findings it leaves."""

    words: str
    count: int
    href: str
    on: bool
    kind: str = ""
    shape: str = ""


def page_context(request: HttpRequest, version: PlanVersion, checked: checking.Checked) -> dict[str, Any]:
    """All that the template needs beside the version."""
    known = judging.decisions(version)
    shown = judging.presentation(version, checked, known)
    family, severity = request.GET.get("family", ""), request.GET.get("severity", "")
    items = [
        item
        for item in shown.items
        if (not family or item.family == family) and (not severity or item.severity.value == severity)
    ]
    chosen = request.GET.get("finding", "")
    context = {
        "shown": shown,
        "families": [(one, _family_href(request, one, family), one.family == family) for one in shown.families],
        "severities": _severities(request, shown.items, family, severity),
        "all_href": here(request, family=None, severity=None, finding=None, page=None, chapter=None),
        "filtered": bool(family or severity),
        "matching": len(items),
        "open": sum(item.id not in known for item in shown.items),
        "decided": sum(item.id in known for item in shown.items),
        "accepted": sum(item.counts and item.id in known for item in shown.items),
        "not_run": shown.not_run,
        "severity_choices": FindingDecision.Severity.choices,
        "query": request.GET.urlencode(),
    }
    if checked.has_document and checked.chapters:
        return context | _in_document(request, version, checked, items, known, chosen)
    return context | _as_list(request, version, items, known, chosen)


def here(request: HttpRequest, **changes: object) -> str:
    """This page with its query changed; ``None`` takes a key out."""
    parameters = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"{request.path}?{parameters.urlencode()}" if parameters else request.path


def _family_href(request: HttpRequest, one: FamilyScore, now: str) -> str:
    wanted = None if one.family == now else one.family
    return here(request, family=wanted, finding=None, page=None, chapter=None)


def _severities(request: HttpRequest, items: Sequence[Item], family: str, now: str) -> list[Pick]:
    from zhizao.engines.planlint.present import SEVERITIES, SHAPES

    counted = [item.severity for item in items if not family or item.family == family]
    return [
        Pick(
            words=say(word, {}),
            count=counted.count(severity),
            href=here(
                request,
                severity=None if severity.value == now else severity.value,
                finding=None,
                page=None,
                chapter=None,
            ),
            on=severity.value == now,
            kind=paper.KINDS[severity.value],
            shape=SHAPES[severity],
        )
        for severity, word in SEVERITIES.items()
    ]


# --- with the document


def _in_document(
    request: HttpRequest,
    version: PlanVersion,
    checked: checking.Checked,
    items: Sequence[Item],
    known: dict[str, FindingDecision],
    chosen: str,
) -> dict[str, Any]:
    index = _chapter_index(request, checked.chapters, items, chosen)
    chapter = checked.chapters[index]
    inside = [item for item in items if _in(item, chapter)]
    nowhere = [item for item in items if not any(place.line for place in item.places)]
    lines = checked.lines(chapter)
    marks = paper.merged(
        paper.finding_marks(
            inside,
            lines,
            chapter.first,
            offsets=checked.offsets,
            href=lambda item: here(request, finding=item.id) + f"#f{item.number}",
            chosen=chosen,
        ),
        paper.agreed_marks(checked.agreed, lines, chapter.first),
    )
    return {
        "chapter": chapter,
        "chapter_number": index + 1,
        "chapters": _chapter_picks(request, checked.chapters, items, index),
        "chapter_count": len(checked.chapters),
        "earlier": here(request, chapter=index, finding=None) if index else "",
        "later": here(request, chapter=index + 2, finding=None) if index + 1 < len(checked.chapters) else "",
        "blocks": paper.blocks(lines, chapter.first, marks),
        "cards": cards(request, version, [*inside, *nowhere][:CARDS], known, chosen),
        "cards_left": max(0, len(inside) + len(nowhere) - CARDS),
        "inside": len(inside),
    }


def _in(item: Item, chapter: checking.Chapter) -> bool:
    return any(place.line and chapter.first <= place.line <= chapter.last for place in item.places)


def _chapter_index(
    request: HttpRequest, chapters: Sequence[checking.Chapter], items: Sequence[Item], chosen: str
) -> int:
    """The chapter that the address names, else that of the chosen finding, else the first with a finding."""
    wanted = request.GET.get("chapter", "")
    if wanted.isdecimal() and len(wanted) < 7 and 1 <= int(wanted) <= len(chapters):
        return int(wanted) - 1
    first = [item for item in items if item.id == chosen] or list(items)
    lines = [place.line for item in first for place in item.places if place.line]
    return next((index for index, one in enumerate(chapters) if lines and one.first <= lines[0] <= one.last), 0)


def _chapter_picks(
    request: HttpRequest, chapters: Sequence[checking.Chapter], items: Sequence[Item], index: int
) -> list[Pick]:
    """The chapters near this one, each with its findings; all of them in a document of a few."""
    first = 0 if len(chapters) <= 2 * NEAR_CHAPTERS else max(0, index - NEAR_CHAPTERS)
    near = chapters[first : first + 2 * NEAR_CHAPTERS]
    return [
        Pick(
            words=chapter_words(one),
            count=sum(_in(item, one) for item in items),
            href=here(request, chapter=number, finding=None),
            on=number == index + 1,
        )
        for number, one in enumerate(near, start=first + 1)
    ]


def chapter_words(one: checking.Chapter) -> str:
    """A chapter in short: the number of the whole and the title of the part; its lines where it has no heading."""
    whole, _dot, part = one.title.rpartition(checking.DOT)
    if not one.title:
        return _("lines %(first)s to %(last)s") % {"first": one.first, "last": one.last}
    return f"{whole.partition(' ')[0]} {part}" if whole else part


# --- without it


def _as_list(
    request: HttpRequest,
    version: PlanVersion,
    items: Sequence[Item],
    known: dict[str, FindingDecision],
    chosen: str,
) -> dict[str, Any]:
    pages = Paginator(items, CARDS)
    at = next((number for number, item in enumerate(items) if item.id == chosen), None)
    wanted = request.GET.get("page") or (1 if at is None else at // CARDS + 1)
    page = pages.get_page(wanted)
    return {
        "cards": cards(request, version, page.object_list, known, chosen),
        "cards_left": 0,
        "inside": len(items),
        "page": page,
        "earlier": here(request, page=page.number - 1, finding=None) if page.has_previous() else "",
        "later": here(request, page=page.number + 1, finding=None) if page.has_next() else "",
    }


def cards(
    request: HttpRequest,
    version: PlanVersion,
    items: Iterable[Item],
    known: dict[str, FindingDecision],
    chosen: str,
) -> list[Card]:
    """The findings as cards."""
    from zhizao.engines.planlint.present_html import with_powers

    keys = dict(enumerate(rows(version, Target).values_list("key", flat=True)))
    return [
        Card(
            item=item,
            kind=paper.KINDS[item.severity.value],
            lines=tuple(
                Line(line.label, mark_safe(with_powers(line.expression)), line.value)  # noqa: S308 -- escaped there
                for line in item.lines
            ),
            places=_places(request, item, keys),
            href=here(request, finding=item.id) + f"#f{item.number}",
            action=_action(request, item),
            chosen=item.id == chosen,
            decision=known.get(item.id),
        )
        for item in items
    ]


def _action(request: HttpRequest, item: Item) -> str:
    """Where a decision goes; the page it was made on is kept."""
    kept = {name: value for name in KEPT if (value := request.GET.get(name))}
    return link(request, "plan:finding", item.id, **kept)


def _places(request: HttpRequest, item: Item, keys: dict[int, str]) -> tuple[Where, ...]:
    """Where a finding stands, each place once."""
    found = {where.words: where for where in (_where(request, item, place, keys) for place in item.places)}
    return tuple(found.values())


def _where(request: HttpRequest, item: Item, place: Mention, keys: dict[int, str]) -> Where:
    from zhizao.engines.planlint.present import place_words

    in_text = replace(place, table="", row=None) if place.table == "claims" and place.line else place
    return Where(place_words(in_text, say), _place_href(request, place, keys), place.quote)


def _place_href(request: HttpRequest, place: Mention, keys: dict[int, str]) -> str:
    """The page of the row that a place names, where there is one."""
    if place.row is None:
        return ""
    if place.table == "indicators" and place.row in keys:
        return link(request, "plan:target", keys[place.row])
    if place.table == "projects":
        return link(request, "plan:project", place.row + 1)
    return link(request, PAGES[place.table]) if place.table in PAGES else ""


def finding_address(version: PlanVersion, finding: str) -> str:
    """The address at which a finding can be read."""
    query = urlencode({"plan": version.plan.slug, "version": version.number, "finding": finding}, quote_via=quote)
    return f"{reverse('plan:health')}?{query}"
