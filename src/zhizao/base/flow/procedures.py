"""Which procedure holds where, and how a new version of one comes into force.

A region's own version stands above that of the area over it, and that above the one shipped with the package. A case
keeps the version with which it began; publishing changes only what is opened afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from zhizao.base.accounts.models import Area
from zhizao.base.accounts.scoping import area_path
from zhizao.base.audit.services import record
from zhizao.base.facts.queries import instant
from zhizao.base.flow.diagram import Diagram, Node
from zhizao.base.flow.models import Case, Procedure
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User

FOLDER: Final = files("zhizao") / "packs" / "china" / "procedures"
ENDING: Final = ".bpmn"
LONGEST_NOTE: Final = 2_000


@cache
def shipped() -> dict[str, str]:
    """The texts of the procedures that come with the package, by key."""
    found = sorted((entry for entry in FOLDER.iterdir() if entry.name.endswith(ENDING)), key=lambda entry: entry.name)
    return {entry.name.removesuffix(ENDING): entry.read_text(encoding="utf-8") for entry in found}


@lru_cache(maxsize=256)
def _read(content: str, name: str) -> Diagram:
    from zhizao.base.flow import bpmn  # late: it loads Polars

    return bpmn.read(content.encode(), name)


def diagram_of(procedure: Procedure) -> Diagram:
    """The procedure as it was read; what has been read is kept.

    Raises
    ------
    Refused
        As ``bpmn.read``: of a version that was published under rules which have become stricter since.
    """
    return _read(procedure.content, f"{procedure.key}{ENDING}")


def known(area: Area, key: str, *, as_of: date | None = None) -> QuerySet[Procedure]:
    """All versions of a procedure that hold or held in an area, the one in force first."""
    codes = area.path.strip("/").split("/")
    paths = ["/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1)]
    found = Procedure.objects.filter(Q(area=None) | Q(area__path__in=paths), key=key)
    if as_of is not None:
        # what is shipped is law from the day of its files, not from the day on which somebody first looked
        found = found.filter(Q(area=None) | Q(published_at__lte=instant(as_of)))
    return found.select_related("area", "published_by")


def in_force(area: Area, key: str, *, as_of: date | None = None) -> Procedure:
    """The version of a procedure that a case of the area begins with.

    Raises
    ------
    Refused
        ``flow.no_procedure``.
    """
    if key in shipped():
        _keep_shipped(key)
    found = max(known(area, key, as_of=as_of), key=_rank, default=None)
    if found is None:
        message, remedy = mark("There is no procedure “%(key)s”."), mark("Known are: %(known)s.")
        params = {"key": key, "known": ", ".join(shipped())}
        raise Refused(Problem("flow.no_procedure", message, remedy=remedy, params=params))
    return found


def _rank(procedure: Procedure) -> tuple[int, int]:
    return (len(procedure.area.path) if procedure.area else 0, procedure.version)


def _keep_shipped(key: str) -> Procedure:
    """The row of what is shipped now; a package that ships another text adds a version."""
    diagram = _read(shipped()[key], f"{key}{ENDING}")
    latest = Procedure.objects.filter(area=None, key=key).order_by("version").last()
    if latest is not None and latest.sha256 == diagram.sha256:
        return latest
    try:
        with transaction.atomic():
            return _add(None, key, shipped()[key], diagram, latest.version + 1 if latest else 1, "", None)
    except IntegrityError:  # another process was first
        return Procedure.objects.get(area=None, key=key, sha256=diagram.sha256)


def _add(
    area: Area | None, key: str, content: str, diagram: Diagram, version: int, note: str, actor: User | None
) -> Procedure:
    return Procedure.objects.create(
        area=area,
        key=key,
        version=version,
        name=diagram.name,
        name_en=diagram.name_en,
        content=content,
        sha256=diagram.sha256,
        note=note,
        published_by=actor,
    )


def all_in_force(area: Area, *, as_of: date | None = None) -> list[Procedure]:
    """Each procedure as it holds in an area, by key."""
    return [in_force(area, key, as_of=as_of) for key in shipped()]


def readable(actor: User | AnonymousUser, *, as_of: date | None = None) -> QuerySet[Procedure]:
    """All versions that an actor may read: of his areas, of those below them, of those above, and what is shipped."""
    found = Procedure.objects.visible_to(actor)
    if as_of is not None:
        found = found.filter(Q(area=None) | Q(published_at__lte=instant(as_of)))
    return found.select_related("area", "published_by")


def below(actor: User | AnonymousUser, area: Area, *, as_of: date | None = None) -> list[Procedure]:
    """What areas below one changed for themselves, each procedure as it holds there, by area."""
    inside = readable(actor, as_of=as_of).filter(area__path__startswith=area.path).exclude(area=area)
    later = inside.filter(area=OuterRef("area"), key=OuterRef("key"), version__gt=OuterRef("version"))
    return list(inside.filter(~Exists(later.order_by())).order_by("area__path", "key"))


def running(actor: User | AnonymousUser) -> dict[int, int]:
    """How many running cases that the actor sees follow each version, by its number in the database."""
    found = Case.objects.visible_to(actor).filter(status__in=Case.RUNNING).order_by()
    return dict(found.values_list("procedure").annotate(n=Count("pk", distinct=True)))


def proposed(area: Area, key: str, content: bytes, file: str) -> tuple[str, Diagram]:
    """A text that may become the next version of a procedure, and what was read from it.

    Raises
    ------
    Refused
        As ``bpmn.read``; ``flow.other_key`` where it is another procedure, ``flow.same`` where it is in force already.
    """
    from zhizao.base.flow import bpmn

    bpmn.read(content, file)
    text = content.decode("utf-8-sig").replace("\r\n", "\n")  # as forms send it back
    diagram = bpmn.read(text.encode(), file)
    if diagram.key != key:
        message = mark("The file holds the procedure “%(found)s”, not “%(key)s”.")
        remedy = mark("Keep the id of the process, or choose the procedure that it belongs to.")
        raise Refused(
            Problem("flow.other_key", message, Place(file=file), remedy, params={"found": diagram.key, "key": key})
        )
    if diagram.sha256 == in_force(area, key).sha256:
        message, remedy = mark("The file is the version in force."), mark("Change it first, then upload it.")
        raise Refused(Problem("flow.same", message, Place(file=file), remedy))
    return text, diagram


@transaction.atomic
def publish(*, actor: User, area: Area, key: str, content: bytes, note: str) -> Procedure:
    """Put a new version of a procedure into force in an area; running cases keep theirs. A second click does nothing.

    Raises
    ------
    PermissionDenied
        The area is not the actor's, or he publishes no procedures.
    Refused
        As ``proposed``; ``flow.no_note``.
    """
    path = area_path(actor)
    if path is None or not area.path.startswith(path) or not actor.has_perm("flow.publish"):
        raise PermissionDenied("flow.publish")
    Area.objects.select_for_update().get(pk=area.pk)  # one version after the other
    current = in_force(area, key)
    try:
        text, diagram = proposed(area, key, content, f"{key}{ENDING}")
    except Refused as refused:
        mine = (current.area_id, current.published_by_id, current.note) == (area.pk, actor.pk, note.strip())
        if mine and refused.problems[0].code == "flow.same":
            return current  # a double click
        raise
    if not note.strip():
        message, remedy = mark("What is new is not said."), mark("Say in a sentence what changes and why.")
        raise Refused(Problem("flow.no_note", message, Place(column="note"), remedy))
    latest = Procedure.objects.filter(area=area, key=key).order_by("version").last()
    version = latest.version + 1 if latest else 1
    made = _add(area, key, text, diagram, version, note.strip()[:LONGEST_NOTE], actor)
    record(
        actor=actor,
        action="flow.procedure.publish",
        target=made,
        details={"key": key, "version": version, "sha256": diagram.sha256, "note": made.note},
    )
    return made


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions: what is new, gone or otherwise, and how it was and is."""

    kind: str
    element: str
    what: str
    before: str = ""
    after: str = ""


def changes(old: Diagram, new: Diagram) -> list[Change]:
    """What a new version changes, element by element, then way by way."""
    found = []
    for name in dict.fromkeys((*old.nodes, *new.nodes)):
        before, after = old.nodes.get(name), new.nodes.get(name)
        label = (after or before).title or name  # type: ignore[union-attr]
        if before is None or after is None:
            found.append(Change("added" if before is None else "removed", label, "element"))
            continue
        for what, read in _SAID.items():
            was, now = read(before), read(after)
            if was != now:
                found.append(Change("changed", label, what, was, now))
    ways = [_ways(old), _ways(new)]
    for pair in dict.fromkeys((*ways[0], *ways[1])):
        was, now = ways[0].get(pair), ways[1].get(pair)
        label = " → ".join((new.nodes.get(end) or old.nodes[end]).title or end for end in pair)
        if was is None or now is None:
            found.append(Change("added" if was is None else "removed", label, "way"))
        elif was != now:
            found.append(Change("changed", label, "condition", was, now))
    return found


def _ways(diagram: Diagram) -> dict[tuple[str, str], str]:
    return {(f.source, f.target): f.condition.source if f.condition else "" for f in diagram.flows.values()}


def _form(node: Node) -> str:
    return "; ".join(
        f"{field.title}: {field.kind}{' ' + '|'.join(label for _, label in field.choices) if field.options else ''}"
        f"{'' if field.required else '?'}"
        for field in node.form
    )


def _english(node: Node) -> str:
    """All that the node says in English."""
    labels = [word for field in node.form for word in (field.label_en, *(label for _, label in field.options_en))]
    return "; ".join(filter(None, (node.name_en, *labels, node.documentation_en)))


_SAID: Final = {
    "name": lambda node: node.name,
    "english": _english,
    "role": lambda node: node.role,
    "days": lambda node: str(node.working_days or (node.wait.working_days if node.wait else "") or ""),
    "hours": lambda node: str(node.wait.hours or "") if node.wait else "",
    "form": _form,
    "act": lambda node: node.act if node.wait else "",
    "interrupting": lambda node: "" if node.interrupting else "no",
    "instruction": lambda node: node.documentation,
}
