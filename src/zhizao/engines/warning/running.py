"""From figures to alarms: what every enterprise is off, the facts that follow, and the rules that call.

Of each measure the surprise z is found (``residuals``), of the weighted ones the score of distress, its p-value and the
share of false calls q (``distress``); each measure also has a score and q of its own, in its worse direction. The facts

| fact | |
|---|---|
| ``distress_score``, ``distress_q_pct`` | D, and the share of false calls at which the enterprise would be called |
| ``<measure>_score``, ``<measure>_q_pct`` | the same of one measure alone |
| ``trade_false_pct``, ``trade_share_pct`` | how likely not of a part of its trade that fell together; that part |
| ``trade_score`` | the score by which the trade came apart (``trade``) |
| ``<measure>_off_pct`` | how far the figure is from what was expected, in % |
| ``<indicator>_yoy_pct`` | change on the same cell of the year before, in % |
| ``silent_cells`` | cells in a row without any figure, after the first, where half of the peers have reported |
| ``doubtful_figures`` | figures of the cell that fit none of the others: a wrong unit, a slip |

are asked by the dated rules, month by month. A figure more than five times off, while the median of the enterprise's
other figures is less than two times off, is in doubt: it is told, and takes no part in any other fact.

Source: ``residuals``, ``distress``; thresholds are data, ``packs/china/warning``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from zhizao.engines.warning.beyond import beyond
from zhizao.engines.warning.distress import combined, looked_back, p_values, q_values
from zhizao.engines.warning.figures import CELLS, Figures, Floats, Ints, months_of
from zhizao.engines.warning.residuals import Residuals, residuals
from zhizao.engines.warning.settings import TRADE_FACTS, As, Measure, Watch
from zhizao.engines.warning.trade import parts
from zhizao.kernel.result import Refused
from zhizao.kernel.rules import BoundRule, Rulebook, evaluate
from zhizao.kernel.span import Span

Bools = npt.NDArray[np.bool_]
NOTICE: Final = "notice"
SERIOUS: Final = "serious"
_FAR_OFF: Final = np.log(5.0)
_NEAR: Final = np.log(2.0)
_LEAST_OTHERS: Final = 2
_CALLED: Final = "yes"


@dataclass(frozen=True, slots=True, eq=False)
class Warnings:
    """What was found.

    Attributes
    ----------
    figures : what it was found in, without the figures in doubt
    watch : what was watched
    values : measure to x, shape (n, T)
    surprises : measure to its residuals
    facts : fact to an array of shape (n, T); NaN is unknown
    called : rule to an array of shape (n, T): 1 where it calls, 2 where it is serious, begun there or before
    alarms : ``subject``, ``month``, ``rule``, ``score``, ``severity`` (notice or serious), by month and worst first
    """

    figures: Figures
    watch: Watch
    values: Mapping[str, Floats]
    surprises: Mapping[str, Residuals]
    facts: Mapping[str, Floats]
    called: Mapping[str, Ints]
    alarms: pl.DataFrame

    def arithmetic(self, alarms: pl.DataFrame) -> pl.DataFrame:
        """How alarms come about: one row for each and each measure.

        Returns
        -------
        DataFrame
            ``subject``, ``month``, ``measure``, ``value`` (x: a logarithm, a change of it or a share), ``expected``,
            ``off``, ``scale``, ``z`` (below nought is a fall), ``weight``.
        """
        pairs = alarms.select("subject", "month").unique(maintain_order=True)
        row = {subject: place for place, subject in enumerate(self.figures.subjects)}
        column = {month: place for place, month in enumerate(self.figures.months())}
        at = ([row[one] for one in pairs["subject"]], [column[one] for one in pairs["month"]])
        parts = []
        for name, found in self.surprises.items():
            arrays = (self.values[name], found.expected, found.residual, found.scale, found.z)
            columns = dict(zip(("value", "expected", "off", "scale", "z"), (one[at] for one in arrays), strict=True))
            weight = self.watch.measures[name].weight
            part = pairs.with_columns(measure=pl.lit(name), **{key: pl.Series(one) for key, one in columns.items()})
            parts.append(part.with_columns(weight=pl.lit(weight)))
        frame = pl.concat(parts) if parts else pairs
        return frame.with_columns(pl.selectors.float().fill_nan(None)).sort("month", "subject", maintain_order=True)


def run(figures: Figures, watch: Watch) -> Warnings:
    """Find the alarms of every enterprise and month, each from what was known by then.

    Examples
    --------
    One enterprise of forty loses more than half of its output, electricity and profit in the last month:

    >>> from zhizao.engines.warning.settings import shipped_watch
    >>> y = np.exp(np.random.default_rng(1).normal(5, 0.1, (40, 40)))
    >>> y[7, -1] *= 0.4
    >>> values = {"gross_output": y, "electricity": y / 400, "operating_revenue": y, "profit_total": 0.2 * y - 10}
    >>> names = tuple(f"enterprise:{number}" for number in range(40))
    >>> found = run(Figures(names, np.zeros(40, np.int64), ("",), 2022 * 11, values), shipped_watch())
    >>> found.alarms.filter(month="2025-08").select("subject", "rule", "severity").rows()
    [('enterprise:7', 'warning.distress', 'notice')]
    """
    measures = {name: one for name, one in watch.measures.items() if {one.of, one.over} - {""} <= figures.values.keys()}
    values = {name: _taken(figures, one) for name, one in measures.items()}
    surprises = _surprises(values, figures, watch)
    doubtful = _in_doubt(surprises, measures)
    if unsure := {name for name, one in doubtful.items() if one.any()}:
        sure = {
            name: np.where(doubtful[name], np.nan, y) if name in unsure else y for name, y in figures.values.items()
        }
        figures = replace(figures, values=sure)
        again = {name: _taken(figures, one) for name, one in measures.items() if unsure & {one.of, one.over}}
        values |= again
        surprises |= _surprises(again, figures, watch)
    facts = _facts(figures, watch, measures, surprises)
    facts["doubtful_figures"] = np.sum([*doubtful.values(), np.zeros(facts["silent_cells"].shape)], axis=0)
    facts["silent_cells"][facts["doubtful_figures"] > 0] = 0
    told = answers(figures, watch.book, facts)
    called = {rule_id: calls for rule_id, (calls, _score) in told.items()}
    return Warnings(figures, watch, values, surprises, facts, called, _alarms(figures, watch, told))


def _taken(figures: Figures, measure: Measure) -> Floats:
    """x of a measure; a figure of nought or below has no logarithm, and no other figure can be a share of it."""
    of = figures.values[measure.of]
    over = figures.values[measure.over] if measure.over else np.ones_like(of)
    base = np.where(over > 0, over, np.nan)
    if measure.taken is As.SHARE:
        share: Floats = of / base
        return share
    if measure.taken is As.BEYOND:
        return beyond(np.log(np.where(of > 0, of, np.nan)), np.log(base))
    log: Floats = np.log(np.where(of > 0, of, np.nan) / base)
    if measure.taken is As.LOG:
        return log
    change = np.full_like(log, np.nan)
    change[:, 1:] = np.diff(log, axis=1)
    return change


def _surprises(values: Mapping[str, Floats], figures: Figures, watch: Watch) -> dict[str, Residuals]:
    return {name: residuals(x, figures.sector, figures.first_cell, watch.memory) for name, x in values.items()}


def _in_doubt(surprises: Mapping[str, Residuals], measures: Mapping[str, Measure]) -> dict[str, Bools]:
    """Of each indicator, the figures that are far off where the others of the enterprise and cell are not."""
    plain = [name for name, one in measures.items() if one.taken is As.LOG and not one.over]
    if len(plain) <= _LEAST_OTHERS:
        return {}
    off = np.array([surprises[name].residual for name in plain])
    found = {}
    for place, name in enumerate(plain):
        others = np.abs(np.delete(off, place, axis=0))
        known = np.isfinite(others).sum(axis=0)
        near = (np.where(np.isfinite(others), others, np.inf) < _NEAR).sum(axis=0) * 2 > known
        found[measures[name].of] = (np.abs(off[place]) > _FAR_OFF) & (known >= _LEAST_OTHERS) & near
    return found


def _facts(
    figures: Figures, watch: Watch, measures: Mapping[str, Measure], surprises: Mapping[str, Residuals]
) -> dict[str, Floats]:
    worse = {name: found.z if measures[name].worse_up else -found.z for name, found in surprises.items()}
    weights = {name: one.weight for name, one in measures.items()}
    scores = {name: np.clip(z, -10, 10) for name, z in worse.items()}
    if any(weights.values()):
        scores = {"distress": combined(worse, weights)} | scores
    asked = {fact for rule in watch.book.rules for fact in rule.facts}
    facts: dict[str, Floats] = {}
    for name, s in scores.items():
        if f"{name}_score" in asked:
            facts[f"{name}_score"] = looked_back(s)
        if f"{name}_q_pct" in asked:
            facts[f"{name}_q_pct"] = 100 * q_values(p_values(s), figures.sector, usual_share=watch.usual_share)
    of_trade = {name: one.trade_weight for name, one in measures.items()}
    if any(of_trade.values()) and asked & set(TRADE_FACTS):
        score = combined(worse, of_trade)
        found_parts = parts(score, figures.sector, usual_share=watch.usual_trade_share)
        told = (100 * (1 - found_parts.hit), 100 * found_parts.share, score)
        facts |= dict(zip(TRADE_FACTS, told, strict=True))
    for name, found in surprises.items():
        if measures[name].taken is not As.SHARE:
            facts[f"{name}_off_pct"] = 100 * np.expm1(found.residual)
    for name in watch.indicators:
        if name in figures.values:
            facts[f"{name}_yoy_pct"] = _year_on_year(figures.values[name])
    facts["silent_cells"] = _silent(figures)
    return facts


def _year_on_year(y: Floats) -> Floats:
    out = np.full_like(y, np.nan)
    before = y[:, :-CELLS]
    out[:, CELLS:] = 100 * (y[:, CELLS:] / np.where(before > 0, before, np.nan) - 1)
    return out


def _silent(figures: Figures) -> Floats:
    """Cells in a row without a figure; one in which fewer than half of those known so far reported is not counted."""
    known = np.any([np.isfinite(y) for y in figures.values.values()], axis=0)
    n, T = known.shape
    silent, begun = np.zeros((n, T)), np.zeros(n, dtype=bool)
    for t in range(T):
        counted = known[begun, t].mean() >= 0.5 if begun.any() else False
        before = silent[:, t - 1] if t else np.zeros(n)
        silent[:, t] = np.where(known[:, t] | ~begun, 0.0, before + counted)
        begun |= known[:, t]
    return silent


def answers(figures: Figures, book: Rulebook, facts: Mapping[str, Floats]) -> dict[str, tuple[Ints, Floats]]:
    """Of each rule where it calls, as ``Warnings.called``, and its score."""
    ends = [Span(month, 1).last_day for month in months_of(figures.first_cell + np.arange(figures.cells)).tolist()]
    found = {}
    for rule_id in book.ids:
        called = np.zeros((len(figures.subjects), figures.cells), dtype=np.int64)
        score = np.full(called.shape, np.nan)
        for bound, columns in _bound(book, rule_id, ends):
            _ask(bound, columns, facts, called, score)
        found[rule_id] = (called, score)
    return found


def _alarms(figures: Figures, watch: Watch, told: Mapping[str, tuple[Ints, Floats]]) -> pl.DataFrame:
    months = figures.months()
    parts = [_none()]
    for rule_id, (called, score) in told.items():
        row, column = np.nonzero(begun(called, watch.quiet_cells))
        parts.append(
            pl.DataFrame(
                {
                    "subject": [figures.subjects[one] for one in row],
                    "month": [months[one] for one in column],
                    "rule": [rule_id] * len(row),
                    "score": score[row, column].round(4),
                    "severity": [SERIOUS if one > 1 else NOTICE for one in called[row, column].tolist()],
                },
                schema=_none().schema,
            )
        )
    return pl.concat(parts).sort("month", "rule", "score", "subject", descending=[False, False, True, False])


def alarms_of(figures: Figures, watch: Watch, facts: Mapping[str, Floats], rule_id: str) -> tuple[pl.DataFrame, Ints]:
    """The alarms of a watch with other rules on facts that are there, and where the rule calls."""
    told = answers(figures, watch.book, facts)
    return _alarms(figures, watch, told), told[rule_id][0]


def _none() -> pl.DataFrame:
    text = dict.fromkeys(("subject", "month", "rule"), pl.String)
    return pl.DataFrame(schema={**text, "score": pl.Float64, "severity": pl.String})


def _bound(book: Rulebook, rule_id: str, ends: list[dt.date]) -> list[tuple[BoundRule, Ints]]:
    """The rule as it holds at each cell's end; cells of one wording together, those before it is in force left out."""
    found: dict[str, tuple[BoundRule, list[int]]] = {}
    for column, day in enumerate(ends):
        try:
            bound = book.rule(rule_id, as_of=day)
        except Refused:
            continue
        key = repr((bound.rule.known_from, bound.rule.file, sorted(bound.parameters.items())))
        found.setdefault(key, (bound, []))[1].append(column)
    return [(bound, np.array(columns)) for bound, columns in found.values()]


def _ask(bound: BoundRule, columns: Ints, facts: Mapping[str, Floats], called: Ints, score: Floats) -> None:
    """Put the answers of some cells into ``called`` (1, or 2 where serious) and ``score``."""
    asked = {name: facts[name][:, columns].ravel() for name in bound.facts if name in facts}
    if not asked:
        return
    known = np.any([np.isfinite(one) for one in asked.values()], axis=0)
    whole = {name for name, fact in bound.facts.items() if fact.kind == "integer"}
    frame = pl.DataFrame(
        {name: pl.Series(one[known], dtype=pl.Float64).fill_nan(None) for name, one in asked.items()}
    ).with_columns(pl.col(name).cast(pl.Int64) for name in asked if name in whole)
    answer = evaluate(bound, frame)
    yes = (answer["status"].cast(pl.String) == _CALLED).to_numpy()
    serious = answer["serious"].fill_null(value=False).to_numpy() if "serious" in answer.columns else np.zeros_like(yes)
    part = np.zeros((called.shape[0], len(columns)), dtype=np.int64)
    part.ravel()[np.flatnonzero(known)] = np.where(yes, 1 + serious, 0)
    called[:, columns] = part
    amount = np.full(part.size, np.nan)
    amount[known] = answer["amount"].cast(pl.Float64).fill_null(1.0).to_numpy()
    score[:, columns] = amount.reshape(part.shape)


def begun(called: Ints, quiet: int) -> Bools:
    """Where an alarm is told: graver than what was told in the cells before it; what lasts is told anew.

    >>> begun(np.array([[1, 1, 1, 2, 2, 1, 1, 0, 1]]), 2).astype(int).tolist()
    [[1, 0, 0, 1, 0, 0, 1, 0, 0]]
    """
    told = np.zeros_like(called)
    for t in range(called.shape[1]):
        before = told[:, max(t - quiet, 0) : t].max(axis=1, initial=0)
        told[:, t] = np.where(called[:, t] > before, called[:, t], 0)
    return np.asarray(told > 0)
