"""``zhizao outlook``: forecasts of figures, what they add up to, and the chances of targets.

No database is needed but for ``run``.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhizao.cli import _problem, _text
from zhizao.cli.common import Lang, verbs
from zhizao.cli.outlook_reconcile import reconcile
from zhizao.cli.outlook_run import run as run_targets
from zhizao.cli.outlook_target import target
from zhizao.kernel.result import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zhizao.engines.outlook.backtest import Backtest
    from zhizao.engines.outlook.forecast import Forecast
    from zhizao.engines.outlook.panel import Panel
    from zhizao.engines.outlook.scores import Scores
    from zhizao.kernel.executor import Executor

app = verbs(_text("Forecast figures, make them add up, and tell the chance of each target."))
app.command(help=_text("Make forecasts of a hierarchy add up."))(reconcile)
app.command(help=_text("The probability of each target at a date."))(target)
app.command("run", help=_text("Forecast an area's targets from the database, and keep what was told."))(run_targets)

File = Annotated[Path, typer.Argument(help=_text("Figures as csv: series, span, value."), metavar="PANEL")]
Levels = Annotated[str, typer.Option(help=_text("Intervals in per cent, such as 80,95."))]
Largest = Annotated[
    int, typer.Option(help=_text("How many of the largest series get the median of three models; 0: none, and fast."))
]
NotNegative = Annotated[
    bool, typer.Option("--not-negative", help=_text("Refuse series with a figure below nought, which cannot be."))
]
Where = Annotated[
    str, typer.Option("--executor", help=_text("serial, threads, dask or dask://host:port; the result is the same."))
]


class Format(StrEnum):
    """How a backtest answers."""

    TEXT = "text"
    JSON = "json"


@app.command(help=_text("Forecast every series, with intervals."))
def forecast(
    file: File,
    *,
    horizon: Annotated[int, typer.Option(help=_text("Periods ahead."))],
    out: Annotated[Path, typer.Option(help=_text("The file to write: series, span, mean and the bounds."))],
    levels: Levels = "80,95",
    combined: Largest = 1000,
    not_negative: NotNegative = False,
    where: Where = "serial",
    lang: Lang = None,
) -> None:
    """Exit code 0: all series; 1: some were refused by name, the others are written; 2: bad input."""
    from zhizao.engines.outlook.forecast import forecast as run
    from zhizao.engines.outlook.panel import read_panel

    wanted = _levels(levels)
    panel = read_panel(file, non_negative=not_negative)
    with _executor(where) as executor, _progress() as tell:
        found = run(panel, horizon=horizon, levels=wanted, combined=combined, executor=executor, progress=tell)
    out.write_bytes(_table(found, wanted))
    for series, _, remark in found.notes:
        if remark:
            _tell(_text("Series %(series)s: %(remark)s") % {"series": series, "remark": _text(remark)})
    _leave_with_refusals(panel)


@app.command(help=_text("Forecast as it would have been done in the past, and score it against what came."))
def backtest(
    file: File,
    *,
    origins: Annotated[int, typer.Option(help=_text("How many past origins, a quarter of a year apart."))],
    horizon: Annotated[int | None, typer.Option(help=_text("Periods ahead; a year by default."))] = None,
    levels: Levels = "80,95",
    combined: Largest = 1000,
    not_negative: NotNegative = False,
    where: Where = "serial",
    output: Annotated[Format, typer.Option("--format", help=_text("text or json."))] = Format.TEXT,
    lang: Lang = None,
) -> None:
    """Exit code 0: all series; 1: some were refused by name, the others are scored; 2: bad input."""
    from zhizao.engines.outlook.backtest import backtest as run
    from zhizao.engines.outlook.panel import read_panel

    wanted = _levels(levels)
    panel = read_panel(file, non_negative=not_negative)
    with _executor(where) as executor:
        found = run(
            panel,
            horizon=panel.season if horizon is None else horizon,
            origins=origins,
            levels=wanted,
            combined=combined,
            executor=executor,
        )
    if output is Format.JSON:
        print(json.dumps(_plain(found, panel), ensure_ascii=False, indent=2))
    else:
        _print(found, wanted)
    _leave_with_refusals(panel)


def _levels(text: str) -> list[int]:
    try:
        levels = sorted({int(part) for part in text.split(",")})
    except ValueError:
        raise typer.BadParameter(_text("Write the levels as 80,95."), param_hint="--levels") from None
    return levels


def _executor(name: str) -> Executor:
    from zhizao.kernel.executor import executor

    try:
        return executor(name)
    except (ValueError, ModuleNotFoundError) as error:
        raise typer.BadParameter(str(error), param_hint="--executor") from None


@contextmanager
def _progress() -> Iterator[Callable[[float], None] | None]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(_text("Forecasting"), total=1.0)
        yield lambda part: bar.update(task, completed=part)


def _table(found: Forecast, levels: list[int]) -> bytes:
    """The forecast as csv, 12 significant digits."""
    import polars as pl

    from zhizao.engines.outlook.grid import written

    spans = [str(span) for span in found.spans()]
    columns: dict[str, Any] = {
        "series": [name for name in found.series for _ in spans],
        "span": spans * len(found.series),
        "mean": written(found.mean.ravel()),
    }
    for level in levels:
        columns[f"lo{level}"] = written(found.lower[level].ravel())
        columns[f"hi{level}"] = written(found.upper[level].ravel())
    return pl.DataFrame(columns).write_csv().encode()


def _print(found: Backtest, levels: list[int]) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    from zhizao.kernel.span import Span

    table = Table(box=SIMPLE, pad_edge=False)
    heads = [_text("First period ahead"), "sMAPE %", "MASE", "OWA", "CRPS"]
    heads += [f"{_text('Coverage')} {level} %" for level in levels] + [f"MSIS {level} %" for level in levels]
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left", no_wrap=True)
    step = found.forecasts[0].step_months
    rows = [(str(Span(end, step)), one) for end, one in zip(found.ends, found.by_origin, strict=True)]
    for name, one in [*rows, (_text("All"), found.scores)]:
        figures = [one.smape_pct, one.mase, one.owa, one.crps]
        figures += [one.coverage_pct[level] for level in levels] + [one.msis[level] for level in levels]
        table.add_row(name, *(f"{figure:.3f}" for figure in figures))
    width = None if sys.stdout.isatty() else 200
    Console(highlight=False, width=width).print(table)


def _plain(found: Backtest, panel: Panel) -> dict[str, Any]:
    from zhizao.kernel.span import Span

    origins = zip(found.ends, found.by_origin, strict=True)
    return {
        "series": len(panel.series),
        "origins": [{"first_span": str(Span(end, panel.step_months))} | _figures(one) for end, one in origins],
        "all": _figures(found.scores),
    }


def _figures(scores: Scores) -> dict[str, Any]:
    """Scores as plain data; what is not known is null."""

    def number(value: float) -> float | None:
        return float(f"{value:.12g}") if value == value else None

    def by_level(values: Any) -> dict[str, float | None]:
        return {str(level): number(value) for level, value in values.items()}

    return {
        "smape_pct": number(scores.smape_pct),
        "mase": number(scores.mase),
        "owa": number(scores.owa),
        "crps": number(scores.crps),
        "coverage_pct": by_level(scores.coverage_pct),
        "coverage_by_horizon_pct": {
            str(level): [number(value) for value in values] for level, values in scores.coverage_by_horizon_pct.items()
        },
        "msis": by_level(scores.msis),
        "count": scores.count,
    }


def _leave_with_refusals(panel: Panel) -> None:
    for problem in panel.problems:
        _tell(_problem(problem))
    if any(problem.severity is Severity.ERROR for problem in panel.problems):
        raise typer.Exit(1)


def _tell(line: str) -> None:
    print(f"zhizao: {line}", file=sys.stderr)
