from __future__ import annotations

from django.db import migrations

from zhizao.base.flow.triggers import TRIGGERS


class Migration(migrations.Migration):
    dependencies = [("flow", "0001_initial")]

    operations = [TRIGGERS.operation()]
