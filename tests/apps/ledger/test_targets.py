"""A target of the plan names an indicator: the plan says what is wanted, the ledger alone what was reached."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from tests.apps.ledger.conftest import HEADER

pytestmark = pytest.mark.django_db

DOCUMENT = """甲区人民政府关于印发《甲区工业发展规划（2026—2030年）》的通知

表1 主要目标
\t指标名称
\t计量单位
\t2025年
\t2030年
\t年均增长

\t工业产值
\t万元
\t50000
\t73466.4
\t8%

\t绿色工厂
\t个
\t0
\t4
\t—

\t园区产业集中度
\t%
\t94
\t98
\t—
"""


@pytest.fixture
def plan(area):
    from zhizao.apps.plan import services
    from zhizao.engines.planlint import read_document

    reading = read_document(DOCUMENT.encode(), file="plan.md")
    draft = services.take_reading(actor=None, area=area, reading=reading, file="plan.md")
    return services.publish_version(actor=None, version=draft).plan


@pytest.fixture
def place(area):
    from zhizao.apps.registry import services

    return services.area_subject(area)


@pytest.fixture
def indicators(plan):
    """Those of the targets, by name, as they are after the event of the publication is served."""
    from zhizao.apps.ledger.models import Indicator
    from zhizao.base.events import services as events
    from zhizao.base.jobs import execution
    from zhizao.base.jobs.models import Job

    events.deliver_pending()
    execution.execute(Job.objects.get(kind="ledger.define_targets").pk)
    return {item.name: item for item in Indicator.objects.filter(definition__quality__isnull=False)}


def figures(area, *rows: str) -> None:
    from zhizao.apps.ledger import services

    services.import_file(actor=None, area=area, data="\n".join([HEADER, *rows, ""]).encode(), name="年报.csv")


def test_publishing_a_plan_defines_an_indicator_of_each_target_by_its_unit(indicators):
    found = {
        name: (indicators[name].kind, indicators[name].unit) for name in ("工业产值", "绿色工厂", "园区产业集中度")
    }
    assert found == {"工业产值": ("flow", "万元"), "绿色工厂": ("stock", "个"), "园区产业集中度": ("ratio", "%")}


def test_every_target_names_an_indicator(indicators, plan):
    from zhizao.apps.plan import queries

    keys = {item.target.key for item in queries.targets(queries.in_force(plan))}
    assert keys and keys <= {indicator.key for indicator in indicators.values()}


def test_an_indicator_of_a_target_stays_as_it_was_first_defined(indicators, monkeypatch):
    from zhizao.apps.ledger import services, targets

    key = indicators["工业产值"].key
    changed = {**next(body for found, body in targets.definitions() if found == key), "unit": "家"}
    monkeypatch.setattr(targets, "definitions", lambda: iter([(key, changed)]))
    assert services.load_indicators() == 0
    indicators["工业产值"].refresh_from_db()
    assert indicators["工业产值"].unit == "万元"


def test_a_target_is_shown_with_its_last_figure_and_the_way_made(indicators, place, area, person):
    """(6.2 亿元 − 5 亿元) / (7.34664 亿元 − 5 亿元) = 51.1 %, whatever the unit in which the figure came."""
    from zhizao.apps.ledger import targets

    key = indicators["工业产值"].key
    figures(
        area,
        f"{place.key},{key},2024,above_scale,,5,亿元,normal,年报,2025-03-01",
        f"{place.key},{key},2025,above_scale,,6.2,亿元,simulated,年报,2026-04-01",
    )
    rows = {item.planned.target.name: item for item in targets.reached(None, place)}
    output, factories = rows["工业产值"], rows["绿色工厂"]
    assert (output.value, output.way_pct, output.simulated) == (Decimal(62000), Decimal("51.1"), True)
    assert (factories.value, factories.way_pct, factories.reference) == (None, None, "")


def test_the_area_s_page_opens_each_figure_and_looks_back(indicators, place, area, analyst, client):
    from zhizao.apps.plan.models import PlanVersion

    PlanVersion.objects.update(known_from=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    key = indicators["工业产值"].key
    figures(area, f"{place.key},{key},2025,above_scale,,6.2,亿元,simulated,年报,2026-04-01")
    client.force_login(analyst)
    address = reverse("ledger:subject", args=[place.key])
    page = client.get(address)
    (row,) = [item for item in page.context["targets"] if item.value is not None]
    assert "62,000" in page.content.decode() and "模拟" in page.content.decode()
    drawer = client.get(address, {"evidence": row.reference}).content.decode()
    assert "年报" in drawer
    earlier = client.get(address, {"as_of": "2026-03-31"}).context["targets"]
    assert [item.value for item in earlier] == [None, None, None]


def test_only_an_area_has_targets(indicators, subjects):
    from zhizao.apps.ledger import targets

    assert targets.reached(None, subjects["a"]) == []
