"""Monthly figures of single enterprises on one grid; January and February are one cell.

A year has eleven cells: January–February, then each month from March. A cell of a flow holds its sum, of a stock its
value at the end. What was reported year to date, jointly or by the month is taken apart by the algebra of spans
(``statistics.spans``); what it does not determine stays unknown (NaN), never nought. A cell is dated by its last month.

Source: the form 财务状况 is not asked for January (1月免报); January and February are surveyed together since 2013
(notes to the monthly releases of the National Bureau of Statistics).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from zhizao.engines.statistics.spans import Kind, pieces, solve
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.span import Span

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
CELLS: Final = 11
"""Cells of a year."""
NEEDED: Final = ("subject", "indicator", "span", "value")
_MILLIONTHS: Final = 1_000_000
_LARGEST: Final = 1e12
_SHOWN: Final = 30


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Figures of n enterprises over T cells.

    Attributes
    ----------
    subjects : n keys, in the order in which they first come
    sector : shape (n,), place of each one's peers in ``sectors``
    sectors : their names; one empty name where the table has no column ``sector``
    first_cell : year × 11 + place in the year of the first cell
    values : indicator to an array of shape (n, T); NaN is unknown
    """

    subjects: tuple[str, ...]
    sector: Ints
    sectors: tuple[str, ...]
    first_cell: int
    values: Mapping[str, Floats]

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return next(iter(self.values.values())).shape[1] if self.values else 0

    def months(self) -> list[str]:
        """The last month of each cell.

        >>> Figures((), np.zeros(0, np.int64), (), 2025 * 11, {"a": np.zeros((0, 2))}).months()
        ['2025-02', '2025-03']
        """
        return [str(Span(month, 1)) for month in months_of(self.first_cell + np.arange(self.cells)).tolist()]


def months_of(cells: Ints) -> Ints:
    """The last month (year × 12 + month − 1) of cells.

    >>> months_of(np.array([2025 * 11, 2025 * 11 + 10])) - 2025 * 12
    array([ 1, 11])
    """
    found: Ints = cells // CELLS * 12 + cells % CELLS + 1
    return found


def median(x: Floats) -> float:
    """The median of numbers that are all known; numpy's spends most of its time on everything else where they are few.

    >>> median(np.array([3.0, 1.0, 2.0])), median(np.array([4.0, 1.0, 2.0, 3.0]))
    (2.0, 2.5)
    """
    ordered = np.sort(x)
    return float((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)


def watched_months(figures: Figures, since: str | None = None) -> int:
    """Enterprise-months with a figure; the cell January–February counts as two.

    Examples
    --------
    >>> figures = Figures(("a",), np.zeros(1, np.int64), ("",), 2025 * 11, {"x": np.array([[1.0, 2.0, np.nan]])})
    >>> watched_months(figures), watched_months(figures, "2025-03")
    (3, 1)
    """
    if not figures.values:
        return 0
    known = np.any([np.isfinite(y) for y in figures.values.values()], axis=0).sum(axis=0)
    last = months_of(figures.first_cell + np.arange(figures.cells))
    months = np.where(last % 12 == 1, 2, 1) * (last >= (Span.parse(since).start_month if since else 0))
    return int((known * months).sum())


def figures_of(frame: pl.DataFrame, *, stocks: Collection[str] = (), file: str | None = None) -> Figures:
    """Read a table of figures.

    Parameters
    ----------
    frame : DataFrame
        ``subject``, ``indicator``, ``span`` (text as ``kernel.span`` reads it), ``value`` (number or text; empty is
        unknown) and perhaps ``sector``, by which peers are known. Rows may come in any order.
    stocks : collection of str
        Indicators that are values at the end of a span; all others are sums.
    file : str, optional
        Its name for the messages.

    Raises
    ------
    Refused
        Everything that is wrong, with its row: ``warning.no_column``, ``warning.no_subject``, ``warning.bad_span``,
        ``warning.not_a_number``, ``warning.duplicate``, ``warning.two_sectors``, ``warning.no_rows``.

    Examples
    --------
    >>> rows = [("a", "gross_output", "2025-01..02", 50), ("a", "gross_output", "2025-01..03", 80)]
    >>> figures_of(pl.DataFrame(rows, schema=list(NEEDED), orient="row")).values["gross_output"].tolist()
    [[50.0, 30.0]]
    """
    if missing := [name for name in NEEDED if name not in frame.columns]:
        message, remedy = mark("Column %(column)s is missing."), mark("The table needs the columns %(needed)s.")
        params = {"column": missing[0], "needed": ", ".join(NEEDED)}
        raise Refused(Problem("warning.no_column", message, Place(file=file), remedy, params=params))
    rows = _read(frame)
    _check(rows, file)
    known = rows.drop_nulls("number")
    if known.is_empty():
        raise Refused(Problem("warning.no_rows", mark("There is no figure in the table."), Place(file=file)))
    subjects = known["subject"].unique(maintain_order=True)
    sectors = rows["sector"].unique(maintain_order=True)
    of_subject = subjects.to_frame().join(rows.unique("subject", keep="first"), on="subject", maintain_order="left")
    place = pl.DataFrame({"subject": subjects, "_row": np.arange(len(subjects))})
    cells = known.select("subject", "indicator", "start_month", "months", value=pl.col("number"))
    parts = _cells(cells, frozenset(stocks)).join(place, on="subject", maintain_order="left")
    if parts.is_empty():
        raise Refused(Problem("warning.no_rows", mark("There is no figure in the table."), Place(file=file)))
    first, last = int(parts["cell"].min()), int(parts["cell"].max())  # type: ignore[arg-type]
    values = {}
    for (indicator,), part in parts.partition_by("indicator", as_dict=True, maintain_order=True).items():
        grid = np.full((len(subjects), last - first + 1), np.nan)
        grid[part["_row"].to_numpy(), part["cell"].to_numpy() - first] = part["value"].to_numpy() / _MILLIONTHS
        values[str(indicator)] = grid
    index = {name: number for number, name in enumerate(sectors)}
    sector = np.array([index[name] for name in of_subject["sector"]], dtype=np.int64)
    return Figures(tuple(subjects), sector, tuple(sectors), first, values)


def _read(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with ``start_month`` and ``months`` (null: no span), ``number`` in millionths."""
    spans = frame["span"].cast(pl.String).unique().drop_nulls()
    read: list[tuple[str, int | None, int | None]] = []
    for text in spans:
        try:
            span = Span.parse(text)
            read.append((text, span.start_month, span.months))
        except Refused:
            read.append((text, None, None))
    schema = {"span": pl.String, "start_month": pl.Int64, "months": pl.Int64}
    text = pl.col("value").cast(pl.String).str.strip_chars()
    sector = pl.col("sector").cast(pl.String).fill_null("") if "sector" in frame.columns else pl.lit("")
    rows = frame.select(
        *(pl.col(name).cast(pl.String).str.strip_chars().fill_null("") for name in ("subject", "indicator")),
        pl.col("span").cast(pl.String),
        text=pl.when(text != "").then(text),
        sector=sector,
    )
    number = pl.col("text").cast(pl.Float64, strict=False)
    fits = number.is_finite() & (number.abs() < _LARGEST)
    return (
        rows.with_row_index("row", 2)
        .join(pl.DataFrame(read, schema=schema, orient="row"), on="span", how="left", maintain_order="left")
        .with_columns(number=pl.when(fits).then((number * _MILLIONTHS).round().cast(pl.Int64, strict=False)))
    )


def _check(rows: pl.DataFrame, file: str | None) -> None:
    checks = (
        ("no_subject", (pl.col("subject") == "") | (pl.col("indicator") == ""), "subject",
         mark("The row names no enterprise or no indicator.")),
        ("bad_span", pl.col("start_month").is_null(), "span", mark("“%(text)s” is no period.")),
        ("not_a_number", pl.col("text").is_not_null() & pl.col("number").is_null(), "value",
         mark("“%(text)s” is no finite number.")),
        ("duplicate", pl.struct("subject", "indicator", "start_month", "months").is_duplicated()
         & ~pl.struct("subject", "indicator", "start_month", "months").is_first_distinct(), "span",
         mark("The figure of “%(text)s” is given twice.")),
        ("two_sectors", pl.col("sector") != pl.col("sector").first().over("subject"), "sector",
         mark("The enterprise stands under “%(text)s” and under another sector.")),
    )  # fmt: skip
    problems = []
    for code, wrong, column, message in checks:
        shown = {"value": "text"}.get(column, column)
        for row, text in rows.filter(wrong).head(_SHOWN).select("row", shown).iter_rows():
            place = Place(file=file, row=row, column=column)
            problems.append(Problem(f"warning.{code}", message, place, params={"text": text or ""}))
    if problems:
        raise Refused(*sorted(problems, key=lambda problem: problem.place.row or 0)[:_SHOWN])


def _cells(rows: pl.DataFrame, stocks: frozenset[str]) -> pl.DataFrame:
    """``subject``, ``indicator``, ``cell``, ``value``: what is known of whole cells."""
    by = ["subject", "indicator"]
    is_stock = pl.col("indicator").is_in(list(stocks))
    stock = pieces(solve(rows.filter(is_stock), by=by, kind=Kind.STOCK)).filter(pl.col("start_month") % 12 > 0)
    flow = pieces(solve(rows.filter(~is_stock), by=by))
    month = pl.col("start_month") % 12
    early = (month < 2) & (month + pl.col("months") <= 2)
    flow = (
        flow.filter(early | (pl.col("months") == 1))
        .with_columns(start_month=pl.when(early).then(pl.col("start_month") - month + 1).otherwise("start_month"))
        .group_by(*by, "start_month", maintain_order=True)
        .agg(pl.col("months").sum(), pl.col("value").sum())
        .filter((pl.col("months") == 2) | (pl.col("start_month") % 12 > 1))
    )
    cell = pl.col("start_month") // 12 * CELLS + pl.col("start_month") % 12 - 1
    return pl.concat([part.select(*by, cell=cell, value="value") for part in (flow, stock)])
