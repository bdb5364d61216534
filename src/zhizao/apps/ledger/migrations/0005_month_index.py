"""An index by month, on PostgreSQL only: figures come in month by month and lie together, so it is small (66 MB for ten
million figures) and a month of all enterprises is read at one stretch. SQLite probes by series faster than that."""

from __future__ import annotations

from django.db import migrations

NAME = "ledger_observation_month"


def make(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX {NAME} ON ledger_observation (start_month)")


def drop(apps, schema_editor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {NAME}")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_triggers")]

    operations = [migrations.RunPython(make, drop)]
