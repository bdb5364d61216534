from __future__ import annotations

from django.db import migrations

from zhizao.apps.warning.triggers import TRIGGERS


class Migration(migrations.Migration):
    dependencies = [("warning", "0001_initial")]

    operations = [TRIGGERS.operation()]
