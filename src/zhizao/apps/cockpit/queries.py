"""What is asked of briefs, for one who may see them; read-only."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from zhizao.apps.cockpit import reading
from zhizao.apps.cockpit.models import Brief
from zhizao.apps.cockpit.template import in_force
from zhizao.apps.ledger import queries as ledger
from zhizao.base.evidence.models import Run
from zhizao.base.facts.queries import instant

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.apps.cockpit.marking import Piece
    from zhizao.apps.cockpit.text import Paper
    from zhizao.base.accounts.models import Area, User


def last_month(actor: User | AnonymousUser) -> int | None:
    """The last month of which output is known; None if nothing is."""
    return ledger.last_month(actor, "gross_output", basis=ledger.Basis())


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a brief as issued, as rebuilt, or in both (``mark`` is −, + or nothing)."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """An issued brief beside what it would be now: by the newest run of the same month and day, the newest words."""

    run: Run
    version: int
    same_facts: bool
    same_words: bool
    lines: tuple[Line, ...]


def briefs(actor: User | AnonymousUser, area: Area, *, as_of: date | None = None) -> QuerySet[Brief]:
    """The briefs of an area that had been issued by the end of a day, the latest month first."""
    found = Brief.objects.visible_to(actor).filter(area=area, issued_at__lte=instant(as_of))
    return found.select_related("area", "run", "issued_by")


def brief(
    actor: User | AnonymousUser, area: Area, month: str, language: str, *, as_of: date | None = None
) -> Brief | None:
    """The last one issued of a month, in a language."""
    rows = briefs(actor, area, as_of=as_of).filter(language=language)
    return next((row for row in rows.order_by("-start_month", "-as_of") if row.month == month), None)


def paper(found: Brief) -> Paper:
    """The text of an issued brief, from its run and by its own version of the words."""
    return reading.paper(
        reading.facts_of(found.run), version=found.template_version, language=found.language, run=found.run.sha12
    )


def difference(found: Brief) -> Difference:
    """What a brief says beside what it would say now."""
    parameters = {"parameters__month": str(found.span)}
    runs = Run.objects.filter(engine=reading.ENGINE, area=found.area, as_of=found.as_of, **parameters)
    newest = runs.order_by("-made_at", "-pk").first() or found.run
    version = in_force(found.as_of).version
    now = reading.paper(reading.facts_of(newest), version=version, language=found.language, run=newest.sha12)
    before, after = list(lines(paper(found))), list(lines(now))
    told = [Line(line[0].replace("-", "−"), line[2:]) for line in difflib.ndiff(before, after) if line[0] in "+-"]
    same_facts = newest.output_sha256 == found.run.output_sha256
    return Difference(newest, version, same_facts, version == found.template_version, tuple(told))


def lines(written: Paper) -> Iterator[str]:
    """A brief as plain lines, without the numbers of its sources."""

    def joined(pieces: tuple[Piece, ...]) -> str:
        return "".join(piece.text for piece in pieces)

    yield joined(written.headline)
    for section in written.sections:
        yield section.title
        yield from (joined(pieces) for pieces in section.paragraphs)
        for table in section.tables:
            yield table.title
            yield from (" · ".join(piece.text for piece in row) for row in table.rows)
