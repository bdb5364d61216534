"""``zhizao forms``: check a form's definition or a filled-in sheet, write a blank one. No database is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from zhizao.cli import _problem, _text, language
from zhizao.kernel.result import Problem, Refused, mark

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

FormName = Annotated[str, typer.Option("--form", help=_text("Id of the form: output, finance, energy, climate."))]
PeriodText = Annotated[str, typer.Option("--period", help=_text("What it reports on: 2025-03, 2025-01..02, 2025Q1."))]


@app.callback()
def forms() -> None:
    """Forms."""


@app.command(
    help=_text("Check a definition (.yaml) or a filled-in sheet (.xlsx); exit code 1 where something is wrong.")
)
def check(
    file: Annotated[Path, typer.Argument(help=_text("A definition or a sheet."), metavar="FILE")],
    form: FormName = "",
    period: PeriodText = "",
    output: Annotated[str, typer.Option("--format", help=_text("text or json."))] = "text",
) -> None:
    from zhizao.base.forms.loading import read_form

    if file.suffix.lower() in (".yaml", ".yml"):
        try:
            found = read_form(file, file=file.name)
        except Refused as refused:
            lines = [{"severity": "hard", "text": _problem(problem)} for problem in refused.problems]
        else:
            lines = []
            if output != "json":
                words = {"form": found.number, "rows": len(found.rows), "checks": len(found.checks)}
                print(_text("%(form)s: %(rows)s rows, %(checks)s checks, nothing wrong.") % words)
    else:
        lines = _of_sheet(file, form, period)
        if not lines and output != "json":
            print(_text("Nothing wrong."))
    _say(lines, output)
    raise typer.Exit(1 if lines else 0)


def _of_sheet(file: Path, name: str, period: str) -> list[dict[str, Any]]:
    from zhizao.base.forms.checks import Context, evaluate
    from zhizao.base.forms.layout import read_sheet

    form, span = _form(name, period)
    cells = read_sheet(form, file, period=span, file=file.name)
    words = language()
    return [
        {
            "severity": finding.severity,
            "check": finding.id,
            "cells": list(finding.cells),
            "text": f"{form.label(finding.cells[0], words)}: {_text(finding.message) % finding.params}".strip(),
        }
        for finding in evaluate(form, cells, Context(period=span), language=words).findings
    ]


def _say(lines: list[dict[str, Any]], output: str) -> None:
    if output == "json":
        print(json.dumps(lines, ensure_ascii=False, indent=2))
        return
    for line in lines:
        mark_ = "▼" if line["severity"] == "hard" else "▲"
        print(f"{mark_} {line['text']}")


@app.command(help=_text("Write a blank sheet of a form."))
def sheet(
    form: FormName,
    period: PeriodText,
    to: Annotated[Path, typer.Option("--to", help=_text("The file to write."))],
) -> None:
    from zhizao.base.forms.layout import write_sheet

    found, span = _form(form, period)
    to.write_bytes(write_sheet(found, period=span))


def _form(name: str, period: str) -> tuple[Any, Any]:
    """The edition of a form for a period.

    Raises
    ------
    Refused : no such form, or a period that cannot be read.
    """
    from zhizao.base.forms.library import library
    from zhizao.kernel.span import Span

    span = Span.parse(period)
    if (found := library().form(name, span)) is None:
        known = ", ".join(form.id for form in library().newest())
        message = mark("There is no form “%(form)s” for this period.")
        remedy = mark("Known are: %(known)s.")
        raise Refused(Problem("forms.unknown", message, remedy=remedy, params={"form": name, "known": known}))
    return found, span
