"""Growth on a comparable basis, and why it is not the ratio of the published totals.

This period's sample is S, with values y and the base values b' that the same enterprises report **now** for the same
period of the year before; the total published a year before is B = Σ b over the sample of then, S₀.

    raw          y(S) / B − 1
    comparable   g = Σ y / Σ b' − 1                over the enterprises of S with value and base

An enterprise of S whose base is not reported anew keeps its published one. The gap is told in points of B:

    entry        ( (1 + g) · Σ b' over entrants (in S, not in S₀) + Σ y of those without any base ) / B
    exit         − (1 + g) · Σ b over those that left (in S₀, not in S) / B
    missing      − (1 + g) · Σ b over those of S whose value has not come / B
    revision     (1 + g) · Σ (b' − b) over those in both / B

and **raw = comparable + entry + exit + missing + revision** holds exactly (they are fractions): write y(S) as
(1 + g) Σ b' + y of those without base, and Σ b' − B as entrants − left − missing + revision. Growth from a base that is
not positive is undefined, not infinite.

Source
------
Notes to the profit releases of the National Bureau of Statistics (2018-06-27; January–July 2018, note 2): official
growth compares the same enterprises; the sample, duplicates within groups and enforcement change the published base.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import polars as pl

from zhizao.engines.statistics._frames import refusal, require
from zhizao.engines.statistics.prices import one_basis
from zhizao.kernel.result import mark


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The sums behind a growth rate, in the small unit of the figures, and the rates as exact fractions.

    Attributes
    ----------
    value, base : of the enterprises with both: Σ y and Σ b'
    value_without_base : Σ y of enterprises without any base value
    published_base : B, what was published a year before
    entrants_base, left_base, missing_base : the sums of b' or b named in the module
    revised : Σ (b' − b)
    enterprises, without_base, left, missing : how many
    """

    value: int
    base: int
    value_without_base: int
    published_base: int
    entrants_base: int
    left_base: int
    missing_base: int
    revised: int
    enterprises: int
    without_base: int
    left: int
    missing: int

    @property
    def comparable_pct(self) -> Fraction | None:
        """Growth of the same enterprises; ``None`` where their base is not positive."""
        return Fraction(100 * (self.value - self.base), self.base) if self.base > 0 else None

    @property
    def raw_pct(self) -> Fraction | None:
        """Growth of the published totals; ``None`` where the base is not positive."""
        if self.published_base <= 0:
            return None
        return Fraction(100 * (self.value + self.value_without_base - self.published_base), self.published_base)

    @property
    def entry_points(self) -> Fraction | None:
        """What enterprises new in the sample add."""
        return self._points(self.entrants_base, self.value_without_base)

    @property
    def exit_points(self) -> Fraction | None:
        """What enterprises that left take."""
        return self._points(-self.left_base)

    @property
    def missing_points(self) -> Fraction | None:
        """What the figures not yet reported take; not an exit."""
        return self._points(-self.missing_base)

    @property
    def revision_points(self) -> Fraction | None:
        """What the revision of the base adds."""
        return self._points(self.revised)

    def _points(self, base: int, value: int = 0) -> Fraction | None:
        if self.published_base <= 0 or self.base <= 0:
            return None
        return 100 * (Fraction(base * self.value, self.base) + value) / self.published_base


def decompose(sample: pl.DataFrame, *, by: Sequence[str] = ()) -> dict[tuple[object, ...], Decomposition]:
    """Growth of each group of enterprises, raw, comparable and what lies between.

    Parameters
    ----------
    sample : DataFrame
        One row an enterprise of either sample: columns ``by``, ``in_sample`` (of this period, boolean), ``value``,
        ``base_now``, ``base_then`` (whole numbers; null = unknown, or not in that sample). With a column
        ``price_basis``, one only.
    by : sequence of str
        Sector, area, …

    Returns
    -------
    dict
        Group to :class:`Decomposition`, in the order of the rows.

    Raises
    ------
    Refused
        ``statistics.no_column``, ``statistics.not_whole``, ``statistics.sample_unknown``, ``statistics.mixed_prices``.

    Examples
    --------
    One stays (100 → 120, base revised to 110), one enters (base 40, now 50), one left (60):

    >>> rows = pl.DataFrame({"in_sample": [True, True, False], "value": [120, 50, None],
    ...                      "base_now": [110, 40, None], "base_then": [100, None, 60]})
    >>> d = decompose(rows)[()]
    >>> round(float(d.raw_pct), 2), round(float(d.comparable_pct), 2)
    (6.25, 13.33)
    >>> d.raw_pct == d.comparable_pct + d.entry_points + d.exit_points + d.missing_points + d.revision_points
    True
    """
    require(sample, columns=(*by, "in_sample"), whole=("value", "base_now", "base_then"))
    if "price_basis" in sample.columns and len(sample):
        one_basis(sample["price_basis"])
    unknown = sample.select(pl.col("in_sample").is_null().arg_true()).to_series()
    if len(unknown):
        raise refusal(
            "sample_unknown",
            mark("It is not said whether the enterprise is in this period's sample."),
            row=int(unknown[0]),
        )
    value, then, base = pl.col("value"), pl.col("base_then"), pl.coalesce("base_now", "base_then")
    counted = pl.col("in_sample") & value.is_not_null()
    both, lone = counted & base.is_not_null(), counted & base.is_null()
    left = then.is_not_null() & ~pl.col("in_sample")
    missing = then.is_not_null() & pl.col("in_sample") & value.is_null()
    sums = sample.group_by(*[pl.col(name) for name in by] or [pl.lit(0)], maintain_order=True).agg(
        _sum(value, both).alias("value"),
        _sum(base, both).alias("base"),
        _sum(value, lone).alias("value_without_base"),
        _sum(then, then.is_not_null()).alias("published_base"),
        _sum(base, both & then.is_null()).alias("entrants_base"),
        _sum(then, left).alias("left_base"),
        _sum(then, missing).alias("missing_base"),
        _sum(base.cast(pl.Int128) - then, both & then.is_not_null()).alias("revised"),
        counted.sum().alias("enterprises"),
        lone.sum().alias("without_base"),
        left.sum().alias("left"),
        missing.sum().alias("missing"),
    )
    keys = len(by) or 1
    return {row[:keys] if by else (): Decomposition(*row[keys:]) for row in sums.iter_rows()}


def _sum(column: pl.Expr, rows: pl.Expr) -> pl.Expr:
    """An exact sum over the rows: 128 bits, because a sum of 64-bit figures wraps unseen."""
    return column.cast(pl.Int128).filter(rows).sum()


@dataclass(frozen=True, slots=True)
class Published:
    """What published totals and an official rate imply: see :func:`from_published`."""

    raw_pct: Fraction
    comparable_base: Fraction
    gap_points: Fraction


def from_published(value: Decimal, published_base: Decimal, official_pct: Decimal) -> Published:
    """What lies between two published totals and the official growth rate, where enterprises are not known.

    Entry, exit and revision cannot be told apart from totals: they are one gap.

    Parameters
    ----------
    value, published_base : Decimal
        Totals as published, in one unit.
    official_pct : Decimal
        The official comparable growth.

    Raises
    ------
    Refused
        ``statistics.base``: a base that is not positive, or a fall of 100 % and more.

    Examples
    --------
    Industrial profit, January–May 2018:

    >>> p = from_published(Decimal("27298.3"), Decimal("29047.6"), Decimal("16.5"))
    >>> round(float(p.raw_pct), 1), round(float(p.comparable_base)), round(float(p.gap_points), 1)
    (-6.0, 23432, -22.5)
    """
    if published_base <= 0 or official_pct <= -100:
        raise refusal("base", mark("Growth needs a base above nought, and what falls keeps a part of it."))
    raw = 100 * (Fraction(value) / Fraction(published_base) - 1)
    comparable_base = Fraction(value) / (1 + Fraction(official_pct) / 100)
    return Published(raw, comparable_base, raw - Fraction(official_pct))
