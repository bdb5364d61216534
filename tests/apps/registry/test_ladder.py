"""The next rung from the facts of the register: what is recorded counts, what is not is unknown, never no."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from zhizao.apps.registry import ladder_section, queries, services
from zhizao.apps.registry.attributes import ATTRIBUTES

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
    assert ladder_section.rule_facts({"founded_on": "2020-06-01"}, DAY) == {"years_registered": Decimal("5.00")}
    assert ladder_section.rule_facts({"founded_on": "2026-06-01"}, DAY) == {}


def test_contacts_and_words_are_no_facts_of_rules():
    assert ladder_section.rule_facts({"tier": "骨干", "contact_phone": "023", "address": "x"}, DAY) == {}
    assert ladder_section.rule_facts({"above_scale": "no"}, DAY) == {"above_scale": False}


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
