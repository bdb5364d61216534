"""``zhizao warning``: alarms about single enterprises, and how good they were, without a database; and an area's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from zhizao.cli import _text
from zhizao.cli.common import Lang, verbs
from zhizao.cli.warning_list import find, list_alarms

app = verbs(_text("Find enterprises in trouble, and score the alarms."))

app.command("list", help=_text("List the alarms of an area as known on a day."))(list_alarms)
app.command(help=_text("Look for the alarms of an area in the database as of a day, and keep them."))(find)

Panel = Annotated[
    Path, typer.Argument(help=_text("Figures as csv: subject, indicator, span, value; sector."), metavar="PANEL")
]


@app.command(help=_text("Find the alarms of every enterprise and month."))
def run(
    panel: Panel,
    *,
    out: Annotated[Path, typer.Option(help=_text("The file to write: subject, month, rule, score, severity."))],
    rules: Annotated[
        Path | None, typer.Option(help=_text("A folder with measures.yaml and rules; the shipped one by default."))
    ] = None,
    why: Annotated[
        Path | None, typer.Option(help=_text("Also write the arithmetic of each alarm to this file."))
    ] = None,
    lang: Lang = None,
) -> None:
    """Exit code 0: done; 2: bad input, and nothing is written."""
    from zhizao.engines.warning.figures import figures_of
    from zhizao.engines.warning.running import run as find
    from zhizao.engines.warning.settings import shipped_watch, watch_of
    from zhizao.kernel.tables import read_csv

    watch = shipped_watch() if rules is None else watch_of(rules)
    figures = figures_of(read_csv(panel), stocks=watch.stocks, file=panel.name)
    if missing := [name for name in watch.indicators if name not in figures.values]:
        words = {"names": ", ".join(missing)}
        print(f"zhizao: {_text('Watched, but not in the table: %(names)s.') % words}", file=sys.stderr)
    found = find(figures, watch)
    out.write_bytes(found.alarms.write_csv().encode())
    if why is not None:
        why.write_bytes(found.arithmetic(found.alarms).write_csv(float_precision=6).encode())


@app.command(help=_text("Score alarms by what happened: precision, recall, lead time, false alarms."))
def score(
    alarms: Annotated[Path, typer.Argument(help=_text("Alarms, as “run” writes them."), metavar="ALARMS")],
    *,
    truth: Annotated[Path, typer.Option(help=_text("What happened: subject, span."))],
    panel: Annotated[
        Path | None, typer.Option(help=_text("The figures watched; without them the rate of false alarms is unknown."))
    ] = None,
    since: Annotated[str, typer.Option(help=_text("The first month that counts, such as 2021-01."))] = "",
    k: Annotated[int, typer.Option(help=_text("So many of the worst of each month for precision@k."), min=1)] = 10,
    lang: Lang = None,
) -> None:
    """Print csv, one row a rule, and * for all together. Exit code 0: done; 2: bad input."""
    from zhizao.engines.warning.figures import figures_of, watched_months
    from zhizao.engines.warning.scoring import score as judge
    from zhizao.kernel.tables import read_csv

    months = None if panel is None else watched_months(figures_of(read_csv(panel), file=panel.name), since or None)
    found = judge(read_csv(alarms), read_csv(truth), k=k, enterprise_months=months, since=since or None)
    print(found.write_csv(float_precision=4), end="")
