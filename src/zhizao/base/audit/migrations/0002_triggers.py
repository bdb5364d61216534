from __future__ import annotations

from django.db import migrations

from zhizao.base.audit.triggers import TRIGGERS


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [TRIGGERS.operation()]
