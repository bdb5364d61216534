"""``zhizao outlook target``: the probability of each target at a date. No database is needed."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhizao.cli import _problem, _text
from zhizao.cli.common import Lang, day_of
from zhizao.cli.outlook_reconcile import edges_of
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    import polars as pl

    from zhizao.engines.outlook.assess import Assessment
    from zhizao.engines.outlook.panel import Panel


def target(
    panel: Annotated[Path, typer.Argument(help=_text("Figures: series, span, value."), metavar="PANEL")],
    targets: Annotated[
        Path, typer.Option(help=_text("Targets: target, kind, series, span, bound, value; denominator, base, pillar."))
    ],
    as_of: Annotated[str, typer.Option("--as-of", help=_text("The last day that may be known, such as 2025-06-30."))],
    out: Annotated[Path, typer.Option(help=_text("The file to write."))],
    draws: Annotated[int, typer.Option(help=_text("How many paths are drawn."), min=1, max=1_000_000)] = 2000,
    seed: Annotated[int, typer.Option(help=_text("The same seed gives the same result."), min=0)] = 0,
    tree: Annotated[
        Path | None, typer.Option(help=_text("A hierarchy of all series: child, parent; every path adds up."))
    ] = None,
    outside_view: Annotated[  # noqa: FBT002
        bool, typer.Option("--outside-view", help=_text("Add what plans of the same kind reached, and its weight."))
    ] = False,
    lang: Lang = None,
) -> None:
    """Exit code 0: all told; 1: some target cannot be told; 2: bad input, and nothing is written."""
    import numpy as np

    from zhizao.engines.outlook.assess import assess
    from zhizao.engines.outlook.hierarchy import hierarchy
    from zhizao.engines.outlook.target_table import targets_of
    from zhizao.kernel.tables import read_csv

    known = _known(panel, day_of(as_of))
    for problem in known.problems:
        _tell(problem)
    promised = targets_of(read_csv(targets), series=known.series, file=targets.name)
    structure = None if tree is None else hierarchy(edges_of(tree), series=known.series, file=tree.name)
    found = assess(known, promised, draws=draws, rng=np.random.default_rng(seed), tree=structure)
    out.write_bytes(_table(found, outside_view=outside_view).write_csv().encode())
    _say_what_is_inside(found, outside_view=outside_view)
    for key, problems in found.problems.items():
        for problem in problems:
            words = {"target": key, "reason": _problem(problem)}
            _tell(Problem("outlook.not_told", mark("Target %(target)s cannot be told: %(reason)s"), params=words))
    raise typer.Exit(1 if found.problems else 0)


def _known(path: Path, day: date) -> Panel:
    """The panel of what had ended by the day; rows of later periods are dropped before their figures are looked at."""
    import polars as pl

    from zhizao.engines.outlook.panel import panel_of
    from zhizao.kernel.tables import read_csv

    frame = read_csv(path)
    needed = ("series", "span", "value")
    if missing := [name for name in needed if name not in frame.columns]:
        message, remedy = mark("Column %(column)s is missing."), mark("The table needs the columns %(needed)s.")
        params = {"column": missing[0], "needed": ", ".join(needed)}
        raise Refused(Problem("outlook.no_column", message, Place(file=path.name), remedy, params=params))
    later = [text for text in frame["span"].unique().drop_nulls() if _ends_after(text, day)]
    known = frame.filter(~pl.col("span").is_in(later).fill_null(value=False))
    if known.is_empty():
        message = mark("No figure of the panel is of a period that had ended by %(day)s.")
        raise Refused(Problem("outlook.nothing_known", message, Place(file=path.name), params={"day": str(day)}))
    return panel_of(known)


def _ends_after(text: str, day: date) -> bool:
    try:
        return Span.parse(text).last_day > day
    except Refused:
        return False  # the panel says what is wrong with it


def _table(found: Assessment, *, outside_view: bool) -> pl.DataFrame:
    import numpy as np
    import polars as pl

    from zhizao.engines.outlook.grid import written
    from zhizao.engines.outlook.prior import outside_view as view_of
    from zhizao.engines.outlook.prior import shipped_reference_classes

    told = found.chances
    columns = {
        "target": [one.key for one in told],
        **{
            name: written(np.array([getattr(one, field) for one in told], dtype=np.float64))
            for name, field in (("p", "p"), ("p_lo", "low"), ("p_hi", "high"))
        },
        "hits": [one.hits for one in told],
        "draws": [one.draws for one in told],
    }
    if outside_view:
        view = view_of(shipped_reference_classes())
        p = np.array([one.p for one in told])
        columns |= {
            "p_outside": written(np.full(len(told), view.share)),
            "weight_outside": written(np.full(len(told), view.weight(found.futures.sampler.evidence))),
            "p_with_outside": written(view.shrunk(p, found.futures.sampler.evidence)),
        }
    return pl.DataFrame(columns)


def _say_what_is_inside(found: Assessment, *, outside_view: bool) -> None:
    from zhizao.engines.outlook.target import INSIDE, NOT_INSIDE

    inside, outside = ("; ".join(_text(part) for part in parts) for parts in (INSIDE, NOT_INSIDE))
    _tell(Problem("outlook.inside", mark("In it: %(parts)s."), params={"parts": inside}))
    _tell(Problem("outlook.not_inside", mark("Not in it: %(parts)s."), params={"parts": outside}))
    if found.futures.sampler.evidence < 3 and not outside_view:
        message = mark("The record is short: it rests on %(count)s past errors that do not overlap.")
        remedy = mark("--outside-view weighs it against what plans of the same kind reached.")
        _tell(
            Problem("outlook.short", message, remedy=remedy, params={"count": f"{found.futures.sampler.evidence:.1f}"})
        )


def _tell(problem: Problem) -> None:
    print(f"zhizao: {_problem(problem)}", file=sys.stderr)
