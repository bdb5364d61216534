"""The database itself refuses to change or remove what was done in a case and what that did."""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES: Final = ("assist_help", "assist_effect")
EVENTS: Final = ("UPDATE", "DELETE")
MESSAGE: Final = "what was done in a case and what it did are only added to"


def _names() -> list[tuple[str, str, str]]:
    """Name, table and event of each trigger."""
    return [(f"{table}_no_{event.lower()}", table, event) for table in TABLES for event in EVENTS]


def _sqlite_install() -> list[str]:
    return [
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for name, table, event in _names()
    ]


def _postgresql_install() -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION assist_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    return [
        function,
        *(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION assist_refuse()"
            for name, table, event in _names()
        ),
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in force."""
    statements = {"sqlite": _sqlite_install, "postgresql": _postgresql_install}[connection.vendor]()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for undoing the migration, and for tests that empty the tables."""
    with connection.cursor() as cursor:
        for name, table, _event in _names():
            cursor.execute(
                f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if connection.vendor == "postgresql" else "")
            )
