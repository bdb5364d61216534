"""How the economy stands: growth of the same enterprises, and what lies between it and the growth as published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from tests.apps.ledger.conftest import csv

from zhizao.apps.ledger import monitoring, queries, services
from zhizao.apps.ledger.models import Indicator
from zhizao.apps.ledger.queries import Basis
from zhizao.kernel.span import Span

pytestmark = pytest.mark.django_db

MARCH = Span.parse("2025-01..03")
FIGURES = (
    # 甲 stays; its base of 100 was revised to 110 after a year
    "enterprise:a,gross_output,2024-01..03,100,万元,normal,2024-04-10",
    "enterprise:a,gross_output,2024-01..03,110,万元,normal,2025-04-08",
    "enterprise:a,gross_output,2025-01..03,120,万元,normal,2025-04-10",
    # 乙 is new in the sample: its base came with this year's report
    "enterprise:b,gross_output,2024-01..03,40,万元,normal,2025-04-08",
    "enterprise:b,gross_output,2025-01..03,50,万元,normal,2025-04-10",
    # 丙 was there a year ago and has said nothing since
    "enterprise:c,gross_output,2024-01..03,60,万元,normal,2024-04-10",
)


@pytest.fixture
def output(take):
    take(*FIGURES)
    return Indicator.objects.get(key="gross_output")


def of(actor, indicator, span=MARCH, as_of=date(2025, 4, 20)):
    (row,) = monitoring.overview(actor, [indicator], span, basis=Basis(), as_of=as_of)
    return row


def test_comparable_growth_is_of_the_same_enterprises(output, analyst):
    """(120 + 50) / (110 + 40) − 1 = 13.33 %; as published (170) / (100 + 60) − 1 = 6.25 %."""
    row = of(analyst, output)
    assert (row.value, row.count) == (170, 2)
    assert (row.comparable, row.raw) == (Decimal("13.33"), Decimal("6.25"))


def test_raw_growth_is_comparable_growth_with_entries_exits_and_revision_exactly(output, analyst):
    growth = of(analyst, output).growth
    parts = (growth.entry_points, growth.exit_points, growth.missing_points, growth.revision_points)
    assert growth.raw_pct == growth.comparable_pct + sum(parts)
    assert growth.missing_points == 0
    assert growth.exit_points < 0 < growth.entry_points


def test_who_reported_lately_is_late_and_has_not_left(output, analyst, take):
    take("enterprise:c,gross_output,2024-01..11,200,万元,normal,2024-12-10")
    row = of(analyst, output)
    assert (row.late, row.growth.left) == (1, 0)
    assert row.exit == 0
    assert row.missing < 0


def test_a_correction_of_the_base_after_the_day_looked_back_to_changes_nothing(output, analyst, take):
    before = of(analyst, output)
    take("enterprise:a,gross_output,2024-01..03,90,万元,normal,2025-08-01")
    assert of(analyst, output) == before
    assert of(analyst, output, as_of=date(2025, 8, 2)).comparable > before.comparable


def test_months_are_added_up_where_the_year_to_date_was_not_reported(take, analyst):
    take(
        *(
            f"enterprise:a,electricity,{year}-{month:02d},{value},万千瓦时,normal,{year}-04-10"
            for year, values in ((2024, (1, 2, 3)), (2025, (2, 3, 4)))
            for month, value in enumerate(values, 1)
        ),
        "enterprise:b,electricity,2025-01,7,万千瓦时,normal,2025-04-10",  # February and March are unknown
    )
    row = of(analyst, Indicator.objects.get(key="electricity"))
    assert (row.value, row.count, row.comparable) == (9, 1, Decimal("50.00"))


def test_a_stock_is_what_it_was_at_the_end(take, analyst):
    take(
        "enterprise:a,employees,2024-03,100,人,normal,2024-04-10",
        "enterprise:a,employees,2025-02,999,人,normal,2025-03-10",
        "enterprise:a,employees,2025-03,110,人,normal,2025-04-10",
    )
    row = of(analyst, Indicator.objects.get(key="employees"))
    assert (row.value, row.comparable) == (110, Decimal("10.00"))


def test_contributions_of_the_groups_add_up_to_the_comparable_growth(output, analyst):
    """All of 甲, 乙 and 丙 are of one sector: it contributes the whole growth."""
    (group,) = monitoring.by_group(analyst, output, MARCH, tree="sector", basis=Basis())
    assert group.key == "sector:e"
    assert group.part_pct == 100
    assert round(group.points, 2) == 13.33


def test_who_is_in_no_group_is_counted_as_such(output, analyst, area):
    from zhizao.base.facts import services as facts

    facts.subject(kind="enterprise", id_part="d", area=area)
    rows = csv(
        "enterprise:d,gross_output,2024-01..03,10,万元,normal,2024-04-10",
        "enterprise:d,gross_output,2025-01..03,5,万元,normal,2025-04-10",
    )
    services.import_file(actor=None, area=area, data=rows, name="d.csv")
    groups = monitoring.by_group(analyst, output, MARCH, tree="sector", basis=Basis())
    assert [group.key for group in groups] == ["sector:e", ""]
    assert groups[1].comparable == -50
    total = of(analyst, output, as_of=None)
    assert round(sum(group.points for group in groups), 6) == round(float(total.growth.comparable_pct), 6)


def test_growth_from_a_base_that_is_not_positive_is_not_defined(take, analyst):
    take(
        "enterprise:a,profit_total,2024-01..03,-5,万元,normal,2024-04-10",
        "enterprise:a,profit_total,2025-01..03,5,万元,normal,2025-04-10",
    )
    row = of(analyst, Indicator.objects.get(key="profit_total"))
    assert (row.value, row.comparable, row.raw) == (5, None, None)


def test_an_enterprise_s_reporter_sees_his_own_only(output, area, subjects):
    from tests.factories import make_user

    own = make_user("enterprise_reporter", area=area)
    assert list(queries.subjects(own)) != list(queries.subjects(None))
    assert monitoring.overview(own, [output], MARCH, basis=Basis(), as_of=date(2025, 4, 20)) == []


def test_the_pages_say_growth_in_a_sentence_and_open_each_sum(output, client, analyst):
    client.force_login(analyst)
    page = client.get(reverse("ledger:monitor"), {"as_of": "2025-04-20"})
    assert "+13.3%" in page.context["answer"]
    assert "+6.3%" in page.context["answer"]
    detail = client.get(reverse("ledger:monitor_indicator", args=["gross_output"]))
    assert "+13.33" in detail.content.decode()
    data = client.get(reverse("ledger:contributions_data", args=["gross_output"])).json()
    assert data["series"][0]["values"] == [13.33]
    (row,) = detail.context["table"].data
    drawer = client.get(detail.request["PATH_INFO"], {"evidence": row["cell"].reference}).content.decode()
    assert "甲厂" in drawer
    assert "乙厂" in drawer


@pytest.mark.parametrize(
    "query", [{"month": "x"}, {"month": "2025-13"}, {"month": "9999-01"}, {"month": "２０２５-06"}, {"by": "moon"}]
)
def test_nonsense_in_the_address_shows_the_latest_month_by_sector(output, client, analyst, query):
    client.force_login(analyst)
    page = client.get(reverse("ledger:monitor_indicator", args=["gross_output"]), query)
    assert page.context["choice"].span == MARCH
    assert page.context["choice"].tree == "sector"


def test_the_file_has_what_the_page_shows(output, client, analyst):
    client.force_login(analyst)
    answer = client.get(reverse("ledger:monitor"), {"as_of": "2025-04-20", "format": "csv"})
    lines = b"".join(answer).decode("utf-8-sig") if answer.streaming else answer.content.decode("utf-8-sig")
    assert "13.33" in lines


def test_a_sum_of_months_opens_what_is_in_it(take, analyst, area):
    from zhizao.apps.ledger import figures
    from zhizao.apps.registry.services import area_subject
    from zhizao.base.facts import services as facts
    from zhizao.base.facts.models import Membership, Subject

    take(
        *(
            f"enterprise:{key},electricity,2025-{month:02d},{value},万千瓦时,normal,2025-04-10"
            for key, value in (("a", 1), ("b", 5))
            for month in (1, 2, 3)
        ),
    )
    whole = area_subject(area)
    inside = Subject.objects.filter(kind="enterprise", area=area)
    facts.state([Membership(subject=one, parent=whole, tree="area", source="test") for one in inside])
    shown = figures.resolve(analyst, f"{whole.key}~electricity~2025-01..03~enterprise~current~area", as_of=None)
    assert shown.value == 18
    assert [(part.label, part.value) for part in shown.parts] == [("乙厂", 15), ("甲厂", 3)]


def test_tiers_of_the_register_divide_a_sum_as_they_were_on_its_last_day(output, client, analyst, subjects):
    from zhizao.apps.registry.models import Attribute
    from zhizao.base.facts import services as facts

    facts.state(
        [
            Attribute(subject=subjects["a"], name="tier", value="龙头企业", source="test"),
            Attribute(subject=subjects["b"], name="tier", value="骨干企业", valid_to=date(2025, 2, 1), source="test"),
        ]
    )
    groups = monitoring.by_group(analyst, output, MARCH, tree="tier", basis=Basis())
    assert [(group.name, group.value) for group in groups] == [("", 50), ("龙头企业", 120)]
    client.force_login(analyst)
    page = client.get(reverse("ledger:monitor_indicator", args=["gross_output"]), {"by": "tier"})
    opened = [row["cell"].reference for row in page.context["table"].data]
    drawer = client.get(page.request["PATH_INFO"], {"evidence": opened[1]}).content.decode()
    assert "甲厂" in drawer


@pytest.mark.parametrize("day", ["0001-01-01", "1900-02-28", "2024-02-29"])
def test_before_the_first_figure_there_is_none(output, client, analyst, day):
    client.force_login(analyst)
    page = client.get(reverse("ledger:monitor"), {"as_of": day})
    assert page.status_code == 200
    assert page.context["answer"] == ""
