"""A threshold moved: what each value of it would have found and would have called for nothing.

The rule is asked anew with every candidate in place of the value in force, over all cells, and its alarms are scored
against the same events (``scoring``). The facts are those of the figures known now: what revisions have mended since is
mended here too, so the curve is a little better than the past was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Final

import polars as pl

from zhizao.engines.warning.figures import watched_months
from zhizao.engines.warning.running import NOTICE, SERIOUS, Warnings, alarms_of
from zhizao.engines.warning.scoring import score
from zhizao.kernel.rules import Rulebook

STEPS: Final = tuple(map(Decimal, ("0.2", "0.4", "0.6", "0.8", "1", "1.2", "1.5", "2", "3")))
"""Candidates, as parts of the value in force."""


def candidates(value: Decimal, *, whole: bool = False) -> list[Decimal]:
    """Values around one, in order, that one among them.

    >>> [str(one) for one in candidates(Decimal(15))][:5], [int(one) for one in candidates(Decimal(2), whole=True)]
    (['3', '6', '9', '12', '15'], [1, 2, 3, 4, 6])
    """
    found = {(value * step).normalize() + 0 for step in STEPS}
    if whole:
        found = {max(Decimal(int(one.to_integral_value())), Decimal(1)) for one in found}
    return sorted(Decimal(f"{one:f}") for one in found)


def curve(
    found: Warnings,
    rule_id: str,
    parameter: str,
    values: Iterable[Decimal],
    truth: pl.DataFrame,
    *,
    since: str,
    severity: str = NOTICE,
) -> pl.DataFrame:
    """What each value of a rule's threshold would have given.

    Parameters
    ----------
    truth : DataFrame
        ``subject``, ``span`` of each event.
    since : str
        The first month that counts.
    severity : str
        ``serious``: only serious alarms are scored, which is what a threshold of seriousness moves.

    Returns
    -------
    DataFrame
        ``value`` (text), the columns of ``scoring.score`` but ``rule``, and ``now``: the subjects called in the last
        cell.
    """
    watched = watched_months(found.figures, since)
    least, rows = (2 if severity == SERIOUS else 1), []
    for value in values:
        watch = replace(found.watch, book=_with(found.watch.book, rule_id, parameter, value))
        alarms, called = alarms_of(found.figures, watch, found.facts, rule_id)
        if severity == SERIOUS:
            alarms = alarms.filter(severity=SERIOUS)
        told = score(alarms, truth, enterprise_months=watched, since=since).row(-1, named=True)
        now = sorted(found.figures.subjects[one] for one in (called[:, -1] >= least).nonzero()[0])
        rows.append({"value": str(value)} | {name: told[name] for name in told if name != "rule"} | {"now": now})
    return pl.DataFrame(rows, infer_schema_length=None)


def _with(book: Rulebook, rule_id: str, parameter: str, value: Decimal) -> Rulebook:
    """The rule alone, with one value of the parameter from its first day on."""
    rules = []
    for rule in book.rules:
        if rule.id != rule_id:
            continue
        values = rule.parameters[parameter].values
        first = replace(min(values, key=lambda one: one.valid_from), value=value)
        parameters = {**rule.parameters, parameter: replace(rule.parameters[parameter], values=(first,))}
        rules.append(replace(rule, parameters=parameters))
    return Rulebook(rules)
