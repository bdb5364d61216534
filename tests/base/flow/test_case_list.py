"""The list of cases is asked of the database: filters, order, page and counts, now and as the cases stood."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.base.flow.region import KIND, many

from zhizao.base.flow import case_list, clock, queries, services
from zhizao.base.flow.models import Case

NOW = datetime(2025, 6, 25, 10, tzinfo=clock.CHINA)  # a Wednesday


@pytest.fixture
def signed(place, client, time_machine):
    time_machine.move_to(NOW)
    client.force_login(place.owner, backend="django.contrib.auth.backends.ModelBackend")
    return client


def asked(client, query):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = client.get(f"/cases/?{query}")
    assert answer.status_code == 200
    return len(seen), answer


@pytest.mark.parametrize("query", ["", "overdue=yes", "as_of=2025-06-20", "sort=-owner", "page=2", "q=第1"])
def test_a_page_asks_as_much_of_three_hundred_cases_as_of_thirty(place, signed, query):
    many(place, 60)  # more than a page holds
    asked(signed, query)
    few, _answer = asked(signed, query)
    many(place, 300, first=1000)
    more, answer = asked(signed, query)
    assert more == few
    assert answer.content.decode().count("<tr") <= 53


def test_what_is_overdue_is_what_was_due_before_the_day_and_runs(place, signed):
    many(place, 60)
    late = {case.number for case in Case.objects.all() if case.due_on and case.due_on < date(2025, 6, 25)}
    assert len(late) == 15
    closed = Case.objects.get(number=min(late))
    services.withdraw(actor=None, case=closed, text="误开", version=1)
    late.discard(closed.number)
    found = queries.cases(place.owner, overdue=True)
    assert {case.number for case in found} == late
    in_time = {case.number for case in queries.cases(place.owner, overdue=False)}
    assert in_time == {case.number for case in Case.objects.all()} - late  # those without a day are in time
    assert queries.counts(queries.cases(place.owner), NOW.date()) == queries.Counts(59, 14, 44)


def test_what_is_due_first_stands_first_and_what_has_no_day_last(place, signed):
    many(place, 12)
    _count, answer = asked(signed, "format=csv")
    shown = [
        case_number
        for case_number in (line[0] for line in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        if case_number.startswith("2025-")
    ]
    assert shown == [f"2025-{n:05d}" for n in (1, 2, 4, 5, 7, 8, 10, 11, 12, 9, 6, 3)]
    _count, answer = asked(signed, "sort=-due_on&format=csv")
    shown = [
        line[0]
        for line in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        if line and line[0].startswith("2025-")
    ]
    assert shown == [f"2025-{n:05d}" for n in (11, 10, 8, 7, 5, 4, 2, 1, 12, 9, 6, 3)]


def test_a_case_due_on_friday_is_overdue_on_saturday_though_no_working_day_has_passed(place, signed, time_machine):
    case = services.open_case(actor=place.owner, area=place.area, kind=KIND, title="甲", working_days=2)
    assert case.due_on == date(2025, 6, 27)
    time_machine.move_to(NOW + timedelta(days=3))
    assert list(queries.cases(place.owner, overdue=True)) == [case]
    (line,) = case_list.Lines(queries.cases(place.owner), day=date(2025, 6, 28))
    assert (line.is_late, line.left, line.left_kind) == (True, 0, "bad")


def test_looking_back_the_filters_ask_how_the_cases_stood(place, signed, time_machine):
    """On the day looked back to the case was the owner's, open and due on 2 July; later it was handed on and closed."""
    case = services.open_case(actor=place.owner, area=place.area, kind=KIND, title="甲", owner=place.owner)
    later = services.open_case(actor=place.owner, area=place.area, kind=KIND, title="乙")
    assert (later.owner, case.due_on) == (None, date(2025, 7, 2))
    time_machine.move_to(NOW + timedelta(days=9))
    services.transfer(actor=place.owner, case=case, text="换人", version=1, owner=place.helper)
    services.close(actor=place.helper, case=case, result="helped", text="好", version=2)
    services.suspend(actor=place.owner, case=later, text="等", version=1)
    for day, mine, overdue, status in (
        (date(2025, 6, 25), {case}, set(), "open"),
        (date(2025, 7, 3), {case}, {case, later}, "open"),
        (date(2025, 7, 4), set(), set(), "closed"),
    ):
        assert set(queries.cases(place.owner, owner=place.owner, as_of=day)) == mine
        assert set(queries.cases(place.owner, overdue=True, as_of=day)) == overdue
        assert case in queries.cases(place.owner, status=status, as_of=day)
        stood = queries.standings([case, later], day)
        for row in queries.cases(place.owner, as_of=day):
            told = stood[row.pk]
            due = told.due_on.isoformat() if told.due_on else None
            ids = (told.owner and told.owner.pk, told.unit and told.unit.pk)
            assert (row.stood_status, row.stood_severity, row.stood_due) == (told.status, told.severity, due)
            assert (row.stood_owner, row.stood_unit) == ids
    assert set(queries.cases(place.owner, unit=place.office, as_of=date(2025, 7, 4))) == {later}
    assert set(queries.cases(place.owner, as_of=date(2025, 6, 24))) == set()


def test_counts_are_of_the_whole_set_and_not_of_the_page(place, signed):
    many(place, 60)
    text = asked(signed, "as_of=2025-06-24")[1].content.decode()
    assert "60" in text
    counts = queries.counts(queries.cases(place.owner, as_of=date(2025, 6, 24)), date(2025, 6, 24))
    assert (counts.running, counts.overdue, counts.without_owner) == (60, 14, 45)


def test_two_parts_of_ones_unit_show_the_case_once(place, signed):
    case = services.open_case(actor=place.analyst, area=place.area, kind=KIND, title="甲", unit=place.power)
    for what in ("查", "修"):
        services.ask_part(actor=place.helper, case=case, unit=place.park, what=what, due_on=None, version=None)
    assert list(queries.cases(place.operator)) == [case]
    assert list(queries.cases(place.operator, as_of=NOW.date())) == [case]
    assert queries.counts(queries.cases(place.operator), NOW.date()).running == 1


def test_a_simulated_case_says_so_in_the_file_without_its_title_running_into_the_word(place, signed):
    services.open_case(actor=place.owner, area=place.area, kind=KIND, title="甲厂", simulated=True)
    answer = asked(signed, "format=csv")[1].content.decode("utf-8-sig")
    assert "甲厂（" in answer
