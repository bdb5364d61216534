"""What the ladder takes from the ledger: whole years only, with source, and what is behind them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from zhizao.apps.ledger import rule_facts, services
from zhizao.apps.registry import ladder_section, queries
from zhizao.apps.registry import services as registry
from zhizao.apps.registry.models import Certificate

pytestmark = pytest.mark.django_db

SEEN = queries.View(date(2026, 6, 1))
UNITS = {"employees": "人"}
HEAD = "subject,indicator,span,scope,price_basis,value,unit,status,source,known_from\n"


@pytest.fixture
def firm(area):
    services.load_indicators()
    return registry.enter(actor=None, area=area, name="甲乙制冷设备有限公司", valid_from=None, source="")


@pytest.fixture
def analyst(area):
    from tests.factories import make_user

    return make_user("analyst", area=area)


def take(area, firm, *figures: tuple[str, str, str], status: str = "normal") -> None:
    lines = (
        f"{firm.key},{indicator},{span},,,{value},{UNITS.get(indicator, '万元')},{status},form,2026-02-01\n"
        for indicator, span, value in figures
    )
    services.import_file(actor=None, area=area, data=(HEAD + "".join(lines)).encode(), name="f.csv")


def test_years_are_those_before_the_day_and_a_stock_is_that_at_the_end_of_the_year(area, firm, analyst):
    take(
        area,
        firm,
        ("rd_expense", "2025", "266.5"),
        ("rd_expense", "2024", "250"),
        ("operating_revenue", "2025-01..06", "5000"),
        ("operating_revenue", "2025-07..12", "5250"),
        ("employees", "2025-12", "120"),
    )
    found = rule_facts.known(analyst, firm, SEEN)
    values = {name: item.value for name, item in found.items()}
    assert values == {
        "rd_wan_yuan": Decimal("266.5"),
        "rd_before_wan_yuan": Decimal(250),
        "revenue_wan_yuan": Decimal(10250),
        "employees": Decimal(120),
    }
    assert found["rd_wan_yuan"].reference.startswith("figure:")
    assert found["revenue_wan_yuan"].reference == ""  # no single figure says it: half-years do


def test_a_year_with_a_month_missing_is_unknown(area, firm, analyst):
    take(area, firm, ("rd_expense", "2025-01..11", "200"))
    assert rule_facts.known(analyst, firm, SEEN) == {}


def test_what_was_not_known_on_the_day_is_not_taken(area, firm, analyst):
    take(area, firm, ("rd_expense", "2025", "266.5"))
    assert rule_facts.known(analyst, firm, queries.View(date(2026, 1, 15), date(2026, 1, 15))) == {}


def test_distance_to_the_next_rung_from_figures_of_the_ledger(area, firm, analyst):
    """R&D 156 of 5975.5 万元 is 2.61 %; 3 % are 179.265: 23.265 more, in cents of 万元 23.27."""
    take(area, firm, ("rd_expense", "2025", "156"), ("operating_revenue", "2025", "5975.5"), status="simulated")
    registry.certify(
        actor=None, certificate=Certificate(subject=firm, kind="专精特新中小企业", valid_from=date(2024, 1, 1))
    )
    section = ladder_section.section(analyst, firm, SEEN)
    assert section.simulated
    (line,) = (line for line in section.context["rung"].distances if "2.61" in line)
    assert "+23.27 万元" in line
    assert all("2025" in item.source for item in section.context["used"] if item.simulated)


def test_an_actor_without_right_to_the_figures_gets_none(area, firm):
    from django.contrib.auth.models import AnonymousUser

    take(area, firm, ("rd_expense", "2025", "156"))
    assert rule_facts.known(AnonymousUser(), firm, SEEN) == {}
