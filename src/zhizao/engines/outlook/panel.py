"""A panel: figures of many series on one grid of months, with the sums that are known only together.

A cell is one month (or one quarter, where all series are quarterly). What was reported is one of

    y(i, t)                                   a figure of one cell
    y(i, t) + … + y(i, t + k − 1) = v         a joint figure, such as January–February: a row of constraints

A joint figure is never divided here: its cells stay NaN and the sum stands in ``joint``. Year-to-date figures C of one
year give y = C(t) − C(t − 1) by the algebra of spans, negative differences included (they are corrections); where
January was not asked for, C(February) is the joint figure. Other spans that share a month contradict or say a thing
twice: such a series is refused by its name, and the others are kept.

Source: the form 财务状况 is not asked for January (1月免报); January and February are surveyed and released together
since 2013 (notes to the monthly releases of the National Bureau of Statistics).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from zhizao.kernel.result import Place, Problem, Refused, Severity, mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    import polars as pl

    from zhizao.kernel.tables import Source

Floats = npt.NDArray[np.float64]
STEPS: Final = (1, 3, 12)
"""Months of a cell: a month, a quarter, a year."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A figure of several cells of one series: their sum is ``value``.

    Attributes
    ----------
    series : row of the panel
    first : first cell, counted from the panel's first
    cells : how many
    value : their sum
    """

    series: int
    first: int
    cells: int
    value: float


@dataclass(frozen=True, eq=False)
class Panel:
    """Figures of many series on one grid.

    Attributes
    ----------
    series : names, n of them
    first_month : the first month of the first cell, year × 12 + month − 1
    step_months : 1, 3 (quarterly) or 12 (yearly)
    values : shape (n, T), NaN where unknown
    joint : sums known only together
    problems : what was refused on the way, by the series' name, and what is worth knowing

    Examples
    --------
    >>> panel = Panel(("a",), 24300, 1, np.array([[np.nan, np.nan, 30.0]]), (Joint(0, 0, 2, 50.0),))
    >>> panel.spans()[0], panel.known()[0].tolist()
    (Span(start_month=24300, months=1), [True, True, True])
    """

    series: tuple[str, ...]
    first_month: int
    step_months: int
    values: Floats
    joint: tuple[Joint, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        if self.values.shape[:1] != (len(self.series),) or self.values.ndim != 2:
            raise ValueError(f"{len(self.series)} series, but values of shape {self.values.shape}")

    @property
    def season(self) -> int:
        """Cells of a year.

        >>> Panel((), 24300, 3, np.zeros((0, 0))).season
        4
        """
        return 12 // self.step_months

    @property
    def end_month(self) -> int:
        """The month after the last cell.

        >>> Panel(("a",), 24300, 3, np.zeros((1, 4))).end_month
        24312
        """
        return self.first_month + self.step_months * int(self.values.shape[1])

    def spans(self) -> list[Span]:
        """The span of each cell.

        >>> [str(span) for span in Panel(("a",), 24300, 3, np.zeros((1, 2))).spans()]
        ['2025Q1', '2025Q2']
        """
        return [Span(month, self.step_months) for month in range(self.first_month, self.end_month, self.step_months)]

    def known(self) -> npt.NDArray[np.bool_]:
        """Whether a cell is known, alone or as a part of a joint figure; shape (n, T)."""
        known = np.isfinite(self.values)
        for joint in self.joint:
            known[joint.series, joint.first : joint.first + joint.cells] = True
        return known

    def before(self, month: int) -> Panel:
        """The panel as it ends before a month: later figures, and joint ones that reach beyond it, are gone.

        >>> Panel(("a",), 24300, 1, np.array([[1.0, 2.0, 3.0]])).before(24302).values.tolist()
        [[1.0, 2.0]]
        """
        cells = min(max(0, (month - self.first_month) // self.step_months), self.values.shape[1])
        kept = tuple(joint for joint in self.joint if joint.first + joint.cells <= cells)
        return replace(self, values=self.values[:, :cells], joint=kept)

    def only(self, rows: npt.NDArray[np.int64]) -> Panel:
        """Some of the series, in the order asked.

        >>> Panel(("a", "b"), 24300, 1, np.array([[1.0], [2.0]])).only(np.array([1])).series
        ('b',)
        """
        place = {int(row): new for new, row in enumerate(rows)}
        joint = tuple(replace(one, series=place[one.series]) for one in self.joint if one.series in place)
        names = tuple(self.series[row] for row in rows)
        return replace(self, series=names, values=self.values[rows], joint=joint)


def read_panel(source: Source, *, non_negative: bool = False) -> Panel:
    """Read a panel from a CSV with the columns series, span, value; the order of its rows does not matter.

    Parameters
    ----------
    source : Path or bytes
        Spans as ``kernel.span`` reads them: months, quarters, years, joint January–February, year to date. An empty
        value is unknown.
    non_negative : bool
        Whether a figure below nought is impossible, and its series refused.

    Raises
    ------
    Refused
        The file is no such table, or no series is left. A series that is wrong by itself is left out and told in
        ``problems``: ``outlook.duplicate``, ``outlook.overlap``, ``outlook.not_a_number``, ``outlook.infinite``,
        ``outlook.negative``, ``outlook.bad_span``, ``outlook.no_figures``, ``outlook.other_step``.

    Examples
    --------
    >>> panel = read_panel(b"series,span,value\\na,2025-01..02,50\\na,2025-01..03,80\\nb,2025-03,7\\n")
    >>> panel.values.tolist(), panel.joint
    ([[nan, nan, 30.0], [nan, nan, 7.0]], (Joint(series=0, first=0, cells=2, value=50.0),))
    """
    from zhizao.kernel.tables import read_csv

    frame = read_csv(source)
    for name in ("series", "span", "value"):
        if name not in frame.columns:
            message = mark("Column %(column)s is missing.")
            needed = mark("The table needs the columns %(needed)s.")
            params = {"column": name, "needed": "series, span, value"}
            raise Refused(Problem("outlook.no_column", message, Place(), needed, params=params))
    return panel_of(frame, non_negative=non_negative)


def panel_of(frame: pl.DataFrame, *, non_negative: bool = False) -> Panel:
    """A panel of a frame with the columns series, span (text) and value (text or number); see ``read_panel``.

    >>> import polars as pl
    >>> panel_of(pl.DataFrame({"series": ["a", "a"], "span": ["2025Q2", "2025Q1"], "value": [2.0, 1.0]})).values
    array([[1., 2.]])
    """
    import polars as pl

    problems: list[Problem] = []
    rows, bad = _numbers(_with_spans(frame), problems, non_negative=non_negative)
    bad |= _twice(rows, problems)
    rows = rows.filter(~pl.col("series").is_in(list(bad)))
    pieces, overlapping = _pieces(rows, problems)
    pieces = pieces.filter(~pl.col("series").is_in(list(overlapping)))
    known = set(pieces["series"])
    nothing = [name for name in rows["series"].unique(maintain_order=True) if name not in known | overlapping]
    problems += [_wrong("no_figures", mark("Series %(series)s has no figure at all."), name) for name in nothing]
    if not known:
        problems.sort(key=lambda problem: problem.place.row or 0)
        raise Refused(*problems or [Problem("outlook.empty", mark("There is no figure in the table."))])
    return _on_a_grid(pieces, problems)


def _with_spans(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with ``start`` and ``months``, null where the span cannot be read; each text is read once."""
    import polars as pl

    texts = frame["span"].cast(pl.String).unique().drop_nulls()
    read: list[tuple[str, int | None, int | None]] = []
    for text in texts:
        try:
            span = Span.parse(text)
            read.append((text, span.start_month, span.months))
        except Refused:
            read.append((text, None, None))
    schema = {"span": pl.String, "start": pl.Int64, "months": pl.Int64}
    spans = pl.DataFrame(read, schema=schema, orient="row")
    name = pl.col("series").cast(pl.String).str.strip_chars().fill_null("")
    rows = frame.select(series=name, span=pl.col("span").cast(pl.String), value="value").with_row_index("row", 2)
    return rows.join(spans, on="span", how="left", maintain_order="left")


def _numbers(rows: pl.DataFrame, problems: list[Problem], *, non_negative: bool) -> tuple[pl.DataFrame, set[str]]:
    """The rows with values as numbers (unknown ones left out of nothing: null), and the series that are refused."""
    import polars as pl

    text = pl.col("value").cast(pl.String).str.strip_chars()
    number = text.cast(pl.Float64, strict=False)
    blank = text.is_null() | (text == "")
    rows = rows.with_columns(text=text, number=number, blank=blank)
    low = pl.col("number") < 0 if non_negative else pl.lit(value=False)
    checks = (
        ("bad_span", pl.col("start").is_null(), mark("Series %(series)s: “%(text)s” is no period."), "span"),
        ("not_a_number", ~pl.col("blank") & (pl.col("number").is_null() | pl.col("number").is_nan()),
         mark("Series %(series)s: “%(text)s” is not a number."), "text"),
        ("infinite", pl.col("number").is_infinite(), mark("Series %(series)s: “%(text)s” is infinite."), "text"),
        ("negative", low, mark("Series %(series)s: “%(text)s” is below nought, which cannot be."), "text"),
    )  # fmt: skip
    bad: set[str] = set()
    for code, wrong, message, shown in checks:
        found = rows.filter(wrong.fill_null(value=False)).unique("series", keep="first", maintain_order=True)
        for series, shown_text, row in found.select("series", shown, "row").iter_rows():
            if series not in bad:
                problems.append(_wrong(code, message, series, row=row, text=shown_text or ""))
                bad.add(series)
    return rows.with_columns(value=pl.when(~pl.col("blank")).then("number")), bad


def _twice(rows: pl.DataFrame, problems: list[Problem]) -> set[str]:
    """The series that give a span twice."""
    import polars as pl

    twice = rows.drop_nulls("start").filter(pl.struct("series", "start", "months").is_duplicated())
    twice = twice.unique(["series", "start", "months"], keep="last", maintain_order=True)
    twice = twice.unique("series", keep="first", maintain_order=True)
    message = mark("Series %(series)s gives %(span)s twice.")
    problems += [
        _wrong("duplicate", message, series, row=row, span=span)
        for series, span, row in twice.select("series", "span", "row").iter_rows()
    ]
    return set(twice["series"])


def _pieces(rows: pl.DataFrame, problems: list[Problem]) -> tuple[pl.DataFrame, set[str]]:
    """Spans that share no month: year-to-date figures of one year become their differences."""
    import polars as pl

    known = rows.drop_nulls("value").sort("series", "start", "months", maintain_order=True)
    end = pl.col("start") + pl.col("months")
    from_january = (pl.col("start") % 12 == 0) & (pl.col("months") <= 12)
    chain = ["series", "start"]
    cut, total = (expression.shift(1).over(chain) for expression in (end, pl.col("value")))
    known = known.with_columns(cut=cut, total=total, from_january=from_january)
    chained = pl.col("from_january") & pl.col("cut").is_not_null()
    pieces = known.with_columns(
        value=pl.when(chained).then(pl.col("value") - pl.col("total")).otherwise("value"),
        months=pl.when(chained).then(end - pl.col("cut")).otherwise("months"),
        start=pl.when(chained).then("cut").otherwise("start"),
    ).sort("series", "start", "months", maintain_order=True)
    before = (pl.col("start") + pl.col("months")).cum_max().shift(1).over("series")
    clash = pieces.filter(pl.col("start") < before).unique("series", keep="first", maintain_order=True)
    message = mark("Series %(series)s: %(span)s shares months with another figure.")
    remedy = mark("Give each month once, or all figures of a year as year to date.")
    problems += [
        _wrong("overlap", message, series, row=row, remedy=remedy, span=span)
        for series, span, row in clash.select("series", "span", "row").iter_rows()
    ]
    return pieces.select("series", "start", "months", "value", "row"), set(clash["series"])


def _on_a_grid(pieces: pl.DataFrame, problems: list[Problem]) -> Panel:
    """Cells of the finest step; a series whose spans do not fit it is refused."""
    import polars as pl

    finest = pieces.group_by("series").agg(pl.col("months").min(), pl.col("row").min())
    step = max(size for size in STEPS if size <= finest["months"].min())  # type: ignore[operator]
    fits = (pl.col("start") % step == 0) & (pl.col("months") % step == 0)
    whole = pl.col("months").min().over("series") <= max(step, 2 * (step == 1))
    misfits = pieces.filter(~(fits & whole)).unique("series", keep="first").sort("row")
    message = mark("Series %(series)s is given in other periods than the rest, which are of %(months)s months.")
    for series, row in misfits.select("series", "row").iter_rows():
        problems.append(_wrong("other_step", message, series, row=row, months=step))
    pieces = pieces.filter(~pl.col("series").is_in(misfits["series"].to_list()))
    if pieces.is_empty():
        raise Refused(*problems)
    first, last = _ends(pieces)
    order = pieces.group_by("series").agg(pl.col("row").min()).sort("row")["series"].to_list()
    row_of = {name: row for row, name in enumerate(order)}
    values = np.full((len(order), (last - first) // step), np.nan)
    at = pieces.with_columns(
        series=pl.col("series").replace_strict(row_of, return_dtype=pl.Int64),
        first=(pl.col("start") - first) // step,
        cells=pl.col("months") // step,
    )
    single = at.filter(pl.col("cells") == 1)
    values[single["series"].to_numpy(), single["first"].to_numpy()] = single["value"].to_numpy()
    several = at.filter(pl.col("cells") > 1).sort("series", "first").select("series", "first", "cells", "value")
    problems.sort(key=lambda problem: problem.place.row or 0)
    return Panel(tuple(order), first, step, values, tuple(Joint(*row) for row in several.iter_rows()), tuple(problems))


def _ends(pieces: pl.DataFrame) -> tuple[int, int]:
    start, end = pieces["start"], pieces["start"] + pieces["months"]
    return int(start.min()), int(end.max())  # type: ignore[arg-type]


def _wrong(
    code: str, message: str, series: str, *, row: int | None = None, remedy: str = "", **params: object
) -> Problem:
    return Problem(f"outlook.{code}", message, Place(row=row), remedy, Severity.ERROR, {"series": series, **params})


def refused_names(panel: Panel) -> Iterator[str]:
    """The names of the series that were left out.

    >>> list(refused_names(read_panel(b"series,span,value\\na,2025-01,1\\nb,2025-01,x\\n")))
    ['b']
    """
    return (str(problem.params["series"]) for problem in panel.problems if problem.severity is Severity.ERROR)
