from __future__ import annotations

from django.db import migrations

from zhizao.apps.warning import triggers


def install(apps, schema_editor) -> None:
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor) -> None:
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("warning", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
