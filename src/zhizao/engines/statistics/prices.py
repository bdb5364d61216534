"""Prices: values of a constant base, and no sum or comparison over two price bases.

    single deflation     real = nominal · 100 / index             index of producer prices, base = 100
    rate method          value added = output · rate              rate from the last full account
    real growth          (1 + nominal growth) / (index / 100) − 1, index with the same period a year before = 100
    chain                I(t) = I(t − 12 months) · index(t) / 100

Value added is published as real growth, output, revenue and profit as nominal levels; a real rate is never held against
a nominal target. Values are whole numbers of a small unit and rounded half to even once, at the end.

Source
------
Notes to the monthly industrial releases of the National Bureau of Statistics (comparable prices; producer price index).
Single deflation: *System of National Accounts 2008*, chapter 15.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import polars as pl

from zhizao.engines.statistics._frames import refusal, require
from zhizao.kernel.result import mark

CURRENT: Final = "current"
"""The price basis of figures at the prices of their own time."""
INDEX_UNIT: Final = 1_000_000
"""An index is a whole number of millionths: 102.5 is 102 500 000."""
_HUNDRED: Final = 100 * INDEX_UNIT


def one_basis(bases: Iterable[str]) -> str:
    """The price basis that all figures share.

    Raises
    ------
    Refused
        ``statistics.mixed_prices``, ``statistics.no_basis``.

    Examples
    --------
    >>> one_basis(["current", "current"])
    'current'
    >>> one_basis(["current", "constant:2020"])
    Traceback (most recent call last):
    zhizao.kernel.result.Refused: The figures have different price bases: constant:2020, current. Deflate them ...
    """
    found = sorted(set(bases))
    if not found:
        raise refusal("no_basis", mark("No figure, so no price basis."))
    if len(found) > 1:
        raise refusal(
            "mixed_prices",
            mark("The figures have different price bases: %(bases)s."),
            remedy=mark("Deflate them to one basis first."),
            bases=", ".join(found),
        )
    return found[0]


def deflate(values: pl.DataFrame, index: pl.DataFrame, *, base: str) -> pl.DataFrame:
    """Values at the prices of a base period; unknown where the index is.

    Parameters
    ----------
    values : DataFrame
        ``start_month``, ``months``, ``value`` (whole), ``price_basis`` (all ``current``).
    index : DataFrame
        ``start_month``, ``months``, ``index`` (whole, millionths; base = 100 000 000), one row a span.
    base : str
        The base period, as it is to stand in the price basis: ``2020``.

    Raises
    ------
    Refused
        ``statistics.mixed_prices``, ``statistics.not_current``, ``statistics.index`` (not positive, or twice).

    Examples
    --------
    >>> nominal = pl.DataFrame({"start_month": [24300], "months": [12], "value": [1050], "price_basis": ["current"]})
    >>> ppi = pl.DataFrame({"start_month": [24300], "months": [12], "index": [105_000_000]})
    >>> deflate(nominal, ppi, base="2020").select("value", "price_basis").row(0)
    (1000, 'constant:2020')
    """
    require(values, columns=["price_basis"], whole=("start_month", "months", "value"))
    _check_index(index)
    if len(values) and (basis := one_basis(values["price_basis"])) != CURRENT:
        raise refusal(
            "not_current",
            mark("Only figures at current prices are deflated; these are %(basis)s."),
            basis=basis,
        )
    joined = values.join(index.select("start_month", "months", "index"), on=["start_month", "months"], how="left",
                         maintain_order="left")  # fmt: skip
    value = _ratio(pl.col("value").cast(pl.Int128) * _HUNDRED, pl.col("index"))
    return joined.with_columns(value=value.cast(pl.Int64), price_basis=pl.lit(f"constant:{base}")).drop("index")


def by_rate(output: pl.Expr, rate_millionths: pl.Expr) -> pl.Expr:
    """Value added by the rate method, of whole columns: output · rate, rounded half to even.

    >>> pl.DataFrame({"y": [1001], "r": [250_000]}).select(by_rate(pl.col("y"), pl.col("r"))).item()
    250
    """
    return _ratio(output.cast(pl.Int128) * rate_millionths, pl.lit(INDEX_UNIT)).cast(pl.Int64)


def real_growth_pct(nominal_growth_pct: Decimal, index: Decimal) -> Decimal:
    """Real growth from nominal growth and the price index (the same period a year before = 100).

    >>> real_growth_pct(Decimal("8.12"), Decimal("102"))
    Decimal('6.00')
    """
    if index <= 0:
        raise _bad_index()
    return (100 + nominal_growth_pct) / index * 100 - 100


def chained(index: pl.DataFrame, *, base_year: int) -> pl.DataFrame:
    """An index with the same period a year before = 100, chained to the same period of a base year = 100.

    Parameters
    ----------
    index : DataFrame
        ``start_month``, ``months``, ``index`` (whole, millionths), one row a span; a gap leaves what follows unknown.
    base_year : int

    Examples
    --------
    >>> years = pl.DataFrame({"start_month": [2021 * 12, 2022 * 12], "months": 12, "index": [110_000_000, 104_000_000]})
    >>> chained(years, base_year=2020)["index"].to_list()
    [110000000, 114400000]
    """
    _check_index(index)
    levels: dict[tuple[int, int], int] = {}
    rows: list[tuple[int, int, int]] = []
    for start, months, step in index.select("start_month", "months", "index").sort("start_month", "months").iter_rows():
        before = _HUNDRED if start // 12 == base_year + 1 else levels.get((start - 12, months))
        if before is not None and step is not None:
            levels[start, months] = level = round(Decimal(before) * step / _HUNDRED)
            rows.append((start, months, level))
    return pl.DataFrame(rows, schema=dict.fromkeys(("start_month", "months", "index"), pl.Int64), orient="row")


def _ratio(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """The quotient of whole columns, rounded half to even; the denominator is positive."""
    wide = denominator.cast(pl.Int128)
    quotient = numerator // wide
    twice = 2 * (numerator - quotient * wide)
    return quotient + ((twice > wide) | ((twice == wide) & (quotient % 2 != 0))).cast(pl.Int128)


def _check_index(index: pl.DataFrame) -> None:
    require(index, whole=("start_month", "months", "index"))
    if (index["index"] <= 0).any() or index.select("start_month", "months").is_duplicated().any():
        raise _bad_index()


def _bad_index() -> Exception:
    return refusal(
        "index",
        mark("A price index must be positive and stand once for each period."),
        remedy=mark("Check the index against its source."),
    )
