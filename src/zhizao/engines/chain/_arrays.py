"""What the doors of this package ask of arrays and frames: shapes, finite figures, none below nought."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from zhizao.kernel.result import Place, Problem, Refused, mark

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]


def refusal(code: str, message: str, *, remedy: str = "", row: int | None = None, **params: object) -> Refused:
    """A refusal of this package; rows count from 1."""
    place = Place(row=None if row is None else row + 1)
    return Refused(Problem(f"chain.{code}", message, place, remedy, params=params))


def array(name: str, values: npt.ArrayLike, shape: tuple[int, ...], *, signed: bool = False) -> Floats:
    """Figures of a given shape as float64.

    Raises
    ------
    Refused
        ``chain.shape``, ``chain.not_finite``, ``chain.negative`` (unless ``signed``).

    Examples
    --------
    >>> array("output", [1, 2], (2,))
    array([1., 2.])
    >>> array("output", [1, -2], (2,))
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: row 2: output is below nought. Remove the row or correct its sign.
    """
    given = np.asarray(values, dtype=np.float64)
    if given.shape != shape:
        raise refusal(
            "shape",
            mark("%(name)s has the shape %(given)s; %(needed)s is needed."),
            name=name,
            given="×".join(map(str, given.shape)),
            needed="×".join(map(str, shape)),
        )
    for code, message, bad in (
        ("not_finite", mark("%(name)s is not a finite number."), ~np.isfinite(given)),
        ("negative", mark("%(name)s is below nought."), (given < 0) & (not signed)),
    ):
        if bad.any():
            row = int(np.argwhere(bad)[0][0])
            raise refusal(code, message, remedy=mark("Remove the row or correct its sign."), row=row, name=name)
    return given


def square(name: str, values: npt.ArrayLike) -> Floats:
    """A square matrix of figures not below nought.

    Raises
    ------
    Refused
        As :func:`array`.

    Examples
    --------
    >>> square("flows", [[1, 0], [2, 3]]).shape
    (2, 2)
    """
    size = len(np.asarray(values))
    return array(name, values, (size, size))


def require(frame: pl.DataFrame, *columns: str) -> None:
    """Refuse a frame that lacks a column.

    Raises
    ------
    Refused
        ``chain.no_column``.

    Examples
    --------
    >>> require(pl.DataFrame({"buyer": ["a"]}), "buyer", "amount")
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: Column amount is missing. The table needs the columns buyer, amount.
    """
    for name in columns:
        if name not in frame.columns:
            raise refusal(
                "no_column",
                mark("Column %(column)s is missing."),
                remedy=mark("The table needs the columns %(needed)s."),
                column=name,
                needed=", ".join(columns),
            )


def require_amounts(frame: pl.DataFrame, names: Iterable[str]) -> None:
    """Refuse amounts that are below nought or no finite numbers; null is unknown and passes.

    Raises
    ------
    Refused
        ``chain.negative``, ``chain.not_finite``, with the row.

    Examples
    --------
    >>> require_amounts(pl.DataFrame({"amount": [1.0, -1.0]}), ["amount"])
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: row 2: amount is below nought. Remove the row or correct its sign.
    """
    for name in names:
        values = frame[name].cast(pl.Float64).fill_null(0.0).to_numpy()
        array(name, values, (len(frame),))
