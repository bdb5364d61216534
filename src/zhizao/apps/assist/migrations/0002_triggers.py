from __future__ import annotations

from django.db import migrations

from zhizao.apps.assist.triggers import TRIGGERS


class Migration(migrations.Migration):
    dependencies = [("assist", "0001_initial")]

    operations = [TRIGGERS.operation()]
