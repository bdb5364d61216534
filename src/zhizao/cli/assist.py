"""``zhizao assist``: who is helped first, from the database."""

from __future__ import annotations

import csv
import json
import sys
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer

from zhizao.cli import _text
from zhizao.cli.common import AreaCode, Lang, area_of, day_of, start_django, verbs

app = verbs(_text("Who is helped first, and why."))
COLUMNS = (
    *("place", "enterprise", "name", "case", "alarm", "probability", "probability_source", "own_loss_wan_yuan"),
    *("others_loss_wan_yuan", "measure", "averted_share", "hours", "loss_avoided_wan_yuan"),
    *("loss_avoided_wan_yuan_per_hour", "reason", "against", "simulated"),
)


class Format(StrEnum):
    """How the list answers."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@app.callback()
def _verbs() -> None:
    """Keep ``list`` a verb, though it is the only one."""


@app.command("list", help=_text("Enterprises with alarms or open cases, who is worth most an hour of staff first."))
def list_(
    area: AreaCode = "",
    as_of: Annotated[
        str,
        typer.Option("--as-of", help=_text("The last day that may be known, such as 2025-06-30; today by default.")),
    ] = "",
    output: Annotated[Format, typer.Option("--format", help=_text("text, json or csv."))] = Format.TEXT,
    lang: Lang = None,
) -> None:
    """Exit code 0: listed, also where nobody waits; 2: bad input."""
    start_django()
    from zhizao.apps.assist.api import plain
    from zhizao.apps.assist.queries import queue

    found = queue(None, area_of(area), as_of=day_of(as_of) if as_of else None)
    ranked = [row.value_per_hour is not None for row in found]
    places = [sum(ranked[: at + 1]) if is_ranked else None for at, is_ranked in enumerate(ranked)]
    rows = [{"place": place, **plain(row)} for place, row in zip(places, found, strict=True)]
    if output is Format.JSON:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif output is Format.CSV:
        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "against": " ".join(row["against"])} for row in rows)
    else:
        for row in rows:
            value = row["loss_avoided_wan_yuan_per_hour"]
            shown = _text("unknown") if value is None else f"{Decimal(value):,.1f}"
            print(f"{row['place'] or '–':>4}  {shown:>10}  {row['case'] or '–':<10}  {row['name']}  {row['reason']}")
        print(_text("%(count)s enterprises wait") % {"count": len(rows)})
