"""Triggers by which the database itself refuses to change or remove rows of tables that are only added to.

Whoever can drop a trigger can still tamper; the audit trail has each act, and its hash chain shows that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper

EVENTS: Final = ("UPDATE", "DELETE")


@dataclass(frozen=True, slots=True)
class Trigger:
    """Before which event on a table the database refuses; under a condition only, if there is one."""

    name: str
    table: str
    event: str
    condition: str = ""


def whole(*tables: str) -> tuple[Trigger, ...]:
    """The triggers of tables of which no row is ever changed or removed.

    >>> [trigger.name for trigger in whole("flow_caseevent")]
    ['flow_caseevent_no_update', 'flow_caseevent_no_delete']
    """
    return tuple(Trigger(f"{table}_no_{event.lower()}", table, event) for table in tables for event in EVENTS)


@dataclass(frozen=True, slots=True)
class AppendOnly:
    """The triggers of one app and what the database says; ``each`` STATEMENT costs less than ROW on PostgreSQL."""

    app: str
    message: str
    triggers: tuple[Trigger, ...]
    each: Literal["ROW", "STATEMENT"] = "ROW"

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables, once each."""
        return tuple(dict.fromkeys(trigger.table for trigger in self.triggers))

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Put the triggers in force."""
        statements = self._sqlite() if connection.vendor == "sqlite" else self._postgresql()
        _execute(connection, statements)

    def remove(self, connection: BaseDatabaseWrapper) -> None:
        """Take the triggers away: for undoing the migration, and for tests that empty the tables."""
        names = [(trigger.name, trigger.table) for trigger in self.triggers]
        if connection.vendor == "sqlite":
            _execute(connection, [f"DROP TRIGGER IF EXISTS {name}" for name, _table in names])
        else:
            names += [(f"{table}_no_truncate", table) for table in self.tables]
            _execute(connection, [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in names])

    def operation(self) -> migrations.RunPython:
        """The step of a migration that installs them."""

        def install(_apps: Any, schema_editor: Any) -> None:
            self.install(schema_editor.connection)

        def remove(_apps: Any, schema_editor: Any) -> None:
            self.remove(schema_editor.connection)

        return migrations.RunPython(install, remove)

    def _sqlite(self) -> list[str]:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        return [
            f"CREATE TRIGGER {one.name} BEFORE {one.event} ON {one.table} "
            f"{f'WHEN {one.condition}' if one.condition else ''} {refuse}"
            for one in self.triggers
        ]

    def _postgresql(self) -> list[str]:
        function = (
            f"CREATE OR REPLACE FUNCTION {self.app}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{self.message}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        refuse = f"EXECUTE FUNCTION {self.app}_refuse()"
        rows = [
            f"CREATE TRIGGER {one.name} BEFORE {one.event} ON {one.table} FOR EACH {self.each} "
            f"{f'WHEN ({one.condition})' if one.condition else ''} {refuse}"
            for one in self.triggers
        ]
        truncate = [
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"
            for table in self.tables
        ]
        return [function, *rows, *truncate]


def _execute(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
