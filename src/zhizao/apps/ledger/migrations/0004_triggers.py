from __future__ import annotations

from django.db import migrations

from zhizao.apps.ledger.triggers import TRIGGERS


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_postings")]

    operations = [TRIGGERS.operation()]
