"""The check of a version: its facts, the run that keeps what the check said, and that report read back."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from zhizao.apps.plan import correcting
from zhizao.apps.plan.models import EDITORS, PlanVersion, Target
from zhizao.apps.plan.queries import rows
from zhizao.base.audit.services import record
from zhizao.base.evidence import canonical
from zhizao.base.evidence import services as evidence
from zhizao.base.files import store
from zhizao.base.files.models import StoredFile

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User
    from zhizao.base.evidence.models import Run
    from zhizao.engines.planlint.checking import Report
    from zhizao.engines.planlint.document import Document
    from zhizao.engines.planlint.facts import Facts
    from zhizao.engines.planlint.text.sections import Heading

ENGINE = "planlint"
ENGINE_VERSION = "check-1"
GOOD_LINES, GOOD_CHARACTERS = 160, 4_000  # a part of the document that is read on one page
MOST_LINES, MOST_CHARACTERS = 400, 20_000  # what a page holds where the document has no headings to cut at
FEW_LINES = 4
DOT = " · "


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the document that one page shows: its title and its first and last line."""

    title: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What the last check of a version said."""

    run: Run
    report: Report
    agreed: tuple[Mapping[str, Any], ...]
    offsets: Mapping[str, list[Any]]
    chapters: tuple[Chapter, ...]
    text_sha256: str

    @property
    def has_document(self) -> bool:
        """Whether the document was at hand, so that it can be shown."""
        return bool(self.text_sha256)

    def lines(self, chapter: Chapter) -> tuple[str, ...]:
        """The document's lines of a chapter."""
        return _lines(self.text_sha256)[chapter.first - 1 : chapter.last]


@lru_cache(maxsize=4)
def _lines(sha256: str) -> tuple[str, ...]:
    return tuple(store.read(sha256).decode().split("\n"))


def source_of(version: PlanVersion) -> StoredFile | None:
    """The document that a version was read from, if it was uploaded for the plan's area or one above it.

    The draft of a next plan is carried over from the document of the plan before: that is not its own text.
    """
    if not version.source_sha256 or version.kind == PlanVersion.Kind.ROLL_OVER:
        return None
    path = version.plan.area.path
    found = StoredFile.objects.filter(sha256=version.source_sha256).select_related("area")
    return next((file for file in found if path.startswith(file.area.path)), None)


def facts_of(version: PlanVersion, *, document: Document | None = None, parents: tuple[Facts, ...] = ()) -> Facts:
    """A version as the rules see it, from its rows as they are now."""
    from zhizao.engines.planlint.facts import Facts

    return Facts(
        rows=correcting.engine_rows(version),
        meta=meta_of(version),
        absent=frozenset(version.absent),
        document=document,
        parents=parents,
    )


def meta_of(version: PlanVersion) -> dict[str, Any]:
    """What the plan is, as the pack says it; of a version from before that was kept, what is known of it."""
    if version.meta:
        return dict(version.meta)
    plan = version.plan
    years = Counter(rows(version, Target).exclude(base_year=None).values_list("base_year", flat=True))
    return {
        "id": plan.slug,
        "title": plan.title,
        "issuer": plan.issuer.split("、") if plan.issuer else [],
        "region": {"code": plan.area.code, "name": plan.area.name},
        "period": {"start": plan.first_year, "end": plan.last_year},
        "base_year": years.most_common(1)[0][0] if years else None,
        "source_sha256": version.source_sha256,
    }


def parents_of(version: PlanVersion) -> tuple[Facts, ...]:
    """The facts of the plans above, nearest first, each in the version that is in force."""
    found: list[Facts] = []
    plan, seen = version.plan.parent, {version.plan_id}
    while plan is not None and plan.pk not in seen:
        seen.add(plan.pk)
        current = plan.versions.filter(status=PlanVersion.Status.PUBLISHED).select_related("plan__area").first()
        if current:
            found.append(facts_of(current))
        plan = plan.parent
    return tuple(found)


def make_check(version: PlanVersion) -> tuple[dict[str, Any], dict[str, str]]:
    """Check a version; gives the output as it is kept, and the SHA-256 of all it was made from."""
    from zhizao.engines.planlint.checking import check
    from zhizao.engines.planlint.document import load
    from zhizao.engines.planlint.report import agreeing, stored

    source = source_of(version)
    document = load(store.read(source.sha256), file=source.name) if source else None
    parents = parents_of(version)
    facts = facts_of(version, document=document, parents=parents)
    report = check(facts)
    output = stored.dump(report) | {
        "agreed": [
            one.plain() | {"text": str(facts[one.table][one.row].get(one.column) or "")}
            for one in agreeing.agreed(facts, report)
        ],
        "offsets": _offsets(report, facts),
        "chapters": [[one.title, one.first, one.last] for one in chapters_of(document)] if document else [],
        "text_sha256": store.put("\n".join(document.lines).encode()) if document else "",
    }
    inputs = {"rows": str(version.run.inputs["rows"]) if version.run else "", "rules": rules_sha256()}
    inputs |= {"source": source.sha256} if source else {}
    inputs |= {f"parent{n}": canonical.sha256(_hashable(facts)) for n, facts in enumerate(parents, start=1)}
    return output, inputs


def _offsets(report: Report, facts: Facts) -> dict[str, list[list[int] | None]]:
    """For each finding, where in its line the figure of each place stands, if it is a figure of the text."""
    found = {}
    for finding in report.findings:
        spots: list[list[int] | None] = []
        for place in finding.places:
            claim = facts["claims"][place.row] if place.table == "claims" and place.row is not None else {}
            start, end = claim.get("start"), claim.get("end")
            spots.append([int(str(start)), int(str(end))] if start is not None and end is not None else None)
        if any(spots):
            found[finding.id] = spots
    return found


def _hashable(facts: Facts) -> Any:
    return {"meta": canonical.plain(facts.meta), "rows": canonical.plain(dict(facts.rows))}


def allow_check(actor: User | None, version: PlanVersion) -> None:
    """Raise ``PermissionDenied`` unless the actor may have this version checked."""
    if actor is not None and not actor.has_perm("plan.edit", version):
        raise PermissionDenied("plan.edit")


@transaction.atomic
def keep_check(
    *, actor: User | None, version: PlanVersion, output: Mapping[str, Any], inputs: dict[str, str]
) -> PlanVersion:
    """Keep what a check said as a run, and make it the version's."""
    allow_check(actor, version)
    run = evidence.record_run(
        actor=actor,
        area=version.plan.area,
        engine=ENGINE,
        engine_version=ENGINE_VERSION,
        inputs=inputs,
        parameters={"plan": version.plan.slug, "version": version.number, "how": "check"},
        seed=None,
        as_of=None,
        output=canonical.dumps(output),
        roles=EDITORS if version.is_draft else (),
    )
    PlanVersion.objects.filter(pk=version.pk).update(check_run=run)
    version.check_run = run
    details = {"version": version.number, "findings": len(output["findings"]), "run": run.sha12}
    record(actor=actor, action="plan.version.check", target=version, area=version.plan.area, details=details)
    return version


def checked(version: PlanVersion) -> Checked | None:
    """What the last check of a version said; ``None`` if it was never checked."""
    if version.check_run is None:
        return None
    return _read(version.check_run)


def _read(run: Run) -> Checked:
    import json

    from zhizao.engines.planlint.report import stored

    data = json.loads(store.read(run.output_sha256))
    chapters = tuple(Chapter(*part) for part in data["chapters"])
    return Checked(run, stored.load(data), tuple(data["agreed"]), data["offsets"], chapters, data["text_sha256"])


@cache
def rules_sha256() -> str:
    """What the check is made of: the engine and what it stands on. Other rules make another run."""
    digest = hashlib.sha256()
    for package in ("engines/planlint", "kernel"):
        for source in sorted(_sources(files("zhizao").joinpath(*package.split("/")), package)):
            digest.update(source[0].encode() + b"\0" + source[1].read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable, name: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _sources(entry, f"{name}/{entry.name}")
        elif entry.name.endswith(".py"):
            found.append((f"{name}/{entry.name}", entry))
    return found


def chapters_of(document: Document) -> list[Chapter]:
    """The document in parts that fit on a page: its chapters, long ones cut at the headings below, then anywhere."""
    from zhizao.engines.planlint.text import sections

    cells = {cell.line for run in document.runs for cell in run.cells}
    headings = sections.read(document, skip=cells).headings
    return _joined(document, _parts(document, headings, "", 1, len(document.lines)))


def _parts(document: Document, headings: Sequence[Heading], above: str, first: int, last: int) -> list[Chapter]:
    """Lines ``first`` to ``last``, cut at the highest headings inside until each part fits."""
    inside = [one for one in headings if first < one.line <= last or (one.line == first == 1 and not above)]
    if not inside or (above and _fits(document, first, last)):
        return _cut(document, above, first, last)
    top = min(one.rank for one in inside)
    heads = [one for one in inside if one.rank == top]
    parts = _cut(document, above, first, heads[0].line - 1) if heads[0].line > first else []
    ends = [one.line - 1 for one in heads[1:]] + [last]
    for head, end in zip(heads, ends, strict=True):
        own = f"{head.number} {head.title}".strip()
        below = [one for one in inside if head.line < one.line <= end]
        parts += _parts(document, below, f"{above}{DOT}{own}" if above else own, head.line, end)
    return parts


def _fits(document: Document, first: int, last: int) -> bool:
    characters = sum(len(line) for line in document.lines[first - 1 : last])
    return last - first < GOOD_LINES and characters < GOOD_CHARACTERS


def _cut(document: Document, title: str, first: int, last: int) -> list[Chapter]:
    """A part without headings, in pieces that a page can hold, cut at blank lines where there are some."""
    parts: list[Chapter] = []
    start, characters = first, 0
    for line in range(first, last + 1):
        characters += len(document.lines[line - 1])
        long = line - start + 1
        full = long >= MOST_LINES or characters >= MOST_CHARACTERS
        blank = not document.lines[line - 1].strip()
        if full and (blank or long >= MOST_LINES + 40 or characters >= 2 * MOST_CHARACTERS):
            parts.append(Chapter(title, start, line))
            start, characters = line + 1, 0
    if start <= last:
        parts.append(Chapter(title, start, last))
    return parts


def _joined(document: Document, chapters: list[Chapter]) -> list[Chapter]:
    """Neighbours as one: a heading with what is under it, sections of a chapter that fit on one page together."""
    joined: list[Chapter] = []
    for chapter in chapters:
        last = joined[-1] if joined else None
        bare = last is not None and last.last - last.first < FEW_LINES
        kin = last is not None and last.title.partition(DOT)[0] == chapter.title.partition(DOT)[0]
        if last and (bare or kin) and _fits(document, last.first, chapter.last):
            joined[-1] = Chapter(chapter.title if bare else last.title, last.first, chapter.last)
        else:
            joined.append(chapter)
    return joined
