"""Runs that an actor may see, and the evidence of one figure."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from zhizao.base.evidence import kinds
from zhizao.base.evidence.kinds import Shown
from zhizao.base.evidence.labels import label_of, word_of
from zhizao.base.evidence.models import Run
from zhizao.base.evidence.pointer import Found, find
from zhizao.base.files import store
from zhizao.base.files.models import StoredFile
from zhizao.base.jobs.problems import place_words
from zhizao.kernel.result import Place, Refused

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.accounts.models import User

logger = logging.getLogger(__name__)

_REFERENCE = re.compile(r"([0-9a-f]{12,64}):(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Input:
    """Something a run was made from; ``file`` is set where the actor may download it."""

    name: str
    sha256: str
    file: StoredFile | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the drawer says of one figure."""

    run: Run
    pointer: str
    value: Any
    text: str | None
    unit: str
    name: str
    span: str
    status: str
    simulated: bool
    included: list[str]
    excluded: list[str]
    row: list[tuple[str, Any]]
    key: str
    inputs: list[Input]
    place: Place | None
    template: str = "evidence/drawer.html"

    @property
    def measure(self) -> str:
        """What the figure's column is called, where an app has said it."""
        return label_of(self.key) or ""

    @property
    def row_words(self) -> list[tuple[str, str | None, Any]]:
        """The row for people: column, its name if it has one, value in words; not what is said of another column."""
        columns = {key for key, _value in self.row}
        return [
            (key, label_of(key), word_of(key, value))
            for key, value in self.row
            if not (key.endswith(("_unit", "_span")) and key.rpartition("_")[0] in columns)
        ]

    @property
    def place_words(self) -> str:
        """Where in the source the figure stands, in the reader's language."""
        return place_words(self.place) if self.place else ""


def runs(actor: User | AnonymousUser) -> QuerySet[Run]:
    """Every run that the actor may see, newest first."""
    return Run.objects.visible_to(actor).select_related("area", "made_by")


def run_by_name(actor: User | AnonymousUser, sha12: str) -> Run | None:
    """The run whose fingerprint begins so. Two areas may hold the same run: its output is the same."""
    if not re.fullmatch(r"[0-9a-f]{12,64}", sha12):
        return None
    return runs(actor).filter(fingerprint__startswith=sha12).first()


def inputs_of(actor: User | AnonymousUser, run: Run) -> list[Input]:
    """What the run was made from, with a file to download where the actor may see one."""
    files = {file.sha256: file for file in StoredFile.objects.visible_to(actor).filter(sha256__in=run.inputs.values())}
    return [Input(name, sha256, files.get(sha256)) for name, sha256 in sorted(run.inputs.items())]


def resolve(actor: User | AnonymousUser, reference: str, *, as_of: date | None = None) -> Evidence | Shown | None:
    """The evidence of the figure ``<run>:<pointer>`` or ``<kind>:…``; ``None`` if there is none the actor may see."""
    kind, _, rest = reference.partition(":")
    if (resolver := kinds.find(kind)) is not None:
        return resolver(actor, rest, as_of=as_of)
    match = _REFERENCE.fullmatch(reference)
    run = run_by_name(actor, match[1]) if match else None
    if match is None or run is None:
        return None
    try:
        found = find(store.read(run.output_sha256), match[2], media_type=run.media_type)
    except Refused:
        logger.exception("the output of run %s cannot be read", run.sha12)
        return None
    return None if found is None else _evidence(actor, run, match[2], found)


def _evidence(actor: User | AnonymousUser, run: Run, pointer: str, found: Found) -> Evidence:
    text = found.about("text")
    return Evidence(
        run=run,
        pointer=pointer,
        value=found.value if isinstance(found.value, str | int | float) else None,
        text=str(text) if text is not None else None,
        unit=str(found.about("unit") or ""),
        name=str(found.about("name") or found.key),
        span=str(found.about("span") or ""),
        status=str(found.about("status") or ""),
        simulated=found.about("simulated") in (True, "true", "1") or found.about("status") == "simulated",
        included=_lines(found.about("included")),
        excluded=_lines(found.about("excluded")),
        row=[(key, value) for key, value in (found.around or ({},))[0].items() if _is_plain(value)],
        key=found.key,
        inputs=inputs_of(actor, run),
        place=_place(found),
    )


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _lines(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)] if value else []


def _place(found: Found) -> Place | None:
    """Where in the source the figure stands, as far as the output says."""

    def count(name: str) -> int | None:
        text = str(found.about(name) or "")
        return int(text) if text.isascii() and text.isdigit() else None

    file, sheet = (found.about(name) for name in ("file", "sheet"))
    place = Place(
        file=str(file) if file else None,
        sheet=str(sheet) if sheet else None,
        page=count("page"),
        line=count("line"),
        row=count("row"),
    )
    return place if str(place) else None
