"""What came after an alarm: looked back on, was there a fall, and did it stay.

Of a measure with surprises r (what a figure is off from what was to be expected, ``residuals``), turned so that worse
is positive, cell t and the two cells after it

    worse(t) = r(t),        stayed(t) = mean of r(t + 1), r(t + 2),

in % of what was expected, from all figures known now: later ones, and revisions of those that the alarm saw. The month
itself is where noise was mistaken for a fall if it was; the months after are not chosen by the alarm. Nothing is told
of the last two cells, and nothing of a cell whose later figures are unknown. Dated rules (``outcome.…``) say from which
size on an alarm was true and below which it was false; what lies between stays unknown.

An **event** is a run of cells that the rule of true alarms calls, whether or not there was an alarm: falls that were
missed are counted too (``scoring``).

Source: the separation of what selects from what judges follows B. Efron, *Large-Scale Inference*, Cambridge 2010,
chapter 11 (selection bias of the largest z); thresholds are data, ``packs/china/warning/outcomes``.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from zhizao.engines.warning.figures import Floats, Ints
from zhizao.engines.warning.running import Warnings
from zhizao.engines.warning.settings import As

AFTER: Final = 2
"""So many cells must have come after one that is judged."""


def hindsight(found: Warnings) -> dict[str, Floats]:
    """Facts of every enterprise and cell, shape (n, T), by what is known now.

    Returns
    -------
    dict
        ``<measure>_worse_pct`` and ``<measure>_stayed_pct`` of measures that are logarithms, ``figures_known`` (how
        many of the cell's figures are known now), ``doubtful_figures`` (as of now). NaN is unknown; the last two cells
        are.

    Examples
    --------
    >>> from zhizao.engines.warning.figures import Figures
    >>> from zhizao.engines.warning.running import run
    >>> from zhizao.engines.warning.settings import shipped_watch
    >>> y = np.exp(np.random.default_rng(1).normal(5, 0.05, (40, 40)))
    >>> y[7, -3:] *= 0.6
    >>> names = tuple(f"enterprise:{number}" for number in range(40))
    >>> figures = Figures(names, np.zeros(40, np.int64), ("",), 2022 * 11, {"gross_output": y, "electricity": y / 400})
    >>> facts = hindsight(run(figures, shipped_watch()))
    >>> bool(35 < facts["output_worse_pct"][7, -3] < 45), bool(facts["output_stayed_pct"][7, -3] > 30)
    (True, True)
    >>> bool(np.isnan(facts["output_worse_pct"][:, -2:]).all())
    True
    """
    facts: dict[str, Floats] = {}
    for name, surprise in found.surprises.items():
        measure = found.watch.measures[name]
        if measure.taken not in (As.LOG, As.BEYOND):
            continue
        sign = 1.0 if measure.worse_up else -1.0
        facts[f"{name}_worse_pct"] = sign * 100 * np.expm1(surprise.residual)
        later = np.mean([_later(surprise.residual, ahead) for ahead in range(1, AFTER + 1)], axis=0)
        facts[f"{name}_stayed_pct"] = sign * 100 * np.expm1(later)
    values = found.figures.values.values()
    known = np.sum([np.isfinite(y) for y in values], axis=0).astype(np.float64)
    facts["figures_known"] = known
    facts["doubtful_figures"] = found.facts["doubtful_figures"].copy()
    for values_of in facts.values():
        values_of[:, max(values_of.shape[1] - AFTER, 0) :] = np.nan
    return facts


def events(found: Warnings, called: Ints, facts: dict[str, Floats], measure: str) -> pl.DataFrame:
    """The runs of cells that are called.

    Parameters
    ----------
    called : shape (n, T)
        Above nought where the rule of true alarms calls.
    facts : as ``hindsight`` gives them
    measure : str
        Whose size is told.

    Returns
    -------
    DataFrame
        ``subject``, ``span`` (by the last months of the first and the last cell), ``worse_pct``, ``stayed_pct`` of the
        first cell; by month and subject.
    """
    on = called > 0
    before = np.zeros_like(on)
    before[:, 1:] = on[:, :-1]
    row, first = np.nonzero(on & ~before)
    after = np.zeros_like(on)
    after[:, :-1] = on[:, 1:]
    _same, last = np.nonzero(on & ~after)
    months = found.figures.months()
    schema = {"subject": pl.String, "span": pl.String, "worse_pct": pl.Float64, "stayed_pct": pl.Float64}
    columns = {
        "subject": [found.figures.subjects[one] for one in row],
        "span": [_span(months[a], months[b]) for a, b in zip(first.tolist(), last.tolist(), strict=True)],
        **{f"{kind}_pct": facts[f"{measure}_{kind}_pct"][row, first].round(1) for kind in ("worse", "stayed")},
    }
    told = pl.DataFrame(columns, schema=schema).with_columns(pl.selectors.float().fill_nan(None))
    return told.sort("span", "subject")


def _span(first: str, last: str) -> str:
    from zhizao.kernel.span import Span

    start = Span.parse(first)
    return str(Span(start.start_month, Span.parse(last).end_month - start.start_month))


def _later(r: Floats, ahead: int) -> Floats:
    out = np.full_like(r, np.nan)
    out[:, :-ahead] = r[:, ahead:]
    return out
