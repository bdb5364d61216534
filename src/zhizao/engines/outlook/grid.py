"""Long tables of series and spans as arrays, and back: base forecasts, residuals.

A table has one row for each series and span; every series has every span, every figure is a finite number. Anything
else is refused with the row. Figures are written with 12 significant digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from zhizao.engines.outlook.hierarchy import Floats, Ints
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.span import Span

SHOWN: Final = 20
"""Bad rows told at once."""
_DIGITS: Final = ".12g"


@dataclass(frozen=True, eq=False)
class Grid:
    """Figures of n series over H spans.

    Attributes
    ----------
    series : names in the order they first stand in the table
    spans : in time order
    figures : for each column of figures, shape (n, H)
    rows : places (series, span) of the table's rows, shape (rows, 2), in the order of the table
    """

    series: tuple[str, ...]
    spans: tuple[Span, ...]
    figures: Mapping[str, Floats]
    rows: Ints

    def table(self, figures: Mapping[str, Floats]) -> pl.DataFrame:
        """The table again, row by row as it was read, with these figures."""
        places = self.rows[:, 0], self.rows[:, 1]
        series = pl.Series(self.series, dtype=pl.String).gather(pl.Series(places[0], dtype=pl.UInt32))
        spans = pl.Series([str(span) for span in self.spans]).gather(pl.Series(places[1], dtype=pl.UInt32))
        columns = {name: written(array[places]) for name, array in figures.items()}
        return pl.DataFrame({"series": series, "span": spans} | columns)


def written(values: Floats) -> list[str]:
    """Numbers as text with 12 significant digits.

    >>> written(np.array([1 / 3, 2.0, -0.0, 1e15]))
    ['0.333333333333', '2', '0', '1e+15']
    """
    return [format(value, _DIGITS) for value in (values + 0.0).tolist()]


def grid(frame: pl.DataFrame, *, figures: Sequence[str], file: str | None = None) -> Grid:
    """Read a long table.

    Parameters
    ----------
    frame : DataFrame
        Columns ``series``, ``span`` and those of figures, as text.
    figures : sequence of str
        Names of the columns of figures.
    file : str, optional
        Its name for the messages.

    Raises
    ------
    Refused
        ``outlook.no_column``, ``outlook.no_rows``, ``outlook.series_blank``, ``outlook.not_a_number``,
        ``outlook.row_double``, ``outlook.span_missing``; ``span.unreadable``.

    Examples
    --------
    >>> frame = pl.DataFrame({"series": ["a", "a"], "span": ["2025-02", "2025-01"], "mean": ["2", "1"]})
    >>> found = grid(frame, figures=["mean"])
    >>> found.figures["mean"].tolist(), found.table({"mean": found.figures["mean"] * 2}).rows()
    ([[1.0, 2.0]], [('a', '2025-02', '4'), ('a', '2025-01', '2')])
    """
    needed = ("series", "span", *figures)
    if missing := [name for name in needed if name not in frame.columns]:
        message = mark("Column %(column)s is missing.")
        remedy = mark("The table needs the columns %(needed)s.")
        params = {"column": missing[0], "needed": ", ".join(needed)}
        raise Refused(Problem("outlook.no_column", message, Place(file=file), remedy, params=params))
    if frame.is_empty():
        raise Refused(Problem("outlook.no_rows", mark("The table has no rows."), Place(file=file)))
    frame = frame.select(needed).with_columns(pl.col("series", "span").str.strip_chars())
    problems = [*_blank(frame, file)]
    numbers = frame.select(pl.col(figures).cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False))
    for name in figures:
        problems += _not_numbers(frame[name], numbers[name], name, file)
    place_of = _places_of_spans(frame["span"], problems, file)
    if problems:
        raise Refused(*problems[:SHOWN])
    spans = tuple(sorted(set(place_of.values())))
    order = {span: place for place, span in enumerate(spans)}
    names = frame["series"].unique(maintain_order=True)
    by_name = {name: place for place, name in enumerate(names)}
    at_series = frame["series"].replace_strict(by_name, return_dtype=pl.Int64).to_numpy()
    by_text = {text: order[span] for text, span in place_of.items()}
    at_span = frame["span"].replace_strict(by_text, return_dtype=pl.Int64).to_numpy()
    _check_complete(at_series, at_span, names.to_list(), spans, file)
    shape = (len(names), len(spans))
    arrays: dict[str, Floats] = {}
    for name in figures:
        array = np.empty(shape)
        array[at_series, at_span] = numbers[name].to_numpy()
        arrays[name] = array
    return Grid(tuple(names), spans, arrays, np.stack([at_series, at_span], axis=1))


def _blank(frame: pl.DataFrame, file: str | None) -> list[Problem]:
    rows = frame["series"].is_null() | (frame["series"] == "")
    message = mark("The row names no series.")
    return [
        Problem("outlook.series_blank", message, Place(file=file, row=row + 2, column="series"))
        for row in rows.fill_null(value=True).arg_true().to_list()
    ]


def _not_numbers(text: pl.Series, numbers: pl.Series, name: str, file: str | None) -> list[Problem]:
    rows = (numbers.is_null() | ~numbers.is_finite().fill_null(value=False)).arg_true().to_list()
    message = mark("“%(text)s” is no finite number.")
    remedy = mark("Every series needs a figure for every period.")
    return [
        Problem(
            "outlook.not_a_number",
            message,
            Place(file=file, row=row + 2, column=name),
            remedy,
            params={"text": text[row] or ""},
        )
        for row in rows
    ]


def _places_of_spans(texts: pl.Series, problems: list[Problem], file: str | None) -> dict[str, Span]:
    """The span of each text; what cannot be read is told with the first row that says it."""
    found: dict[str, Span] = {}
    for text in texts.unique(maintain_order=True).to_list():
        try:
            found[text] = Span.parse(text or "")
        except Refused as refused:
            row = texts.index_of(text) or 0
            place = Place(file=file, row=row + 2, column="span")
            problems += [
                Problem(one.code, one.message, place, one.remedy, params=one.params) for one in refused.problems
            ]
    return found


def _check_complete(
    at_series: Ints, at_span: Ints, names: Sequence[str], spans: Sequence[Span], file: str | None
) -> None:
    """Each series has each span once."""
    cells = at_series * len(spans) + at_span
    _, first = np.unique(cells, return_index=True)
    twice = np.setdiff1d(np.arange(len(cells)), first)
    message = mark("“%(series)s” has %(span)s twice.")
    problems = [
        Problem(
            "outlook.row_double",
            message,
            Place(file=file, row=row + 2),
            params={"series": names[int(at_series[row])], "span": str(spans[int(at_span[row])])},
        )
        for row in twice[:SHOWN].tolist()
    ]
    message = mark("“%(series)s” has no figure for %(span)s.")
    remedy = mark("Every series needs a figure for every period.")
    known = np.zeros(len(names) * len(spans), dtype=bool)
    known[cells] = True
    for cell in np.flatnonzero(~known)[: SHOWN - len(problems)].tolist():
        params = {"series": names[cell // len(spans)], "span": str(spans[cell % len(spans)])}
        problems.append(Problem("outlook.span_missing", message, Place(file=file), remedy, params=params))
    if problems:
        raise Refused(*problems)
