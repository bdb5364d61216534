"""The cells of a file of observations, checked and typed by columns: each distinct text is looked at once.

What comes out is refused whole or stored whole: every problem is said with row, column, reason and remedy. What only
the ledger can tell (was it said before, does a cumulative figure fall) ``storing`` checks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final

import polars as pl

from zhizao.apps.ledger.models import MILLION, Status
from zhizao.apps.ledger.problems import Problems
from zhizao.apps.ledger.reading import Cells
from zhizao.apps.ledger.values import millionths
from zhizao.base.facts.queries import CHINA, instant
from zhizao.kernel import units
from zhizao.kernel.result import Refused, Severity, mark
from zhizao.kernel.span import Span

IDENTITY: Final = ("subject_id", "indicator_id", "scope", "price_basis", "start_month", "months")
FIRST_YEAR: Final = 1949
_STATUSES: Final = {status.key: int(status) for status in Status}


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may name: subjects and indicators that the importer may write, scopes and price bases."""

    subjects: Mapping[str, int]
    indicators: Mapping[str, Mapping[str, Any]]  # id, unit, formula, below_zero
    scopes: frozenset[str]
    price_bases: frozenset[str]
    default_scopes: Mapping[str, str]
    now: datetime


def check(cells: Cells, known: Known) -> tuple[pl.DataFrame, Problems]:
    """Type every cell.

    Returns
    -------
    polars.DataFrame
        ``row``, the columns of ``IDENTITY``, ``indicator``, ``value`` (millionths of the canonical unit), ``printed``,
        ``unit``, ``status`` (number), ``source``, ``known_from`` (UTC). Meaningless where the problems refuse.
    """
    problems = Problems(cells)
    frame = _defaults(cells.frame, known)
    frame = _keys(frame, known, problems)
    frame = _spans(frame, problems)
    frame = _values(frame, known, problems)
    frame = _known_from(frame, known, problems)
    _duplicates(frame, problems)
    columns = [*IDENTITY, "indicator", "value", "printed", "unit", "status", "source", "known_from"]
    return frame.select("row", *columns), problems


def _defaults(frame: pl.DataFrame, known: Known) -> pl.DataFrame:
    """A scope left out is the one of the subject's kind; a status left out is normal."""
    kind = pl.col("subject").str.extract(r"^([a-z]+):")
    scope = kind.replace_strict(dict(known.default_scopes), default="all", return_dtype=pl.String)
    return frame.with_columns(
        pl.col("scope").fill_null(scope),
        pl.col("price_basis").fill_null("current"),
        pl.col("status").str.to_lowercase().fill_null("normal"),
    )


def _mapped(frame: pl.DataFrame, column: str, into: str, mapping: Mapping[str, Any], dtype: Any) -> pl.DataFrame:
    replaced = (
        pl.col(column).replace_strict(list(mapping), list(mapping.values()), default=None, return_dtype=dtype)
        if mapping
        else pl.lit(None, dtype=dtype)
    )
    return frame.with_columns(replaced.alias(into))


def _keys(frame: pl.DataFrame, known: Known, problems: Problems) -> pl.DataFrame:
    frame = _mapped(frame, "subject", "subject_id", known.subjects, pl.Int64)
    ids = {key: item["id"] for key, item in known.indicators.items()}
    frame = _mapped(frame, "indicator", "indicator_id", ids, pl.Int64)
    frame = _mapped(frame, "status", "status_number", _STATUSES, pl.Int16)
    unknown = frame.filter(pl.col("subject_id").is_null()).select("row", pl.col("subject").fill_null("").alias("text"))
    spoilt = pl.col("text").str.contains(r"(?i)\d(\.\d+)?E\+?\d+$")
    problems.add(
        "spoilt_code",
        "subject",
        unknown.filter(spoilt),
        mark("“%(text)s” was a code once: a spreadsheet has turned it into a number."),
        mark("Format the column as text, enter the code again, and save."),
    )
    problems.add(
        "unknown_subject",
        "subject",
        unknown.filter(~spoilt),
        mark("“%(text)s” is no subject of your area."),
        mark("Enter it in the register first, or correct the key."),
    )
    problems.add(
        "unknown_indicator",
        "indicator",
        _bad(frame, "indicator", pl.col("indicator_id").is_null()),
        mark("“%(text)s” is no indicator."),
        mark("Take a key of the list of indicators."),
    )
    derived = [key for key, item in known.indicators.items() if item["formula"]]
    problems.add(
        "derived",
        "indicator",
        _bad(frame, "indicator", pl.col("indicator").is_in(derived)),
        mark("“%(text)s” is computed from others and cannot be entered."),
        mark("Enter the figures that its formula uses."),
    )
    for column, words in (("scope", known.scopes), ("price_basis", known.price_bases), ("status", set(_STATUSES))):
        rows = _bad(frame, column, ~pl.col(column).is_in(sorted(words)))
        problems.add(
            f"unknown_{column}",
            column,
            rows.with_columns(pl.lit(", ".join(sorted(words))).alias("words")),
            mark("“%(text)s” is not among the words of this column."),
            mark("Write one of: %(words)s."),
        )
    problems.add(
        "no_source",
        "source",
        frame.filter(pl.col("source").is_null()).select("row"),
        mark("The figure has no source."),
        mark("Write where it comes from: form, document, system."),
    )
    return frame


def _bad(frame: pl.DataFrame, column: str, when: pl.Expr) -> pl.DataFrame:
    return frame.filter(when.fill_null(value=True)).select("row", pl.col(column).fill_null("").alias("text"))


def _spans(frame: pl.DataFrame, problems: Problems) -> pl.DataFrame:
    spans = {text: _attempt(Span.parse, text) for text in frame["span"].unique().drop_nulls()}
    starts = {text: span.start_month for text, span in spans.items() if span}
    months = {text: span.months for text, span in spans.items() if span}
    frame = _mapped(frame, "span", "start_month", starts, pl.Int16)
    frame = _mapped(frame, "span", "months", months, pl.Int16)
    problems.add(
        "span",
        "span",
        _bad(frame, "span", pl.col("months").is_null()),
        mark("“%(text)s” is not a period."),
        mark("Write it as 2025, 2025Q1, 2025-05, 2025-01..05 or 2025年1—5月."),
    )
    problems.add(
        "span_year",
        "span",
        frame.filter(pl.col("start_month") < FIRST_YEAR * 12).select(
            "row", pl.col("span").alias("text"), pl.lit(FIRST_YEAR).alias("first")
        ),
        mark("“%(text)s” lies before %(first)s."),
        mark("Check the year."),
    )
    return frame


def status_is(*wanted: Status) -> pl.Expr:
    """Whether a row has one of the statuses."""
    return pl.col("status_number").is_in([int(status) for status in wanted])


def _attempt(function: Callable[[str], Any], text: str) -> Any:
    try:
        return function(text)
    except Refused:
        return None


def _values(frame: pl.DataFrame, known: Known, problems: Problems) -> pl.DataFrame:
    frame = frame.with_columns(pl.col("unit").fill_null(""))
    table, factors, bad = _factors(frame, known)
    frame = frame.join(factors, on=["indicator", "unit"], how="left", maintain_order="left", nulls_equal=True)
    problems.add(
        "unit",
        "unit",
        frame.filter(pl.all_horizontal(pl.col("indicator_id", "value").is_not_null(), pl.col("factor").is_null()))
        .select("row", pl.col("unit").alias("text"), "indicator")
        .join(bad, on="indicator"),
        mark("“%(text)s” cannot be converted to %(unit)s, the unit of %(indicator)s."),
        mark("Write the unit in which the value is given."),
    )
    read = millionths(frame["value"], frame["factor"].fill_null(0), table)
    frame = frame.rename({"value": "printed"}).with_columns(read)
    text = pl.col("printed").alias("text")
    for code, state, message, remedy, severity in (
        (
            "value",
            "not_a_number",
            mark("“%(text)s” is not a number."),
            mark("Write digits, or leave the cell empty with the status missing."),
            Severity.ERROR,
        ),
        (
            "overflow",
            "overflow",
            mark("“%(text)s” is more than the ledger holds."),
            mark("Check the value and its unit."),
            Severity.ERROR,
        ),
        (
            "rounded",
            "rounded",
            mark("“%(text)s” is finer than a millionth of the unit and was rounded; the printed figure is kept."),
            mark("Nothing to do, if the unit is right."),
            Severity.WARNING,
        ),
    ):
        rows = frame.filter(pl.col("state") == state).select("row", text)
        problems.add(code, "value", rows, message, remedy, severity=severity)
    missing = pl.col("status_number") == int(Status.MISSING)
    problems.add(
        "no_value",
        "value",
        frame.filter(pl.col("printed").is_null() & ~missing).select("row"),
        mark("The value is empty."),
        mark("Write the value; if it is not known, write the status missing. Unknown is not zero."),
    )
    problems.add(
        "value_of_missing",
        "value",
        frame.filter(pl.col("printed").is_not_null() & missing).select("row", text),
        mark("The figure is said to be missing, and has the value “%(text)s”."),
        mark("Take the value out, or correct the status."),
    )
    counted = [key for key, item in known.indicators.items() if item["unit"] in units.COUNTED]
    observed = status_is(Status.NORMAL, Status.PROVISIONAL)
    problems.add(
        "not_whole",
        "value",
        frame.filter((pl.col("value") % MILLION != 0) & observed & pl.col("indicator").is_in(counted)).select(
            "row", text, "indicator"
        ),
        mark("“%(text)s”: %(indicator)s counts what cannot be divided."),
        mark("Nothing to do for a mean of several days; otherwise write a whole number."),
        severity=Severity.WARNING,
    )
    never = [key for key, item in known.indicators.items() if item["below_zero"] == "error"]
    problems.add(
        "below_zero",
        "value",
        frame.filter((pl.col("value") < 0) & pl.col("indicator").is_in(never)).select("row", text, "indicator"),
        mark("“%(text)s”: %(indicator)s cannot be below zero."),
        mark("Correct the value; a correction of an earlier month belongs to that month."),
    )
    return frame.drop("status").rename({"status_number": "status"}).with_columns(pl.col("printed").fill_null(""))


def _factors(frame: pl.DataFrame, known: Known) -> tuple[list[Fraction], pl.DataFrame, pl.DataFrame]:
    """How many canonical units each printed unit makes, for the pairs of indicator and unit in the file."""
    table: list[Fraction] = [Fraction(1)]
    rows = []
    for indicator, printed in frame.select("indicator", "unit").unique().drop_nulls().iter_rows():
        item = known.indicators.get(indicator)
        ratio = (
            _attempt(lambda text, item=item: units.unit(text).ratio(units.unit(item["unit"])), printed)
            if item
            else None
        )
        if ratio is not None and printed:
            rows.append((indicator, printed, len(table)))
            table.append(ratio)
    schema = {"indicator": pl.String, "unit": pl.String, "factor": pl.UInt32}
    canonical = [(key, item["unit"]) for key, item in known.indicators.items()]
    names = pl.DataFrame(canonical, schema={"indicator": pl.String, "unit": pl.String}, orient="row")
    return table, pl.DataFrame(rows, schema=schema, orient="row"), names


def _ratio(printed: str, canonical: str) -> Fraction | None:
    return _attempt(lambda text: units.unit(text).ratio(units.unit(canonical)), printed)


def _known_from(frame: pl.DataFrame, known: Known, problems: Problems) -> pl.DataFrame:
    texts = frame["known_from"].unique().drop_nulls()
    instants = {text: found for text in texts if (found := read_instant(text, known.now)) is not None}
    column = pl.col("known_from")
    dtype = pl.Datetime("us", "UTC")
    frame = _mapped(frame.rename({"known_from": "known_text"}), "known_text", "known_from", instants, dtype)
    frame = frame.with_columns(
        pl.when(pl.col("known_text").is_null())
        .then(pl.lit(known.now).cast(dtype))
        .otherwise(column)
        .alias("known_from")
    )
    problems.add(
        "known_from",
        "known_from",
        frame.filter(column.is_null()).select("row", pl.col("known_text").alias("text")),
        mark("“%(text)s” is neither a day nor an instant with its time zone."),
        mark("Write 2025-06-10, or 2025-06-10T09:30:00+08:00."),
    )
    problems.add(
        "known_in_future",
        "known_from",
        frame.filter(column > pl.lit(known.now).cast(dtype)).select("row", pl.col("known_text").alias("text")),
        mark("“%(text)s” lies in the future."),
        mark("Write the day on which the figure became known, or leave the cell empty."),
    )
    last = pl.col("start_month").cast(pl.Int32) + pl.col("months") - 1
    begins = pl.date(last // 12, last % 12 + 1, 1)
    early = (column.dt.convert_time_zone("Asia/Shanghai").dt.date() < begins) & (
        pl.col("status") != int(Status.FORECAST)
    )
    problems.add(
        "known_too_early",
        "span",
        frame.filter(early).select("row", pl.col("span").alias("text")),
        mark("The figure is said to have been known before the last month of %(text)s began."),
        mark("Check the month; a figure told in advance has the status forecast."),
    )
    return frame


def read_instant(text: str, now: datetime) -> datetime | None:
    """A day (its end in China, or now if it is today) or an instant with its offset; ``None`` if it is neither.

    >>> from datetime import UTC
    >>> read_instant("2025-06-10", datetime(2026, 1, 1, tzinfo=UTC)).isoformat()
    '2025-06-10T23:59:59.999999+08:00'
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is not None:
        return found
    if len(text) > len("2025-06-10"):
        return None
    day = date(found.year, found.month, found.day)
    return now if day == now.astimezone(CHINA).date() else instant(day)


def _duplicates(frame: pl.DataFrame, problems: Problems) -> None:
    same = [*IDENTITY, "known_from"]
    first = pl.col("row").min().over(same)
    rows = frame.drop_nulls(same).filter(pl.struct(same).is_duplicated())
    problems.add(
        "duplicate",
        "subject",
        rows.select("row", first.alias("first")).filter(pl.col("row") != pl.col("first")),
        mark("The row says again what row %(first)s says: the same subject, indicator, period and day."),
        mark("Leave one of them out, or say when the later one became known."),
    )
