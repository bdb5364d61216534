from __future__ import annotations

from django.db import migrations, models

STATUS = [(1, "normal"), (2, "provisional"), (3, "estimated"), (4, "forecast"), (5, "missing"), (6, "simulated")]

FILL = """
UPDATE ledger_observation SET (before, before_status) = (
    SELECT earlier.value, earlier.status FROM ledger_observation AS earlier
    WHERE earlier.series_id = ledger_observation.series_id
        AND earlier.start_month = ledger_observation.start_month
        AND earlier.months = ledger_observation.months
        AND earlier.known_from < ledger_observation.known_from
    ORDER BY earlier.known_from DESC LIMIT 1
)
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_publications")]

    operations = [
        migrations.AddField("observation", "before", models.BigIntegerField(null=True)),
        migrations.AddField("observation", "before_status", models.SmallIntegerField(choices=STATUS, null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),  # while the old index is there
        migrations.RemoveIndex("observation", "ledger_observation_at"),
        migrations.AddConstraint(
            "observation",
            models.UniqueConstraint(
                fields=["series", "start_month", "months", "known_from"], name="ledger_observation_at"
            ),
        ),
    ]
