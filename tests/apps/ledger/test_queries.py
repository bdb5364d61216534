"""What was known when, exact sums over trees whose members change, and months from cumulative figures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.apps.ledger.conftest import csv

from zhizao.kernel.span import Span

pytestmark = pytest.mark.django_db


def values(rows):
    return [(row.series.subject.key, str(row.span), row.value) for row in rows.select_related("series__subject")]


def test_an_earlier_day_gives_the_figure_known_then(take):
    from zhizao.apps.ledger import queries

    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    take("enterprise:a,gross_output,2025-05,3,万元,normal,2025-07-08")
    for day, expected in (("2025-06-07", []), ("2025-06-08", [1]), ("2025-07-07", [1]), ("2025-07-08", [3])):
        rows = queries.observations(None, as_of=dt.date.fromisoformat(day))
        assert [row.value // 1_000_000 for row in rows] == expected


def test_a_figure_withdrawn_is_missing_from_then_on(take):
    from zhizao.apps.ledger import queries

    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    take("enterprise:a,gross_output,2025-05,,,missing,2025-07-08")
    assert [row.value for row in queries.observations(None)] == [None]
    assert [row.value for row in queries.observations(None, as_of=dt.date(2025, 6, 30))] == [1_000_000]


def test_spans_that_reach_beyond_the_range_are_out(take):
    from zhizao.apps.ledger import queries

    take(
        "enterprise:a,gross_output,2025-01..02,1,万元,normal,2026-01-08",
        "enterprise:a,gross_output,2025,5,万元,normal,2026-01-08",
        "enterprise:a,gross_output,2024-12,5,万元,normal,2026-01-08",
    )
    rows = queries.observations(None, within=Span.parse("2025Q1"))
    assert [str(row.span) for row in rows] == ["2025-01..02"]


def test_a_sum_over_a_sector_is_exact_and_counts_what_is_missing(take, subjects):
    from zhizao.apps.ledger import queries

    take(
        "enterprise:a,gross_output,2025-05,0.1,万元,normal,2025-06-08",
        "enterprise:b,gross_output,2025-05,0.2,万元,simulated,2025-06-08",
        "enterprise:c,gross_output,2025-05,,,missing,2025-06-08",
    )
    (total,) = queries.totals(
        None, subjects["e"], tree="sector", indicator="gross_output", spans=[Span.parse("2025-05")]
    )
    assert (total.value, total.count, total.missing, total.simulated) == (Decimal("0.3"), 2, 1, 1)


def test_a_firm_counts_where_it_belonged_when_the_span_ended(take, subjects, area):
    from zhizao.apps.ledger import queries
    from zhizao.base.facts import services
    from zhizao.base.facts.models import Membership

    row = Membership.objects.get(subject=subjects["c"])
    services.end(row, last_day=dt.date(2025, 5, 15), source="test")
    take(
        *(
            f"enterprise:{key},gross_output,2025-{month:02},1,万元,normal,2025-07-08"
            for key in "abc"
            for month in (4, 5, 6)
        )
    )
    spans = [Span.of_month(2025, month) for month in (4, 5, 6)]
    found = queries.totals(None, subjects["e"], tree="sector", indicator="gross_output", spans=spans)
    assert [total.value for total in found] == [Decimal(3), Decimal(2), Decimal(2)]


def test_an_enterprise_sees_its_own_figures_and_another_area_none(take, person, subjects):
    from tests.factories import make_area

    from zhizao.apps.ledger import queries
    from zhizao.base.accounts.models import Organisation

    take(
        "enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08",
        "enterprise:b,gross_output,2025-05,1,万元,normal,2025-06-08",
    )
    foreign = person("analyst", area=make_area(code="990202", name="乙区"))
    reporter = person("enterprise_reporter")
    Organisation.objects.filter(pk=reporter.organisation_id).update(kind="enterprise", enterprise_key="enterprise:a")
    reporter.refresh_from_db()
    assert values(queries.observations(foreign)) == []
    assert values(queries.observations(person("analyst"))).__len__() == 2
    assert values(queries.observations(reporter)) == [("enterprise:a", "2025-05", 1_000_000)]


def test_months_come_from_cumulative_figures_and_the_first_two_stay_one(take):
    from zhizao.apps.ledger import queries

    take(
        "enterprise:a,gross_output,2025-01..02,5,万元,normal,2025-06-08",
        "enterprise:a,gross_output,2025-01..03,8,万元,normal,2025-06-08",
        "enterprise:a,gross_output,2025-01..05,14,万元,normal,2025-06-08",
    )
    rows = queries.frame(queries.observations(None))
    found = queries.months(rows, {"gross_output": "flow"}).select("start_month", "months", "value").rows()
    assert [(str(Span(start, months)), value // 1_000_000) for start, months, value in found] == [
        ("2025-01..02", 5),
        ("2025-03", 3),
        ("2025-04..05", 6),
    ]


@pytest.fixture
def long_known(subjects):
    """The same memberships, known before the first figure is."""
    from zhizao.base.facts import services
    from zhizao.base.facts.models import Membership

    since = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    services.state(
        Membership(subject=subjects[key], parent=subjects["e"], tree="sector", known_from=since) for key in "abc"
    )


@settings(max_examples=10, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.integers(1, 4),  # month
            st.one_of(st.none(), st.integers(-5, 5)),
            st.sampled_from(["normal", "estimated", "simulated"]),
            st.integers(1, 8),  # day in June from which it is known
        ),
        max_size=12,
        unique_by=lambda row: (row[0], row[1], row[4]),
    )
)
def test_a_sum_of_postings_is_the_sum_of_the_figures_known_then(long_known, rows):
    """Each instant's sum over all rows, less what each replaces, against adding up what is known at it."""
    from collections import Counter

    from django.db import transaction

    from zhizao.apps.ledger import queries, services
    from zhizao.apps.ledger.models import Status
    from zhizao.base.accounts.models import Area
    from zhizao.base.facts.models import Subject

    spans = [Span.of_month(2025, month) for month in range(1, 5)]
    with transaction.atomic():
        for day in range(1, 9):
            lines = [
                f"enterprise:{key},profit_total,2025-0{month},{'' if value is None else value},万元,"
                f"{'missing' if value is None else status},2025-06-0{day}"
                for key, month, value, status, known in rows
                if known == day
            ]
            if lines:
                services.import_file(actor=None, area=Area.objects.get(code="990101"), data=csv(*lines), name="x.csv")
        for day in range(9):
            as_of = dt.date(2025, 6, day) if day else dt.date(2025, 5, 31)
            found = queries.totals(
                None,
                Subject.objects.get(key="sector:e"),
                tree="sector",
                indicator="profit_total",
                spans=spans,
                as_of=as_of,
            )
            known = list(queries.observations(None, as_of=as_of))
            assert {total.span for total in found} == {row.span for row in known}
            for total in found:
                here = [row for row in known if row.span == total.span]
                values = [row.value for row in here if row.value is not None]
                counts = Counter(row.status for row in here)
                assert total.value == (queries.exact(sum(values)) if values else None)
                assert (total.count, total.missing) == (len(values), counts[Status.MISSING])
                assert (total.simulated, total.preliminary) == (counts[Status.SIMULATED], counts[Status.ESTIMATED])
        transaction.set_rollback(True)
