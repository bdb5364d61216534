"""``zhizao chain``: what fails if a firm stops, which needs no database; and the chains in and out."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhizao.cli import _problem, _text, chain_graph
from zhizao.cli.common import Lang, verbs
from zhizao.kernel.result import Problem, Severity, mark

if TYPE_CHECKING:
    from zhizao.engines.chain import Network

app = verbs(_text("Systemic risk of firms and chains."))
COLUMNS = ("firm", "esri", "esri_down", "esri_up", "iterations")
_THREADS_FROM_FIRMS = 2_000


app.command("import", help=_text("Take nodes, members or flows of chains in from xlsx or csv, whole or not at all."))(
    chain_graph.take_in
)
app.command(
    help=_text("Write nodes, members or flows of chains as xlsx or csv, in the columns in which they are taken in.")
)(chain_graph.export)
app.command(help=_text("Write the empty form to fill in."))(chain_graph.template)


@app.command(help=_text("Systemic risk (ESRI) of every firm: the share of output that is lost when it stops."))
def risk(
    *,
    firms: Annotated[
        Path,
        typer.Option(help=_text("CSV: firm, sector; may have market, weight, revenue, cost."), metavar="FILE"),
    ],
    links: Annotated[Path, typer.Option(help=_text("CSV: supplier, buyer, amount."), metavar="FILE")],
    out: Annotated[Path, typer.Option(help=_text("File to write, .csv."), metavar="FILE")],
    essential: Annotated[
        Path | None,
        typer.Option(
            help=_text("CSV: supplier_sector, buyer_sector, essential (2 essential, 1 not, 0 no effect); else all 2."),
            metavar="FILE",
        ),
    ] = None,
    shock: Annotated[
        Path | None,
        typer.Option(help=_text("CSV: firm, down, up; one joint shock instead of single stops."), metavar="FILE"),
    ] = None,
    eps: Annotated[float, typer.Option(help=_text("Tolerance of the stop rule."))] = 1e-10,
    stop: Annotated[int, typer.Option(help=_text("1: by the greatest step of a firm, 2: by growth of the total."))] = 1,
    no_market: Annotated[
        bool, typer.Option("--no-market", help=_text("No supplier is replaced by others of its market class."))
    ] = False,
    lang: Lang = None,
) -> None:
    """Exit code 0: written; 2: refused, with row, column and remedy."""
    from zhizao.engines.chain import Rule, Shocks, read_network, read_shock, run
    from zhizao.kernel.executor import executor

    rule = Rule(eps=eps, stop=stop, market=not no_market)  # type: ignore[arg-type]  # it refuses any other number
    network = read_network(firms, links, essential)
    shocks = Shocks.single(range(len(network.firms))) if shock is None else read_shock(shock, network)
    for problem in (*network.problems, *_closed(network)):
        print(f"zhizao: {_problem(problem)}", file=sys.stderr)
    name = "threads" if len(network.firms) >= _THREADS_FROM_FIRMS else "serial"
    with executor(name) as workers, _bar() as tell:
        outcome = run(network, shocks, rule=rule, executor=workers, progress=tell)
    names = network.firms if shock is None else ("scenario",)
    figures = zip(names, outcome.esri.tolist(), outcome.updates.tolist(), strict=True)
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((firm, *map(repr, esri), updates) for firm, esri, updates in figures)
    print(_text("%(count)s rows written to %(path)s.") % {"count": len(names), "path": out})


def _closed(network: Network) -> Iterator[Problem]:
    missing = [name for name in ("revenue", "cost") if getattr(network, name) is None]
    if missing:
        message = mark("closed economy: %(columns)s not given, flows outside are taken as none, risk is overstated.")
        yield Problem(
            "chain.closed_economy",
            message,
            remedy=mark("Give revenue and cost with sales and purchases outside."),
            severity=Severity.WARNING,
            params={"columns": ", ".join(missing)},
        )


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(_text("Shocks"))
        yield lambda done, total: progress.update(task, completed=done, total=total)
