"""What the charts of the ledger draw."""

from __future__ import annotations

from decimal import Decimal

from zhizao.apps.ledger.charts import trend_chart
from zhizao.apps.ledger.models import Indicator
from zhizao.apps.ledger.pages import Point
from zhizao.kernel.span import Span

POINTS = [
    Point(Span.parse("2025-01..02"), Decimal(30), 2, simulated=False),
    Point(Span.parse("2025-03"), Decimal(16), 2, simulated=False),
]


def test_a_flow_of_two_months_is_drawn_at_its_mean_and_says_so_and_the_table_keeps_the_sum() -> None:
    chart = trend_chart(Indicator(key="output", name="产值", unit="万元", kind="flow"), POINTS)
    assert chart["series"][0]["values"] == [15, 16]
    assert chart["categories"] == ["2025年1—2月（月均）", "2025年3月"]
    assert [row[1] for row in chart["table"]["rows"]] == [30, 16]


def test_a_stock_is_drawn_as_it_is() -> None:
    chart = trend_chart(Indicator(key="staff", name="人数", unit="人", kind="stock"), POINTS)
    assert chart["series"][0]["values"] == [30, 16]
    assert chart["subtitle"] == "人"
