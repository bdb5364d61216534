"""The database itself refuses to change what an alarm, an outcome or a choice says, and to remove any of them.

An alarm may only lapse, or be found again on the same day. Whoever can drop a trigger can still tamper; the audit trail
has each act.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES: Final = ("warning_outcome", "warning_choice", "warning_cutoff")
ALARM: Final = "warning_alarm"
FIXED: Final = (
    *("area_id", "subject_id", "rule", "family", "about", "start_month", "months", "score", "severity", "facts"),
    *("rows", "run_id", "found_as_of", "found_at", "is_backtest", "simulated"),
)
MESSAGE: Final = "alarms and what was said of them are only added to"


def _events() -> list[tuple[str, str, str]]:
    """Name, table and event of each trigger."""
    whole = [(f"{table}_no_{event.lower()}", table, event) for table in TABLES for event in ("UPDATE", "DELETE")]
    return [
        *whole,
        (f"{ALARM}_no_delete", ALARM, "DELETE"),
        (f"{ALARM}_no_update", ALARM, f"UPDATE OF {', '.join(FIXED)}"),
    ]


def _sqlite_install() -> list[str]:
    return [
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for name, table, event in _events()
    ]


def _postgresql_install() -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION warning_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    return [
        function,
        *(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION warning_refuse()"
            for name, table, event in _events()
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
        for name, table, _event in _events():
            cursor.execute(
                f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if connection.vendor == "postgresql" else "")
            )
