"""Pages of help ask the database as often for 30 enterprises as for 300."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.assist.alarming import AS_OF, MONTH, figures, run

from zhizao.apps.assist import grid_queries, leader_queries, queries, visits_queries
from zhizao.base.flow.models import Case, Procedure

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(area, staff):
    """``crowd(30)``: so many more enterprises with output, duty, visit and alarm; every third has a late case."""
    from zhizao.apps.assist.models import Responsibility, Visit
    from zhizao.apps.registry import services
    from zhizao.apps.warning.models import Alarm
    from zhizao.base.facts import services as facts

    place, found = services.area_subject(area), run(area)
    procedure = Procedure(key="tests", version=1, name="t", content="x", sha256="0" * 64)
    procedure.save()
    known = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)

    def make(count, *, first):
        names = [f"第{number:03}号制造厂" for number in range(first, first + count)]
        firms = services.new_subjects(area=area, names_at_entry=names)
        stated = []
        for firm, name in zip(firms, names, strict=True):
            stated += services.first_facts(firm, name, area=place, source="licence", known_from=known)
            stated.append(Responsibility(subject=firm, duty="grid", person=staff, unit=staff.organisation, source="s"))
        facts.state(stated)
        at = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
        Visit.objects.bulk_create(
            Visit(
                area=area, subject=firm, visitor=staff, planned_on=at.date(), planned_at=at, done_on=at.date(),
                reported_at=at, findings="x",
            )
            for firm in firms
        )  # fmt: skip
        Alarm.objects.bulk_create(
            Alarm(
                area=area, subject=firm, rule="warning.distress", family="distress", start_month=MONTH, score=1.0,
                severity="notice", facts={"sentence": "", "params": {}, "rows": []}, run=found, found_as_of=AS_OF,
            )
            for firm in firms
        )  # fmt: skip
        Case.objects.bulk_create(
            Case(
                area=area, kind="assist.alarm", number=f"2026-{first + number}", title="t", subject=firm,
                procedure=procedure, owner=staff, unit=staff.organisation, opened_at=at, due_on=at.date(),
            )
            for number, firm in enumerate(firms[::3])
        )  # fmt: skip
        rows = [(firm, "gross_output", span, 100) for firm in firms for span in ("2025-06..12", "2026-01..05")]
        figures(area, *rows, name=f"{first}.csv")

    return make


def test_queue_grid_leader_and_visits_ask_as_often_for_30_as_for_300(area, staff, person, crowd):
    leader = person("leader")
    seen = visits_queries.register.view()
    asked = {
        "queue": lambda: queries.queue(staff, area),
        "grid": lambda: grid_queries.lines(staff, area),
        "leader": lambda: leader_queries.decisions(leader, area),
        "visits": lambda: visits_queries.lines(visits_queries.visits(staff, area), seen),
    }

    def counts():
        found = {}
        for name, ask in asked.items():
            with CaptureQueriesContext(connection) as caught:
                rows = ask()
            found[name] = (len(caught), len(rows))
        return found

    crowd(30, first=0)
    counts()  # what is read once a process
    few = counts()
    crowd(270, first=30)
    many = counts()
    assert {name: rows for name, (_count, rows) in many.items()} == {
        "queue": 300,
        "grid": 300,
        "leader": 300,
        "visits": 300,
    }
    assert {name: count for name, (count, _rows) in few.items()} == {name: count for name, (count, _) in many.items()}
