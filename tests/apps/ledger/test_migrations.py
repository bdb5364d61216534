"""A ledger that was filled before rows were postings becomes one of postings."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_older_rows_are_given_what_was_said_before_them(take):
    from zhizao.apps.ledger.models import Observation

    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    take("enterprise:a,gross_output,2025-05,,,missing,2025-07-08")
    take("enterprise:a,gross_output,2025-05,3,万元,estimated,2025-08-08")
    take("enterprise:b,gross_output,2025-05,9,万元,normal,2025-07-20")

    def said():
        return list(Observation.objects.order_by("pk").values_list("value", "before", "before_status"))

    expected = [(1_000_000, None, None), (None, 1_000_000, 1), (3_000_000, None, 5), (9_000_000, None, None)]
    assert said() == expected
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_observation SET before = NULL, before_status = NULL")
        cursor.execute(import_module("zhizao.apps.ledger.migrations.0003_postings").FILL)
    assert said() == expected
