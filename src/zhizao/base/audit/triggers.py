"""The database itself refuses to change or remove audit rows, and to turn the head back.

Whoever can drop a trigger can still tamper; the hash chain shows that.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

NAMES = {
    "audit_event_no_update": ("audit_auditevent", "UPDATE", ""),
    "audit_event_no_delete": ("audit_auditevent", "DELETE", ""),
    "audit_head_no_delete": ("audit_audithead", "DELETE", ""),
    "audit_head_only_forward": ("audit_audithead", "UPDATE", "NEW.count <> OLD.count + 1"),
}
MESSAGE = "the audit trail is append-only"


def _sqlite_install() -> list[str]:
    return [
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} {f'WHEN {condition}' if condition else ''}"
        f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for name, (table, event, condition) in NAMES.items()
    ]


def _postgresql_install() -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    rows = [
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW "
        f"{f'WHEN ({condition})' if condition else ''} EXECUTE FUNCTION audit_refuse()"
        for name, (table, event, condition) in NAMES.items()
    ]
    tables = [
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        for table in ("audit_auditevent", "audit_audithead")
    ]
    return [function, *rows, *tables]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in force."""
    statements = {"sqlite": _sqlite_install, "postgresql": _postgresql_install}[connection.vendor]()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for undoing the migration, and for tests that empty the tables."""
    with connection.cursor() as cursor:
        for name, (table, _event, _condition) in NAMES.items():
            on_table = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
        if connection.vendor == "postgresql":
            for table in ("audit_auditevent", "audit_audithead"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
