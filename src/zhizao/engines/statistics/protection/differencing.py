"""What several published tables tell together: two filters, or the same table as known on two dates.

Two checks over every figure that has been shown, each given with the contributions it sums.

**Differences.** For two figures A and B with a common contributor, let d be what each contributor gives to A minus what
it gives to B. Everybody can compute A − B = Σ d, so d must not be sensitive by the same rules (on magnitudes). This
finds the enterprise outside a filter, the one that entered between two dates, and the one that corrected its figure.

**Combinations.** Contributions that stand in exactly the same figures form an *atom*; every figure is a sum of atoms.
The attacker of ``attack`` is let loose on the atoms, all hidden, with all figures shown, and must not get inside the
protection interval of a sensitive one. This finds what needs three tables and more: of A ∪ B, B ∪ C and A ∪ C, half the
first plus the third minus the second is A.

Source
------
A. Hundepool et al., *Statistical Disclosure Control*, Wiley, 2012, chapter 4, doi 10.1002/9781118348239 (linked tables,
differencing).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from zhizao.engines.statistics._frames import refusal, require
from zhizao.engines.statistics.protection.attacker import attack
from zhizao.engines.statistics.protection.cells import Rules, Total, sensitive
from zhizao.engines.statistics.protection.tables import Table
from zhizao.kernel.result import mark

Contributions = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What published figures tell together.

    Attributes
    ----------
    kind : ``difference`` of two figures, or ``combination`` of more
    figures : the two figures; of a combination, those that the contributors stand in
    contributors : whose contribution it tells; for the eyes of the office alone
    low, high : the bounds of a combination; ``None`` for a difference, which is exact
    """

    kind: str
    figures: tuple[str, ...]
    contributors: tuple[str, ...]
    low: float | None = None
    high: float | None = None


def disclosures(
    published: pl.DataFrame, rules: Rules, *, lowest: int | None = 0, contributor: str = "subject"
) -> tuple[Disclosure, ...]:
    """Everything sensitive that the figures shown so far tell together.

    Parameters
    ----------
    published : DataFrame
        One row for each contribution to a figure **shown**: ``figure`` (its name: table, cell and as-of date),
        ``contributor``, ``value`` (whole, as known then). A new table is judged together with those shown before.
    rules : Rules
    lowest : int or None
        As in ``attack``.
    contributor : str

    Returns
    -------
    tuple of Disclosure
        Empty if all may stand together. Differences first, in the order of the figures' names.

    Raises
    ------
    Refused
        ``statistics.twice``: a contributor stands twice in one figure.

    Examples
    --------
    All firms of a district, and all outside its park; one firm is in the park:

    >>> firms = [("all", str(i), 10) for i in range(6)] + [("outside", str(i), 10) for i in range(5)]
    >>> rows = pl.DataFrame(firms, schema=["figure", "subject", "value"], orient="row")
    >>> [(d.kind, d.figures, d.contributors) for d in disclosures(rows, Rules(3, 70, 10))]
    [('difference', ('all', 'outside'), ('5',))]
    """
    require(published, columns=["figure", contributor], whole=["value"])
    rows = published.drop_nulls("value").select(
        pl.col("figure").cast(pl.String),
        pl.col(contributor).cast(pl.String).alias("by"),
        pl.col("value").cast(pl.Int64),
    )
    if rows.select("figure", "by").is_duplicated().any():
        raise refusal("twice", mark("A contributor stands twice in one figure."))
    differences = _differences(rows, rules)
    known = {d.contributors for d in differences}
    combined = [d for d in _combinations(rows, rules, lowest) if d.contributors not in known]
    return (*differences, *combined)


def withheld(
    before: pl.DataFrame,
    new: pl.DataFrame,
    rules: Rules,
    *,
    lowest: int | None = 0,
    contributor: str = "subject",
) -> tuple[str, ...]:
    """The new figures that must not be shown beside those shown before, so that together they tell nothing.

    Again and again the new figure that stands in most disclosures is taken out. To hide more of a protected table never
    tells more of it. What figures shown before tell among themselves cannot be mended.

    Parameters
    ----------
    before, new : DataFrame
        As in :func:`disclosures`; the figures have different names (say, by their as-of date).
    rules, lowest, contributor
        As in :func:`disclosures`.

    Returns
    -------
    tuple of str
        Names of figures of ``new``, sorted.

    Examples
    --------
    >>> firms = lambda figure, many: [(figure, str(i), 10) for i in range(many)]
    >>> frame = lambda rows: pl.DataFrame(rows, schema=["figure", "subject", "value"], orient="row")
    >>> withheld(frame(firms("may", 5)), frame(firms("june", 6) + firms("july", 9)), Rules(3, 70, 10))
    ('june',)
    """
    require(new, columns=["figure", contributor], whole=["value"])
    columns = ["figure", contributor, "value"]
    names = set(new["figure"])
    out: set[str] = set()
    while True:
        shown = pl.concat([before.select(columns), new.filter(~pl.col("figure").is_in(list(out))).select(columns)])
        found = disclosures(shown, rules, lowest=lowest, contributor=contributor)
        left = [names.intersection(d.figures) - out for d in found]
        if not any(left):
            return tuple(sorted(out))
        while any(left):
            many = Counter(figure for figures in left for figure in figures)
            worst = min(many, key=lambda figure: (-many[figure], figure))
            out.add(worst)
            left = [figures for figures in left if worst not in figures]


def _differences(rows: pl.DataFrame, rules: Rules) -> list[Disclosure]:
    figures = {
        figure: dict(zip(part["by"], part["value"], strict=True))
        for (figure,), part in rows.group_by("figure", maintain_order=True)
    }
    found = []
    for one, other in _candidates(rows, rules).iter_rows():
        a, b = figures[one], figures[other]
        gap = {by: abs(d) for by in sorted(a.keys() | b.keys()) if (d := a.get(by, 0) - b.get(by, 0))}
        if gap and _is_sensitive(gap, rules):
            top = max(gap.values())
            told = tuple(gap) if len(gap) < rules.least_contributors else tuple(by for by in gap if gap[by] == top)
            found.append(Disclosure("difference", (one, other), told))
    return found


def _candidates(rows: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Pairs of figures whose difference may be sensitive, by bounds that need no list of the contributors.

    The difference's largest part is at most the larger of the two figures' largest parts, or their sum where the signs
    differ; a sensitive difference is at most (2 + p %) times its largest part, or 100/k times.
    """
    size = pl.col("value").abs().cast(pl.Float64)
    of_each = rows.group_by("figure").agg(n=pl.len().cast(pl.Int64), gross=size.sum(), largest=size.max())
    pairs = rows.join(rows, on="by", suffix="_b").filter(pl.col("figure") < pl.col("figure_b"))
    gap = (pl.col("value") - pl.col("value_b")).abs().cast(pl.Float64)
    both = pairs.group_by("figure", "figure_b").agg(
        same=(pl.col("value") == pl.col("value_b")).sum().cast(pl.Int64),
        shared=pl.len().cast(pl.Int64),
        taken=(pl.col("value").abs().cast(pl.Float64) + pl.col("value_b").abs().cast(pl.Float64) - gap).sum(),
    )
    joined = both.join(of_each, on="figure").join(of_each, left_on="figure_b", right_on="figure", suffix="_b")
    few = pl.col("n") + pl.col("n_b") - pl.col("shared") - pl.col("same") < rules.least_contributors
    gross = pl.col("gross") + pl.col("gross_b") - pl.col("taken")
    most = max(2 + rules.p_pct / 100, 100 / rules.dominance_pct)
    large = gross <= most * (pl.col("largest") + pl.col("largest_b")) * (1 + 1e-9)
    return joined.filter(few | large).select("figure", "figure_b").sort("figure", "figure_b")


def _is_sensitive(parts: Contributions, rules: Rules) -> bool:
    ranked = sorted(parts.values(), reverse=True)
    gross, largest, second = sum(ranked), ranked[0], ranked[1] if len(ranked) > 1 else 0
    return (
        len(ranked) < rules.least_contributors
        or 100 * largest > rules.dominance_pct * gross
        or 100 * (gross - largest - second) < rules.p_pct * largest
    )


def _combinations(rows: pl.DataFrame, rules: Rules, lowest: int | None) -> list[Disclosure]:
    """Sensitive atoms that the attacker bounds too closely."""
    signature = pl.col("figure").sort().str.join("\n").alias("figures")
    atoms_of = rows.group_by("by", "value").agg(signature).sort("figures", "by")
    size = pl.col("value").abs()
    atoms = atoms_of.group_by("figures", maintain_order=True).agg(
        value=pl.col("value").sum(),
        contributors=pl.len().cast(pl.Int64),
        gross=size.sum(),
        largest=size.max(),
        second=size.sort(descending=True).slice(1, 1).first().fill_null(0),
        by=pl.col("by"),
    )
    atoms = atoms.with_row_index("atom").with_columns(cell=pl.format("atom {}", "atom"))
    parts: dict[str, list[str]] = {}
    for cell, figures in atoms.select("cell", "figures").iter_rows():
        for figure in figures.split("\n"):
            parts.setdefault(figure, []).append(cell)
    totals = [Total(f"figure {figure}", tuple(cells)) for figure, cells in sorted(parts.items())]
    shown = rows.group_by("figure", maintain_order=True).agg(pl.col("value").sum())
    shown = shown.select(cell=pl.format("figure {}", "figure"), value="value")
    close = _too_close(atoms, shown, totals, rules, lowest)
    if not close:
        return []
    told = pl.concat([shown, atoms.select("cell", value=pl.lit(None, pl.Int64))])
    bounds = attack(told, totals, lowest=lowest, only=close)
    rows_of = {row["cell"]: row for row in atoms.iter_rows(named=True)}
    return [
        Disclosure("combination", tuple(rows_of[cell]["figures"].split("\n")), tuple(rows_of[cell]["by"]), low, high)
        for cell, low, high in bounds.iter_rows()
    ]


def _too_close(
    atoms: pl.DataFrame, shown: pl.DataFrame, totals: list[Total], rules: Rules, lowest: int | None
) -> list[str]:
    columns = ["cell", "value", "contributors", "gross", "largest", "second"]
    none = {name: pl.lit(0, pl.Int64) for name in columns[2:]}
    judged = sensitive(atoms.select(columns), rules)
    figures = sensitive(shown.with_columns(**none).select(columns), rules)
    table = Table.of(pl.concat([judged, figures]), totals, rules, lowest=lowest, costs=None, published=())
    hidden = range(len(judged))
    return sorted({table.names[cell] for cell, sign in table.goals() if table.way_within((cell, sign), hidden) is None})
