"""The public brief under attack: what two of them, or one and what was published before, give of one enterprise."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.apps.cockpit.conftest import AS_OF
from tests.apps.outlook.conftest import SIZES, monthly_rows, row

from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db
JULY = dt.date(2024, 8, 20)


def public(area, month="2024-06", day=AS_OF):
    from zhizao.apps.cockpit import gathering
    from zhizao.apps.cockpit.public import protected

    return protected(gathering.gather(gathering.ask(area, month, day)).data)


def amounts(data, key="gross_output"):
    facts = data["facts"]
    return {
        name: Decimal(facts[f"{key}.{name}.value"]["value"])
        for name in ("ytd", "month")
        if f"{key}.{name}.value" in facts
    }


def texts(data):
    from zhizao.apps.cockpit import template, text

    written = text.paper(data, template=template.of_version(1), language="zh", run="0" * 12)
    for part in written.sections:
        yield from ("".join(piece.text for piece in pieces) for pieces in part.paragraphs)
        for table in part.tables:
            yield from (piece.text for line in table.rows for piece in line)


def test_one_that_does_not_report_any_more_is_not_the_difference_of_two_months(area, take):
    """Up to May: five enterprises. Up to June without a: y(1..5) − (y(1..6) − y(6)) would be a's own figure."""
    take(*monthly_rows(without=frozenset({("a", 2024, 6)})))
    may, june = public(area, "2024-05", dt.date(2024, 6, 20)), public(area)
    a_to_may = Decimal("146.41") * 5
    whole = {"may": amounts(may), "june": amounts(june)}
    assert whole["may"]["ytd"] == Decimal("146.41") * 10  # all five are told of in May
    if {"ytd", "month"} <= whole["june"].keys():  # the attack, if it had its figures
        assert whole["may"]["ytd"] - (whole["june"]["ytd"] - whole["june"]["month"]) != a_to_may
    assert "month" not in whole["june"] and "ytd" not in whole["june"]  # a makes half: its loss tells by the year, too
    assert "工业总产值" in {row["name"]["value"] for row in june["lists"]["closed"]}
    assert any(
        line.endswith("为保护企业数据不予列出的指标：工业总产值。") or "不予列出的指标：工业总产值" in line
        for line in texts(june)
    )


def test_a_group_of_three_that_one_leaves_is_not_told_and_neither_is_what_is_left(area, take):
    take(*monthly_rows(without=frozenset({("e", 2024, 6)})))
    june = public(area)
    assert not june["lists"]["sectors"]  # c and d alone are two; 电子 always was two
    assert june["facts"]["sectors.hidden"]["value"] == 2


def test_nothing_of_what_came_left_or_is_late_is_in_the_public_version(area, figures):
    data = public(area)
    inside = ("raw", "entry", "exit", "missing", "revision", "late", "expected")
    assert not [name for name in data["facts"] if name.rpartition(".")[2] in inside]
    assert not [name for name in data["facts"] if name.startswith(("revised.", "alarms.", "help."))]
    assert not [line for line in texts(data) if any(f"{name.upper()}厂" in line for name in SIZES)]


def test_headings_count_on_where_a_section_has_nothing_to_tell(area, figures):
    from zhizao.apps.cockpit import template, text

    written = text.paper(public(area), template=template.of_version(1), language="zh", run="0" * 12)
    titles = [part.title for part in written.sections]
    assert [title[0] for title in titles[:-1]] == list("一二三四五六七八九")[: len(titles) - 1]
    assert titles[-1] == "数据说明" and not any("产业链" in title for title in titles)


def test_a_second_public_brief_of_the_month_is_refused_of_another_day_or_an_area_above(area, take, figures):
    from tests.factories import make_area

    from zhizao.apps.cockpit import gathering, services
    from zhizao.apps.cockpit.book import Asked

    made = gathering.gather(gathering.ask(area, "2024-06", AS_OF))
    first = services.keep_public(actor=None, made=made)
    assert services.keep_public(actor=None, made=made) == first
    take(row("enterprise:a", "gross_output", "2024-01..06", 1000, "2024-08-05"), name="更正.csv")
    below = make_area(code="99010101", name="甲街", parent=area)
    for asked in (gathering.ask(area, "2024-06", JULY), Asked(below, made.asked.month, AS_OF)):
        with pytest.raises(Refused, match="public brief of 2024-06 was written already"):
            services.refuse_second_public(asked)
    services.refuse_second_public(Asked(make_area(code="990202", name="乙区"), made.asked.month, JULY))
