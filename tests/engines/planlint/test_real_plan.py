"""The real plan, read; figures compared with the document. Skipped where the document is not there."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import pytest
from tests.engines.planlint.evaluation import real_plan

from zhizao.engines.planlint import Reading, read_pack, write_pack
from zhizao.engines.planlint.aliases import known_names
from zhizao.engines.planlint.schema import OPTIONAL
from zhizao.kernel.names import normalise
from zhizao.kernel.result import Severity

ROOT = Path(__file__).parents[3]
PLAN = ROOT.parent / "shared" / "plan" / "nanan-plan.txt"
pytestmark = pytest.mark.skipif(not PLAN.is_file(), reason="the real plan is not at ../shared/plan")


@pytest.fixture(scope="module")
def reading() -> Reading:
    return real_plan.reading()


def test_every_row_of_every_table_is_read(reading):
    counts = {name: len(rows) for name, rows in reading.rows.items() if name not in OPTIONAL}
    assert counts == {
        "indicators": 26,
        "projects": 55,
        "enterprises": 175,
        "land": 25,
        "suppliers": 8,
        "chain_members": 194,
    }
    assert not [problem for problem in reading.problems if problem.severity is Severity.ERROR]


def test_targets_by_category_with_years_bounds_and_lines(reading):
    rows = reading.rows["indicators"]
    assert [(name, len(list(group))) for name, group in groupby(row["category"] for row in rows)] == [
        ("综合绩效", 6),
        ("结构调整", 7),
        ("科技研发与自主创新", 7),
        ("绿色发展", 3),
        ("产业融合", 3),
    ]
    assert {(row["base_year"], row["target_year"]) for row in rows} == {(2020, 2025)}
    names = ("name", "unit", "base_value", "target_value", "bound", "growth_stated_pct", "nature", "line")
    assert [tuple(rows[index][name] for name in names) for index in (0, 6, 20)] == [
        ("工业总产值", "亿元", Decimal("817.6"), Decimal(1335), "eq", Decimal("10.3"), "预期值", 284),
        (
            "战略新兴产业产值占规模以上工业总产值比重",
            "%",
            Decimal(40),
            Decimal(45),
            "eq",
            Decimal("2.4"),
            "预期值",
            334,
        ),
        ("一般工业固体废弃物综合利用率", "%", Decimal(86), Decimal(91), "ge", None, "约束性", 448),
    ]
    assert sum(row["base_value"] for row in rows) == Decimal("5543.2")
    assert sum(row["target_value"] for row in rows) == Decimal("8622.5")


def test_projects_by_sector_with_serials_as_printed(reading):
    rows = reading.rows["projects"]
    serials = {name: [row["serial"] for row in group] for name, group in groupby(rows, key=lambda row: row["sector"])}
    assert serials == {
        "电子信息制造业": [*range(1, 13), 12, 14, 15, 16],
        "装备制造业": list(range(1, 15)),
        "消费品制造业": list(range(1, 7)),
        "医疗制造业": list(range(1, 11)),
        "建设类项目": list(range(1, 10)),
    }
    assert {row["nature"] for row in rows} == {"新开工", "技术改造", "续建", "前期策划", "策划项目"}
    assert not [row for row in rows if row["before_wan_yuan"] or row["after_wan_yuan"]]
    assert [row["line"] for row in rows if row["total_wan_yuan"] != row["plan_wan_yuan"]] == [1759, 1861, 1930, 1943]


def test_a_date_with_two_readings_keeps_its_printed_form_and_says_so(reading):
    (row,) = [row for row in reading.rows["projects"] if row["finish"] == "2020.1"]
    assert (row["start"], row["note"], row["line"]) == ("2020.08", "finish 2020.1: 2020-01 or 2020-10", 1512)


def test_a_row_broken_by_the_repeated_header_and_an_empty_row_are_no_projects(reading):
    lines = [row["line"] for row in reading.rows["projects"]]
    assert lines == sorted(lines) and not [line for line in lines if 1703 <= line < 1716 or 1901 <= line < 1930]


def test_enterprises_by_tier_with_serials_in_order(reading):
    rows = reading.rows["enterprises"]
    assert [row["serial"] for row in rows] == list(range(1, 176))
    assert Counter(row["tier"] for row in rows) == {"龙头企业": 7, "骨干企业": 32, "成长型企业": 136}
    assert Counter(row["industry"] for row in rows) == {
        "装备": 45,
        "消费品": 41,
        "电子": 25,
        "材料": 24,
        "汽车": 17,
        "摩托车": 9,
        "医化": 8,
        "能源": 6,
    }


def test_idle_land_in_square_metres_comes_in_mu(reading):
    (row,) = [row for row in reading.rows["land"] if row["line"] == 601]
    assert (row["table"], row["land_mu"], row["idle_mu"], row["note"]) == (
        "4-1",
        Decimal("670.2"),
        Decimal("2.7"),
        "idle 1800 平方米",
    )
    assert Counter(row["table"] for row in reading.rows["land"]) == {"4-1": 4, "4-2": 8, "4-3": 7, "4-4": 6}
    ranges = [
        (r["demand_min_mu"], r["demand_max_mu"]) for r in reading.rows["land"] if r["demand_printed"] == "100-150"
    ]
    assert ranges == [(100, 150)]


def test_suppliers_carry_the_merged_sector(reading):
    rows = [(row["sector"], row["total"], row["local"], row["share_stated_pct"]) for row in reading.rows["suppliers"]]
    assert rows == [
        ("电子信息", 195, 145, 74),
        ("电子信息", 83, 74, 89),
        ("装备制造", 181, 110, 61),
        ("装备制造", 183, 47, 26),
        ("消费品", 30, 18, 60),
        ("消费品", 16, 11, 69),
        ("医疗制造", 442, 180, 41),
        ("医疗制造", 725, 323, 45),
    ]


def test_chain_graphs_by_node_and_the_missing_five_are_told(reading):
    nodes = Counter((row["chain"], row["stage"], row["node"]) for row in reading.rows["chain_members"])
    assert nodes == {
        ("VIVO手机", "下游", "结构件（外壳、框架、外包装）"): 18,
        ("VIVO手机", "下游", "塑胶件（充电器线、适配器、耳机等）"): 10,
        ("VIVO手机", "下游", "终端整机、配件消费"): 7,
        ("VIVO手机", "上游", "无源器件"): 8,
        ("VIVO手机", "上游", "电池组件"): 9,
        ("VIVO手机", "上游", "听筒"): 7,
        ("VIVO手机", "上游", "电声连接器"): 9,
        ("VIVO手机", "上游", "天线"): 9,
        ("VIVO手机", "中游", "摄像头模组"): 17,
        ("VIVO手机", "中游", "显示屏模组"): 23,
        ("VIVO手机", "中游", "电路板模组"): 17,
        ("VIVO手机", "中游", "芯片模组"): 18,
        ("吊顶式空调", "上游", "核心零部件"): 13,
        ("吊顶式空调", "下游", "输出"): 9,
        ("吊顶式空调", "中游", "整机制造"): 4,
        ("吊顶式空调", "上游", "原材料"): 16,
    }
    types = Counter(row["member_type"] for row in reading.rows["chain_members"])
    assert types == {"enterprise": 174, "channel": 16, "base": 4}
    (missing,) = [problem for problem in reading.problems if problem.code == "planlint.chains_missing"]
    assert (missing.params["promised"], missing.params["count"]) == (7, 2)


def test_the_shipped_pack_is_what_the_reader_makes(reading, tmp_path):
    write_pack(reading, tmp_path / "pack", quotes=False)
    shipped = files("zhizao") / "packs" / "nanan"
    for file in (tmp_path / "pack").iterdir():
        assert (shipped / file.name).read_bytes() == file.read_bytes(), file.name
    assert read_pack(shipped).rows == read_pack(tmp_path / "pack").rows


def test_the_shipped_pack_holds_no_sentence_of_the_document(reading):
    sentences = [s for line in PLAN.read_text().split("\n") for s in line.split("。") if len(s) > 40]
    pack = "".join(file.read_text() for file in (files("zhizao") / "packs" / "nanan").iterdir() if file.is_file())
    assert not [sentence for sentence in sentences if sentence.strip() in pack]


def test_short_names_of_the_plan_are_resolved_and_legal_entities_kept_apart(reading):
    meant: dict[str, list[str]] = {}
    for row in reading.rows["aliases"]:
        meant.setdefault(row["alias"], []).append(f"{row['canonical']} {row['confidence']}")
    assert meant["维沃"] == ["维沃移动通信（重庆）有限公司 0.8"]
    assert meant["重庆卷烟厂"] == ["重庆中烟工业有限责任公司重庆卷烟厂 0.8"]
    assert meant["美的制冷"] == ["重庆美的制冷设备有限公司 0.9"]
    assert meant["美的通用"] == ["重庆美的通用制冷设备有限公司 0.9"]
    assert meant["美的集团"] == ["重庆美的制冷设备有限公司 0.4", "重庆美的通用制冷设备有限公司 0.4"]
    assert meant["重庆美心.麦森门业有限公司"] == ["重庆美心·麦森门业有限公司 1"]
    assert meant["桐君阁"] == ["太极集团重庆桐君阁药厂有限公司 0.8"]
    canonical = {row["canonical"] for row in reading.rows["aliases"]}
    listed = {row["name"] for row in reading.rows["enterprises"]}
    assert canonical < listed and not listed & set(meant)


def test_names_of_land_and_supplier_tables_are_all_known(reading):
    known = known_names(reading.rows)
    cells = [row["enterprise"] for table in ("land", "suppliers") for row in reading.rows[table]]
    assert not [name for name in cells if normalise(name) not in known]


def test_tasks_by_chapter_with_their_units_and_targets(reading):
    rows = reading.rows["tasks"]
    assert Counter(row["section"].split("/")[0] for row in rows) == {"第三章": 21, "第四章": 44, "第五章": 13}
    assert [row["lead_unit"] for row in rows if row["lead_unit"]] == [
        "招商引资科与区内财政局",
        "投资发展科",
        "军民融合科",
    ]
    names = {row["id"]: row["name"] for row in reading.rows["indicators"]}
    (task,) = [row for row in rows if row["line"] == 527]
    served = [names[key] for key in task["indicator_ids"].split()]
    assert served[:2] == ["新增智能工厂个数", "新增数字化车间个数"]
    assert max(len(row["task"]) for row in rows) <= 30


def test_no_name_of_the_region_stands_in_the_reader_or_its_command(reading):
    words = {row["name"] for row in reading.rows["enterprises"]} | {"南岸", "重庆", "渝"}
    code = [*(ROOT / "src/zhizao/engines/planlint").rglob("*.py"), *(ROOT / "src/zhizao/cli").glob("plan*.py")]
    assert not [(path.name, word) for path in code for text in [path.read_text()] for word in words if word in text]
