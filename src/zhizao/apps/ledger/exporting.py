"""Figures as files: CSV and xlsx in the columns in which they can be taken in again, SDMX-CSV 2.0, SDMX-JSON 2.0.

The same figures give the same bytes: rows are ordered by their keys, and nothing of the moment of writing goes in. What
was known on a day can be written again after any later revision.

Source
------
SDMX 3.0 Technical Notes; SDMX-CSV 2.0 field guide and SDMX-JSON 2.0.0 data message schema of the SDMX Technical Working
Group. Time periods: months 2025-05, quarters 2025-Q1, years 2025, and other runs of months as ranges 2025-01-01/P5M.
"""

from __future__ import annotations

import json
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from zhizao.apps.ledger.models import MILLION, Indicator, Observation, Status
from zhizao.base.facts.queries import instant
from zhizao.kernel.span import Span
from zhizao.kernel.tables.delimited import FORMULA_START

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from zhizao.apps.ledger.queries import AsOf

STRUCTURE: Final = "ZHIZAO:LEDGER(1.0.0)"
URN: Final = f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow={STRUCTURE}"
SCHEMA: Final = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/2.0.0/"
    "sdmx-json-data-schema.json"
)
DIMENSIONS: Final = ("SUBJECT", "INDICATOR", "SCOPE", "PRICE_BASIS", "TIME_PERIOD")
OBS_STATUS: Final = {
    Status.NORMAL: "A",
    Status.PROVISIONAL: "P",
    Status.ESTIMATED: "E",
    Status.FORECAST: "F",
    Status.MISSING: "M",
    Status.SIMULATED: "Z",
}
"""CL_OBS_STATUS of SDMX; it has no word for a simulated figure, so Z is ours and named in every message."""
_COLUMNS: Final = {
    "subject": ("series__subject__key", pl.String),
    "indicator": ("series__indicator__key", pl.String),
    "start_month": ("start_month", pl.Int32),
    "months": ("months", pl.Int32),
    "scope": ("series__scope", pl.String),
    "price_basis": ("series__price_basis", pl.String),
    "value": ("value", pl.Int64),
    "unit": ("series__indicator__unit", pl.String),
    "status": ("status", pl.Int16),
    "source": ("origin__source", pl.String),
    "known_from": ("known_from", pl.Datetime("us", "UTC")),
}


def figures(rows: QuerySet[Observation]) -> pl.DataFrame:
    """Rows in the columns of a file, as text, ordered by their keys."""
    found = rows.order_by().values_list(*(path for path, _dtype in _COLUMNS.values()))
    frame = pl.DataFrame(
        list(found.iterator(chunk_size=20_000)),
        schema={name: dtype for name, (_path, dtype) in _COLUMNS.items()},
        orient="row",
    ).sort("subject", "indicator", "scope", "price_basis", "start_month", "months")
    return frame.select(
        "subject",
        "indicator",
        _said("start_month", "months", str).alias("span"),
        "scope",
        "price_basis",
        _plain().alias("value"),
        "unit",
        pl.col("status").replace_strict({int(status): status.key for status in Status}, return_dtype=pl.String),
        "source",
        pl.col("known_from").dt.convert_time_zone("Asia/Shanghai").dt.to_string("iso:strict"),
    )


def _said(start: str, months: str, words: Callable[[Span], str]) -> pl.Expr:
    return pl.struct(start, months).map_batches(
        lambda column: _by_distinct(column, lambda row: words(Span(row[start], row[months]))),
        return_dtype=pl.String,
    )


def _by_distinct(column: pl.Series, words: Callable[[dict[str, Any]], str]) -> pl.Series:
    frame = column.struct.unnest()
    distinct = frame.unique()
    said = distinct.with_columns(pl.Series("said", [words(row) for row in distinct.to_dicts()], dtype=pl.String))
    return frame.join(said, on=frame.columns, how="left", maintain_order="left")["said"]


def _plain() -> pl.Expr:
    """Millionths as a plain number: no exponent, no trailing noughts."""
    value = pl.col("value")
    whole = (value.abs() // MILLION).cast(pl.String)
    rest = (value.abs() % MILLION).cast(pl.String).str.zfill(6).str.strip_chars_end("0")
    text = pl.when(rest == "").then(whole).otherwise(whole + "." + rest)
    return pl.when(value < 0).then("-" + text).otherwise(text)


def csv(rows: QuerySet[Observation]) -> bytes:
    """The columns of a file of observations; UTF-8 with a byte order mark."""
    guarded = pl.col("source").str.replace(f"^('*{FORMULA_START})", "'$1")  # the one column that people typed
    frame = figures(rows).with_columns(guarded)
    return frame.write_csv(include_bom=True, line_terminator="\r\n").encode()


def xlsx(rows: QuerySet[Observation]) -> bytes:
    """The same columns as a workbook, values as numbers."""
    from zhizao.kernel.tables import write_xlsx

    return write_xlsx({"observations": figures(rows).with_columns(pl.col("value").cast(pl.Float64))})


def _sdmx(rows: QuerySet[Observation]) -> pl.DataFrame:
    frame = figures(rows)
    spans = {text: time_period(Span.parse(text)) for text in frame["span"].unique()}
    letters = {status.key: letter for status, letter in OBS_STATUS.items()}
    return frame.select(
        pl.col("subject").alias("SUBJECT"),
        pl.col("indicator").alias("INDICATOR"),
        pl.col("scope").alias("SCOPE"),
        pl.col("price_basis").alias("PRICE_BASIS"),
        pl.col("span").replace_strict(spans, return_dtype=pl.String).alias("TIME_PERIOD"),
        pl.col("value").alias("OBS_VALUE"),
        pl.col("unit").alias("UNIT_MEASURE"),
        pl.col("status").replace_strict(letters, return_dtype=pl.String).alias("OBS_STATUS"),
        pl.col("known_from").alias("KNOWN_FROM"),
    )


def time_period(span: Span) -> str:
    """A span as SDMX writes it.

    >>> [time_period(Span.parse(text)) for text in ("2025", "2025Q1", "2025-05", "2025-01..05")]
    ['2025', '2025-Q1', '2025-05', '2025-01-01/P5M']
    """
    text = str(span)
    if span.is_quarter:
        return text.replace("Q", "-Q")
    return f"{span.first_day.isoformat()}/P{span.months}M" if ".." in text else text


def sdmx_csv(rows: QuerySet[Observation]) -> bytes:
    """SDMX-CSV 2.0: structure, action, dimensions, measure, attributes."""
    fixed = [
        pl.lit("dataflow").alias("STRUCTURE"),
        pl.lit(STRUCTURE).alias("STRUCTURE_ID"),
        pl.lit("I").alias("ACTION"),
    ]
    frame = _sdmx(rows)
    return frame.select(*fixed, pl.all()).write_csv(line_terminator="\r\n").encode()


def sdmx_json(rows: QuerySet[Observation], *, as_of: AsOf = None) -> bytes:
    """SDMX-JSON 2.0, one flat data set: every dimension is at the observation."""
    frame = _sdmx(rows)
    names = {item.key: (item.name, item.name_en) for item in Indicator.objects.all()}
    codes = {name: frame[name].unique().sort().to_list() for name in (*DIMENSIONS, "UNIT_MEASURE", "OBS_STATUS")}
    at = {name: {code: place for place, code in enumerate(found)} for name, found in codes.items()}
    observations = {
        ":".join(str(at[name][row[name]]) for name in DIMENSIONS): [
            None if row["OBS_VALUE"] is None else float(row["OBS_VALUE"]),
            at["UNIT_MEASURE"][row["UNIT_MEASURE"]],
            at["OBS_STATUS"][row["OBS_STATUS"]],
            row["KNOWN_FROM"],
        ]
        for row in frame.iter_rows(named=True)
    }
    latest = frame["KNOWN_FROM"].max()
    prepared = instant(as_of).astimezone(UTC).isoformat() if as_of else latest or "1970-01-01T00:00:00+00:00"
    digest = sha256(json.dumps(observations, sort_keys=True).encode()).hexdigest()
    structure = {
        "dataSets": [0],
        "links": [{"urn": URN, "rel": "dataflow"}],
        "name": "Ledger",
        "dimensions": {
            "dataSet": [],
            "series": [],
            "observation": [
                {"id": name, "keyPosition": place, "values": [_code(name, code, names) for code in codes[name]]}
                for place, name in enumerate(DIMENSIONS)
                if codes[name]
            ],
        },
        "measures": {"observation": [{"id": "OBS_VALUE", "isMandatory": False}]},
        "attributes": {
            "observation": [
                {"id": "UNIT_MEASURE", "relationship": {"observation": {}}, "values": _values(codes["UNIT_MEASURE"])},
                {
                    "id": "OBS_STATUS",
                    "relationship": {"observation": {}},
                    "values": [{"id": code, "name": _STATUS_NAMES[code]} for code in codes["OBS_STATUS"]],
                },
                {"id": "KNOWN_FROM", "relationship": {"observation": {}}},
            ]
        },
    }
    message = {
        "meta": {
            "schema": SCHEMA,
            "id": f"zhizao-{digest[:16]}",
            "test": False,
            "prepared": prepared,
            "contentLanguages": ["zh-Hans", "en"],
            "sender": {"id": "ZHIZAO"},
        },
        "data": {
            "structures": [structure] if observations else [],
            "dataSets": [
                {
                    "structure": 0,
                    "action": "Information",
                    "links": [{"urn": URN, "rel": "dataflow"}],
                    "observations": observations,
                }
            ]
            if observations
            else [],
        },
    }
    return json.dumps(message, ensure_ascii=False, indent=1).encode()


_STATUS_NAMES: Final = {letter: status.key for status, letter in OBS_STATUS.items()}


def _code(dimension: str, code: str, names: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """A dimension's value: coded where it is one of a list, else as it is."""
    if dimension in ("SUBJECT", "TIME_PERIOD"):
        return {"value": code}
    name, english = names.get(code, (code, "")) if dimension == "INDICATOR" else (code, "")
    return {"id": code, "name": name, **({"names": {"zh-Hans": name, "en": english}} if english else {})}


def _values(texts: list[str]) -> list[dict[str, str]]:
    return [{"value": text} for text in texts]


WRITERS: Final = {
    "csv": lambda rows, _as_of: csv(rows),
    "xlsx": lambda rows, _as_of: xlsx(rows),
    "sdmx-csv": lambda rows, _as_of: sdmx_csv(rows),
    "sdmx-json": lambda rows, as_of: sdmx_json(rows, as_of=as_of),
}
MEDIA_TYPES: Final = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "sdmx-csv": ("application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8", "csv"),
    "sdmx-json": ("application/vnd.sdmx.data+json; version=2.0.0", "json"),
}


def write(rows: QuerySet[Observation], kind: str, *, as_of: AsOf = None) -> bytes:
    """Figures in one of the formats of ``WRITERS``."""
    return WRITERS[kind](rows, as_of)
