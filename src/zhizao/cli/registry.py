"""``zhizao registry``: the register in and out, and names resolved. The form and resolving need no database."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from zhizao.cli import _text
from zhizao.cli.common import AreaCode, Lang, area_of, content_of, day_of, start_django, verbs

app = verbs(_text("Import, export and resolve enterprises."))


class Format(StrEnum):
    """How a verb answers."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@app.command("import", help=_text("Take a register in from xlsx or csv, whole or not at all."))
def take_in(
    file: Annotated[Path, typer.Argument(help=_text("The register as xlsx or csv."), metavar="FILE")],
    *,
    area: AreaCode = "",
    valid_from: Annotated[
        str, typer.Option("--valid-from", help=_text("Day for rows that name none, 2024-07-20; by default today."))
    ] = "",
    output: Annotated[Format, typer.Option("--format", help=_text("text or json."))] = Format.TEXT,
    lang: Lang = None,
) -> None:
    """Exit code 0: taken in, or nothing new; 2: refused, with row, column and remedy."""
    day = day_of(valid_from) if valid_from else dt.datetime.now(dt.UTC).astimezone().date()
    data = content_of(file)
    start_django()
    from zhizao.apps.registry import importing

    found = importing.take_in(actor=None, area=area_of(area), data=data, file=file.name, valid_from=day)
    counts = {name: getattr(found, name) for name in ("rows", "entered", "changed", "facts")}
    if output is Format.JSON:
        print(json.dumps(counts))
    else:
        said = _text("%(rows)s enterprises read: %(entered)s new, %(changed)s changed, %(facts)s facts added.")
        print(said % counts)


@app.command(help=_text("Write the register as xlsx or csv, in the columns in which it can be taken in again."))
def export(
    out: Annotated[Path, typer.Argument(help=_text("File to write, .xlsx or .csv."), metavar="FILE")],
    *,
    area: AreaCode = "",
    as_of: Annotated[
        str, typer.Option("--as-of", help=_text("The register as it stood at the end of this day; by default now."))
    ] = "",
    contacts: Annotated[bool, typer.Option("--contacts", help=_text("With the contacts."))] = False,
    lang: Lang = None,
) -> None:
    """Everything of the area, sorted by pinyin."""
    day = day_of(as_of) if as_of else None
    start_django()
    from zhizao.apps.registry import exporting, queries, sheet
    from zhizao.base.facts.models import Name, Subject

    seen = queries.view(day)
    path = area_of(area).path
    rows = Name.objects.filter(
        subject__area__path__startswith=path, kind=Name.Kind.REGISTERED, subject__kind=Subject.Kind.ENTERPRISE
    )
    found = queries.facts_at(rows, **seen.at).select_related("subject").order_by("pinyin", "text", "pk")
    frame = exporting.frame(found, seen, contacts=contacts)
    out.write_bytes(sheet.table(frame) if out.suffix.lower() == ".csv" else sheet.form(frame))
    print(_text("%(count)s enterprises written to %(path)s.") % {"count": frame.height, "path": out})


@app.command("import-links", help=_text("Take suppliers and customers in from xlsx or csv, whole or not at all."))
def take_in_links(
    file: Annotated[Path, typer.Argument(help=_text("The links as xlsx or csv."), metavar="FILE")],
    *,
    area: AreaCode = "",
    output: Annotated[Format, typer.Option("--format", help=_text("text or json."))] = Format.TEXT,
    lang: Lang = None,
) -> None:
    """Exit code 0: taken in, or nothing new; 2: refused, with row, column and remedy."""
    data = content_of(file)
    start_django()
    from zhizao.apps.registry import linking

    found = linking.take_in(actor=None, area=area_of(area), data=data, file=file.name)
    if output is Format.JSON:
        print(json.dumps({"rows": found.rows, "facts": found.facts}))
    else:
        print(_text("%(rows)s links read, %(facts)s facts added.") % {"rows": found.rows, "facts": found.facts})


@app.command(
    "export-links",
    help=_text("Write suppliers and customers as xlsx or csv, in the columns in which they are taken in."),
)
def export_links(
    out: Annotated[Path, typer.Argument(help=_text("File to write, .xlsx or .csv."), metavar="FILE")],
    *,
    area: AreaCode = "",
    as_of: Annotated[
        str, typer.Option("--as-of", help=_text("The register as it stood at the end of this day; by default now."))
    ] = "",
    lang: Lang = None,
) -> None:
    """Every link that holds and has its supplier in the area, outside included."""
    day = day_of(as_of) if as_of else None
    start_django()
    from zhizao.apps.registry import exporting, link_sheet, queries
    from zhizao.base.facts.models import Link

    seen = queries.view(day)
    rows = Link.objects.filter(subject__area__path__startswith=area_of(area).path)
    frame = exporting.links_frame(queries.facts_at(rows, **seen.at).select_related("subject", "buyer"), seen)
    out.write_bytes(link_sheet.table(frame) if out.suffix.lower() == ".csv" else link_sheet.form(frame))
    print(_text("%(count)s links written to %(path)s.") % {"count": frame.height, "path": out})


@app.command(help=_text("Write the empty form to fill in."))
def template(
    out: Annotated[Path, typer.Argument(help=_text("File to write, .xlsx."), metavar="FILE")],
    *,
    links: Annotated[bool, typer.Option("--links", help=_text("Of suppliers and customers."))] = False,
    lang: Lang = None,
) -> None:
    """No database is needed."""
    from zhizao.apps.registry import link_sheet, sheet

    out.write_bytes(link_sheet.form() if links else sheet.form())
    print(_text("Written to %(path)s.") % {"path": out})


@app.command(help=_text("Find the enterprises that names mean, each with score and reason."))
def resolve(
    names: Annotated[Path, typer.Argument(help=_text("Text file, one name a line."), metavar="NAMES")],
    *,
    register: Annotated[
        Path | None, typer.Option(help=_text("The register as xlsx or csv; without it that of the database."))
    ] = None,
    area: AreaCode = "",
    output: Annotated[Format, typer.Option("--format", help=_text("text, json or csv."))] = Format.TEXT,
    lang: Lang = None,
) -> None:
    """Exit code 0: every name is found beyond doubt; 1: some are doubtful or not found."""
    import polars as pl

    from zhizao.engines.entities import CONFLICTS, REASONS
    from zhizao.engines.entities import resolve as resolved

    wanted = [
        line.strip() for line in content_of(names).decode("utf-8-sig", errors="replace").splitlines() if line.strip()
    ]
    known = _of_file(register) if register else _of_database(area)
    frame = pl.DataFrame(known, schema=["entity", "name", "kind"], orient="row")
    rows = [_row(row, REASONS | CONFLICTS) for row in resolved(wanted, frame).iter_rows(named=True)]
    if output is Format.JSON:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        writer = csv.writer(sys.stdout, delimiter="," if output is Format.CSV else "\t", lineterminator="\n")
        writer.writerow(rows[0] if rows else ())
        writer.writerows(row.values() for row in rows)
    if any(row["decision"] != "match" for row in rows):
        raise typer.Exit(1)


def _row(row: dict[str, Any], said: dict[str, str]) -> dict[str, Any]:
    codes = [row["reason"], *(row["against"] or ())]
    return {
        "query": row["query"],
        "decision": row["decision"],
        "id": row["entity"],
        "name": row["name"],
        "score": None if row["score"] is None else round(row["score"], 4),
        "reason": " ".join(_text(said[code]) for code in codes if code),
    }


def _of_file(path: Path) -> list[tuple[str, str, str]]:
    from zhizao.apps.registry import sheet
    from zhizao.kernel.names import stable_id

    kinds = {"name": "registered", "short_name": "short", "former_name": "former", "english_name": "english"}
    found = []
    for row in sheet.read(content_of(path), file=path.name):
        entity = row.cells["id"] or stable_id(row.cells["name"])
        found += [(entity, text, kind) for column, kind in kinds.items() if (text := row.cells[column])]
    return found


def _of_database(area: str) -> list[tuple[str, str, str]]:
    start_django()
    from zhizao.apps.registry import queries, resolving
    from zhizao.base.facts.models import Name

    rows = Name.objects.filter(subject__area__path__startswith=area_of(area).path)
    return [(key.partition(":")[2], text, kind) for key, text, kind in resolving.register(rows, queries.view())]
