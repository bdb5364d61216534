"""``zhizao plan diff`` and ``plan roll-over``: what changed between two versions; the first draft of the next plan."""

from __future__ import annotations

import csv
import json
import sys
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from zhizao.cli import _text
from zhizao.cli.common import Lang
from zhizao.cli.plan_common import opened
from zhizao.engines.planlint.versions.diff_words import TITLES
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    from zhizao.engines.planlint.versions.changes import Change, Diff
    from zhizao.engines.planlint.versions.diff_words import Sentence
    from zhizao.engines.planlint.versions.rollover import Actual

HEAD: Final = ("table", "key", "name", "sorts", "column", "old", "new", "unit")


class Form(StrEnum):
    """How a difference is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def diff(
    old: Annotated[str, typer.Argument(help=_text("Pack or document: the older version."), metavar="A")],
    new: Annotated[str, typer.Argument(help=_text("Pack or document: the newer version."), metavar="B")],
    output: Annotated[Form, typer.Option("--format", help=_text("text, json or csv."))] = Form.TEXT,
    lang: Lang = None,
) -> None:
    """Exit code 0: nothing differs; 1: something does; 2: one of the two cannot be read."""
    from zhizao.engines.planlint.versions.diff import diff as compare

    found = compare(opened(old), opened(new))
    if output is Form.JSON:
        print(json.dumps(report(found), ensure_ascii=False, indent=2, default=_number))
    elif output is Form.CSV:
        _print_csv(found)
    else:
        _print_text(found)
    if found:
        raise typer.Exit(1)


def report(found: Diff) -> dict[str, Any]:
    """The difference as JSON has it."""
    return {
        "summary": _said(found.summary),
        "counts": {
            table: {"added": count.added, "removed": count.removed, "changed": count.changed, "same": count.same}
            for table, count in found.counts.items()
        },
        "not_compared": list(found.not_compared),
        "changes": [_change(change) for change in found.changes],
        "transfers": [
            {"from": transfer.source, "to": transfer.goal, "amount_wan_yuan": transfer.amount_wan_yuan}
            for transfer in found.transfers
        ],
    }


def _change(change: Change) -> dict[str, Any]:
    shift = change.shift
    return {
        "table": change.table,
        "key": change.key,
        "name": change.name,
        "old_name": change.old_name,
        "sorts": [sort.value for sort in change.sorts],
        "cells": [
            {"column": cell.column, "old": cell.old, "new": cell.new, "unit": cell.new_unit or cell.old_unit}
            for cell in change.cells
        ],
        "money_moved": shift and {"from": shift.source, "to": shift.goal, "amount_wan_yuan": shift.amount_wan_yuan},
        "sentences": [_said(sentence) for sentence in change.sentences],
    }


def _said(sentence: Sentence) -> str:
    return sentence.say(_text)


def _print_csv(found: Diff) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEAD)
    for change in found.changes:
        about = (change.table, change.key, change.name, " ".join(sort.value for sort in change.sorts))
        for cell in change.cells:
            unit = cell.new_unit or cell.old_unit
            writer.writerow((*about, cell.column, _plain(cell.old), _plain(cell.new), unit))


def _plain(value: object) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _number(value: object) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(type(value))


def _print_text(found: Diff) -> None:
    print(_said(found.summary))
    for table, changes in found.by_table().items():
        print(f"\n{_text(TITLES[table])}")
        for change in changes:
            sign = "+" if change.is_added else "−" if change.is_removed else "~"
            for sentence in change.sentences:
                print(f"  {sign} {_said(sentence)}")
    for transfer in found.transfers:
        print(f"  ~ {_said(transfer.sentence)}")
    if (claims := found.counts.get("claims")) and claims.differing:
        words = _text("Figures of the text: %(added)s new, %(removed)s gone, %(changed)s changed.")
        print(words % {"added": claims.added, "removed": claims.removed, "changed": claims.changed})
    if found.not_compared:
        names = ", ".join(_text(TITLES[table]) for table in found.not_compared)
        print(_text("Not compared, for one version does not have it: %(names)s.") % {"names": names})


def roll_over(
    pack: Annotated[str, typer.Argument(help=_text("Pack or document of the plan that ends."), metavar="PACK")],
    *,
    out: Annotated[Path, typer.Option(help=_text("Directory of the new pack."))],
    actuals: Annotated[
        Path | None, typer.Option(help=_text("CSV of latest actuals: id, year, value in the target's unit."))
    ] = None,
    finished: Annotated[
        list[str] | None, typer.Option(help=_text("A project that is finished; may be given again."))
    ] = None,
    lang: Lang = None,
) -> None:
    """Write the first draft of the next plan, and say what it still lacks."""
    from zhizao.engines.planlint import write_pack
    from zhizao.engines.planlint.versions import rollover

    new = rollover.roll_over(opened(pack), actuals=_actuals(actuals), finished=finished or ())
    write_pack(new.pack, out)
    print(new.pack.meta["title"])
    words = _text("Base values: %(measured)s measured, %(estimated)s estimated, %(unknown)s unknown.")
    counts = {name: len(getattr(new, name)) for name in ("measured", "estimated", "unknown", "carried", "finished")}
    print(words % counts)
    print(_text("Projects: %(carried)s carried, %(finished)s finished.") % counts)
    print(_text("Written to %(path)s.") % {"path": out})


def _actuals(path: Path | None) -> dict[str, Actual]:
    """The measured values of a file; a cell that is no number is refused with its row."""
    from zhizao.engines.planlint.versions.rollover import Actual
    from zhizao.kernel.tables import read_csv

    found: dict[str, Actual] = {}
    if path is None:
        return found
    frame = read_csv(path)
    problems = [_fault(path, 1, column) for column in ("id", "year", "value") if column not in frame.columns]
    for number, (key, year, value) in enumerate(() if problems else frame.select("id", "year", "value").rows(), 2):
        try:
            found[str(key)] = Actual(int(year), Decimal(value))
        except (TypeError, ValueError, InvalidOperation):
            problems.append(_fault(path, number, "value"))
    if problems:
        raise Refused(*problems)
    return found


def _fault(path: Path, row: int, column: str) -> Problem:
    message = mark("A row of actuals is an id, a year and a number.")
    return Problem("plan.bad_actual", message, Place(file=path.name, row=row, column=column), mark("Correct the cell."))
