"""``zhizao outlook run``: the targets of an area as of a day, from the database; kept as a run with its calls."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhizao.cli import _text
from zhizao.cli.common import AreaCode, Lang, area_of, day_of, start_django

if TYPE_CHECKING:
    from zhizao.base.evidence.models import Run


class Format(StrEnum):
    """How the result is printed."""

    TEXT = "text"
    JSON = "json"


def run(
    area: AreaCode = "",
    as_of: Annotated[
        str,
        typer.Option("--as-of", help=_text("The last day that may be known, such as 2025-06-30; today by default.")),
    ] = "",
    draws: Annotated[int, typer.Option(help=_text("How many paths are drawn."))] = 2000,
    seed: Annotated[int, typer.Option(help=_text("The same seed gives the same result."), min=0)] = 0,
    combined: Annotated[
        int, typer.Option(help=_text("So many of the largest series get the median of three models."), min=0)
    ] = 1000,
    output: Annotated[Format, typer.Option("--format", help=_text("text or json."))] = Format.TEXT,
    lang: Lang = None,
) -> None:
    """Exit code 0: all targets told or known; 1: some cannot be told; 2: bad input, and nothing is kept."""
    start_django()
    from zhizao.apps.outlook import running, runs, services
    from zhizao.base.facts.queries import today

    place = area_of(area)
    day = day_of(as_of) if as_of else today()
    services.check(day, draws)
    asked = running.Asked(place, day, services.day_before(place, day), draws, seed, combined)
    targets = running.make(asked, step=_tell)
    enterprises = running.enterprises(asked, step=lambda text: None)
    kept = services.keep(actor=None, asked=asked, made=targets, part=runs.TARGETS)
    services.keep(actor=None, asked=asked, made=enterprises, part=runs.ENTERPRISES)
    rows = targets.record["targets"]
    if output is Format.JSON:
        print(json.dumps(_plain(kept, rows), ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(f"{_chance(row):>8}  {row['name']}")
        print(_text("Run %(run)s, as of %(day)s") % {"run": kept.sha12, "day": day.isoformat()})
    raise typer.Exit(int(any(row["state"] == "untold" for row in rows)))


def _chance(row: dict[str, Any]) -> str:
    """P in whole per cent, never 0 or 100; what is known or cannot be told in a word."""
    p = row["p"]
    if p is None:
        words = {"reached": _text("reached"), "missed": _text("missed")}
        return words.get(row["state"], _text("untold"))
    return "<1%" if p < 0.01 else ">99%" if p > 0.99 else f"{p:.0%}"


def _plain(run: Run, rows: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("key", "name", "unit", "span", "bound", "value", "state", "p", "p_lo", "p_hi", "expected")
    return {
        "run": run.sha12,
        "as_of": run.as_of.isoformat() if run.as_of else None,
        "targets": [{name: row.get(name) for name in names} for row in rows],
    }


def _tell(text: str) -> None:
    print(f"zhizao: {_text(text)}", file=sys.stderr)
