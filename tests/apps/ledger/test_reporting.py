"""Accepted reports become observations once, corrections become revisions, and what is known is not asked again."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from tests.apps.ledger.conftest import csv
from tests.base.forms.conftest import asked
from tests.factories import make_user

from zhizao.apps.ledger import queries, services
from zhizao.apps.ledger.models import Batch
from zhizao.apps.ledger.reporting import known_items, store_report
from zhizao.base.events.models import Delivery, Event
from zhizao.base.forms import services as forms
from zhizao.base.jobs.models import Job
from zhizao.kernel.span import Span

MARCH = Span.parse("2025-03")
CELLS = {
    f"{code}.{column}": value
    for code in ("01", "02", "03", "04")
    for column, value in (("period", "10"), ("ytd", "30"), ("lastperiod", "10"), ("lastytd", "30"))
}


@pytest.fixture
def reporter(area, subjects):
    user = make_user("enterprise_reporter", area=area)
    return asked(user, key="a")


@pytest.fixture
def staff(area):
    return make_user("department_staff", area=area)


@pytest.fixture
def clock():
    with time_machine.travel("2025-04-05 09:00+08:00", tick=False) as traveller:
        yield traveller


def accepted(reporter, staff, **changes):
    report = forms.open_report(actor=reporter, form="output", period=MARCH)
    report = forms.save(actor=reporter, submission=report, cells=CELLS | changes, revision=report.revision)
    report = forms.submit(actor=reporter, submission=report, revision=report.revision, reasons=None)
    return forms.accept(actor=staff, submission=report)


def outputs(subjects, *, as_of=None):
    rows = queries.observations(None, subjects=[subjects["a"].pk], indicators=["gross_output"], as_of=as_of)
    return {str(row.span): queries.exact(row.value) for row in rows}


def test_an_accepted_report_is_stored_once(reporter, staff, subjects, clock):
    report = accepted(reporter, staff)
    batch = store_report(report)
    assert outputs(subjects) == {"2025-03": 10, "2025Q1": 30}
    assert store_report(report) == batch
    assert Batch.objects.count() == 1


def test_a_corrected_report_is_a_revision_and_the_first_figure_is_kept(reporter, staff, subjects, clock):
    report = accepted(reporter, staff)
    store_report(report)
    clock.move_to(datetime(2025, 4, 20, 1, tzinfo=UTC))
    report = forms.return_(actor=staff, submission=report, reason="漏报")
    report = forms.save(
        actor=reporter, submission=report, cells={"01.period": "12", "01.ytd": "32"}, revision=report.revision
    )
    report = forms.submit(actor=reporter, submission=report, revision=report.revision, reasons=None)
    store_report(forms.accept(actor=staff, submission=report))
    assert outputs(subjects) == {"2025-03": 12, "2025Q1": 32}
    assert outputs(subjects, as_of=datetime(2025, 4, 10, tzinfo=UTC)) == {"2025-03": 10, "2025Q1": 30}


def test_a_fall_that_the_reporter_has_explained_is_taken(reporter, staff, area, subjects, clock):
    february = "enterprise:a,gross_output,2025-01..02,35,万元,normal,2025-03-05"
    services.import_file(actor=None, area=area, data=csv(february), name="a.csv")
    batch = store_report(accepted(reporter, staff))
    assert outputs(subjects)["2025Q1"] == 30
    assert batch.warnings


def test_the_ledger_hears_of_an_acceptance(reporter, staff, clock):
    accepted(reporter, staff)
    (delivery,) = Delivery.objects.filter(event=Event.objects.get(name="forms.accepted"))
    assert delivery.subscriber == "ledger.take_report"
    assert not Job.objects.filter(kind="ledger.take_report").exists()


def test_what_the_ledger_knows_for_certain_need_not_be_reported(area, subjects):
    rows = ("enterprise:a,gross_output,2025-03,7,万元,normal,2025-04-01",
            "enterprise:a,electricity,2025-03,5,万千瓦时,estimated,2025-04-01")  # fmt: skip
    services.import_file(actor=None, area=area, data=csv(*rows), name="a.csv")
    known = known_items("enterprise:a", MARCH)
    assert {key: (one.value, one.unit) for key, one in known.items()} == {"gross_output": (Decimal(7), "万元")}
    assert known_items("enterprise:a", Span.parse("2025-01..03")) == {}
    assert known_items("enterprise:nobody", MARCH) == {}


def test_a_report_does_not_lock_its_own_cells(reporter, staff, subjects, clock):
    store_report(accepted(reporter, staff))
    assert known_items("enterprise:a", MARCH) == {}
