"""Problems of a file's rows, gathered by columns and told row by row; of many, the first and how many more."""

from __future__ import annotations

from typing import Final

import polars as pl

from zhizao.apps.ledger.reading import Cells
from zhizao.kernel.result import Place, Problem, Refused, Severity, mark

SHOWN: Final = 200
SHIFTED_FROM: Final = 3
"""So many bad cells in one row, and its cells are taken to stand in the wrong columns."""


class Problems:
    """What is wrong with the rows of a file.

    ``add`` takes a frame of the bad rows with ``row`` and whatever columns the message names as its figures.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._found: list[tuple[int, Problem]] = []
        self._errors: list[pl.Series] = []
        self._counts = {Severity.ERROR: 0, Severity.WARNING: 0}

    def add(
        self,
        code: str,
        column: str,
        rows: pl.DataFrame,
        message: str,
        remedy: str,
        *,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Count the bad rows and keep words for the first of them."""
        if rows.is_empty():
            return
        self._counts[severity] += rows.height
        if severity is Severity.ERROR:
            self._errors.append(rows["row"])
        for values in rows.sort("row").head(SHOWN).iter_rows(named=True):
            place = self._cells.place(values["row"], column)
            params = {name: value for name, value in values.items() if name != "row"}
            problem = Problem(f"ledger.{code}", message, place, remedy, severity=severity, params=params)
            self._found.append((values["row"], problem))

    @property
    def refuses(self) -> bool:
        """Whether anything forbids the import."""
        return self._counts[Severity.ERROR] > 0

    def refused(self) -> Refused:
        """Every error, as the reason of a refusal; a row whose cells stand in the wrong columns is said once."""
        errors = [(row, problem) for row, problem in self._found if problem.severity is Severity.ERROR]
        bad = pl.concat(self._errors).value_counts()
        shifted = set(bad.filter(pl.col("count") >= SHIFTED_FROM)["row"].to_list())
        kept = [(row, problem) for row, problem in errors if row not in shifted]
        kept += [(row, self._shifted(row)) for row in sorted(shifted)[:SHOWN]]
        kept.sort(key=lambda item: item[0])
        total = self._counts[Severity.ERROR] - bad.filter(pl.col("count") >= SHIFTED_FROM)["count"].sum() + len(shifted)
        return Refused(*self._capped([problem for _row, problem in kept], total))

    def warnings(self) -> list[Problem]:
        """Every warning, in the order of the rows."""
        warnings = sorted((item for item in self._found if item[1].severity is Severity.WARNING), key=lambda i: i[0])
        return self._capped([problem for _row, problem in warnings], self._counts[Severity.WARNING])

    def _shifted(self, row: int) -> Problem:
        message = mark("The cells of this row seem to stand in the wrong columns.")
        remedy = mark("Compare the row with the header: a cell is missing, or one too many.")
        return Problem("ledger.shifted", message, self._cells.place(row), remedy)

    def _capped(self, problems: list[Problem], total: int) -> list[Problem]:
        if total <= len(problems[:SHOWN]):
            return problems[:SHOWN]
        message = mark("%(count)s more problems are not shown.")
        remedy = mark("Correct those shown and try again.")
        severity = problems[0].severity
        more = Problem("tables.more_problems", message, Place(file=self._cells.file), remedy, severity)
        more.params.update(count=total - SHOWN)  # type: ignore[attr-defined]
        return [*problems[:SHOWN], more]
