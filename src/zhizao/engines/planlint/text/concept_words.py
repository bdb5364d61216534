"""The words by which Chinese plans and statistics say what they measure, of whom, and within which limits.

Only vocabulary of statistics in general stands here (National Bureau of Statistics, reporting forms of industry),
never a word of one plan.
"""

from __future__ import annotations

import re
from typing import Final

MEASURES: Final[dict[str, str]] = {
    "output": "工业总产值 工业产值 总产值 产值 产出",
    "sales_output": "工业销售产值 销售产值",
    "value_added": "工业增加值 增加值",
    "gdp": "地区生产总值 国内生产总值 区域生产总值 生产总值 GDP",
    "revenue": "营业总收入 营业收入 营收",
    "main_revenue": "主营业务收入 主营收入",
    "sales": "销售收入 销售总额 销售额",
    "profit_and_tax": "利税总额 利税",
    "profit": "利润总额 净利润 利润",
    "tax": "税收收入 税收总额 税收 纳税额 税金",
    "investment": "固定资产投资额 固定资产投资 投资总额 总投资 投资额 投资",
    "export": "出口交货值 出口总额 出口金额 出口额 出口值",
    "trade": "进出口总额 进出口总值 进出口额",
    "rd": "研究与试验发展经费 研发经费 研发费用 研发投入 科研经费 RD经费 R&D经费",
    "size": "产业规模 市场规模",
    "employment": "从业人员 用工人数 就业人数 从业人数 就业人员",
    "energy": "综合能源消费总量 综合能源消费量 综合能源消耗量 能源消费总量 能源消费量 能源消耗总量 能源消耗量 "
    "能源消耗 综合能耗 能耗",
    "water": "用水量 耗水量 取水量 水耗",
    "power": "用电量 耗电量 电耗",
    "emission": "排放总量 排放量 排放",
    "land": "用地面积 用地规模 占地面积 土地面积 用地 面积",
    "production": "产量",
    "capacity": "生产能力 产能",
    "productivity": "全员劳动生产率 劳动生产率",
    "contribution": "贡献率",
}
"""Codes of ``glossary.csv`` in short, each with its printed forms."""

MEASURE_OF: Final = {word: code for code, words in MEASURES.items() for word in words.split(" ")}
MEASURE: Final = re.compile("|".join(sorted(map(re.escape, MEASURE_OF), key=len, reverse=True)))
NEAR_MEASURE: Final = {"main_revenue": "revenue", "sales": "revenue", "sales_output": "output", "size": "output"}
"""Measures near another one: revenue of the main business, and revenue; products sold, and products made."""

MONEY: Final = frozenset(MEASURES) - frozenset(
    (
        "employment",
        "energy",
        "water",
        "power",
        "emission",
        "land",
        "production",
        "capacity",
        "productivity",
        "contribution",
    )
)
RATE: Final = re.compile(r"(?:率|集中度|集聚度|强度|指数|满意度|水平)$")
COUNT_TAIL: Final = re.compile(r"(?:数量|个数|家数|户数|总数|件数|人数|数|拥有量|保有量|总量)$")

ABOVE_SCALE: Final = re.compile(r"规模以上|规上|规模(?=工业|企业)")
ALL_INDUSTRY: Final = re.compile(r"全部(?=工业|规模|企业)|全口径|全社会")
AREA: Final = re.compile(
    r"(?:全|我|本)(区|县|市|省|州|旗|镇|国|域)(?!域|影响|领先|前列|知名)|(?<![一-鿿])(区|县|市|省)内"
)
PARK: Final = re.compile(r"工业园区|产业园区|经济技术开发区|高新技术产业开发区|经开区|高新区|开发区|园区")
LEVEL: Final = re.compile(
    r"((?:(?:国家|世界|省|市|区|县|州)级?[、和及或与/])*(?:国家|世界|省|市|区|县|州|省部)级)((?:及|或)?以上)?"
)
LEVELS: Final = re.compile("国家|世界|省部|省|市|区|县|州")

INCREMENT: Final = re.compile(r"净增加?|新增加?|新建成?|新认定|新引进|新培育|增加(?!值)|增量")
CUMULATIVE: Final = re.compile(r"累计")
GROWTH: Final = re.compile(
    r"(?:年均|平均|同比|累计)?(?:复合)?(?:增长率|增长速度|增长|增速|增幅|下降率|下降|降幅|降低|提高|提升|减少)(?:幅度|速度)?"
)
SHARE: Final = re.compile(r"占比|比重|比例|份额|所占|占")
SHARE_TAIL: Final = re.compile(r"的?(?:总)?(?:占比|比重|比例|份额|比率)$")
SHARE_OF: Final = re.compile(
    r"^(?P<part>.*?)(?:所)?占(?!地(?!区)|用|领|有率|比(?:重|例)?$)(?P<whole>.+?)的?(?:总量)?(?:比重|比例|份额|比率|比)?$"
)
SHARE_IN: Final = re.compile(r"^(?P<part>.*?)[在于](?P<whole>.+?)(?:之中|中|内)的?(?:占比|比重|比例|份额)$")
INTENSITY: Final = re.compile(r"(?:投入|支出)?强度$")

PER: Final = re.compile(
    r"(?:每|单位)(?P<base>[十百千万亿]*(?:亩|公顷|平方公里|平方米|人|名|台|元|吨|千瓦时|千瓦|工业增加值|增加值|"
    r"地区生产总值|国内生产总值|生产总值|GDP|工业产值|产值|产品|用地面积|用地|土地面积|土地|面积|建设用地))"
    r"|(?P<mean>亩均|人均|地均|户均|(?<![一-鿿])万元|(?<![千百一二三四五六七八九])万人)"
)
PER_OF: Final = {
    "亩均": "land",
    "地均": "land",
    "人均": "person",
    "户均": "enterprise",
    "万人": "person",
    "人": "person",
    "名": "person",
    "万元": "money",
    "元": "money",
    "GDP": "gdp",
    "增加值": "value_added",
    "产值": "output",
    "生产总值": "gdp",
    "亩": "land",
    "公顷": "land",
    "平方公里": "land",
    "平方米": "land",
    "用地": "land",
    "土地": "land",
    "面积": "land",
    "千瓦时": "power",
    "千瓦": "power",
    "台": "device",
    "吨": "mass",
    "产品": "product",
}
"""What a ratio is per, by the end of its words."""

BRACKETS: Final = re.compile(r"[（(〔\[【][^（(〔\[【）)〕\]】]{0,40}[）)〕\]】]")
VERBS: Final = re.compile(
    r"力争|预计|实现|达到|完成|突破|超过|其中[:：]?|引进和?培育|培育和?引进|引进|培育|建成|打造|创建|培养|引入|形成(?!率)|拥有(?!量)|"
    r"共有|共|年末|年底|期末|期间|目标|指标|有效(?=发明)|(?:在)?有效期内的?|左右|的(?=占|比|总|数|规|产|增|份|平均|个数)|地(?=累计)|年(?:均|平均)?(?=工业|总?产值|产量|产能|销售|营业)|[“”\"‘’《》：:\s·]"
)
CODES: Final = re.compile(r"R\s*[&＆]\s*D", re.IGNORECASE)
CONJUNCTION: Final = re.compile(r"[、，,/＋+]|以及|和(?!平|谐)|与|及(?!以上)")
SECTOR_TAIL: Final = re.compile(
    r"(?:制造业|制造产业|制造行业|支柱产业|主导产业|产业集群|产业链|产业|行业|工业|集群|板块|领域|制造|(?<!企)业)$"
)
OWNERS: Final = re.compile(r"(?<=业)企业$|^(?:工业)?企业$")
ECONOMY: Final = frozenset(("工业", "制造业", "服务业", "农业", "建筑业"))
"""Subjects that are a whole sector of the economy and keep their own name."""
WEAK: Final = re.compile(
    r"化|型|性|新型|智能|高端|先进|现代|重点|主要|各类|特色|优势|认定|认证|建设|项目|企业|产品|级|总|等|新|支柱|主导|全区"
)
"""What may be left out of a name without making it another thing for certain: names that differ in it are near."""
NEAR_SUBJECTS: Final = (
    "医药 医疗 生物医药 医疗器械 医疗健康 大健康 医药健康",
    "电子信息 电子 信息技术 信息 电子通信",
    "装备 设备 机械 装备机械",
    "消费品 轻工 消费",
    "汽车 汽摩 汽车摩托车 汽车零部件",
    "战略性新兴 战略新兴 战新 新兴",
    "材料 化工材料",
    "食品 食品加工 农副食品",
)
"""Sectors near another one, which plans mix."""
NEAR_SUBJECT: Final = {word: words.split(" ")[0] for words in NEAR_SUBJECTS for word in words.split(" ")}
SAME_SUBJECT: Final = {
    "小巨人企业": "专精特新小巨人企业",
    "国家高新技术企业": "高新技术企业",
    "战略新兴": "战略性新兴",
    "战新": "战略性新兴",
    "其它": "其他",
    "消费品工业": "消费品",
}
