"""``zhizao warning``: alarms about single enterprises, and how good they were, without a database; and an area's."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhizao.cli import _text
from zhizao.cli.common import Lang, verbs, write_all
from zhizao.cli.warning_list import find, list_alarms
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    import polars as pl

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

    _refuse_same(panel, out, *([why] if why else []))
    watch = shipped_watch() if rules is None else watch_of(rules)
    table = read_csv(panel)
    figures = figures_of(table, stocks=watch.stocks, file=panel.name)
    _refuse_units(table, panel)
    if missing := [name for name in watch.indicators if name not in figures.values]:
        if len(missing) == len(watch.indicators):
            raise Refused(_nothing_watched(watch.indicators, panel))
        words = {"names": ", ".join(missing)}
        print(f"zhizao: {_text('Watched, but not in the table: %(names)s.') % words}", file=sys.stderr)
    found = find(figures, watch)
    contents = {out: found.alarms.write_csv().encode()}
    if why is not None:
        contents[why] = found.arithmetic(found.alarms).write_csv(float_precision=6).encode()
    write_all(contents)


def _refuse_same(*paths: Path) -> None:
    """Refuse to write one file twice, or over the figures."""
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            message, remedy = mark("The file is named twice."), mark("Write to another file.")
            raise Refused(Problem("warning.same_file", message, Place(file=path.name), remedy))
        seen.add(path.resolve())


def _refuse_units(table: pl.DataFrame, panel: Path) -> None:
    """Refuse an indicator in two units; where the table has no units they are taken to be the same."""
    if "unit" not in table.columns:
        return
    units = table.group_by("indicator", maintain_order=True).agg(told="unit").rows()
    several = [(str(name), sorted(set(map(str, told)))) for name, told in units if len(set(told)) > 1]
    if several:
        message, remedy = mark("“%(indicator)s” has several units: %(units)s."), mark("Convert them to one.")
        place = Place(file=panel.name, column="unit")
        raise Refused(
            *(
                Problem("warning.units", message, place, remedy, params={"indicator": name, "units": ", ".join(told)})
                for name, told in several
            )
        )


def _nothing_watched(indicators: Sequence[str], panel: Path) -> Problem:
    message, remedy = mark("None of the indicators is watched."), mark("Watched are: %(names)s.")
    place = Place(file=panel.name, column="indicator")
    return Problem("warning.nothing_watched", message, place, remedy, params={"names": ", ".join(indicators)})


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

    figures = None if panel is None else figures_of(read_csv(panel), file=panel.name)
    months = None if figures is None else watched_months(figures, since or None)
    told, happened = read_csv(alarms), read_csv(truth)
    found = judge(told, happened, k=k, enterprise_months=months, since=since or None)
    watched = told["subject"].to_list() if figures is None else figures.subjects
    if len(happened) and not set(happened["subject"]) & set(watched):
        print(
            f"zhizao: {_text('Nothing of the truth is about an enterprise of the alarms or the panel.')}",
            file=sys.stderr,
        )
    print(found.write_csv(float_precision=4), end="")
