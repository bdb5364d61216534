"""Rows that are dear to make are made once a process; every later test gets the same ones by plain INSERT.

The test may change them as it likes: they stand in its own transaction, in an empty database, as if just made.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection

T = TypeVar("T")


class Made(Generic[T]):
    """What ``build`` puts into the database and the store of files, and what it gives back (keys, no rows).

    Rows in tables that were empty before are kept; whoever builds on rows of others names what may differ from test
    to test by column: ``made(area_id=area.pk)``. Where a table is not empty, everything is built anew.
    """

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._tables: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {}
        self._files = Path()
        self._value: T | None = None

    def __call__(self, **columns: Any) -> T:
        if self._tables and not any(map(_count, self._tables)):
            self._put(columns)
            return deepcopy(self._value)
        before = {name: _count(name) for name in _names()}
        value = self._build()
        if not self._tables:
            self._keep(before, value)
            with connection.cursor() as cursor:
                _look(cursor, self._tables)
        return value

    def _keep(self, before: dict[str, int], value: T) -> None:
        grown = [name for name, count in before.items() if _count(name) > count]
        if any(before[name] for name in grown):
            return  # it has added to rows of others
        self._tables = {name: _all(name) for name in grown}
        self._value = deepcopy(value)
        self._files = Path(tempfile.mkdtemp(dir=settings.HOME)) / "files"
        if Path(settings.MEDIA_ROOT).is_dir():
            shutil.copytree(settings.MEDIA_ROOT, self._files)

    def _put(self, columns: dict[str, Any]) -> None:
        with connection.cursor() as cursor:
            for name, (fields, rows) in self._tables.items():
                fixed = [columns.get(field) for field in fields]
                own = [tuple(f if f is not None else v for f, v in zip(fixed, row, strict=True)) for row in rows]
                quoted = ", ".join(map(connection.ops.quote_name, fields))
                marks = ", ".join(["%s"] * len(fields))
                cursor.executemany(f"INSERT INTO {connection.ops.quote_name(name)} ({quoted}) VALUES ({marks})", own)
            _look(cursor, self._tables)
            models = [model for model in apps.get_models() if model._meta.db_table in self._tables]
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
        if self._files.is_dir():
            shutil.copytree(self._files, settings.MEDIA_ROOT, dirs_exist_ok=True)


def _look(cursor: Any, tables: Iterable[str]) -> None:
    """Let PostgreSQL count the rows: in a test's transaction it would plan as if the tables were empty."""
    if connection.vendor == "postgresql" and tables:
        cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, tables))}")


def _names() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True)


def _count(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")
        return cursor.fetchone()[0]


def _all(name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
        return [column[0] for column in cursor.description], list(cursor.fetchall())
