"""``zhizao plan``: read a plan's document into a pack, and show a pack. No database is needed."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from zhizao.cli import _problem, _text
from zhizao.cli.common import Lang, verbs
from zhizao.cli.plan_check import check
from zhizao.cli.plan_common import pack_path
from zhizao.cli.plan_diff import diff, roll_over
from zhizao.cli.plan_words import HEADS, SHOWN, TITLES
from zhizao.kernel.result import Problem, Severity, mark

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from zhizao.engines.planlint import PlanPack, Reading

app = verbs(_text("Read a plan, show it, compare versions."))
WIDE: Final = 200
"""Columns where the output is no terminal: a line of a table stays a line."""

UNPLACED_SHOWN: Final = 3
"""Lines with figures that are no claim, said one by one; the rest are counted."""
_CHECKS: Final = {
    "agrees": "",
    "differs": mark("differs"),
    "points": mark("percentage points"),
    "not_stated": "",
    "not_computable": mark("not computable"),
}
_SEVERITIES: Final = {
    Severity.ERROR: mark("error"),
    Severity.WARNING: mark("warning"),
    Severity.INFO: mark("info"),
}
_BOUNDS: Final = {"ge": "≥", "le": "≤"}


class Format(StrEnum):
    """How a verb answers."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@app.command(help=_text("Read a plan's document into a plan pack, and say what was found and what was not."))
def read(
    file: Annotated[Path, typer.Argument(help=_text("The plan as docx, pdf, html, xlsx, txt or md."), metavar="FILE")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            help=_text("Directory of the pack, whose corrections are applied; without it nothing is written.")
        ),
    ] = None,
    without_quotes: Annotated[
        bool, typer.Option("--without-quotes", help=_text("Leave the document's own sentences out of the pack."))
    ] = False,
    output: Annotated[Format, typer.Option("--format", help=_text("text or json."))] = Format.TEXT,
    lang: Lang = None,
) -> None:
    """Exit code 0: all read; 1: something in a table, or a correction, needs a decision (the rest is written)."""
    from zhizao.engines.planlint import corrected, read_document, write_pack
    from zhizao.engines.planlint.corrections import FILE, read_corrections
    from zhizao.engines.planlint.pack import recover
    from zhizao.kernel.tables import Limits, read_bytes

    if output is Format.CSV:
        raise typer.BadParameter(_text("A reading is told as text or json."), param_hint="--format")
    if out is not None and out.parent.is_dir():
        recover(out)
    corrections = read_corrections(out / FILE) if out is not None and (out / FILE).is_file() else ()
    reading = read_document(read_bytes(file, file=file.name or str(file), limits=Limits()), file=file.name)
    reading = corrected(reading, corrections)
    if out is not None:
        write_pack(reading, out, quotes=not without_quotes)
    if output is Format.JSON:
        _print_json(_report(reading, len(corrections), out))
    else:
        _print_reading(reading, len(corrections), out)
    if any(problem.severity is Severity.ERROR for problem in reading.problems):
        raise typer.Exit(1)


@app.command(help=_text("Show a plan pack: a directory, or the name of a pack that comes with ZhiZao."))
def show(
    pack: Annotated[
        str | None, typer.Argument(help=_text("Directory or name; may be left out."), metavar="[PACK]")
    ] = None,
    output: Annotated[Format, typer.Option("--format", help=_text("text, json or csv."))] = Format.TEXT,
    table: Annotated[str | None, typer.Option(help=_text("One table: indicators, projects, enterprises, …"))] = None,
    lang: Lang = None,
) -> None:
    """Text shows the plan and its targets, or one table; csv is one table, json all or one."""
    from zhizao.engines.planlint import read_pack

    if table is not None and table not in TITLES:
        raise typer.BadParameter(
            _text("There is no table “%(name)s”; there are: %(names)s.") % {"name": table, "names": ", ".join(TITLES)},
            param_hint="--table",
        )
    plan = read_pack(pack_path(pack))
    if output is Format.CSV:
        _print_csv(plan, table or "indicators")
    elif output is Format.JSON:
        rows = {name: _with_growth(name, plan.rows[name]) for name in ([table] if table else TITLES)}
        _print_json({"plan": dict(plan.meta), "tables": rows})
    else:
        _print_pack(plan, table)


app.command(help=_text("Check a plan for contradictions: a document, or a pack."))(check)
app.command(help=_text("Say what changed between two versions: packs, or documents."))(diff)
app.command("roll-over", help=_text("Start the next plan: years move on, open projects are carried."))(roll_over)


@app.command(help=_text("Load a plan pack into this installation, as a draft or published."))
def load(
    pack: Annotated[str, typer.Argument(help=_text("Directory, or name of a pack that comes with ZhiZao."))],
    *,
    area: Annotated[str, typer.Option(help=_text("Code of the area; without it the one the pack names."))] = "",
    publish: Annotated[bool, typer.Option("--publish", help=_text("Put it into force at once."))] = False,
    lang: Lang = None,
) -> None:
    """Take a pack into the database, whole or not at all; the same pack again changes nothing."""
    path = pack_path(pack)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhizao.site.settings")
    import django

    django.setup()
    from zhizao.apps.plan.installing import install

    version = install(path=path, area_code=area, publish=publish)
    print(f"{version.plan.title}: {version.number} {version.get_status_display()}")


def _unplaced(reading: Reading) -> tuple[list[Problem], int]:
    """The lines of the text with figures that are in no table, and how many figures they are."""
    lines = [problem for problem in reading.problems if problem.code == "planlint.figure_unplaced"]
    return lines, sum(int(str(problem.params["count"])) for problem in lines)


def _report(reading: Reading, corrections: int, out: Path | None) -> dict[str, Any]:
    """All of it: every table found, every table and figure that was not placed, every problem."""
    lines, figures = _unplaced(reading)
    return {
        "plan": dict(reading.meta),
        "out": None if out is None else str(out),
        "rows": {name: len(records) for name, records in reading.rows.items()},
        "tables": [
            {
                "table": found.table,
                "caption": found.caption,
                "first_line": found.first_line,
                "last_line": found.last_line,
                "rows": found.rows,
            }
            for found in reading.found
        ],
        "unplaced": {
            "tables": [
                problem.place.line
                for problem in reading.problems
                if problem.code in ("planlint.table_unplaced", "planlint.caption_alone")
            ],
            "figures": figures,
            "figure_lines": [problem.place.line for problem in lines],
        },
        "corrections": corrections,
        "problems": [
            {
                "code": problem.code,
                "severity": problem.severity.value,
                "line": problem.place.line,
                "message": _text(problem.message) % problem.params,
                "remedy": _text(problem.remedy) % problem.params if problem.remedy else "",
            }
            for problem in reading.problems
        ],
    }


def _print_reading(reading: Reading, corrections: int, out: Path | None) -> None:
    console = _console()
    _print_head(console, reading.meta)
    table = _table(_text("Tables found"))
    for head, right in ((mark("Table"), False), (mark("Caption"), False), (mark("Lines"), True), (mark("Rows"), True)):
        table.add_column(_text(head), justify="right" if right else "left", overflow="fold")
    for found in reading.found:
        lines = f"{found.first_line}–{found.last_line}"
        table.add_row(_text(TITLES[found.table]), found.caption, lines, str(found.rows))
    console.print(table)
    counts = (f"{_text(TITLES[key])} {len(reading.rows[key])}" for key in ("claims", "aliases", "tasks"))
    console.print("  ".join(counts), markup=False)
    unplaced, figures = _unplaced(reading)
    hidden = set(map(id, unplaced[UNPLACED_SHOWN:]))
    for problem in reading.problems:
        if id(problem) in hidden:
            continue
        console.print(f"{_text(_SEVERITIES[problem.severity])}: {_problem(problem)}", markup=False, soft_wrap=True)
    if figures:
        said = _text("%(figures)s figures of the text on %(lines)s lines are no claim; --format json has them all.")
        console.print(said % {"figures": figures, "lines": len(unplaced)}, markup=False, soft_wrap=True)
    if corrections:
        said = _text("%(count)s corrections of the pack were taken up.")
        console.print(said % {"count": corrections}, markup=False, soft_wrap=True)
    if out is not None:
        console.print(_text("Written to %(path)s.") % {"path": out}, markup=False, soft_wrap=True)


def _print_pack(plan: PlanPack, name: str | None) -> None:
    console = _console()
    if name is None:
        _print_head(console, plan.meta)
        counts = (f"{_text(title)} {len(plan.rows[key])}" for key, title in TITLES.items())
        console.print("  ".join(counts), markup=False)
    if name in (None, "indicators"):
        console.print(_indicators(plan))
        return
    columns = SHOWN[name]
    table = _table(_text(TITLES[name]))
    numeric = {column for column in columns for row in plan.rows[name] if isinstance(row[column], int | Decimal)}
    for column in columns:
        table.add_column(_text(HEADS[column]), justify="right" if column in numeric else "left", overflow="fold")
    for row in plan.rows[name]:
        table.add_row(*(_shown(row[column]) for column in columns))
    console.print(table)


def _print_head(console: Console, meta: Mapping[str, Any]) -> None:
    period = meta.get("period") or {}
    region = meta.get("region") or {}
    console.print(str(meta.get("title") or ""), style="bold", markup=False)
    years = f"{period.get('start')}–{period.get('end')}" if period.get("start") else ""
    facts = [region.get("name"), region.get("code"), years, meta.get("issued"), meta.get("document_number")]
    console.print("  ".join(str(fact) for fact in facts if fact), markup=False)


def _indicators(plan: PlanPack) -> Table:
    """Targets with the growth that the plan states beside the growth that base and target imply."""
    rows = plan.rows["indicators"]
    bases, targets = ({row[key] for row in rows if row[key]} for key in ("base_year", "target_year"))
    table = _table(_text("Targets"))
    for key in ("category", "name", "unit"):
        table.add_column(_text(HEADS[key]), overflow="fold")
    base = str(*bases) if len(bases) == 1 else _text("Base")
    target = str(*targets) if len(targets) == 1 else _text("Target")
    for head in (base, target, _text("Stated %/year"), _text("Computed %/year")):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column(_text("Check"))
    table.add_column(_text("Nature"))
    table.add_column(_text("Line"), justify="right")
    category = None
    for row, growth in zip(rows, map(_growth, rows), strict=True):
        shown = "" if row["category"] == category else _shown(row["category"])
        category = row["category"]
        table.add_row(
            shown,
            _shown(row["name"]),
            _shown(row["unit"]),
            _shown(row["base_value"]),
            _BOUNDS.get(str(row["bound"]), "") + _shown(row["target_value"]),
            _shown(row["growth_stated_pct"]),
            _shown(_tenth(growth.computed_pct)),
            _text(verdict) if (verdict := _CHECKS[growth.check.value]) else "",
            _shown(row["nature"]),
            _shown(row["line"]),
        )
    return table


def _growth(row: Mapping[str, Any]) -> Any:
    from zhizao.engines.planlint.growth import check_growth

    years = row["target_year"] - row["base_year"] if row["target_year"] and row["base_year"] else None
    return check_growth(
        base=row["base_value"],
        target=row["target_value"],
        years=years,
        stated_pct=row["growth_stated_pct"],
        unit=row["unit"] or "",
    )


def _with_growth(name: str, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    if name != "indicators":
        return list(rows)
    return [
        {**row, "growth_computed_pct": _tenth(growth.computed_pct), "growth_check": growth.check.value}
        for row, growth in zip(rows, map(_growth, rows), strict=True)
    ]


def _tenth(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _shown(value: object) -> str:
    return "–" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)


def _table(title: str) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    return Table(title=title, title_justify="left", box=SIMPLE, pad_edge=False)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(type(value))


def _print_csv(plan: PlanPack, name: str) -> None:
    from zhizao.engines.planlint.schema import TABLES

    columns = [field.name for field in TABLES[name]]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if row[c] is None else _shown(row[c]) for c in columns] for row in plan.rows[name])
