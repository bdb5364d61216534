"""What the page of plan health shows: one chapter of the document, the findings in it, filters and scores."""

from __future__ import annotations

import re
from collections import Counter
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
    from zhizao.engines.planlint.report.present import FamilyScore, Item

CARDS = 50
FEW_CHAPTERS = 8  # so many stand beside each other; more are a list to choose from
KEPT = ("chapter", "family", "severity")
_ENCLOSED = re.compile(r"^([（(][^（）()]{1,4}[）)]) ")
_LISTED = re.compile(r"^([一二三四五六七八九十百]{1,5}) ")
PAGES = {"projects": "plan:projects", "land": "plan:land", "suppliers": "plan:suppliers", "tasks": "plan:tasks"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of arithmetic, its expression as markup."""

    label: str
    expression: SafeString
    value: str


@dataclass(frozen=True, slots=True)
class Where:
    """A place of a finding: its line and its row in words, and where they lead."""

    line: str
    line_href: str
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
    at: str
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
        "standing": sum(item.counts for item in shown.items),
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
    from zhizao.engines.planlint.report.present import SEVERITIES, SHAPES

    counted = [item.severity for item in items if item.counts and (not family or item.family == family)]
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
    listed = sorted([*inside, *nowhere], key=lambda item: item.id != chosen)  # the chosen one stands on top
    lines = checked.lines(chapter)
    picks = _chapter_picks(request, checked.chapters, items, index)
    marks = paper.merged(
        paper.finding_marks(
            inside,
            lines,
            chapter.first,
            offsets=checked.offsets,
            href=lambda item: here(request, finding=item.id, chapter=index + 1) + f"#d{item.number}",
            chosen=chosen,
        ),
        paper.agreed_marks(checked.agreed, lines, chapter.first),
    )
    return {
        "chapter": chapter,
        "chapter_number": index + 1,
        "chapters": picks,
        "chapter_count": len(checked.chapters),
        "chapters_in_list": len(checked.chapters) > FEW_CHAPTERS,
        "kept": [(k, v) for k, v in request.GET.items() if k not in ("chapter", "finding", "page", "format")],
        "earlier": here(request, chapter=index, finding=None) if index else "",
        "later": here(request, chapter=index + 2, finding=None) if index + 1 < len(checked.chapters) else "",
        "blocks": paper.blocks(lines, chapter.first, marks),
        "cards": cards(request, version, listed[:CARDS], known, chosen, checked.chapters, index + 1),
        "cards_left": max(0, len(listed) - CARDS),
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
    """Every chapter with how many findings stand in it."""
    return [
        Pick(
            words=words,
            count=sum(_in(item, one) for item in items),
            href=here(request, chapter=number, finding=None),
            on=number == index + 1,
        )
        for number, (one, words) in enumerate(zip(chapters, chapters_words(chapters), strict=True), start=1)
    ]


def chapters_words(chapters: Sequence[checking.Chapter]) -> list[str]:
    """What each chapter is called; parts of one that share a title say their lines."""
    words = [chapter_words(one) for one in chapters]
    often = Counter(words)
    return [
        word if often[word] == 1 or not one.title else f"{word} · {_lines_words(one)}"
        for one, word in zip(chapters, words, strict=True)
    ]


def chapter_words(one: checking.Chapter) -> str:
    """A chapter in short: the number of the whole and the title of the part; its lines where it has no heading."""
    whole, _dot, part = one.title.rpartition(checking.DOT)
    if not one.title:
        return _lines_words(one)
    part = _LISTED.sub(r"\1、", _ENCLOSED.sub(r"\1", part))
    return f"{whole.partition(' ')[0]} {part}" if whole else part


def _lines_words(one: checking.Chapter) -> str:
    return _("lines %(first)s to %(last)s") % {"first": one.first, "last": one.last}


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
    chapters: Sequence[checking.Chapter] = (),
    chapter: int = 0,
) -> list[Card]:
    """The findings as cards; ``chapter`` is the number of the one that is shown, 0 without a document."""
    from zhizao.engines.planlint.report.present_html import with_powers

    keys = dict(enumerate(rows(version, Target).values_list("key", flat=True)))
    return [
        Card(
            item=item,
            kind=paper.KINDS[item.severity.value],
            lines=tuple(
                Line(line.label, mark_safe(with_powers(line.expression)), line.value)  # noqa: S308 -- escaped there
                for line in item.lines
            ),
            places=_places(request, item, keys, chapters),
            href=here(request, finding=item.id, **({"chapter": chapter} if chapter else {})) + f"#{at}",
            at=at,
            action=_action(request, item, chapter),
            chosen=item.id == chosen,
            decision=known.get(item.id),
        )
        for item in items
        for at in (f"{'d' if chapter and _in(item, chapters[chapter - 1]) else 'f'}{item.number}",)
    ]


def _action(request: HttpRequest, item: Item, chapter: int) -> str:
    """Where a decision goes; the page it was made on is kept."""
    kept = {name: value for name in KEPT if (value := request.GET.get(name))}
    return link(request, "plan:finding", item.id, **(kept | ({"chapter": str(chapter)} if chapter else {})))


def _places(
    request: HttpRequest, item: Item, keys: dict[int, str], chapters: Sequence[checking.Chapter]
) -> tuple[Where, ...]:
    """Where a finding stands, each place once."""
    every = (_where(request, item, place, keys, chapters) for place in item.places)
    return tuple({(where.line, where.words): where for where in every}.values())


def _where(
    request: HttpRequest, item: Item, place: Mention, keys: dict[int, str], chapters: Sequence[checking.Chapter]
) -> Where:
    from zhizao.engines.planlint.report.present import place_words

    row = "" if place.table == "claims" and place.line else place_words(replace(place, line=None), say)
    line = place_words(replace(place, table="", row=None), say)
    number = next((n for n, one in enumerate(chapters, 1) if place.line and one.first <= place.line <= one.last), 0)
    line_href = here(request, finding=item.id, chapter=number) + f"#l{place.line}" if number else ""
    return Where(line, line_href, row, _place_href(request, place, keys), place.quote)


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
