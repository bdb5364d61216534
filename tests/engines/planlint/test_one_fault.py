"""One fault put into a clean plan of prose and tables is found, and the clean plan is left alone.

The plan and its city are invented. It was written without looking at the rules: 18 of 38 faults were found at first.
The rules were then mended, so that it measures them no longer; it keeps them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from zhizao.engines.planlint import check, facts_of, read_document
from zhizao.kernel.result import Severity

CLEAN = (Path(__file__).parent / "linjiang.md").read_text(encoding="utf-8")
ROW = "| 8 | 饮料智能化灌装基地 | 食品饮料 | 新建 | 15 | 0 | 15 | 2027—2029 | 滨湖高新区管委会 |\n"
FAULTS = {
    "growth of the table": ("| 2200 | 8.3 |", "| 2200 | 9.8 |", "growth.stated"),
    "growth of a sector, base in another chapter": ("800亿元，年均增长9%", "800亿元，年均增长12%", "growth.text"),
    "target in text and table": ("增加值达到500亿元以上", "增加值达到560亿元以上", "agreement.value"),
    "base in text and table": ("高新技术企业268家", "高新技术企业286家", "agreement.value"),
    "sum of sectors": ("合计1260亿元", "合计1290亿元", "sums.listed"),
    "share of sectors": ("总产值的85.1%", "总产值的79.1%", "shares.value"),
    "value-added rate": ("增加值率为22%", "增加值率为26%", "derived.rate"),
    "sum of counts": ("国家级4个、省级33个", "国家级4个、省级35个", "counts.parts"),
    "share of the parks": ("占全市的80%", "占全市的72%", "shares.value"),
    "research against revenue": ("研发经费支出31.1亿元", "研发经费支出41.1亿元", "shares.value"),
    "additions beyond the table": ("五年新增138家", "五年新增183家", "agreement.added"),
    "platforms beyond the table": ("五年新建省级以上研发平台23个", "五年新建省级以上研发平台33个", "agreement.added"),
    "total of the projects": ("总投资182亿元，其中", "总投资192亿元，其中", "projects.sum_in_text"),
    "number of the projects": ("重点项目8个", "重点项目9个", "projects.by_sector"),
    "a sector's investment": ("智能家电2个、46亿元", "智能家电2个、64亿元", "projects.by_sector"),
    "a sector's projects": ("纺织服装2个、26亿元", "纺织服装3个、26亿元", "projects.by_sector"),
    "a project's parts": ("| 28 | 8 | 20 |", "| 28 | 8 | 28 |", "projects.parts"),
    "row of totals": ("| 182 | 16 | 166 |", "| 182 | 16 | 156 |", "sums.table"),
    "project ends before it starts": ("2026—2029 | 北岗", "2029—2026 | 北岗", "projects.reversed"),
    "project over before the plan": ("| 18 | 0 | 18 | 2026—2028", "| 18 | 0 | 18 | 2022—2024", "projects.over"),
    "fall of energy": ("能耗比2025年下降14%", "能耗比2025年下降17%", "agreement.fall"),
    "parts of a fund": ("社会资本出资12亿元", "社会资本出资15亿元", "sums.of_which"),
    "sum of sectors in the target year": ("合计产值1860亿元", "合计产值1960亿元", "shares.value"),
    "share of the parks in the target year": ("占全市的85%，亩均", "占全市的75%，亩均", "shares.value"),
    "growth of tax per mu": ("26万元，年均增长6.9%", "26万元，年均增长9.9%", "growth.text"),
    "annex that is not there": ("项目清单见附件1", "项目清单见附件3", "references.annexes"),
    "target below its base": ("| 21 | 50 | 18.9 |", "| 51 | 50 | -0.4 |", "targets.not_beyond"),
    "growth of a share": ("| 89 | 95 | — |", "| 89 | 95 | 6 |", "growth.share_in_points"),
    "base told as target": ("总产值突破2200亿元", "总产值突破1480亿元", "history.other_year"),
    "unit of productivity": ("| 万元/人 | 31.5 |", "| 元/人 | 31.5 |", "derived.heads"),
    "value added called output": ("规上工业总产值1184亿元", "规上工业增加值1184亿元", "shares.value"),
    "year in place of a count": ("| 个 | 37 | 60 |", "| 个 | 37 | 2030 |", "history.year_as_value"),
    "project twice": (ROW, ROW + ROW.replace("| 8 |", "| 9 |"), "projects.twice"),
    "increase beyond the level": ("比2020年净增96家", "比2020年净增412家", "growth.beyond"),
}


def rules_found(plan: str) -> set[str]:
    report = check(facts_of(read_document(plan.encode(), file="plan.md")))
    return {one.rule for one in report.findings if one.severity is not Severity.INFO or one.rule == "agreement.added"}


def test_the_clean_plan_is_left_alone() -> None:
    assert rules_found(CLEAN) == set()


@pytest.mark.parametrize(("right", "wrong", "rule"), FAULTS.values(), ids=FAULTS)
def test_one_fault_is_found(right: str, wrong: str, rule: str) -> None:
    assert CLEAN.count(right) == 1
    assert rule in rules_found(CLEAN.replace(right, wrong))
