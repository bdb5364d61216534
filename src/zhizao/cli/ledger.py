"""``zhizao ledger``: observations in and out. The template needs no database."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from zhizao.cli import _text
from zhizao.cli.common import AreaCode, Lang, area_of, content_of, day_of, start_django, verbs

app = verbs(_text("Import and export observed figures."))


class Format(StrEnum):
    """How an import answers."""

    TEXT = "text"
    JSON = "json"


class Kind(StrEnum):
    """What an export writes."""

    CSV = "csv"
    XLSX = "xlsx"
    SDMX_CSV = "sdmx-csv"
    SDMX_JSON = "sdmx-json"


@app.command("import", help=_text("Take observations in from csv or xlsx, whole or not at all."))
def take_in(
    file: Annotated[Path, typer.Argument(help=_text("The observations as csv or xlsx."), metavar="FILE")],
    *,
    area: AreaCode = "",
    output: Annotated[Format, typer.Option("--format", help=_text("text or json."))] = Format.TEXT,
    lang: Lang = None,
) -> None:
    """Exit code 0: stored, or known already; 2: refused, with row, column and remedy."""
    data = content_of(file)
    start_django()
    from zhizao.apps.ledger import services

    batch, is_new = services.import_file(actor=None, area=area_of(area), data=data, name=file.name)
    counts = {"rows": batch.rows, "added": batch.added if is_new else 0, "warnings": len(batch.warnings)}
    if output is Format.JSON:
        print(json.dumps(counts))
    elif is_new:
        print(_text("%(rows)s rows read, %(added)s new; %(warnings)s to look at.") % counts)
    else:
        print(_text("This file was imported before; nothing has changed."))


@app.command(help=_text("Write figures as csv, xlsx, SDMX-CSV 2.0 or SDMX-JSON 2.0."))
def export(
    out: Annotated[Path, typer.Argument(help=_text("File to write."), metavar="FILE")],
    *,
    area: AreaCode = "",
    subject: Annotated[list[str] | None, typer.Option(help=_text("Key of a subject; may stand several times."))] = None,
    indicator: Annotated[
        list[str] | None, typer.Option(help=_text("Key of an indicator; may stand several times."))
    ] = None,
    within: Annotated[str, typer.Option(help=_text("Only periods that lie in this one, such as 2025."))] = "",
    as_of: Annotated[str, typer.Option("--as-of", help=_text("As known at the end of this day; by default now."))] = "",
    kind: Annotated[
        Kind | None, typer.Option("--format", help=_text("csv, xlsx, sdmx-csv or sdmx-json; by the file's ending."))
    ] = None,
    lang: Lang = None,
) -> None:
    """The same figures give the same bytes, whatever was revised after the day."""
    from zhizao.kernel.span import Span

    day = day_of(as_of) if as_of else None
    span = Span.parse(within) if within else None
    written = kind or _kind_of(out)
    start_django()
    from zhizao.apps.ledger import exporting, queries
    from zhizao.base.facts.models import Subject

    seen = Subject.objects.filter(area__path__startswith=area_of(area).path)
    seen = seen.filter(key__in=subject) if subject else seen
    rows = queries.observations(None, subjects=seen, indicators=indicator or (), within=span, as_of=day)
    out.write_bytes(exporting.write(rows, written.value, as_of=day))
    print(_text("%(count)s figures written to %(path)s.") % {"count": rows.count(), "path": out})


@app.command(help=_text("Write a file to fill in."))
def template(
    out: Annotated[Path, typer.Argument(help=_text("File to write, .csv."), metavar="FILE")], *, lang: Lang = None
) -> None:
    """No database is needed."""
    from zhizao.apps.ledger.columns import TEMPLATE

    out.write_bytes(TEMPLATE.encode("utf-8-sig"))
    print(_text("Written to %(path)s.") % {"path": out})


def _kind_of(out: Path) -> Kind:
    endings = {".csv": Kind.CSV, ".xlsx": Kind.XLSX, ".json": Kind.SDMX_JSON}
    if (kind := endings.get(out.suffix.lower())) is None:
        raise typer.BadParameter(
            _text("csv, xlsx, sdmx-csv or sdmx-json; by the file's ending."), param_hint="--format"
        )
    return kind
