"""What every door of this package asks of a frame: its columns, whole numbers where figures are exact."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from zhizao.kernel.result import Place, Problem, Refused, mark

INT64_MAX = 2**63 - 1


def refusal(code: str, message: str, *, remedy: str = "", row: int | None = None, **params: object) -> Refused:
    """A refusal of this package; rows count from 1."""
    place = Place(row=None if row is None else row + 1)
    return Refused(Problem(f"statistics.{code}", message, place, remedy, params=params))


def require(frame: pl.DataFrame, *, columns: Iterable[str] = (), whole: Iterable[str] = ()) -> None:
    """Refuse a frame that lacks a column, or whose exact figures are not integers.

    Raises
    ------
    Refused
        ``statistics.no_column``, ``statistics.not_whole``.

    Examples
    --------
    >>> require(pl.DataFrame({"value": [1.5]}), whole=["value"])
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: Column value must hold whole numbers, not Float64. Give exact figures as ...
    """
    whole = tuple(whole)
    for name in (*columns, *whole):
        if name not in frame.columns:
            raise refusal(
                "no_column",
                mark("Column %(column)s is missing."),
                remedy=mark("The table needs the columns %(needed)s."),
                column=name,
                needed=", ".join((*columns, *whole)),
            )
    for name in whole:
        if not frame.schema[name].is_integer() and frame.schema[name] != pl.Null:
            raise refusal(
                "not_whole",
                mark("Column %(column)s must hold whole numbers, not %(type)s."),
                remedy=mark("Give exact figures as whole numbers of a small unit, such as millionths."),
                column=name,
                type=str(frame.schema[name]),
            )
