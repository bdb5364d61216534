from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from zhizao.apps.assist.triggers import REPORTS, TRIGGERS


def lift(_apps: Any, schema_editor: Any) -> None:
    TRIGGERS.remove(schema_editor.connection)


def put_back(_apps: Any, schema_editor: Any) -> None:
    TRIGGERS.install(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('assist', '0002_triggers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # SQLite makes a table anew to change it, and the triggers go with the old one
        migrations.RunPython(lift, put_back),
        migrations.RemoveConstraint(
            model_name='help',
            name='assist_measure_once_a_case',
        ),
        migrations.AddField(
            model_name='help',
            name='supersedes',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='assist.help'),
        ),
        migrations.AddField(
            model_name='help',
            name='why',
            field=models.TextField(blank=True, verbose_name='why corrected'),
        ),
        migrations.AddField(
            model_name='visit',
            name='reported_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='visit',
            name='supersedes',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='assist.visit'),
        ),
        migrations.AddField(
            model_name='visit',
            name='why',
            field=models.TextField(blank=True, verbose_name='why corrected'),
        ),
        migrations.RunPython(put_back, lift),
        REPORTS.operation(),
    ]
