"""Neither the programme nor the database changes or removes a figure."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from zhizao.apps.ledger import triggers

pytestmark = pytest.mark.django_db

ROW = "enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08"
LATER = "enterprise:a,gross_output,2025-05,3,万元,normal,2025-07-08"


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def guarded(take):
    take(ROW)
    triggers.TRIGGERS.install(connection)


@pytest.mark.parametrize("table", triggers.TABLES)
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_remove(guarded, published, act, table):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(act.format(table))


@pytest.fixture
def published(guarded, area):
    """A row of the last table too: SQLite asks its triggers for each row."""
    from zhizao.apps.ledger.models import Indicator, Publication

    indicator = Indicator.objects.get(key="gross_output")
    Publication.objects.create(area=area, indicator=indicator, start_month=24300, months=12, cells=[])


def test_figures_still_come_in_under_the_triggers(guarded, take):
    from zhizao.apps.ledger.models import Observation

    take(LATER)
    assert list(Observation.objects.order_by("pk").values_list("value", flat=True)) == [1_000_000, 3_000_000]


def test_the_programme_refuses_before_the_database_does(take):
    from zhizao.apps.ledger.models import Observation
    from zhizao.base.facts.models import AppendOnlyError

    take(ROW)
    row = Observation.objects.get()
    for act in (row.save, row.delete, Observation.objects.all().delete, Observation.objects.all().update):
        with pytest.raises(TypeError):
            act()
    assert issubclass(AppendOnlyError, TypeError)


def test_the_triggers_are_set_last_as_sqlite_makes_a_changed_table_anew_without_them():
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    (last,) = loader.graph.leaf_nodes("ledger")
    steps = [loader.disk_migrations[key].operations for key in loader.graph.forwards_plan(last) if key[0] == "ledger"]
    tables = {"observation", "series", "origin", "batch", "publication"}
    changing = [at for at, step in enumerate(steps) if tables & {getattr(one, "model_name", "") for one in step}]
    installs = triggers.TRIGGERS.operation().code.__qualname__
    setting = [at for at, step in enumerate(steps) if installs in {qualname(one) for one in step}]
    assert max(setting) > max(changing)


def qualname(operation) -> str:
    """The function that a step of a migration runs, if it runs one."""
    return getattr(getattr(operation, "code", None), "__qualname__", "")
