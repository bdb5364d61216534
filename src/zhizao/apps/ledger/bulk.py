"""Many rows into a table at the speed of the database: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db import connection, models

if TYPE_CHECKING:
    from django.db.models import QuerySet

CHUNK = 900  # parameters of one SQLite statement
MANY = 1_000
"""Rows after which PostgreSQL looks at a table anew (milliseconds): else it plans as if they were not there."""


def insert(model: type[models.Model], frame: pl.DataFrame) -> None:
    """Add the rows of a frame, whose columns are the table's; the database gives the keys. No checks but its own."""
    names = ", ".join(f'"{name}"' for name in frame.columns)
    table = f'"{model._meta.db_table}"'
    frame = frame.with_columns(
        pl.col(name).dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%d %H:%M:%S%.6f").str.strip_suffix(".000000")
        for name, dtype in frame.schema.items()
        if isinstance(dtype, pl.Datetime)
    )  # as Django writes instants on SQLite: without microseconds where there are none
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy:
                for part in frame.iter_slices(100_000):
                    copy.write(_utc(part, model).write_csv(include_header=False).encode())
            if frame.height >= MANY:
                cursor.execute(f"ANALYZE {table}")
        else:
            marks = ", ".join(["%s"] * frame.width)
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", frame.iter_rows())  # noqa: S608 -- names of our own columns


def _utc(frame: pl.DataFrame, model: type[models.Model]) -> pl.DataFrame:
    """Instants with their zone said: the session's own need not be UTC."""
    instants = {field.column for field in model._meta.concrete_fields if isinstance(field, models.DateTimeField)}
    return frame.with_columns(pl.col(name) + "+00" for name in frame.columns if name in instants)


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Values in lists short enough for one statement."""
    everything = list(values)
    return (everything[start : start + CHUNK] for start in range(0, len(everything), CHUNK))


def frame_of(queryset: QuerySet[Any], schema: dict[str, Any]) -> pl.DataFrame:
    """The columns of a queryset named in the schema, as a frame."""
    return pl.DataFrame(list(queryset.values_list(*schema)), schema=schema, orient="row")


def hold(table: str) -> None:
    """Let no other import in until the transaction ends; SQLite's immediate transactions do that by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{table}" IN SHARE ROW EXCLUSIVE MODE')
