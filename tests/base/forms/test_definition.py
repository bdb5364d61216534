"""A form's definition: what a file says, what is refused in it, and which months a cell speaks of."""

from __future__ import annotations

from datetime import date

import pytest

from zhizao.base.forms.definition import Column, text_in
from zhizao.base.forms.library import load, read_calendar
from zhizao.base.forms.loading import read_form
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span


def refusals(text: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(Refused) as caught:
        read_form(text.encode(), file="f.yaml")
    return [(p.code, p.place.line, p.message % p.params) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("reach", "earlier", "measure", "period", "span"),
    [
        ("period", False, "flow", "2025-03", "2025-03"),
        ("ytd", False, "flow", "2025-03", "2025Q1"),
        ("ytd", True, "flow", "2025-03", "2024Q1"),
        ("ytd", False, "stock", "2025-03", "2025-03"),
        ("period", False, "flow", "2025-01..02", "2025-01..02"),
        ("period", False, "stock", "2025-01..02", "2025-02"),
        ("ytd", False, "flow", "2025-12", "2025"),
        ("period", False, "flow", "2025Q2", "2025Q2"),
    ],
)
def test_a_cell_speaks_of_the_months_of_its_column(reach, earlier, measure, period, span):
    column = Column(id="c", name={}, reach=reach, year_earlier=earlier)
    assert str(column.span(Span.parse(period), measure)) == span


def test_checks_made_for_each_cell_name_the_cell_and_those_it_is_compared_with(small):
    assert [(check.id, check.expr, check.cells) for check in small.checks] == [
        ("grows:01.ytd", "r01_ytd >= r01_ytd_before", ("01.ytd",)),
        ("parts:01.ytd", "r01_ytd >= r01_period", ("01.ytd", "01.period")),
        ("parts:02.ytd", "r02_ytd >= r02_period", ("02.ytd", "02.period")),
    ]


def test_the_nation_has_the_four_forms_and_their_cells_that_feed_the_ledger(nation):
    feeds = {row.indicator: (form.id, row.code) for form in nation.forms for row in form.rows if row.indicator}
    assert feeds == {
        "gross_output": ("output", "01"),
        "orders_new": ("output", "04"),
        "operating_revenue": ("finance", "06"),
        "profit_total": ("finance", "16"),
        "tax_paid": ("finance", "18"),
        "receivables": ("finance", "01"),
        "rd_expense": ("finance", "11"),
        "employees": ("finance", "19"),
        "electricity": ("energy", "01"),
        "energy_use": ("energy", "05"),
    }
    assert {form.id for form in nation.forms} == {"finance", "output", "energy", "climate"}


def test_every_text_of_the_nations_forms_is_in_both_languages(nation):
    for form in nation.forms:
        texts = [form.title, form.issuer, *(r.name for r in form.rows), *(c.name for c in form.columns)]
        texts += [check.text for check in form.checks]
        assert all(set(text) == {"zh", "en"} for text in texts), form.id


def test_a_figure_of_another_form_is_one_that_there_is(nation):
    period = Span.parse("2025-03")
    for form in nation.forms:
        for other in form.others:
            code, _, column = other.cell.partition(".")
            target = nation.form(other.form, period)
            assert target.row(code) and target.column(column), other


def test_a_text_in_another_language_is_better_than_none():
    assert text_in({"zh": "产值"}, "en") == "产值"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: small", "id: small\nfoo: 1", "The key “foo” is not known."),
        ("number: T-1", "", "“number” is missing."),
        ("rhythm: month", "rhythm: weekly", "“rhythm” must be one of month, quarter, year."),
        ('code: "02"', 'code: "01"', "The name “01” cannot be used."),
        ("unit: 人", "unit: 头猪", "“头猪” is not a unit that is known."),
        ("x >= x_before", "x >= x_befor", "The name “r01_befor” is not known."),
        ("r01 + half * r02", "r03 + r01", "The name “r03” is not known."),
        ("x >= x_period", "x + x_period", "“r01_ytd + r01_period” is a number; a truth value is needed."),
        ("half: {value: 0.5}", "r01_ytd: {value: 0.5}", "The name “r01_ytd” cannot be used."),
        ("span: ytd", "span: week", "“span” must be one of period, ytd."),
        ("kind: integer", "kind: choice", "Choices belong to the kind “choice”, and to no other."),
        ('rows: ["01"]', 'rows: ["09"]', "There is no “09” among the rows."),
        ("小于本月", "小于50%本月", "Figures stand in “小于50%本月” as %(x)s, a per cent sign as %%."),
        ("id: ytd", "id: before", "The name “before” cannot be used."),
        ("{zh: 甲, en: A}", "{cn: 甲}", "“name” must be texts by language (zh, en)."),
    ],
)
def test_what_is_wrong_in_a_definition_is_refused_with_its_line(small_text, old, new, said):
    found = refusals(small_text.replace(old, new, 1))
    assert all(line for _code, line, _words in found)
    assert said in [words for _code, _line, words in found] or any(said[:8] in words for *_x, words in found), found


def test_everything_wrong_is_said_at_once(small_text):
    found = refusals(small_text.replace("number: T-1", "").replace("rhythm: month", "rhythm: weekly"))
    assert len(found) == 2


def test_two_editions_of_a_form_are_not_in_force_at_once(small_text):
    later = small_text.replace('edition: "1"', 'edition: "2"').replace("2024-01-01", "2025-01-01")
    with pytest.raises(Refused, match="in force at once: 1 and 2"):
        load([small_text.encode(), later.encode()], [])
    ended = small_text.replace("effective_from: 2024-01-01", "effective_from: 2024-01-01\neffective_to: 2024-12-31")
    library = load([ended.encode(), later.encode()], [])
    assert library.form("small", Span.parse("2024-12")).edition == "1"
    assert library.form("small", Span.parse("2025-01..02")).edition == "2"
    assert library.form("small", Span.parse("2023-12")) is None


def test_a_calendar_says_when_each_report_is_due_in_chinas_time(nation):
    found = nation.deadline("finance", Span.parse("2025-03"))
    assert (found.opens, found.due.isoformat()) == (date(2025, 4, 1), "2025-04-16T12:00:00+08:00")
    assert nation.deadline("finance", Span.parse("2025-01")) is None  # January is reported with February
    assert nation.deadline("output", Span.parse("2025-01..02")).demonstration


def test_the_report_before_lies_in_the_same_calendar_year(nation):
    assert str(nation.earlier("output", Span.parse("2025-03"), "before")) == "2025-01..02"
    assert nation.earlier("output", Span.parse("2025-01..02"), "before") is None
    assert str(nation.earlier("output", Span.parse("2025-01..02"), "year")) == "2024-01..02"


@pytest.mark.parametrize(
    "wrong",
    [
        '{finance: {"2025-13": {opens: 2025-04-01, due: "2025-04-16 12:00"}}}',
        '{finance: {"2025-03": {opens: 2025-05-01, due: "2025-04-16 12:00"}}}',
        '{finance: {"2025-03": {opens: 2025-04-01, due: 2025-04-16}}}',
        '{finance: {"2025-03": {due: "2025-04-16 12:00"}}}',
        '{nothing: {"2025-03": {opens: 2025-04-01, due: "2025-04-16 12:00"}}}',
    ],
)
def test_a_calendar_that_cannot_be_read_is_refused_with_its_line(wrong):
    found, problems = read_calendar(f"year: 2025\ndeadlines:\n  {wrong}".encode(), names=["finance"])
    assert found == {}
    assert [(p.code, p.place.line) for p in problems] == [("forms.calendar", 3)]
