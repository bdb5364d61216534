"""A list of alarms is sorted, narrowed and cut into pages by the database; only what a page shows is read."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.warning import told

from zhizao.apps.warning import listing, queries, sorting
from zhizao.apps.warning.models import Alarm, Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def firms(area):
    """``firms(count)``: enterprises 0号厂, 1号厂, …"""
    from zhizao.base.facts import services as facts

    def made(count: int):
        rows = [facts.subject(kind="enterprise", id_part=f"s{number}", area=area) for number in range(count)]
        known = {"source": "test", "known_from": dt.datetime(2021, 1, 1, tzinfo=dt.UTC)}
        facts.state([facts.name(one, "registered", f"{number:03}号厂", **known) for number, one in enumerate(rows)])
        return rows

    return made


@pytest.fixture
def page(client, person):
    """``page(**query)``: the list as an analyst reads it in English, and the queries it took."""
    client.force_login(person("analyst"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"

    def read(path: str = "/warning/alarms/", **query):
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(path, query)
        assert answer.status_code == 200
        return answer.content.decode(), len(caught)

    return read


def _named(area, **order):
    """The names in the order of a column."""
    from zhizao.apps.warning.tables import AlarmTable

    lines = sorting.Lines(queries.alarms(None, area), listing.Reader(area))
    table = AlarmTable(lines, with_lapsed=False, **order)
    return [row.record.name for row in table.rows]


def test_a_page_of_three_hundred_alarms_takes_as_many_queries_as_one_of_thirty(area, firms, page):
    first, rest = (rows := firms(300))[:30], rows[30:]
    run = told.run(area)
    for one in first:
        told.alarm(area, one, run=run)
    page()
    text, few = page()
    assert text.count("号厂") >= 30
    for one in rest:
        told.alarm(area, one, run=run)
    text, many = page()
    assert text.count('scope="row"') == 50
    assert many == few
    _text, many = page(sort="-p", page="3")
    assert many <= few + 1  # the kinds of alarms, whose chances are sorted by
    _text, overview = page("/warning/")
    Alarm.objects.filter(subject__in=rest).update(lapsed_as_of=told.AS_OF, lapsed_why="figures_changed")
    _text, less = page("/warning/")
    assert overview == less


def test_the_database_sorts_by_what_the_reader_sees(area, firms):
    rows = firms(3)
    run = told.run(area)
    made = [
        told.alarm(area, rows[0], run=run, score=1, severity="notice", start_month=told.MONTH - 1),
        told.alarm(area, rows[1], run=run, score=3, rule="warning.silent", family="silent"),
        told.alarm(area, rows[2], run=run, score=2),
    ]
    assert _named(area) == ["001号厂", "002号厂", "000号厂"]
    assert _named(area, order_by="name") == ["000号厂", "001号厂", "002号厂"]
    assert _named(area, order_by="-name") == ["002号厂", "001号厂", "000号厂"]
    assert _named(area, order_by="score") == ["000号厂", "002号厂", "001号厂"]
    assert _named(area, order_by="severity")[0] == "000号厂"
    assert _named(area, order_by="period")[0] == "000号厂"
    Outcome.objects.create(alarm=made[2], verdict="true", by_rule=True, why="r")
    assert _named(area, order_by="-outcome")[0] == "002号厂"
    for column in ("p", "rule"):
        lines = {line.name: line for line in listing.lines(made, area)}
        worth = [getattr(lines[name], {"p": "p", "rule": "title"}[column]) for name in _named(area, order_by=column)]
        assert worth == sorted(worth)


def test_the_last_page_shows_what_is_left_and_an_export_has_all(area, firms, page):
    run = told.run(area)
    for one in firms(55):
        told.alarm(area, one, run=run)
    text, _count = page(page="2")
    assert text.count('scope="row"') == 5
    exported, _count = page(format="csv")
    assert len({line.split(",")[1] for line in exported.splitlines()[1:]}) == 55


def test_a_name_is_looked_for_among_all_names_targets_and_the_area_s(area, firms):
    from zhizao.apps.registry.services import area_subject

    one, two = firms(2)
    run = told.run(area)
    of_firm = told.alarm(area, one, run=run)
    facts = {"sentence": "", "params": {"target": "规上工业总产值"}, "rows": []}
    of_target = told.alarm(area, two, run=run, rule="warning.path", family="path", facts=facts)
    of_area = told.alarm(area, area_subject(area), run=run, rule="warning.break", family="break")

    def found(text):
        return set(queries.alarms(None, area).filter(sorting.called(text, None)))

    assert found("000号") == {of_firm}
    assert found("总产值") == {of_target}
    assert found(area.name) == {of_area}
    assert found("enterprise:s1") == {of_target}
    assert found("nobody") == set()


def test_a_day_before_the_outcome_neither_sorts_nor_counts_by_it(area, firms):
    alarm = told.alarm(area, firms(1)[0])
    Outcome.objects.create(alarm=alarm, verdict="false", by_rule=True, why="r")
    for as_of, judged in ((None, 1), (dt.date(2024, 8, 1), 0)):
        lines = sorting.Lines(queries.alarms(None, area), listing.Reader(area, as_of=as_of))
        assert lines.counts == {"count": 1, "serious": 1, "judged": judged}


def test_the_record_counts_a_person_s_word_before_a_rule_s(area, firms, person):
    from zhizao.apps.warning import probabilities

    alarm = told.alarm(area, firms(1)[0])
    Outcome.objects.create(alarm=alarm, verdict="true", by_rule=False, actor=person("analyst"), why="seen")
    Outcome.objects.create(alarm=alarm, verdict="false", by_rule=True, why="r")
    assert probabilities.of(area).counts(alarm) == (1, 0)
