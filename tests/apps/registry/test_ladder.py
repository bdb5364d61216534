"""The next rung from the facts of the register: what is recorded counts, what is not is unknown, never no."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from zhizao.apps.registry import evidence, ladder_section, queries, services
from zhizao.apps.registry.attributes import ATTRIBUTES
from zhizao.apps.registry.evidence import Known
from zhizao.apps.registry.models import Certificate

DAY = date(2025, 6, 1)
# The example of the engine: score 72 ≥ 60, R&D 266.5 of 10250 万元 is 2.6 %, 3 % are 307.5: 41 more.
FACTS = {
    "innovation_score": "30",
    "growth_score": "20",
    "specialisation_score": "20",
    "years_in_niche": "4",
    "srdi_score": "72",
    "rd_wan_yuan": "266.5",
    "revenue_wan_yuan": "10250",
}


def test_years_since_founding_are_those_of_the_day():
    assert evidence.rule_facts({"founded_on": "2020-06-01"}, DAY) == {"years_registered": Decimal("5.00")}
    assert evidence.rule_facts({"founded_on": "2026-06-01"}, DAY) == {}


def test_contacts_and_words_are_no_facts_of_rules():
    assert evidence.rule_facts({"tier": "骨干", "contact_phone": "023", "address": "x"}, DAY) == {}
    assert evidence.rule_facts({"above_scale": "no"}, DAY) == {"above_scale": False}


def test_every_fact_of_the_rules_can_be_recorded():
    from zhizao.engines.ladder import facts

    assert set(facts()) <= set(ATTRIBUTES)


@pytest.mark.django_db
def test_distance_to_the_next_rung_is_told_in_money(firm, analyst):
    for name, value in FACTS.items():
        services.set_attribute(actor=None, subject=firm, name=name, value=value, source="report")
    section = ladder_section.section(analyst, firm, queries.View(DAY))
    assert "+41 万元" in section.context["rung"].distances[0]
    services.set_attribute(actor=None, subject=firm, name="rd_wan_yuan", value="307.5", source="later report")
    rung = ladder_section.section(analyst, firm, queries.View(DAY)).context["rung"]
    assert "+41" not in " ".join(rung.distances)


@pytest.mark.django_db
def test_without_a_fact_there_is_no_section(firm, analyst):
    assert ladder_section.section(analyst, firm, queries.View(DAY)) is None


@pytest.mark.django_db
def test_file_shows_the_next_rung(firm, analyst, client):
    for name, value in FACTS.items():
        services.set_attribute(actor=None, subject=firm, name=name, value=value, source="report")
    client.force_login(analyst, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/registry/enterprises/{firm.id_part}/").content.decode()
    assert "307.5" not in page
    assert "266.5" in page


@pytest.mark.django_db
def test_a_recorded_value_beyond_any_rule_is_told_and_the_file_stays_open(firm, analyst, client):
    services.set_attribute(actor=None, subject=firm, name="market_share_pct", value="99999999999999", source="slip")
    services.set_attribute(actor=None, subject=firm, name="revenue_wan_yuan", value="0.123456789012", source="slip")
    client.force_login(analyst, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/registry/enterprises/{firm.id_part}/").status_code == 200


@pytest.mark.django_db
def test_a_valid_certificate_holds_its_rung_and_says_so_and_an_expired_one_does_not(firm, analyst):
    certificate = Certificate(
        subject=firm, kind="srdi_sme", number="7", valid_from=date(2023, 1, 1), valid_to=date(2025, 12, 31)
    )
    services.certify(actor=None, certificate=certificate)
    context = ladder_section.section(analyst, firm, queries.View(DAY)).context
    assert "小巨人" in context["rung"].title
    assert ["2025-12-31" in step.certificate for step in context["answers"] if step.certificate] == [True]
    assert ladder_section.section(analyst, firm, queries.View(date(2026, 1, 1))) is None


@pytest.mark.django_db
@pytest.mark.parametrize(("simulated", "used"), [(False, "300"), (True, "266.5")])
def test_a_figure_from_above_goes_before_the_register_unless_it_is_simulated(
    firm, analyst, monkeypatch, simulated, used
):
    for name, value in FACTS.items():
        services.set_attribute(actor=None, subject=firm, name=name, value=value, source="report")
    figure = Known(Decimal(300), "ledger, 2024", "figure:x", simulated)
    monkeypatch.setattr(evidence, "_providers", [lambda actor, subject, seen: {"rd_wan_yuan": figure}])
    lines = ladder_section.section(analyst, firm, queries.View(DAY)).context["used"]
    assert used in next(line.value for line in lines if "研发" in line.label)


@pytest.mark.django_db
def test_nobody_is_told_to_spend_more_in_a_year_long_past(firm, analyst):
    values = FACTS | {"revenue_before_wan_yuan": "10000", "rd_before_wan_yuan": "100"}
    for name, value in values.items():
        services.set_attribute(actor=None, subject=firm, name=name, value=value, source="report")
    services.certify(actor=None, certificate=Certificate(subject=firm, kind="专精特新", valid_from=date(2024, 1, 1)))
    rung = ladder_section.section(analyst, firm, queries.View(DAY)).context["rung"]
    assert not any("前年研发费用 " in line for line in rung.distances)
    assert any("前年研发费用占比" in line for line in rung.failed)
