"""An invented region with other words, years and units goes through the same pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from tests.factories import make_area

from zhizao.apps.plan import queries, services
from zhizao.apps.plan.models import Plan

pytestmark = pytest.mark.django_db

DOCUMENT = """乙县人民政府关于印发《乙县工业发展规划（2026—2030年）》的通知

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

附表2 企业名单
\t序号
\t企业名称
\t行业

\t1
\t乙县丙机械有限公司
\t机械

\t2
\t乙县丁食品厂
\t食品
"""


@pytest.fixture
def second(db, settings, tmp_path):
    from zhizao.engines.planlint import read_document

    reading = read_document(DOCUMENT.encode(), file="yixian.md")
    area = make_area(code="990002", name="乙县")
    draft = services.take_reading(actor=None, area=area, reading=reading, file="yixian.md")
    return services.publish_version(actor=None, version=draft)


def test_its_targets_are_checked_with_its_own_years(second):
    growth = queries.targets(second)[0].growth
    assert (round(growth.computed_pct, 1), growth.check) == (Decimal("8.0"), "agrees")
    assert queries.targets(second)[1].growth.computed_pct is None


@pytest.mark.parametrize("name", ["overview", "enterprises", "projects", "land", "suppliers", "chains", "versions"])
def test_its_pages_work_where_tables_are_empty(client, second, name):
    response = client.get(reverse(f"plan:{name}"))
    assert response.status_code == 200
    assert "乙县" in response.content.decode()


def test_with_two_plans_the_address_names_one(client, second, version):
    assert Plan.objects.count() == 2
    response = client.get(reverse("plan:enterprises"))
    assert response.status_code == 302
    assert "plan=" in response.url
    for plan, firm in ((second.plan, "乙县丁食品厂"), (version.plan, "重庆长江轴承股份有限公司")):
        html = client.get(f"{reverse('plan:enterprises')}?plan={plan.slug}").content.decode()
        assert firm in html
        assert f"plan={plan.slug}" in html
