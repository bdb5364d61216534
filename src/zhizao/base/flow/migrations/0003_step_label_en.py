from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("flow", "0002_triggers")]

    operations = [
        migrations.AddField("step", "label_en", models.CharField(blank=True, default="", max_length=200), preserve_default=False)
    ]
