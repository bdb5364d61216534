"""Columns of a table as text or as amounts, or refused with the row: every table of the chains is read through this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from zhizao.kernel.result import Place, Problem, Refused, mark

_SHOWN: Final = 5
LINE: Final = "\x00line"
"""Name of the column that holds the number of each row in its file."""


@dataclass(frozen=True)
class Cells:
    """The cells of a table, and where they stand: ``file``, and the line of each row where the file gave one."""

    frame: pl.DataFrame
    file: str | None = None

    def row(self, place: int) -> int:
        """The number by which the reader finds a row."""
        return int(self.frame[LINE][place]) if LINE in self.frame.columns else place + 1

    def place(self, place: int, column: str) -> Place:
        """Where a cell stands."""
        return Place(file=self.file, row=self.row(place), column=column)

    def texts(self, column: str) -> pl.Series:
        """A column of labels, stripped; none may be empty.

        >>> Cells(pl.DataFrame({"firm": [" a", "b"]})).texts("firm").to_list()
        ['a', 'b']
        """
        self._need(column)
        values = self.frame[column].cast(pl.String).str.strip_chars()
        self._refuse(
            values.is_null() | (values == ""), column, "chain.empty", mark("The cell is empty."), mark("Fill it in.")
        )
        return values

    def optional_texts(self, column: str) -> pl.Series | None:
        """A column of labels, or ``None`` where it is missing or empty throughout."""
        return self.texts(column) if self._given(column) else None

    def amounts(self, column: str) -> pl.Series:
        """A column of finite numbers, none below nought.

        >>> Cells(pl.DataFrame({"amount": ["1.5", "-2"]})).amounts("amount")
        Traceback (most recent call last):
        zhizao.kernel.result.Refused: row 2, amount: “-2” is below 0. Give amounts of 0 or more.
        """
        self._need(column)
        raw = self.frame[column]
        texts = raw.str.strip_chars() if raw.dtype == pl.String else raw
        values = texts.cast(pl.Float64, strict=False)
        blank = raw.is_null() | (texts == "") if raw.dtype == pl.String else raw.is_null()
        self._refuse(blank, column, "chain.empty", mark("The cell is empty."), mark("Fill it in."))
        self._refuse(
            ~values.is_finite().fill_null(value=False),
            column,
            "chain.no_number",
            mark("“%(text)s” is not a number."),
            mark("Write digits with a decimal point, without separators."),
        )
        self._refuse(
            values < 0, column, "chain.below_zero", mark("“%(text)s” is below 0."), mark("Give amounts of 0 or more.")
        )
        return values

    def optional_amounts(self, column: str) -> npt.NDArray[np.float64] | None:
        """A column of numbers, or ``None`` where it is missing or empty throughout."""
        if not self._given(column):
            return None
        return np.ascontiguousarray(self.amounts(column).to_numpy(), dtype=np.float64)

    def _given(self, column: str) -> bool:
        if column not in self.frame.columns:
            return False
        values = self.frame[column]
        return bool((values.cast(pl.String).str.strip_chars().fill_null("") != "").any())

    def _need(self, column: str) -> None:
        if column not in self.frame.columns:
            given = ", ".join(name for name in self.frame.columns if name != LINE)
            raise Refused(
                Problem(
                    "chain.no_column",
                    mark("The column “%(name)s” is missing; there are: %(given)s."),
                    Place(file=self.file),
                    mark("Name the columns in the first row."),
                    params={"name": column, "given": given},
                )
            )

    def _refuse(self, bad: pl.Series, column: str, code: str, message: str, remedy: str) -> None:
        rows = bad.arg_true()
        if len(rows):
            raise Refused(
                *(
                    Problem(
                        code, message, self.place(row, column), remedy, params={"text": str(self.frame[column][row])}
                    )
                    for row in rows.head(_SHOWN).to_list()
                )
            )
