"""The database itself refuses to change or remove what observations consist of.

Rows come in by INSERT and COPY only, which no trigger slows down. Whoever can drop a trigger can still tamper; the
audit trail has each import's fingerprint and number of rows.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES: Final = ("ledger_observation", "ledger_series", "ledger_origin", "ledger_batch", "ledger_publication")
MESSAGE: Final = "the ledger is append-only"


def _names(table: str) -> dict[str, str]:
    return {f"{table}_no_{event.lower()}": event for event in ("UPDATE", "DELETE")}


def _sqlite_install() -> list[str]:
    return [
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table in TABLES
        for name, event in _names(table).items()
    ]


def _postgresql_install() -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    # once a statement: one that touches no row is refused too
    triggers = [
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
        for table in TABLES
    ]
    return [function, *triggers]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in force."""
    statements = {"sqlite": _sqlite_install, "postgresql": _postgresql_install}[connection.vendor]()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for undoing the migration, and for tests that empty the tables."""
    with connection.cursor() as cursor:
        for table in TABLES:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}")
            else:
                for name in _names(table):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
