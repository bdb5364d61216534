"""Printed values to integers in millionths of a unit, exactly, a million at a time.

Most values are plain digits: they are read by columns. The rest (thousands separators, full-width digits, 1.5万,
9.15E+17) are read one by one, each distinct text once.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

import polars as pl

from zhizao.kernel import numerals
from zhizao.kernel import text as texts
from zhizao.kernel.result import Refused

MILLION: Final = 10**6
LARGEST: Final = 2**63 - 1
_PLAIN: Final = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"


def millionths(texts_: pl.Series, factors: pl.Series, table: list[Fraction]) -> pl.DataFrame:
    """Read values.

    Parameters
    ----------
    texts_ : String
        As printed, stripped; null stays null.
    factors : UInt32
        For each value the place in ``table`` of how many canonical units one printed unit makes.
    table : list of Fraction

    Returns
    -------
    polars.DataFrame
        ``value`` (Int64, null where it is not readable) and ``state``: ok, not_a_number, overflow, or rounded where
        the value is finer than a millionth (half away from zero).

    Examples
    --------
    >>> millionths(pl.Series(["1.5", "x", "1,200"]), pl.Series([0, 0, 1], dtype=pl.UInt32),
    ...            [Fraction(1), Fraction(1, 10_000)]).rows()
    [(1500000, 'ok'), (None, 'not_a_number'), (120000, 'ok')]
    """
    frame = pl.DataFrame({"text": texts_, "factor": factors}).with_row_index("at")
    plain = pl.col("text").str.contains(_PLAIN)
    fast = _by_columns(frame.filter(plain), table)
    slow = _one_by_one(frame.filter(~plain), table)
    nothing = frame.filter(pl.col("text").is_null()).select(
        "at", pl.lit(None, dtype=pl.Int64).alias("value"), pl.lit("ok").alias("state")
    )
    return pl.concat([fast, slow, nothing]).sort("at").select("value", "state")


def _by_columns(frame: pl.DataFrame, table: list[Fraction]) -> pl.DataFrame:
    places = pl.col("text").str.len_bytes().cast(pl.Int8) - pl.col("text").str.find(".", literal=True).cast(pl.Int8) - 1
    frame = frame.select(
        "at",
        "factor",
        pl.col("text").str.replace(".", "", literal=True).cast(pl.Int64).alias("digits"),
        places.fill_null(0).alias("places"),
    )
    parts = [
        part.select("at", *_scaled(table[factor] * MILLION / 10**places))
        for (factor, places), part in frame.partition_by("factor", "places", as_dict=True).items()
    ]
    return pl.concat([_none(), *parts])


def _scaled(factor: Fraction) -> tuple[pl.Expr, pl.Expr]:
    """``digits × factor`` for one factor: exact, or rounded half away from zero and marked so."""
    digits, by, over = pl.col("digits"), factor.numerator, factor.denominator
    fits = digits.abs() <= LARGEST // by
    product = digits * by
    whole = (product.abs() + over // 2) // over * product.sign() if over > 1 else product
    state = (
        pl.when(~fits)
        .then(pl.lit("overflow"))
        .when((product % over) != 0)
        .then(pl.lit("rounded"))
        .otherwise(pl.lit("ok"))
    )
    return pl.when(fits).then(whole).alias("value"), state.alias("state")


def _one_by_one(frame: pl.DataFrame, table: list[Fraction]) -> pl.DataFrame:
    schema = {"text": pl.String, "factor": pl.UInt32, "value": pl.Int64, "state": pl.String}
    distinct = frame.select("text", "factor").unique().iter_rows()
    rows = [(text, factor, *_exactly(text, table[factor])) for text, factor in distinct if text is not None]
    read = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.join(read, on=["text", "factor"]).select("at", "value", "state") if rows else _none()


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={"at": pl.UInt32, "value": pl.Int64, "state": pl.String})


def _exactly(text: str, factor: Fraction) -> tuple[int | None, str]:
    number = number_of(text)
    if number is None:
        return None, "not_a_number"
    if number.adjusted() > 40:
        return None, "overflow"
    exact = Fraction(number) * factor * MILLION
    whole = int(abs(exact) + Fraction(1, 2))
    if whole > LARGEST:
        return None, "overflow"
    return (-whole if exact < 0 else whole), ("ok" if exact == whole or exact == -whole else "rounded")


def number_of(text: str) -> Decimal | None:
    """A printed number: 1,234.5, １２, 3.5万, 9.15E+17; ``None`` if it is none.

    >>> [str(number_of(s)) for s in ("１，２３４．５", "9.15E+17", "3.5万", "NaN")]
    ['1234.5', '9.15E+17', '35000', 'None']
    """
    body = texts.normalise(text)
    try:
        return numerals.parse(body)
    except Refused:
        pass
    try:
        number = Decimal(body)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
