"""Indicators as data: each has its five quality statements, and its formula fits its unit."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from zhizao.apps.ledger.definitions import QUALITY, definitions
from zhizao.kernel import units

INDICATORS = definitions().indicators


@pytest.mark.parametrize("key", INDICATORS)
def test_an_indicator_says_how_good_it_is_in_both_languages(key):
    body = INDICATORS[key]
    assert {name for name, words in body["quality"].items() if words["zh"] and words["en"]} == set(QUALITY)
    for name in ("name", "scope", "owner", "deadline"):
        assert re.search(r"[\u4e00-\u9fff]", body[name]["zh"]), name
        assert re.fullmatch(r"[ -~]+", body[name]["en"]), name


@pytest.mark.parametrize("key", [key for key, body in INDICATORS.items() if body.get("formula")])
def test_a_quotient_has_the_unit_that_its_parts_give(key):
    body = INDICATORS[key]
    formula = body["formula"]
    over, under = formula.removeprefix("100 * ").split(" / ")
    quotient = units.unit(INDICATORS[over]["unit"]) / units.unit(INDICATORS[under]["unit"])
    factor = Fraction(100) if formula.startswith("100 * ") else Fraction(1)
    assert quotient.ratio(units.unit(body["unit"])) == factor


def test_the_keys_that_others_rely_on_are_there():
    assert {
        *("gross_output", "operating_revenue", "profit_total", "tax_paid", "receivables"),
        *("employees", "electricity", "energy_use", "rd_expense", "orders_new"),
    } <= set(INDICATORS)


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_a_used_unit_stays(monkeypatch, request):
    from zhizao.apps.ledger import services
    from zhizao.apps.ledger.models import Indicator
    from zhizao.kernel.result import Refused

    assert services.load_indicators() == len(INDICATORS)
    assert services.load_indicators() == 0
    take = request.getfixturevalue("take")
    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    Indicator.objects.filter(key="gross_output").update(unit="元")
    with pytest.raises(Refused):
        services.load_indicators()


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "field"), [("gross_output", "name"), ("output_per_kwh", "formula")])
def test_what_stands_in_sheets_stays_once_there_are_figures_and_the_rest_is_told_by_the_audit(take, key, field):
    """A computed indicator has figures as soon as what it is computed from has."""
    from zhizao.apps.ledger import services
    from zhizao.apps.ledger.models import Indicator
    from zhizao.base.audit.models import AuditEvent
    from zhizao.kernel.result import Refused

    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    indicator = Indicator.objects.get(key=key)
    Indicator.objects.filter(key=key).update(definition={**indicator.definition, "owner": "甲"})
    assert services.load_indicators() == 1
    assert "甲" in AuditEvent.objects.filter(action="ledger.indicator.define").order_by("-pk").first().details_json
    Indicator.objects.filter(key=key).update(**{field: "gross_output / employees"})
    with pytest.raises(Refused):
        services.load_indicators()
