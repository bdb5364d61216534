"""Figures as look.md writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.translation import override

from zhizao.base.ui import numbers


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1300, "亿元", "1300.0"),
        (1254.24, "亿元", "1254.2"),
        (12345.6, "万元", "12,346"),
        (9999.6, "万元", "10,000"),  # grouped by what is shown, not by what is stored
        (1300, "家", "1300"),
        (12345, "家", "12,345"),
        (0.45, "ESRI", "0.45"),
        (10.34, "%", "10.3"),
        (-8.84, "亿元", "−8.8"),
        (-0.04, "亿元", "0.0"),  # no minus before nought
        (Decimal("2.25"), "%", "2.3"),
        (3, "", "3"),
        (3.14159, "", "3.14"),
        (0, "件", "0"),
    ],
)
def test_figures_have_the_decimals_of_their_unit_and_groups_from_five_digits(value, unit, text):
    assert numbers.figure(value, unit) == text


@pytest.mark.parametrize("printed", ["176.0", "〉86%", "1334.5", "0.10"])
def test_a_figure_quoted_from_a_plan_stays_as_printed(printed):
    assert numbers.figure(printed, "家") == printed


@pytest.mark.parametrize("value", [None, "", float("nan"), float("inf")])
def test_what_is_not_known_has_no_figure(value):
    assert numbers.figure(value, "亿元") is None


@pytest.mark.parametrize(
    ("value", "text"), [(33.04, "+33.0"), (-8.84, "−8.8"), (0.0, "0.0"), (-0.01, "0.0"), (None, None)]
)
def test_changes_carry_their_sign_and_nought_has_none(value, text):
    assert numbers.signed(value, "亿元") == text


def test_units_in_english_are_named_not_converted():
    with override("en"):
        assert numbers.unit_name("亿元") == "CNY 100 m"
    with override("zh-hans"):
        assert numbers.unit_name("亿元") == "亿元"


def test_change_is_an_arrow_never_a_status_triangle(render):
    assert render("{{ 8.6|change }}") == '<span class="rise">↑8.6%</span>'
    assert render("{{ v|change }}", v=-2.1) == '<span class="fall">↓2.1%</span>'
    assert render("{{ v|change }}", v=0) == "0.0%"


def test_query_changes_one_key_and_keeps_the_others(render, page_request):
    request = page_request("/list/", q="a b", page="3")
    assert render("{% query page=None sort='name' %}", request=request) == "/list/?q=a+b&amp;sort=name"
    assert render("{% query q=None page=None %}", request=request) == "/list/"
