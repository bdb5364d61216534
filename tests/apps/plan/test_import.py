"""Taking in a pack: all or nothing, once, with exact values of the shipped plan (its own tables; sums by hand)."""

from __future__ import annotations

import shutil
from collections import Counter
from decimal import Decimal
from importlib.resources import as_file

import pytest
from tests.apps.plan.conftest import PACK

from zhizao.apps.plan import chains, queries, services
from zhizao.apps.plan.models import LandNeed, Plan, PlannedEnterprise, PlanVersion, Project, Target
from zhizao.base.audit.models import AuditEvent
from zhizao.base.search.models import SearchEntry
from zhizao.engines.planlint.growth import Check
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db


def test_the_plan_has_26_targets_of_which_22_state_a_growth(version):
    summary = queries.summary(queries.targets(version))
    assert (summary.total, summary.stated) == (26, 22)
    assert summary.checks == {Check.AGREES: 17, Check.POINTS: 2, Check.DIFFERS: 3, Check.NOT_STATED: 4}
    assert [name for name, _items in queries.by_category(queries.targets(version))] == [
        "综合绩效", "结构调整", "科技研发与自主创新", "绿色发展", "产业融合",
    ]  # fmt: skip


def test_three_stated_growths_differ_from_their_end_points(version):
    differing = {
        item.target.name: (item.target.growth_stated_pct, round(item.growth.computed_pct, 1))
        for item in queries.summary(queries.targets(version)).differing
    }
    assert differing == {
        "规上企业新建研发机构数量": (Decimal(100), Decimal("14.9")),
        "新增智能工厂个数": (Decimal(30), Decimal("10.8")),
        "新增智能制造标杆企业数量": (Decimal(25), Decimal("14.9")),
    }


def test_a_figure_keeps_the_decimals_that_were_printed(version):
    target = Target.objects.get(version=version, name__startswith="装备制造")
    assert (target.base_value, target.base_text) == (Decimal("176.0"), "176.0")


def test_the_list_of_enterprises_has_7_32_136(version):
    counts = Counter(PlannedEnterprise.objects.filter(version=version).values_list("tier", flat=True))
    assert counts == {"龙头企业": 7, "骨干企业": 32, "成长型企业": 136}


@pytest.mark.parametrize("text", ["长江轴承", "changjiangzhou", "cqcjzc", "Chang Jiang"])
def test_an_enterprise_is_found_by_name_pinyin_and_initials(version, text):
    assert "重庆长江轴承股份有限公司" in {found.name for found in queries.enterprises(version, text=text)}


def test_project_money_is_summed_exactly_and_the_unknown_is_counted(version):
    found = queries.projects(version)
    whole = queries.project_total("", found)
    assert (whole.count, whole.money["total_wan_yuan"].unknown) == (55, 0)
    assert whole.money["total_wan_yuan"].known == sum(project.total_wan_yuan for project in found)
    assert whole.money["before_wan_yuan"] == queries.Total(None, 55, 55)
    assert sum(total.count for total in queries.project_totals(found)) == 55


def test_projects_are_narrowed_by_year_and_money(version):
    wanted = queries.ProjectFilter(year=2019, least_wan_yuan=Decimal(2000))
    assert {project.start for project in queries.projects(version, wanted)} == {"2019"}
    assert all(
        p.total_wan_yuan >= 200000
        for p in queries.projects(version, queries.ProjectFilter(least_wan_yuan=Decimal(200000)))
    )


def test_an_unknown_area_of_land_is_not_nought(version):
    needs = list(LandNeed.objects.filter(version=version))
    totals = queries.land_totals(needs)
    assert totals["idle_mu"].unknown == sum(need.idle_mu is None for need in needs) > 0
    assert totals["demand_max_mu"].known - totals["demand_min_mu"].known == 50  # one need is 100—150 亩


def test_a_chain_names_nine_enterprises_of_the_list(version):
    """The short names of the chain, matched by hand with the list: 瑞莲科技 is one, 华新 (two characters) is none."""
    phone = chains.chains(version)[0]
    assert {enterprise.name for enterprise in phone.listed} == {
        "重庆鹏亿南联电子科技有限公司",
        "重庆灵龙实业发展有限公司",
        "重庆市合益光电有限公司",
        "重庆市翌辰光电有限公司",
        "重庆恒利达显示技术有限公司",
        "重庆瑞莲新能源科技有限公司",
        "重庆盟讯电子科技有限公司",
        "重庆航伟光电科技有限公司",
        "重庆宏劲印务有限责任公司",
    }
    assert (len(phone.at_level("bad")), len(phone.at_level("watch"))) == (5, 4)


def test_the_same_pack_again_is_the_same_version(area, version):
    before = AuditEvent.objects.count()
    assert services.import_pack(actor=None, area=area, path=PACK) == version
    assert (PlanVersion.objects.count(), AuditEvent.objects.count()) == (1, before)


def test_a_pack_with_one_bad_cell_leaves_nothing(area, tmp_path):
    with as_file(PACK) as source:
        pack = shutil.copytree(source, tmp_path / "broken")
    land = pack / "land.csv"
    land.write_text(land.read_text().replace(",43.66,", ",forty,"))
    with pytest.raises(Refused, match="forty"):
        services.import_pack(actor=None, area=area, path=pack)
    assert not Plan.objects.exists()
    assert not AuditEvent.objects.exists()


def test_every_figure_of_a_target_opens_its_evidence(client, version):
    from django.contrib.auth.models import AnonymousUser

    from zhizao.base.evidence.queries import resolve

    found = resolve(AnonymousUser(), f"{version.run.sha12}:/indicators/0/base_value")
    assert (found.value, found.unit, found.span, found.place.line) == ("817.6", "亿元", "2020", 284)
    computed = resolve(AnonymousUser(), f"{version.run.sha12}:/growth/0/computed_pct")
    assert round(Decimal(computed.value), 1) == Decimal("10.3")


def test_published_targets_can_be_searched(version):
    assert SearchEntry.objects.filter(source=f"plan:{version.plan.slug}", public=True).count() == 1 + 26 + 175 + 55 + 2


def test_a_date_that_may_be_two_months_counts_as_its_year():
    assert queries.months("2020.1") == (2020 * 12, 2020 * 12 + 11)
    assert queries.months("分期实施") is None


def test_totals_over_nothing_known_are_unknown():
    assert queries.total([None, None]).known is None


def test_project_detail_reports_the_gap_between_total_and_parts():
    project = Project(total_wan_yuan=Decimal(10), before_wan_yuan=Decimal(3), plan_wan_yuan=Decimal(6))
    assert queries.money_gap(project) == 1
    assert queries.money_gap(Project(total_wan_yuan=Decimal(10))) is None
