"""Yearly values of the plan's targets at area level: the base year as stated, later years as the economy went.

A target that follows indicators of the firms grows as their sum does (of its sector, where its name has one). Any other
goes a share of its way to the target, with noise; counts are whole and never fall.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from zhizao.engines.simulation.entropy import Floats
from zhizao.engines.simulation.facts import EconomyFacts, Target
from zhizao.engines.simulation.parameters import Parameters
from zhizao.engines.simulation.paths import Firms
from zhizao.engines.simulation.reports import SCHEMA, SOURCE, STATUS
from zhizao.kernel import units

_REST: Final = ("其它", "其他")


def values(
    facts: EconomyFacts,
    parameters: Parameters,
    firms: Firms,
    yearly: Mapping[str, Floats],
    years: range,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """One row for each target and year from the base year to the target year.

    Parameters
    ----------
    yearly : mapping of indicator to an array of shape (n, years)

    Returns
    -------
    polars.DataFrame
        The ledger's columns and ``name``; ``indicator`` is the row's id in the pack. A year is known from 1 March.
    """
    shown = [year for year in years if facts.base_year <= year <= facts.target_year]
    rows = []
    for target in facts.targets:
        rule = next((rule for rule in parameters.targets if re.search(rule.pattern, target.name)), None)
        sums = _followed(target, rule.follows if rule else (), parameters, firms, yearly)
        base = 0.0 if sums is None else float(sums[facts.base_year - years[0]])
        if sums is not None and base:
            found = [target.base_value * float(sums[year - years[0]]) / base for year in shown]
        else:
            found = _own_path(target, facts, parameters, shown, rng)
        decimals = target.decimals if _is_count(target) else max(target.decimals, 1)
        scope = "above_scale" if re.search(parameters.words.above_scale, target.name) else "all"
        for year, value in zip(shown, found, strict=True):
            printed = round(value, decimals)
            row = (f"area:{facts.region_code}", target.key, str(year), scope, "current", printed, target.unit)
            rows.append((*row, STATUS, SOURCE, date(year + 1, 3, 1), target.name))
    schema: dict[str, Any] = dict.fromkeys((*SCHEMA, "name"), pl.String) | {"value": pl.Float64, "known_from": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _followed(
    target: Target, follows: tuple[str, ...], parameters: Parameters, firms: Firms, yearly: Mapping[str, Floats]
) -> Floats | None:
    """The yearly sum that the target follows, if any."""
    if not follows:
        return None
    sector = parameters.sector_of(target.name)
    is_rest = target.name.startswith(_REST)
    if sector == len(parameters.sectors) - 1 and not is_rest:
        meant = np.ones(len(firms.sector), dtype=bool)
    else:
        meant = firms.sector == sector
    return np.asarray(sum(yearly[indicator][meant].sum(axis=0) for indicator in follows), dtype=np.float64)


def _own_path(
    target: Target, facts: EconomyFacts, parameters: Parameters, years: list[int], rng: np.random.Generator
) -> list[float]:
    of = parameters.output
    way = target.target_value - target.base_value
    share = rng.normal(of.attainment, of.attainment_spread)
    progress = np.array([(year - facts.base_year) / (facts.target_year - facts.base_year) for year in years])
    noise = parameters.target_noise * rng.standard_normal(len(years)) * (progress > 0)
    found = target.base_value + share * progress * way
    found = found + noise * (abs(way) if _is_count(target) else abs(target.base_value))
    if _is_count(target):
        found = np.maximum.accumulate(np.rint(found)) if way >= 0 else np.rint(found)
    if target.unit == "%":
        found = np.clip(found, 0.0, 100.0)
    return [float(value) for value in found]


def _is_count(target: Target) -> bool:
    """Whole things: base and target without decimals, in a unit of things counted."""
    return target.decimals == 0 and target.unit in units.COUNTED
