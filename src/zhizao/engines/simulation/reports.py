"""What is reported of the truth, and when it is known: cumulative figures, late and revised ones, wrong units.

As on the real forms, flows are cumulative from January and there is no January report: the first span of a year is
January–February. Stocks are of the end of the month. Electricity comes from the supplier, month by month, January too.

A share of the firm-months is disturbed: either the whole report is late, or some figures were wrong by an error of the
month, which the next cumulative figures no longer have; the corrected row is known some months later, the first stays.
A slip is a figure typed in another unit. Those in cumulative figures are all found, as the next report would fall or
leap; of the others most are. All of it is kept beside the reports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from zhizao.engines.simulation.entropy import Bools, Ints
from zhizao.engines.simulation.parameters import Parameters
from zhizao.kernel.span import Span

STOCKS: Final = ("receivables", "employees")
MONTHLY: Final = ("electricity",)
SCHEMA: Final = (
    "subject",
    "indicator",
    "span",
    "scope",
    "price_basis",
    "value",
    "unit",
    "status",
    "source",
    "known_from",
)
STATUS: Final = "simulated"
SOURCE: Final = "simulated economy"
LATE, REVISED = "late", "revised"


@dataclass(frozen=True)
class Reported:
    """Reports of some firms.

    Attributes
    ----------
    observations : the ledger's columns, ``SCHEMA``; a date as ``known_from`` means the end of that day
    disturbances : ``subject``, ``span`` (the month), ``kind`` (late or revised), ``known_from`` of the first report
    slips : ``subject``, ``indicator``, ``span``, ``factor``, ``known_from``, ``found`` (null: never)
    """

    observations: pl.DataFrame
    disturbances: pl.DataFrame
    slips: pl.DataFrame


@dataclass(frozen=True)
class _Rows:
    """Rows of one indicator before they have words."""

    firm: Ints
    month: Ints
    ticks: Ints
    known: Ints


def report(
    truth: Mapping[str, Ints],
    alive: Bools,
    subjects: Sequence[str],
    span: Span,
    parameters: Parameters,
    rng: np.random.Generator,
) -> Reported:
    """The reports of some firms.

    Parameters
    ----------
    truth : mapping of indicator to an integer array of shape (n, months)
        In the last decimal that the indicator keeps (``Parameters.units``).
    alive : shape (n, months)
    subjects : n keys of the ledger
    """
    of = parameters.reports
    n, months = alive.shape
    is_january = (span.start_month + np.arange(months)) % 12 == 0
    due = alive & ~is_january
    disturbed = due & (rng.random((n, months)) < of.disturbed)
    late = disturbed & (rng.random((n, months)) < of.late_of_disturbed)
    revised = disturbed & ~late
    days = _first_of_next_months(span) + rng.integers(of.report_day[0] - 1, of.report_day[1], (n, months))
    days = days + late * rng.integers(of.late_days[0], of.late_days[1] + 1, (n, months))
    words = _Words(span, subjects, parameters)
    observations, slips = [], []
    for indicator, ticks in truth.items():
        there = alive if indicator in MONTHLY else due
        firm, month = np.nonzero(there)
        right = _told(indicator, ticks, is_january)[firm, month]
        first = _Rows(firm, month, right.copy(), days[firm, month])
        rows = [first]
        if indicator not in MONTHLY:
            rows.append(_revised(first, ticks, revised, of.revised_indicators, parameters, words, rng))
        more, slipped = _slips(indicator, first, right, words, parameters, rng)
        rows.append(more)
        slips.append(slipped)
        observations.append(words.frame(indicator, rows))
    firm, month = np.nonzero(disturbed)
    kinds = np.where(late, LATE, REVISED)[firm, month]
    disturbances = pl.DataFrame(
        {
            "subject": words.subject(firm),
            "span": words.months(month),
            "kind": pl.Series(kinds, dtype=pl.String),
            "known_from": _dates(days[firm, month]),
        }
    )
    return Reported(pl.concat(observations), disturbances, pl.concat(slips))


def _told(indicator: str, ticks: Ints, is_january: Bools) -> Ints:
    """What a right report says: the figure of the month, or the sum from January."""
    if indicator in STOCKS or indicator in MONTHLY:
        return ticks
    n, months = ticks.shape
    years = np.cumsum(is_january)
    if not is_january[0] or months % 12:
        raise ValueError("a span of whole years is reported")
    return np.asarray(ticks.reshape(n, int(years[-1]), 12).cumsum(axis=2).reshape(n, months))


def _revised(
    first: _Rows,
    ticks: Ints,
    revised: Bools,
    share: float,
    parameters: Parameters,
    words: _Words,
    rng: np.random.Generator,
) -> _Rows:
    """Puts errors into first reports, and gives the rows that correct them."""
    of = parameters.reports
    places = np.flatnonzero(revised[first.firm, first.month])
    places = places[rng.random(len(places)) < share]
    firm, month = first.firm[places], first.month[places]
    of_month = ticks[firm, month]
    error = np.rint(of_month * np.expm1(of.revision * rng.standard_normal(len(places)))).astype(np.int64)
    error[error == 0] = 1  # a revision changes something
    right = first.ticks[places].copy()
    first.ticks[places] += error
    later = rng.integers(of.revised_after_months[0], of.revised_after_months[1] + 1, len(places))
    known = words.first_of_next[np.minimum(month + later, len(words.first_of_next) - 1)]
    beyond = np.maximum(month + later - (len(words.first_of_next) - 1), 0) * 30  # after the last month of the span
    known = known + beyond + rng.integers(of.report_day[0] - 1, of.report_day[1], len(places))
    return _Rows(firm, month, right, np.maximum(known, first.known[places] + 1))


def _slips(
    indicator: str, first: _Rows, right: Ints, words: _Words, parameters: Parameters, rng: np.random.Generator
) -> tuple[_Rows, pl.DataFrame]:
    """Puts slips of units into first reports that are otherwise right, and gives the rows that correct them."""
    of = parameters.reports
    places = np.flatnonzero((rng.random(len(right)) < of.slip) & (first.ticks == right))
    factor = np.array(of.slip_factors)[rng.integers(0, len(of.slip_factors), len(places))]
    wrong = np.rint(right[places] * factor).astype(np.int64)
    seen = (wrong != 0) & (wrong != right[places])
    places, factor = places[seen], factor[seen]
    first.ticks[places] = wrong[seen]
    cumulative = indicator not in STOCKS and indicator not in MONTHLY
    found = np.full(len(places), cumulative) | (rng.random(len(places)) < of.slip_found)
    known = first.known[places]
    after = known + rng.integers(of.slip_found_after_days[0], of.slip_found_after_days[1] + 1, len(places))
    frame = pl.DataFrame(
        {
            "subject": words.subject(first.firm[places]),
            "indicator": pl.Series([indicator] * len(places), dtype=pl.String),
            "span": words.spans(indicator, first.month[places]),
            "factor": pl.Series(factor, dtype=pl.Float64),
            "known_from": _dates(known),
            "found": _dates(after).zip_with(pl.Series(found, dtype=pl.Boolean), pl.Series([None], dtype=pl.Date)),
        }
    )
    mended = places[found]
    return _Rows(first.firm[mended], first.month[mended], right[mended], after[found]), frame


class _Words:
    """Keys of subjects and spans for places."""

    def __init__(self, span: Span, subjects: Sequence[str], parameters: Parameters) -> None:
        months = list(span.each_month())
        self.parameters = parameters
        self.first_of_next = _first_of_next_months(span)
        self._subjects = pl.Enum(list(subjects))
        self._month = [str(month) for month in months]
        self._to_date = [str(Span.year_to_date(month.first_year, month.start_month % 12 + 1)) for month in months]
        self._spans = pl.Enum(list(dict.fromkeys(self._month + self._to_date)))
        self._indicators = pl.Enum(list(parameters.units))

    def subject(self, firm: Ints) -> pl.Series:
        return pl.Series(firm, dtype=pl.UInt32).cat.to(self._subjects)

    def months(self, month: Ints) -> pl.Series:
        return self._spans_of(self._month, month)

    def spans(self, indicator: str, month: Ints) -> pl.Series:
        return self._spans_of(self._month if indicator in STOCKS or indicator in MONTHLY else self._to_date, month)

    def _spans_of(self, words: list[str], month: Ints) -> pl.Series:
        code = {word: place for place, word in enumerate(self._spans.categories)}
        codes = np.array([code[word] for word in words], dtype=np.uint32)
        return pl.Series(codes[month]).cat.to(self._spans)

    def frame(self, indicator: str, rows: Sequence[_Rows]) -> pl.DataFrame:
        """Rows in the order of firm, month and day."""
        firm, month = (np.concatenate([getattr(part, name) for part in rows]) for name in ("firm", "month"))
        ticks, known = (np.concatenate([getattr(part, name) for part in rows]) for name in ("ticks", "known"))
        order = np.lexsort((known, month, firm))
        unit, decimals = self.parameters.units[indicator]
        frame = pl.DataFrame(
            {
                "subject": self.subject(firm[order]),
                "span": self.spans(indicator, month[order]),
                "value": ticks[order] / 10.0**decimals,
                "known_from": _dates(known[order]),
            }
        )
        return frame.with_columns(
            indicator=pl.lit(indicator).cast(self._indicators),
            scope=pl.lit("enterprise").cast(pl.Categorical),
            price_basis=pl.lit("current").cast(pl.Categorical),
            unit=pl.lit(unit).cast(pl.Categorical),
            status=pl.lit(STATUS).cast(pl.Categorical),
            source=pl.lit(SOURCE).cast(pl.Categorical),
        ).select(SCHEMA)


def _first_of_next_months(span: Span) -> Ints:
    """For each month the first day of the next, in days since 1970."""
    start = np.datetime64(f"{span.first_year:04}-{span.start_month % 12 + 1:02}", "M")
    months = start + np.arange(1, span.months + 1)
    return np.asarray(months.astype("datetime64[D]").astype(np.int64))


def _dates(days: Ints) -> pl.Series:
    return pl.Series(days, dtype=pl.Int32).cast(pl.Date)
