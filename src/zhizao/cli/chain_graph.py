"""``zhizao chain import|export|template``: nodes, members, flows of chains in and out. The form needs no database."""

from __future__ import annotations

import datetime as dt
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from zhizao.cli import _text
from zhizao.cli.common import AreaCode, Lang, area_of, content_of, day_of, start_django


class What(StrEnum):
    """Which of the three tables."""

    NODES = "nodes"
    MEMBERS = "members"
    EDGES = "edges"


class Format(StrEnum):
    """How a verb answers."""

    TEXT = "text"
    JSON = "json"


Table = Annotated[What, typer.Option(help=_text("nodes, members (names at nodes) or edges (flows between nodes)."))]


def take_in(
    file: Annotated[Path, typer.Argument(help=_text("The table as xlsx or csv."), metavar="FILE")],
    *,
    what: Table = What.NODES,
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
    from zhizao.apps.chain import importing

    found = importing.take_in(
        actor=None, area=area_of(area), what=what.value, data=data, file=file.name, valid_from=day
    )
    counts = {"rows": found.rows, "entered": found.entered, "facts": found.facts}
    if output is Format.JSON:
        print(json.dumps(counts))
    else:
        print(_text("%(rows)s rows read: %(entered)s chains and nodes new, %(facts)s facts added.") % counts)


def export(
    out: Annotated[Path, typer.Argument(help=_text("File to write, .xlsx or .csv."), metavar="FILE")],
    *,
    what: Table = What.NODES,
    area: AreaCode = "",
    as_of: Annotated[
        str, typer.Option("--as-of", help=_text("The chains as they stood at the end of this day; by default now."))
    ] = "",
    lang: Lang = None,
) -> None:
    """Every chain of the area, in the columns in which it can be taken in again."""
    day = day_of(as_of) if as_of else None
    start_django()
    from zhizao.apps.chain import exporting, queries, sheets

    frame = exporting.frame(what.value, queries.chains(None, as_of=day, area=area_of(area)), as_of=day)
    write = sheets.table if out.suffix.lower() == ".csv" else sheets.form
    out.write_bytes(write(what.value, frame))
    print(_text("%(count)s rows written to %(path)s.") % {"count": frame.height, "path": out})


def template(
    out: Annotated[Path, typer.Argument(help=_text("File to write, .xlsx."), metavar="FILE")],
    *,
    what: Table = What.NODES,
    lang: Lang = None,
) -> None:
    """No database is needed."""
    from zhizao.apps.chain import sheets

    out.write_bytes(sheets.form(what.value))
    print(_text("Written to %(path)s.") % {"path": out})
