"""``zhizao outlook reconcile``: forecasts of a hierarchy made to add up. No database is needed."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhizao.cli import _problem, _text
from zhizao.cli.common import Lang
from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    import polars as pl

    from zhizao.engines.outlook.choosing import Choice, Way
    from zhizao.engines.outlook.grid import Grid
    from zhizao.engines.outlook.hierarchy import Floats, Hierarchy


class WeightsBy(StrEnum):
    """Where the weights come from."""

    SHRINK = "shrink"
    VARIANCE = "variance"
    STRUCTURAL = "structural"
    CHOSEN = "chosen"


def reconcile(
    base: Annotated[
        Path, typer.Argument(help=_text("Forecasts: series, span, mean; lo80, hi80 and so on."), metavar="BASE")
    ],
    tree: Annotated[
        Path, typer.Option(help=_text("The hierarchy: child, parent; a child may stand under several parents."))
    ],
    out: Annotated[Path, typer.Option(help=_text("The file to write."))],
    residuals: Annotated[
        Path | None, typer.Option(help=_text("Past errors of the same forecasts: series, span, residual."))
    ] = None,
    weights: Annotated[
        WeightsBy | None,
        typer.Option(help=_text("shrink (with residuals), variance, structural (without), or chosen on past errors.")),
    ] = None,
    hold: Annotated[
        int | None, typer.Option(help=_text("Level that stays as it is, 0 the top; the others move to it."))
    ] = None,
    not_negative: Annotated[bool, typer.Option("--not-negative", help=_text("No series below nought."))] = False,  # noqa: FBT002
    lang: Lang = None,
) -> None:
    """Exit code 0: written; 2: bad input, and nothing is written."""
    from zhizao.engines.outlook.choosing import Kind as By
    from zhizao.engines.outlook.choosing import Way, held_of, weights_of
    from zhizao.engines.outlook.hierarchy import hierarchy
    from zhizao.engines.outlook.reconcile import Projection

    found = _grid(base, None)
    structure = hierarchy(edges_of(tree), series=found.series, file=tree.name)
    errors = None if residuals is None else _errors(residuals, found)
    if weights is None:
        weights = WeightsBy.STRUCTURAL if errors is None else WeightsBy.SHRINK
        if errors is None:
            _tell(mark("Without residuals each series is weighted by its number of leaves."))
    way = _chosen(structure, errors, hold) if weights is WeightsBy.CHOSEN else Way(By(weights), hold)
    projection = Projection(structure, weights_of(way.kind, structure, errors), held=held_of(way, structure))
    mean = found.figures["mean"]
    after = projection.not_negative(mean) if not_negative else projection.of(mean)
    moved = {name: array + (after - mean) for name, array in found.figures.items()} | {"mean": after}
    if not_negative:
        moved = {name: array.clip(min=0) for name, array in moved.items()}
    out.write_bytes(found.table(moved).write_csv().encode())


def _grid(path: Path, figures: tuple[str, ...] | None) -> Grid:
    """A long table; without names, its columns of figures are the mean and all bounds."""
    from zhizao.engines.outlook.grid import grid

    frame = _frame(path)
    if figures is None:
        bounds = [name for name in frame.columns if name[:2] in ("lo", "hi") and name[2:].isdigit()]
        figures = ("mean", *bounds)
    return grid(frame, figures=figures, file=path.name)


def _frame(path: Path) -> pl.DataFrame:
    from zhizao.kernel.tables import Limits, read_csv

    return read_csv(path, limits=Limits(file_bytes=2_000_000_000, rows=20_000_000, cells=100_000_000))


def edges_of(path: Path) -> list[tuple[str, str]]:
    """Pairs of child and parent of a file."""
    frame = _frame(path)
    needed = ("child", "parent")
    if missing := [name for name in needed if name not in frame.columns]:
        message = mark("Column %(column)s is missing.")
        remedy = mark("The table needs the columns %(needed)s.")
        params = {"column": missing[0], "needed": ", ".join(needed)}
        raise Refused(Problem("outlook.no_column", message, Place(file=path.name), remedy, params=params))
    return [((child or "").strip(), (parent or "").strip()) for child, parent in frame.select(needed).iter_rows()]


def _errors(path: Path, base: Grid) -> Floats:
    """The residuals in the order of the forecasts."""
    import numpy as np

    from zhizao.engines.outlook.grid import grid

    frame = _frame(path)
    name = "residual" if "residual" in frame.columns or "value" not in frame.columns else "value"
    found = grid(frame, figures=(name,), file=path.name)
    place = {series: number for number, series in enumerate(found.series)}
    forecast = set(base.series)
    for names, message in (
        ([series for series in base.series if series not in place], mark("These series have no residuals: %(names)s.")),
        ([series for series in found.series if series not in forecast],
         mark("These series have residuals and no forecast: %(names)s.")),
    ):  # fmt: skip
        if names:
            shown = ", ".join(names[:20]) + (f", … ({len(names)})" if len(names) > 20 else "")
            raise Refused(Problem("outlook.residuals", message, Place(file=path.name), params={"names": shown}))
    rows = np.array([place[series] for series in base.series])
    return found.figures[name][rows]


def _chosen(structure: Hierarchy, errors: Floats | None, hold: int | None) -> Way:
    """The best way on the residuals, a date an origin; all scores are told."""
    import numpy as np

    from zhizao.engines.outlook.choosing import choose

    if hold is not None:
        raise typer.BadParameter(_text("A level is held fixed, or the way is chosen; not both."))
    if errors is None:
        message = mark("Weights are chosen on past errors.")
        raise Refused(Problem("outlook.no_errors", message, remedy=mark("Give residuals.")))
    dates = min(errors.shape[1], 12)
    folds = np.array_split(np.arange(errors.shape[1]), dates)
    least = min(len(fold) for fold in folds)
    choice: Choice = choose(structure, np.stack([errors[:, fold[:least]] for fold in folds]))
    for way, score in sorted(choice.scores.items(), key=lambda item: item[1]):
        by_level = ", ".join(f"{level:.3f}" for level in choice.by_level[way])
        words = {"way": str(way), "score": f"{score:.3f}", "levels": by_level}
        _tell(mark("%(way)s: %(score)s of the base forecasts' error; by level %(levels)s"), words)
    return choice.way


def _tell(message: str, params: dict[str, str] | None = None) -> None:
    print(f"zhizao: {_problem(Problem('outlook.told', message, params=params or {}))}", file=sys.stderr)
