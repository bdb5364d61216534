"""Checks of a report: exact outcomes, unknown figures, and what the words say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizao.base.forms.checks import Context, evaluate, read_cell
from zhizao.base.forms.definition import Row, key
from zhizao.base.forms.layout import read_pasted
from zhizao.base.forms.mapping import observations
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

D = Decimal
MARCH = Span.parse("2025-03")
ROW = Row(code="01", name={}, unit="万元")


def ids(outcome, severity="hard"):
    return [finding.id for finding in outcome.of(severity)]


def filled(form, *, period="10", ytd="30", last="28") -> dict[str, str]:
    """Every asked cell with a figure."""
    return {
        key(row, column): last if column.year_earlier else ytd if column.reach == "ytd" else period
        for row, column in form.cells()
        if row.node is None
    }


@pytest.mark.parametrize(
    ("printed", "value"),
    [("1,234.5", D("1234.5")), ("１２", D(12)), ("1.2亿元", D(12000)), ("0", D(0)), ("", None), ("—", None)],
)
def test_a_cell_is_read_as_people_write_it_and_blank_is_not_nought(printed, value):
    assert read_cell(ROW, printed) == value


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("abc", "forms.not_a_number"),
        ("12吨", "forms.other_unit"),
        ("-1", "forms.negative"),
        ("1.234", "forms.places"),
        ("1000000000000", "forms.too_large"),
        ("9.15E+17", "forms.not_a_number"),
        ("=1+1", "forms.not_a_number"),
    ],
)
def test_a_cell_that_cannot_be_read_is_refused_with_a_remedy(printed, code):
    with pytest.raises(Refused) as caught:
        read_cell(ROW, printed)
    assert [(p.code, bool(p.remedy)) for p in caught.value.problems] == [(code, True)]


def test_an_answer_is_its_key_or_its_words_and_nothing_else():
    row = Row(code="01", name={}, kind="choice", choices={"1": {"zh": "良好"}, "2": {"zh": "一般"}})
    assert (read_cell(row, "1"), read_cell(row, "一般")) == ("1", "2")
    with pytest.raises(Refused, match="none of the answers"):
        read_cell(row, "3")


def test_a_sum_is_computed_exactly_and_is_unknown_where_a_part_is(small):
    outcome = evaluate(small, {"01.period": "1.10", "02.period": "2.30", "01.ytd": "5"})
    assert outcome.values["03.period"] == D("2.25")
    assert outcome.values["03.ytd"] is None


def test_an_empty_cell_that_is_asked_is_a_hard_error_at_that_cell(small):
    outcome = evaluate(small, {"01.period": "1", "01.ytd": "2", "02.period": "1"})
    assert ids(outcome) == ["forms.missing:02.ytd"]
    assert outcome.findings[0].cells == ("02.ytd",)
    assert outcome.findings[0].params["cell"] == "02 乙（累计）"


def test_to_date_below_the_report_before_needs_a_reason_and_names_both_figures(small):
    cells = {"01.period": "1", "01.ytd": "4", "02.period": "0", "02.ytd": "0"}
    outcome = evaluate(small, cells, Context(before={"01.ytd": D(5)}))
    (finding,) = outcome.of("soft")
    assert (finding.id, finding.message % finding.params) == ("grows:01.ytd", "4<5")
    assert evaluate(small, cells, Context(before={"01.ytd": D(4)})).findings == ()


def test_a_check_whose_figure_is_unknown_is_not_made(small):
    outcome = evaluate(small, {"01.period": "1", "01.ytd": "4", "02.period": "0", "02.ytd": "0"})
    assert outcome.findings == ()
    assert outcome.unknown == ("grows:01.ytd",)


def test_a_cell_that_cannot_be_read_is_not_called_empty_too(small):
    outcome = evaluate(small, {"01.period": "x", "01.ytd": "4", "02.period": "0", "02.ytd": "0"})
    assert ids(outcome) == ["forms.not_a_number:01.period"]


def test_words_of_checks_come_in_the_readers_language(small):
    cells = {"01.period": "9", "01.ytd": "4", "02.period": "0", "02.ytd": "0"}
    assert [f.message for f in evaluate(small, cells, language="en").findings] == ["less"]
    assert [f.message for f in evaluate(small, cells, language="zh-hans").findings] == ["小于本月"]


# --- the nation's forms


def test_output_that_agrees_passes_every_check(nation):
    form = nation.form("output", MARCH)
    before = {"01.ytd": D(20), "02.ytd": D(20), "03.ytd": D(20), "04.ytd": D(20), "01.period": D(20)}
    assert evaluate(form, filled(form), Context(before=before, period=MARCH)).findings == ()


@pytest.mark.parametrize(
    ("cell", "printed", "severity", "check"),
    [
        ("03.period", "11", "hard", "export_in_sales:03.period"),
        ("01.ytd", "9", "hard", "period_in_ytd:01.ytd"),
        ("01.ytd", "19", "soft", "grows:01.ytd"),
        ("01.ytd", "31", "soft", "output_sum"),
        ("02.ytd", "17.99", "soft", "sales_to_output"),
        ("02.ytd", "42.01", "soft", "sales_to_output"),
        ("01.period", "80.01", "soft", "slip_ten:01.period"),
        ("01.period", "100000", "hard", "slip_myriad:01.period"),
    ],
)
def test_output_that_disagrees_is_found(nation, cell, printed, severity, check):
    form = nation.form("output", MARCH)
    before = {"01.period": D(10), "02.period": D(10), "01.ytd": D(20)}
    cells = filled(form) | {cell: printed}
    assert check in ids(evaluate(form, cells, Context(before=before, period=MARCH)), severity)


def test_the_edges_of_the_sales_band_pass(nation):
    form = nation.form("output", MARCH)
    for edge in ("18", "42"):  # 0.6 and 1.4 of 30
        outcome = evaluate(form, filled(form) | {"02.ytd": edge}, Context(period=MARCH))
        assert "sales_to_output" not in ids(outcome, "soft")


FINANCE = {
    **{f"{n:02d}.ytd": "10" for n in range(1, 21) if n != 14},
    **{f"{n:02d}.last": "10" for n in range(1, 21) if n != 14},
    "04.ytd": "100",
    "04.last": "100",
    "06.ytd": "100",
    "06.last": "100",
}


def test_profit_is_operating_profit_and_the_rest(nation):
    form = nation.form("finance", MARCH)
    outcome = evaluate(form, FINANCE | {"16.ytd": "71"}, Context(period=MARCH))
    # 100 − 10 − 10 − 10 − 10 − 10 − 10 + 10 = 50; 50 + 10 = 60, and 71 is not within 1 of it
    assert outcome.values["14.ytd"] == D(50)
    assert ids(outcome) == ["profit_identity"]
    assert ids(evaluate(form, FINANCE | {"16.ytd": "61"}, Context(period=MARCH))) == []


def test_pay_a_head_is_judged_by_the_months_reported(nation):
    form = nation.form("finance", MARCH)
    cells = FINANCE | {"16.ytd": "60", "19.ytd": "10"}
    # 0.2 … 6 a head and month: 10 heads in 3 months may have 6 … 180
    for pay, found in (("6", False), ("5.99", True), ("180", False), ("180.01", True)):
        outcome = evaluate(form, cells | {"20.ytd": pay}, Context(period=MARCH))
        assert ("pay_a_head" in ids(outcome, "soft")) is found, pay


def test_yuan_in_place_of_ten_thousand_yuan_is_refused(nation):
    form = nation.form("finance", MARCH)
    outcome = evaluate(form, FINANCE | {"18.ytd": "100000"}, Context(year={"18.ytd": D(10)}, period=MARCH))
    assert "slip_myriad:18.ytd" in ids(outcome)


def test_revenue_is_set_against_the_output_of_the_other_form(nation):
    form = nation.form("finance", MARCH)
    for output, found in ((D(200), False), (D("200.01"), True), (D(50), False), (D("49.99"), True)):
        outcome = evaluate(form, FINANCE, Context(others={"output_ytd": output}, period=MARCH))
        assert ("revenue_to_output" in ids(outcome, "soft")) is found, output


def test_standard_coal_is_computed_with_the_factors_of_the_edition(nation):
    form = nation.form("energy", MARCH)
    cells = {"01.period": "100", "02.period": "2", "03.period": "10", "04.period": "1000"}
    # 100 × 1.229 + 2 × 13.3 + 10 × 0.7143 + 1000 × 0.03412 = 122.9 + 26.6 + 7.143 + 34.12
    assert evaluate(form, cells).values["05.period"] == D("190.76")


def test_power_for_an_output_may_change_by_half_without_a_word(nation):
    form = nation.form("energy", MARCH)
    for power, found in (("15", False), ("15.01", True), ("5", False), ("4.99", True)):
        context = Context(before={"01.period": D(10)}, others={"output": D(100), "output_before": D(100)}, period=MARCH)
        outcome = evaluate(form, filled(form, ytd="99") | {"01.period": power}, context)
        assert ("power_per_output" in ids(outcome, "soft")) is found, power


def test_good_business_without_orders_is_to_be_explained(nation):
    form = nation.form("climate", Span.parse("2025Q1"))
    cells = {
        "01.answer": "良好",
        "02.answer": "1",
        "03.answer": "3",
        "04.answer": "1",
        "05.answer": "1",
        "06.answer": "80",
    }
    assert ids(evaluate(form, cells), "soft") == ["good_without_orders"]
    assert evaluate(form, cells | {"03.answer": "2"}).findings == ()
    assert ids(evaluate(form, cells | {"06.answer": "131", "03.answer": "2"})) == ["capacity_range"]


@given(st.dictionaries(st.sampled_from(["01.period", "01.ytd", "02.ytd", "99.x", ""]), st.text(max_size=20)))
def test_no_text_in_a_cell_breaks_a_check(cells):
    from zhizao.base.forms.library import library

    outcome = evaluate(library().form("output", MARCH), cells, Context(period=MARCH))
    assert set(outcome.values) == {key(row, column) for row, column in library().form("output", MARCH).cells()}


# --- pasted text and the ledger's rows


def test_a_pasted_block_goes_by_codes_or_by_the_order_of_rows(small):
    assert read_pasted(small, "1\t2\n3\t4\r\n") == {"01.period": "1", "01.ytd": "2", "02.period": "3", "02.ytd": "4"}
    coded = "乙\t万元\t02\t3\t4\n甲\t万元\t1\t1\t\n"
    assert read_pasted(small, coded) == {"02.period": "3", "02.ytd": "4", "01.period": "1"}


@pytest.mark.parametrize("pasted", ["1\t2\t3", "1\n2\n3\n4\n5"])
def test_a_block_larger_than_the_form_is_refused(small, pasted):
    with pytest.raises(Refused, match="does not fit the form"):
        read_pasted(small, pasted)


def test_accepted_figures_become_the_ledgers_rows_with_spans_of_their_own(small):
    printed = {"01.period": "1", "01.ytd": "1,000", "04.period": "7", "04.ytd": "7"}
    values = {"01.period": D(1), "01.ytd": D(1000), "03.ytd": None, "04.period": D(7), "04.ytd": D(7)}
    rows = observations(
        small,
        printed,
        values,
        period=MARCH,
        subject_key="enterprise:e1",
        known_from="2025-04-03T10:00:00+08:00",
        source="T-1",
        known=["04.period"],
    )
    assert [(r["indicator"], r["span"], r["value"], r["unit"], r["printed"], r["source"]) for r in rows] == [
        ("a", "2025-03", "1", "万元", "1", "T-1, 01.period"),
        ("a", "2025Q1", "1000", "万元", "1,000", "T-1, 01.ytd"),
        ("staff", "2025-03", "7", "人", "7", "T-1, 04.ytd"),
    ]
    assert {r["status"] for r in rows} == {"normal"}
    assert {r["subject"] for r in rows} == {"enterprise:e1"}
