"""Figures of running text become claims: every pattern on invented sentences of an invented county."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhizao.engines.planlint.document import load
from zhizao.engines.planlint.tables.values import Notes
from zhizao.engines.planlint.text import claims

TITLE = "南山县制造业高质量发展“十五五”规划"
META = {
    "title": TITLE,
    "region": {"name": "南山县", "code": None},
    "issuer": [],
    "issued": "2026-03-01",
    "period": {"name": "十五五", "start": 2026, "end": 2030},
    "base_year": 2025,
}
FIRMS = {
    "enterprises": [{"name": name} for name in ("南山飞云制药有限公司", "东江机车股份有限公司", "大河乳业有限公司")]
}
PLAN, BASE = "2026-01..2030-12", "2021-01..2025-12"


def read(text, rows=FIRMS, notes=None):
    return claims.read(load(text.encode()), rows, notes or Notes(), meta=META)


def said(text, *columns):
    """The claims of a text, the named columns of each, numbers as printed."""
    chosen = columns or ("subject", "indicator", "value", "unit", "span", "kind")
    return [tuple(_plain(claim[name]) for name in chosen) for claim in read(text)]


def _plain(value):
    return f"{value:f}" if isinstance(value, Decimal) else value


CASES = {
    "part of a year is no year": (
        "2025年1—9月，规上工业总产值完成457.8亿元。",
        [(None, "规上工业总产值", "457.8", "亿元", "2025-01..09", "actual")],
    ),
    "an earlier figure that is compared with has its own year": (
        "2025年，规上工业总产值达到598.3亿元，比2020年的408.0亿元增长46.6%，年均增长8.0%。",
        [
            (None, "规上工业总产值", "598.3", "亿元", "2025", "actual"),
            (None, "规上工业总产值", "408.0", "亿元", "2020", "actual"),
            (None, "规上工业总产值", "46.6", "%", "2021-01..2025-12", "growth"),
            (None, "规上工业总产值", "8.0", "%", "2021-01..2025-12", "growth"),
        ],
    ),
    "a counted thing is compared with its number of an earlier year": (
        "截至2025年底，高新技术企业达到68家，较2020年的13家年均增长39.2%。",
        [
            (None, "高新技术企业", "68", "家", "2025", "count"),
            (None, "高新技术企业", "13", "家", "2020", "count"),
            (None, "高新技术企业", "39.2", "%", "2021-01..2025-12", "growth"),
        ],
    ),
    "growth behind a share is that of the amount": (
        "到2030年，装备制造业规上工业总产值突破256亿元，占规上工业总产值的34.0%，年均增长12.4%。",
        [
            ("装备制造业", "规上工业总产值", "256", "亿元", "2030", "target"),
            ("装备制造业", "规上工业总产值占规上工业总产值比重", "34.0", "%", "2030", "share"),
            ("装备制造业", "规上工业总产值", "12.4", "%", "2026-01..2030-12", "growth"),
        ],
    ),
    "a target and the growth behind it": (
        "到2030年，力争全县工业增加值达到35亿元，年均增长9.7%，规上工业总产值达到130亿元。",
        [
            (None, "工业增加值", "35", "亿元", "2030", "target"),
            (None, "工业增加值", "9.7", "%", PLAN, "growth"),
            (None, "规上工业总产值", "130", "亿元", "2030", "target"),
        ],
    ),
    "from and to with both years": (
        "县内高新技术企业数量由2020年的24家增加至2025年235家。",
        [
            (None, "高新技术企业数量", "24", "家", "2020", "count"),
            (None, "高新技术企业数量", "235", "家", "2025", "count"),
        ],
    ),
    "from and to without a year for the first": (
        "截至“十四五”末，龙头企业对经济贡献率从34%提升至67%。",
        [
            ("龙头企业", "对经济贡献率", "34", "%", None, "share"),
            ("龙头企业", "对经济贡献率", "67", "%", "2025", "share"),
        ],
    ),
    "a change verb without to ends a change too": (
        "链主企业产值在全县工业总产值中的占比已由2020年的37%升“十四五”末的66%。",
        [
            ("链主企业", "产值占工业总产值比重", "37", "%", "2020", "share"),
            ("链主企业", "产值占工业总产值比重", "66", "%", "2025", "share"),
        ],
    ),
    "growth over the year belongs to the figure before it": (
        "2025年，食品行业产值达到36.7亿元，同比增长6.1%。",
        [
            ("食品行业", "产值", "36.7", "亿元", "2025", "actual"),
            ("食品行业", "产值", "6.1", "%", "2025", "growth"),
        ],
    ),
    "a share of what was said before": (
        "2025年，食品行业产值达到36.7亿元，占规上工业总产值的46.13%。",
        [
            ("食品行业", "产值", "36.7", "亿元", "2025", "actual"),
            ("食品行业", "产值占规上工业总产值比重", "46.13", "%", "2025", "share"),
        ],
    ),
    "a share with its whole in the middle": (
        "到2030年，纺织业总产值突破66亿元，在工业总产值中的占比达到9.7%。",
        [
            ("纺织业", "总产值", "66", "亿元", "2030", "target"),
            ("纺织业", "总产值占工业总产值比重", "9.7", "%", "2030", "share"),
        ],
    ),
    "a share of the subject itself": (
        "到2030年，食品制造业占规上工业总产值比重达到51%。",
        [("食品制造业", "占规上工业总产值比重", "51", "%", "2030", "share")],
    ),
    "a number of firms and its share of the total": (
        "截至2025年，拥有发明专利超过10件的企业数量仅8家，不足规上企业总量的20%。",
        [
            (None, "拥有发明专利超过10件的企业数量", "8", "家", "2025", "count"),
            (None, "拥有发明专利超过10件的企业数量占规上企业总量比重", "20", "%", "2025", "share"),
        ],
    ),
    "output for each unit of power": (
        "东江机车股份有限公司2023年每万千瓦时产值为709万元，至2025年每万千瓦时产值达到720万元。",
        [
            ("东江机车股份有限公司", "每万千瓦时产值", "709", "万元", "2023", "actual"),
            ("东江机车股份有限公司", "每万千瓦时产值", "720", "万元", "2025", "actual"),
        ],
    ),
    "a wide unit written in words stays as it is printed": (
        "2025年大河乳业有限公司酸奶年产量超过两千万箱。",
        [("大河乳业有限公司", "酸奶年产量", "2000", "万箱", "2025", "actual")],
    ),
    "a year printed as a value": (
        "到2030年，市级以上研发机构数量2030个。",
        [(None, "市级以上研发机构数量", "2030", "个", "2030", "target")],
    ),
    "reductions against a year, the year said once": (
        "2025年氨氮排放量较2020年减少27.9吨，烟尘排放量减少43.2吨。",
        [
            (None, "氨氮排放量", "27.9", "吨", BASE, "growth"),
            (None, "烟尘排放量", "43.2", "吨", BASE, "growth"),
        ],
    ),
    "a reduction without base": (
        "到2030年，单位工业增加值能耗降低13%。",
        [(None, "单位工业增加值能耗", "13", "%", "2030", "growth")],
    ),
    "doubling": (
        "到2030年，规上工业利润翻一番。",
        [(None, "规上工业利润", "1", "番", "2030", "growth")],
    ),
    "times as much": (
        "到2030年，软件业收入比2025年增长1.5倍。",
        [("软件业", "收入", "1.5", "倍", PLAN, "growth")],
    ),
    "percentage points": (
        "到2030年，研发投入强度提高0.6个百分点。",
        [(None, "研发投入强度", "0.6", "个百分点", "2030", "growth")],
    ),
    "money abroad": (
        "东江机车股份有限公司摩托车在2024年出口数量达到8729辆，出口金额为5286万美元。",
        [
            ("东江机车股份有限公司", "摩托车出口数量", "8729", "辆", "2024", "actual"),
            ("东江机车股份有限公司", "出口金额", "5286", "万美元", "2024", "actual"),
        ],
    ),
    "of which": (
        "截至2025年全县规上工业企业共17家，其中龙头企业共2家，骨干企业共5家，成长型企业共10家。",
        [
            (None, "规上工业企业", "17", "家", "2025", "count"),
            (None, "龙头企业", "2", "家", "2025", "count"),
            (None, "骨干企业", "5", "家", "2025", "count"),
            (None, "成长型企业", "10", "家", "2025", "count"),
        ],
    ),
    "the counted thing behind the figure": (
        "“十四五”期间，全县建成18个数字化车间。",
        [(None, "数字化车间", "18", "个", BASE, "count")],
    ),
    "increments keep their verb": (
        "预计到“十五五”末，新增智能工厂到3个，新增6家绿色工厂。",
        [
            (None, "新增智能工厂", "3", "个", "2030", "target"),
            (None, "新增绿色工厂", "6", "家", "2030", "target"),
        ],
    ),
    "the subject of a clause before": (
        "2025年，装备制造行业积极打造数字化车间，年产值突破20.8亿元，增速达10.7%。",
        [
            ("装备制造行业", "年产值", "20.8", "亿元", "2025", "actual"),
            ("装备制造行业", "年产值", "10.7", "%", "2025", "growth"),
        ],
    ),
    "a short name of an enterprise in the tables": (
        "飞云制药依托产业园建设，2025年企业年产值达到5.5亿元。",
        [("飞云制药", "企业年产值", "5.5", "亿元", "2025", "actual")],
    ),
    "another area": (
        "2025年，相邻的北川县现有工业园区面积为29.4平方公里。",
        [("北川县", "现有工业园区面积", "29.4", "平方公里", "2025", "actual")],
    ),
    "a list of means": (
        "甲钢、乙纺和丙化等企业亩均产值分别为120万元/亩、80万元/亩和75.5万元/亩。",
        [
            ("甲钢", "亩均产值", "120", "万元/亩", None, "actual"),
            ("乙纺", "亩均产值", "80", "万元/亩", None, "actual"),
            ("丙化", "亩均产值", "75.5", "万元/亩", None, "actual"),
        ],
    ),
    "an index in per cent is no share": (
        "2024年科技创新水平指数达到88.2%。",
        [(None, "科技创新水平指数", "88.2", "%", "2024", "actual")],
    ),
    "a bare number behind a word of value": (
        "到2030年，万元产值能耗降至0.42，园区绿化率达八成。",
        [
            (None, "万元产值能耗", "0.42", None, "2030", "target"),
            (None, "园区绿化率", "80", "%", "2030", "share"),
        ],
    ),
    "the growth of a list of sectors": (
        "食品、纺织和机械产业以新城为载体，到2030年力争实现规上工业总产值年均增长达到6%、12%和10%。",
        [
            ("食品", "规上工业总产值", "6", "%", PLAN, "growth"),
            ("纺织", "规上工业总产值", "12", "%", PLAN, "growth"),
            ("机械产业", "规上工业总产值", "10", "%", PLAN, "growth"),
        ],
    ),
    "an amount of several years": (
        "2024年、2025年全县技改投资分别为1.2亿元、2.5亿元。",
        [
            (None, "技改投资", "1.2", "亿元", "2024", "actual"),
            (None, "技改投资", "2.5", "亿元", "2025", "actual"),
        ],
    ),
    "parts that a total is divided into": (
        "2025年底工业企业19家，按规模分为大型3家、中型5家、小型11家三个梯队。",
        [
            (None, "工业企业", "19", "家", "2025", "count"),
            (None, "大型", "3", "家", "2025", "count"),
            (None, "中型", "5", "家", "2025", "count"),
            (None, "小型", "11", "家", "2025", "count"),
            (None, "梯队", "3", "个", "2025", "count"),
        ],
    ),
    "an enterprise told as an example": (
        "以飞云制药为例，2025年产值3.5亿元。",
        [("飞云制药", "产值", "3.5", "亿元", "2025", "actual")],
    ),
    "the last name of a list owns what is measured": (
        "2025年，甲厂、乙厂的供应商本地化比例为73%、55%。",
        [
            ("甲厂", "供应商本地化比例", "73", "%", "2025", "share"),
            ("乙厂", "供应商本地化比例", "55", "%", "2025", "share"),
        ],
    ),
    "the numeral of a heading is no list, and all industry no sector's": (
        "## 一、工业经济平稳增长\n\n2025年，全部工业增加值191.8亿元。",
        [(None, "全部工业增加值", "191.8", "亿元", "2025", "actual")],
    ),
    "a target of a later plan": (
        "到2035年，规上工业总产值达到300亿元。",
        [(None, "规上工业总产值", "300", "亿元", "2035", "target")],
    ),
    "an earlier target it is compared with": (
        "“十四五”末，研发投入强度首次突破3.0%，超过“十四五”预期指标2.5%。",
        [
            (None, "研发投入强度", "3.0", "%", "2025", "share"),
            (None, "研发投入强度", "2.5", "%", "2025", "share"),
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_pattern(text, expected):
    assert said(text) == expected
