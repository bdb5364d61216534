"""Facts of packs: the shipped one, an invented one of other words, units and years, and packs that say too little."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zhizao.engines.planlint import PlanPack, read_document
from zhizao.engines.simulation import Economy, facts_of_pack, shipped_parameters, simulate
from zhizao.engines.simulation.parameters import parameters_of
from zhizao.kernel.result import Refused

DOCUMENT = """乙县人民政府关于印发《乙县工业发展规划（2026—2030年）》的通知

表1 主要目标
\t指标名称
\t计量单位
\t2025年
\t2030年
\t年均增长

\t规上工业总产值
\t万元
\t250000
\t367332
\t8%

\t规上工业利润
\t万元
\t15000
\t22040
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
"""
FIRMS = "".join(
    f"\n\t{n}\n\t乙县{name}有限公司\n\t{industry}\n"
    for n, (name, industry) in enumerate(
        [("甲装备", "装备"), ("乙装备", "装备"), ("丙食品", "消费品"), ("丁食品", "消费品"), ("戊电子", "电子")],
        start=1,
    )
)


@pytest.fixture(scope="module")
def second() -> PlanPack:
    reading = read_document((DOCUMENT + FIRMS).encode(), file="yixian.md")
    return PlanPack("yixian", reading.rows, dict(reading.meta) | {"region": {"name": "乙县", "code": "990002"}})


@pytest.fixture(scope="module")
def second_economy(second) -> Economy:
    parameters = shipped_parameters()
    return simulate(facts_of_pack(second, parameters), parameters, seed=1)


def test_an_invented_plan_in_other_units_and_years_is_simulated_around_its_own_base_year(second_economy):
    economy = second_economy
    assert (economy.facts.base_year, economy.facts.target_year, str(economy.span)) == (2025, 2030, "2024-01..2030-12")
    base = economy.truth.filter(economy.truth["span"].str.starts_with("2025"))
    listed = economy.enterprises.filter(~economy.enterprises["is_new"])["subject"].to_list()
    base = base.filter(base["subject"].is_in(listed))
    assert base["gross_output"].sum() == pytest.approx(250_000, abs=1)
    assert base["profit_total"].sum() == pytest.approx(15_000, abs=1)


def test_sectors_are_known_by_the_words_of_the_plan(second, second_economy):
    codes = second_economy.enterprises.filter(~second_economy.enterprises["is_new"])["sector"].to_list()
    assert codes == ["equipment", "equipment", "consumer", "consumer", "electronics"]


def test_targets_that_follow_nothing_take_a_path_of_whole_numbers_that_never_falls(second_economy):
    rows = second_economy.targets
    found = rows.filter(rows["name"] == "绿色工厂")["value"].to_list()
    assert len(found) == 6
    assert found == sorted(found)
    assert found[0] == 0
    assert all(value == int(value) for value in found)


def test_aliases_are_followed_from_seven_tenths_on_and_no_doubtful_claim_is_used(pack):
    facts = facts_of_pack(pack, shipped_parameters())
    used = {statement.key for statement in facts.statements}
    doubtful = {row["id"] for row in pack.rows["claims"] if float(row["confidence"]) < 0.6}
    assert doubtful
    assert not used & doubtful
    assert doubtful & {key for key, _reason in facts.unused}
    uncertain = next(
        row for row in pack.rows["claims"] if row["subject"] == "美的重庆公司" and row["indicator"] == "产值"
    )
    assert (uncertain["id"], "whose output it is cannot be told") in facts.unused


def test_planned_growth_is_that_from_base_to_target(pack):
    growth = facts_of_pack(pack, shipped_parameters()).growth
    by_code = dict(zip([sector.code for sector in shipped_parameters().sectors], growth, strict=True))
    assert by_code["electronics"] == pytest.approx((663.2 / 383.3) ** 0.2 - 1)
    assert by_code["medical"] == pytest.approx((58.9 / 36.6) ** 0.2 - 1)


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("enterprises", lambda pack: replace(pack, rows={**pack.rows, "enterprises": []})),
        ("region", lambda pack: replace(pack, meta={**pack.meta, "region": None})),
        (
            "base_year",
            lambda pack: replace(pack, meta={**pack.meta, "base_year": None}, rows={**pack.rows, "indicators": []}),
        ),
    ],
)
def test_a_pack_that_lacks_what_an_economy_starts_from_is_refused(pack, what, change):
    with pytest.raises(Refused) as refused:
        facts_of_pack(change(pack), shipped_parameters())
    problem = refused.value.problems[0]
    assert (problem.code, problem.params) == ("simulation.no_facts", {"what": what})


def shipped_text() -> str:
    from importlib.resources import files

    return (files("zhizao") / "packs" / "china" / "simulation.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("years_before", "years_before: 1 ", "years_before: 0 "),
        ("years_after", "years_after: 5", "years_after: five"),
        ("output.noise", "  noise: 0.12", "  noise: 1.2"),
        ("output.noise", "  noise: 0.12", "  noise: yes"),
        ("output.nois", "  noise: 0.12", "  nois: 0.12"),
        ("output.common_events", "    2020-02:", "    2020-13:"),
        ("shocks.size", "  size: [0.10, 0.60]", "  size: [0.60, 0.10]"),
        ("reports.report_day", "  report_day: [8, 14]", "  report_day: [8]"),
        ("words.whole", "  whole: ^(", "  whole: ^(("),
        ("sectors.0.intensity", "intensity: 700,", "intensity: high,"),
    ],
)
def test_a_wrong_parameter_is_refused_by_its_name(key, old, new):
    text = shipped_text()
    assert old in text
    with pytest.raises(Refused) as refused:
        parameters_of(text.replace(old, new, 1), file="mine.yaml")
    problem = refused.value.problems[0]
    assert (problem.code, problem.place.file, problem.params["key"]) == ("simulation.parameters", "mine.yaml", key)


@pytest.mark.parametrize("text", ["", "[1, 2]", "a: [", "\x00", "a: &b [*b]"])
def test_a_file_that_is_no_mapping_of_parameters_is_refused(text):
    with pytest.raises(Refused):
        parameters_of(text)
