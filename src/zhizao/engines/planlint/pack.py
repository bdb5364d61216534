"""A plan pack on disk: a Frictionless data package, one CSV a table and a descriptor that says what the plan is."""

from __future__ import annotations

import csv
import glob
import io
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date
from decimal import Decimal
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

from zhizao.engines.planlint.corrections import typed
from zhizao.engines.planlint.reading import Reading
from zhizao.engines.planlint.schema import OPTIONAL, TABLES, Field, Record, Rows, frames
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.tables import read_csv

DESCRIPTOR: Final = "datapackage.yaml"
_DESCRIPTOR_BYTES: Final = 1_000_000
QUOTE: Final = "quote"
"""The column of a clause of the document."""


@dataclass(frozen=True, slots=True)
class PlanPack:
    """A plan pack read.

    Attributes
    ----------
    name : str
        Name of its directory.
    rows : mapping of table name to records
        Columns as ``schema.TABLES``; numbers are ``Decimal`` as written.
    meta : mapping
        The ``plan:`` key of the descriptor, as ``Reading.meta``.
    problems : tuple of Problem
        Empty: a pack that is not whole is refused.
    absent : names of the tables that the pack does not have (``schema.OPTIONAL``); they are no empty tables
    """

    name: str
    rows: Rows
    meta: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    absent: frozenset[str] = frozenset()

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The records as Polars frames (numbers Float64), by table name."""
        return frames(self.rows)


def write_pack(reading: Reading | PlanPack, path: Path, *, quotes: bool = True) -> None:
    """Write a reading as a plan pack: the same reading gives the same bytes.

    The pack is written beside ``path`` and put in its place when it is whole. Other files of a pack already there
    (corrections, a README) are kept. Without ``quotes`` the pack holds no sentence of the document, and may go where
    that may not.

    Raises
    ------
    Refused
        ``planlint.not_a_pack`` if ``path`` is a file or holds something else; ``planlint.not_writable``.
    """
    if path.exists() and not _replaceable(path):
        raise Refused(
            Problem(
                "planlint.not_a_pack",
                mark("%(path)s holds something other than a plan pack."),
                remedy=mark("Give an empty or a new directory."),
                params={"path": str(path)},
            )
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        recover(path)
        beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.zhizao-", dir=path.parent))
        try:
            _write(reading, path, beside, quotes=quotes)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise Refused(
            Problem(
                "planlint.not_writable",
                mark("%(path)s cannot be written: %(reason)s."),
                remedy=mark("Check the right to write there and the free space."),
                params={"path": str(path), "reason": error.strerror or type(error).__name__},
            )
        ) from None


def recover(path: Path) -> None:
    """Clear up behind a writing that was killed: a pack that was just moved aside goes back to its place.

    What ``write_pack`` puts beside a pack has its name; of two that write at once the later undoes the other's work.
    """
    for beside in path.parent.glob(f".{glob.escape(path.name)}.zhizao-*"):
        if (beside / "old").is_dir() and not path.exists():
            (beside / "old").rename(path)
        if beside.is_dir() and {entry.name for entry in beside.iterdir()} <= {"new", "old"}:
            shutil.rmtree(beside, ignore_errors=True)


def _replaceable(path: Path) -> bool:
    """Whether a pack may take this place: an empty directory, or an older pack."""
    return path.is_dir() and ((path / DESCRIPTOR).is_file() or not any(path.iterdir()))


def _write(reading: Reading | PlanPack, path: Path, beside: Path, *, quotes: bool) -> None:
    new, old = beside / "new", beside / "old"
    new.mkdir()
    for name, records in reading.rows.items():
        if not quotes and any(field.name == QUOTE for field in TABLES[name]):
            records = [record | {QUOTE: None} for record in records]
        (new / f"{name}.csv").write_bytes(_csv(name, records))
    text = yaml.safe_dump(descriptor(reading), allow_unicode=True, sort_keys=False, width=120)
    (new / DESCRIPTOR).write_bytes(text.encode())
    if path.exists():
        written = {entry.name for entry in new.iterdir()}
        for entry in path.iterdir():
            if entry.name not in written:
                (shutil.copytree if entry.is_dir() else shutil.copy2)(entry, new / entry.name)
        path.rename(old)
    try:
        new.rename(path)
    except BaseException:  # an interrupt too: what was there holds decisions that are nowhere else
        if old.exists() and not path.exists():
            old.rename(path)
        raise


def _csv(name: str, records: Sequence[Record]) -> bytes:
    fields = TABLES[name]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([field.name for field in fields])
    writer.writerows([_cell(record.get(field.name)) for field in fields] for record in records)
    return stream.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def descriptor(reading: Reading | PlanPack) -> dict[str, Any]:
    """The Frictionless descriptor of a pack, with the ``plan:`` key."""
    return {
        "profile": "tabular-data-package",
        "name": f"plan-{reading.meta['id']}",
        "title": reading.meta["title"],
        "plan": dict(reading.meta),
        "resources": [
            {
                "name": name.replace("_", "-"),
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": [_field(field) for field in fields], "missingValues": [""]}
                | ({"primaryKey": ["id"]} if fields[0].name == "id" else {}),
            }
            for name, fields in TABLES.items()
            if name in reading.rows
        ],
    }


def _field(field: Field) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if field.required else {}
    if field.values:
        constraints["enum"] = list(field.values)
    entries = {"name": field.name, "type": field.type, "description": field.description, "unit": field.unit}
    return {key: value for key, value in entries.items() if value} | (
        {"constraints": constraints} if constraints else {}
    )


def read_pack(path: Path | Traversable) -> PlanPack:
    """Read a plan pack from a directory.

    Raises
    ------
    Refused
        Every fault at once: ``planlint.no_pack``, ``planlint.descriptor``, ``planlint.table_missing``,
        ``planlint.columns_missing``, ``planlint.cell_type``, and those of ``kernel.tables.read_csv``.
    """
    if not path.is_dir() or not (path / DESCRIPTOR).is_file():
        raise Refused(
            Problem(
                "planlint.no_pack",
                mark("There is no plan pack in %(path)s."),
                remedy=mark("Make one: zhizao plan read FILE --out DIR"),
                params={"path": str(path)},
            )
        )
    plan = _plan(path / DESCRIPTOR)
    problems: list[Problem] = []
    rows: dict[str, list[Record]] = {}
    absent = frozenset(name for name in OPTIONAL if not (path / f"{name}.csv").is_file())
    for name in TABLES:
        if name in absent:
            rows[name] = []
            continue
        try:
            rows[name] = _records(path / f"{name}.csv", name)
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(*problems)
    return PlanPack(path.name, rows, plan, absent=absent)


def _plan(source: Path | Traversable) -> Mapping[str, Any]:
    remedy = mark("Read the plan anew: zhizao plan read FILE --out DIR")
    try:
        with source.open("rb") as stream:
            content = stream.read(_DESCRIPTOR_BYTES)  # cut off it is damaged, or lacks tables only
        plan = yaml.load(content, _Loader)["plan"]  # noqa: S506 -- a SafeLoader without references
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError, RecursionError):
        plan = None
    if not isinstance(plan, Mapping):
        message = mark("The descriptor is damaged or has no “plan” key.")
        raise Refused(Problem("planlint.descriptor", message, Place(file=source.name), remedy))
    problems = [
        Problem(
            "planlint.descriptor_value",
            mark("“%(name)s” of the plan has a value that it cannot have."),
            Place(file=source.name),
            remedy,
            params={"name": name},
        )
        for name, is_right in _SHAPES.items()
        if plan.get(name) is not None and not is_right(plan[name])
    ]
    if problems:
        raise Refused(*problems)
    return dict.fromkeys(_SHAPES) | dict(plan)


class _Loader(yaml.SafeLoader):
    """Without references (``*a``): a descriptor has none, and a few of them stand for millions of values."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("a reference")
        return super().compose_node(parent, index)


def _is_text(value: object) -> bool:
    return isinstance(value, str | int | date) and not isinstance(value, bool)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_year(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAXYEAR)


def _is_period(value: object) -> bool:
    if not isinstance(value, Mapping) or not (value.get("name") is None or _is_text(value["name"])):
        return False
    start, end = value.get("start"), value.get("end")
    return _is_year(start) and _is_year(end) and (start is None or end is None or start <= end)


def _is_region(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        value.get(key) is None or _is_text(value[key]) for key in ("name", "code")
    )


_SHAPES: Final[Mapping[str, Callable[[object], bool]]] = {
    "id": _is_text,
    "title": _is_text,
    "region": _is_region,
    "issuer": _is_texts,
    "document_number": _is_text,
    "issued": _is_text,
    "period": _is_period,
    "base_year": _is_year,
    "parent_plans": _is_texts,
    "source_name": _is_text,
    "source_encoding": _is_text,
    "source_sha256": _is_text,
}
"""What the ``plan:`` key says, and what each may hold; all of it may be unknown."""


def _records(source: Path | Traversable, name: str) -> list[Record]:
    remedy = mark("Read the plan anew: zhizao plan read FILE --out DIR")
    if not source.is_file():
        message = mark("The table %(name)s is missing from the pack.")
        raise Refused(
            Problem("planlint.table_missing", message, Place(file=source.name), remedy, params={"name": name})
        )
    frame = read_csv(source)
    fields = TABLES[name]
    if missing := [field.name for field in fields if field.name not in frame.columns]:
        message = mark("Columns are missing: %(columns)s.")
        params = {"columns": ", ".join(missing)}
        raise Refused(Problem("planlint.columns_missing", message, Place(file=source.name), remedy, params=params))
    problems: list[Problem] = []
    records: list[Record] = []
    for number, row in enumerate(frame.select(field.name for field in fields).iter_rows(), start=2):
        record: Record = {}
        for field, words in zip(fields, row, strict=True):
            place = Place(file=source.name, row=number, column=field.name)
            record[field.name] = _typed(words, field, place, problems)
        records.append(record)
    if problems:
        raise Refused(*problems[:20])
    return records


def _typed(words: str | None, field: Field, place: Place, problems: list[Problem]) -> object:
    if words is None:
        if field.required:
            message = mark("The cell is empty, and must not be.")
            problems.append(Problem("planlint.cell_empty", message, place, mark("Fill it in.")))
        return None
    value, fits = typed(words, field)
    if fits:
        return value
    expected = "/".join(field.values) or field.type
    message = mark("“%(text)s” is no %(type)s.")
    params = {"text": words[:40], "type": expected}
    problems.append(Problem("planlint.cell_type", message, place, mark("Correct the cell."), params=params))
    return None
