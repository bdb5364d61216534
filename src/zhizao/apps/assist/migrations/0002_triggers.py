from __future__ import annotations

from django.db import migrations

from zhizao.apps.assist import triggers


def install(apps, schema_editor) -> None:
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor) -> None:
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("assist", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
