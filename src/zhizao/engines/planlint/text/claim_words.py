"""The vocabulary of statistical prose: link words, change words, heads of indicators, kinds of subject.

General words of Chinese plans and bulletins only; what is particular to a plan (its area, its enterprises) comes from
its title and its tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

TIME: Final = "\ue001"
"""Stands for a time word in a phrase."""


def _longest_first(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


_ADVERBS: Final = _longest_first(
    "已经 已 将 将会 共 共计 合计 总计 总共 共有 仅有 仅 只有 只 也 均 都 就 现 再 还 并 并且 首次 力争 预计 预期 争取 "
    "确保 约 约为 大约 分别 依次 各 基本 稳步 持续 大幅 逐步 快速 进一步 全部 实际 累计 总体 整体 年内 不断 显著 "
    "明显 先后 有望 接近 目标 目标值 数值 一举"
)
_LEVEL: Final = _longest_first(
    "达到 达 为 是 有 实现 完成 突破 超过 保持在 维持在 稳定在 控制在 保持 维持 稳定 控制 位于 处于 在 到 至 于 形成 "
    "拥有 建成 达成 不足 等于 高达 多达 可达 达至"
)
_UP: Final = _longest_first("增长 增加 提升 提高 上升 扩大 跃升 攀升 上涨 发展 壮大 升")
_DOWN: Final = _longest_first("下降 降低 减少 减低 压减 压缩 缩短 缩减 回落 削减 下滑 减")
_NOUNS: Final = _longest_first(
    "年均增长率 年均增速 平均增速 年均增幅 同比增长率 同比增速 增长率 增长速度 增速 增幅 降幅 涨幅 下降率 年均增长速度 "
    "复合增长率 年均复合增长率 增长幅度 下降幅度"
)
_VALUE_BEFORE: Final = "(?:上年|去年|上一年|同期|基期|上年同期|去年同期)"
LINK: Final = re.compile(
    rf"(?:(?P<noun>{_NOUNS})|(?P<up>{_UP}|(?<={TIME})(?:净增加?|新增加?|多)|(?<![新净递累])增)|(?P<down>{_DOWN}|(?<![升])降)"
    rf"|(?P<source>(?<!理)由|从|自)|(?P<reference>(?:较|比|同|与|相比|相较|相对于?){TIME}(?:年|的|相比)?"
    rf"|(?:较|比){_VALUE_BEFORE})"
    rf"|(?P<level>{_LEVEL})|(?P<adverb>{_ADVERBS})|(?P<stat>年平均|年均|同比|环比|每年|逐年|名义|可比价)"
    rf"|(?P<time>(?:截至|截止|在)?{TIME}(?:时|度)?|(?<![来后过近前0-9一二三四五六七八九十])(?:[两三四五六七八九十]|[0-9]{{1,2}})年(?:间|来|内)?)|(?P<particle>[的了：:，,\s“”\"、]))$"
)
"""The last link word of a phrase; taken off one by one, nearest the figure first."""

LEAD: Final = re.compile(
    r"(?:[、，,\s]|[一二三四五六七八九十]是|(?:按[一-龥]{1,6}?)?划?分[为成]|按[一-龥]{1,6}分|也?即|也就是|和|及|与|以及|并|且|又|再|其中[，,：:]?|力争|预计|预期|确保|争取|实现|完成|建成|形成|全面|现?拥有(?![^，。]{0,40}的)|"
    r"共有|共|分别|各自|尤以|尤其|特别是|同时|此外|另有|另外|还有|提供|全年|届时|总体上|使得|使|将|达到|到|至|"
    r"均?(?:远远?|明显|大幅|显著)?(?:高于|低于|优于|多于|少于)|"
    rf"(?:截至|截止|到|至|在|自|从|由)?{TIME}(?:时|间|，|,|的)?|年(?=力争|预计|实现))"
)
_KEPT: Final = "累计新增 新增 净增 新建 新培育 新引进 引进 培育 接入 入库 签约 扩建 改造 认定 创建 打造 建设"
KEPT_VERBS: Final = tuple(_KEPT.split())
"""Verbs before a counted thing that limit what is counted."""
SCOPE: Final = re.compile(
    r"规模以上|规上|限额以上|限上|(?<![大中小])规模(?=工业|企业)|全国|全[省市区县州旗镇乡](?!域)|我[省市区县州旗]|"
    r"[省市区县州旗镇]内|区域内|园区内|辖区内?|境内|我国"
)
_HEAD: Final = (
    r"(?:亩产值|亩均税收|亩均产值|亩产|总产值|产值|增加值|营业收入|主营业务收入|销售收入|收入|利润总额|利润|利税总额|利税|税收|"
    r"税金|产量|销量|销售额|出口额|出口量|进口额|出口交货值|出口金额|出口数量|交易额|成交额|总额|总量|数量|总数|规模|占比|比重|"
    r"比例|比率|份额|贡献率|面积|用地规模|用地|投资额?|总投资|投入|支出|拥有量|强度|指数|集中度|集聚度|覆盖率|普及率|利用率|"
    r"达标率|转化率|化率|率|排放量|能耗|用水量|用电量|耗电量|电耗|水耗|产能|生产能力|劳动生产率|效益|从业人员|存量|储量|容量|连接数|数)"
)
_MODIFIER: Final = (
    r"(?:年均|年度|年|月均|总|人均|户均|地均|亩均|平均|单位|土地|工业|经济|企业|工业经济|主营业务?|销售|出口|进口|全年|全部|"
    r"实际|累计|本年|资产|固定资产|技改|研发|经费|对全区|对经济|对工业|万元|能源|综合|水资源|资源|未来可?用?|可用|专利|科技)"
)
BARE: Final = re.compile(rf"(?:每[一-龥]{{1,6}}?)?{_MODIFIER}{{0,5}}(?:(?:占|在).*|{_HEAD}(?:$|占|在|年均|同比).*)")
"""An indicator without any word of what it is measured on: it belongs to the subject named before it."""
HEAD: Final = re.compile(rf"(?:(?:每|单位)[一-龥]{{1,6}}?|(?:规模以上|规上)?{_MODIFIER}{{0,5}}){_HEAD}")
_VERBS: Final = (
    r"(?!做|推|打造|加[快大强]|建[立设成]|培[育养]|发[展挥]|支持|依托|引[导进入]|鼓励|促[进使]|提升|实现|围绕|积极|构建|强化|深化|落实|充分|着力|"
    r"力争|大力|完善|优化|结合|通过|聚焦|以|新增|新建|扩大|持续|不断|继续|签约|接入|入库|带动|吸引|集聚|布局|创建|认定|达到|该|各|每|单位|万元|亿元|人均)"
)
_KINDS: Final = (
    r"(?:行业(?!级|内|领|协|标|竞)|产业集群|制造业|"
    r"产业(?!集|链|化|结构|园|基地|数|投|图谱|工人|生态|载体|转型|升级|发展|用地|项目|增加值率|增速|高|创新|技术|引导|政策|体系)|"
    r"工业(?=完成|实现|总产值|产值|增加值|规上|规模)|"
    r"(?:服务|农|林|建筑|加工|药|乳|印刷|食品|电力|纺织|采矿|冶金|建材|物流|金融|旅游|软件)业(?!务)|"
    r"有限责任公司|股份有限公司|有限公司|集团公司|分公司|公司(?!数)|集团(?!化)|(?:总|分|药|器材|材料|玻璃|卷烟|水泥|服装|五金|电)厂|"
    r"(?:互联网|物联网|服务|云)?平台(?!数|企业|[0-9])|开发区|高新区|工业园区?|产业园区?|科技园|园区(?!产业|工业)|科技城|"
    r"(?:龙头|骨干|成长型|重点|链主|中小|民营|国有|外资|上市|大型|小微|高新技术|科技型|专精特新|中坚|种子)企业(?![0-9]))"
)
_PLAIN: Final = f"[^，。；、：的占在由从较0-9（）{TIME}]"
SUBJECT: Final = re.compile(
    rf"{_VERBS}(?P<name>(?:{_PLAIN}|（[^（）]{{1,12}}）){{0,24}}?{_KINDS}(?:（[^（）]{{1,12}}）)?"
    rf"(?:(?:股份|集团)?(?:有限责任公司|有限公司|公司(?!数)))?(?:{_PLAIN}{{2,14}}分公司|{_PLAIN}{{2,10}}厂)?"
    r"(?:(?:规上|规模以上|重点|龙头|骨干|成长型)?企业(?!数|名|家|单位|研发|技术|产品|产值|[一二三四五六七八九十]))?"
    r"(?:[和与及](?:龙头|骨干|成长型|重点|中小)企业)?)"
)
OTHER_AREA: Final = re.compile(
    r"(?:如|例如|比如)?(?:相邻|邻近|毗邻|周边)(?:的)?(?:城区|区县|地区|县市)?(?P<name>[一-龥]{2,3}[区县市])|(?P<wide>我国|全国)"
)
FIRM: Final = re.compile(r".*(?:公司|集团|厂|平台|园区?|[区县市]|分公司)(?:（[^（）]*）)?$")
GENERIC: Final = re.compile(
    r"(?:国家|[省市区县]级(?:及?以上)?|级|以上|上市|挂牌|民营|国有|外资|研发|重点|新型|各类?|工业|产业|公共|综合|创新|信息|技术|数字化?)*(?:工业)?(?:互联网|物联网|云|服务)*(?:平台|园区|园|产业园区?|科技园|公司|集团|区)"
)
"""A word for any of them, that names none."""
CLASS: Final = re.compile(r".*(?:企业|业|集群|机构|人才)$")
NOT_ALONE: Final = re.compile(
    r"^(?:规上|规模以上|规模|全部|地方|主要|全区|全市|全县|现代|行|产|制造)*(?:工业|产业|企业|行业|制造业)?$"
)
AMOUNT_OF: Final = re.compile(r"的?(?:数量|总数|总量|个数|家数|户数|数)$")
OWNED: Final = re.compile(r"(?P<name>[^，。；、：的]{2,14}?)(?:旗下|下属|所属|依托|打造的)")
REPRESENTED: Final = re.compile(
    r"以(?P<names>[^，。；：]{2,120}?)(?:为(?:代表|首|龙头)|(?P<made>构成|组成|为主))的?(?P<kind>[^，。；：、]{0,20})"
)
CHAIN: Final = re.compile(r"[^，。；]{0,12}?(?:产业链|供应链|集群)")
MEANS: Final = re.compile(
    r"(?:依托|围绕|通过|聚焦)[^，。；]{2,40}?(?=，)|以[^，。；]{2,60}?为(?:载体|核心|重点|依托|支撑|基础|抓手|主线|引领|目标|导向)"
)
SHARE: Final = re.compile(
    r"^(?P<what>.{0,60}?)占(?!比|地(?!区|方)|用|据|领)(?:到|了)?(?P<of>[^占]{1,32}?)(?:的)?(?P<word>所占比重|比重|比例|份额|比率|占比|总比)?$"
    r"|^(?P<what2>.{0,60}?)(?:在|于)(?P<of2>[^在]{1,32}?)中(?:的|所)?(?P<word2>所占比重|所占比例|占比|比重|比例|份额)$"
)
OF_TOTAL: Final = re.compile(
    r"^(?P<bound>不足|不到|超过|超|近|约|达到|达|为|相当于)?(?P<of>[^，]{0,24}(?:总量|总数|总产量|总产值|总额|数量|全部企业|总和|总体|总面积))$"
)
AVERAGE: Final = re.compile(
    r"^(?P<what>.{0,40}?)(?:仅|只)?(?:为|相当于|达到|达|是)?(?P<of>(?:全[国省市区县]|同类|同行业)[^，]{0,6}平均(?:水平|值))$"
)
"""What is compared with the mean of a wider area."""
CHANGE_INDEX: Final = re.compile(r"指数")
OUTPUTS: Final = re.compile(
    r"(?:产量|销量|出口量|出口数量|进口量|销售量|产能|生产能力|吞吐量|周转量|货运量)$|^每?[百千万亿]人|^每"
)
PER: Final = re.compile(
    r"每(?P<every>[百千万亿]{0,3}(?:千瓦时|度电|平方公里|平方米|公顷|人|亩|户|家|个|吨|元))"
    r"|单位(?P<unit>[一-龥A-Z]{1,8}?)(?=平均|能耗|综合|电耗|水耗|用水|用电|二氧化碳|碳排放|(?<!增加)产值|产出|税收)"
    r"|(?P<mean>[亩地人户])均|(?P<mu>亩)产"
)
GOALS: Final = re.compile(r"目标")
PRESENT: Final = re.compile(r"基础|现状|回顾|成效|成就|存在.{0,4}问题|主要问题|短板")
NEUTRAL: Final = re.compile(r"原则|思想|形势|任务|路径|措施|保障|机遇|附件|附录|名词")
SITUATION: Final = re.compile(r"形势|背景|环境|机遇|挑战|态势")
FUTURE: Final = re.compile(
    r"力争|预计|争取|确保|计划|拟|将(?!近)|目标|到.{0,10}年底?(?:前|，)?|打造|培育(?!了|出)|建设(?!了|成)"
)
DONE: Final = re.compile(r"已|现有|目前|当前|仅|现拥有|累计|成功|以来")
EXPECTED: Final = re.compile(
    r"(?:超过|高于|低于|超出|达到)?(?:“[^”]{1,4}”|规划)?(?:的)?(?:预期|规划|约束性|既定)(?:指标|目标|值)$"
)
RANKS: Final = re.compile(r"(?:国家|[省市区县州])级(?:及?以上)?")
COUNTED: Final = frozenset("个家件户人名项台套条座处所间栋只辆箱种批次支张块类部")
ABSTRACT: Final = re.compile(
    r".{0,4}(?:方面|重点|环节|阶段|层面|层次|维度|特点|原则|问题|关系|任务|方向|优势|转变|统筹|过程|因素|理念|要素|应用场景|角度|特征|难题|机遇|挑战|绿色|示范|优化)$"
)
MONEY: Final = frozenset(("亿", "万", "万亿", "千亿", "百亿", "十亿", "千万", "百万"))
MONEY_WORDS: Final = re.compile(r"产值|收入|利润|利税|税收|投资|投入|金额|支出|销售额|增加值|资金|总额|规模")
ANNUAL: Final = frozenset(("年均", "平均", "年平均", "复合", "每年", "逐年"))

_AREA_TITLE: Final = re.compile(
    r"(?:先进|新型|国民|现代|产业|经济(?!技术)|战略|数字|科技|“|[0-9]|制造|工业|商务|信息|高质量|生态|能源|国土|十[一二三四五六七八九]五)"
)
_OF_PLACE: Final = re.compile(r".*(?:[省市州盟县旗区]|开发区|新区)")
"""The area that a title begins with, without the trade that may follow it: 甲省 of 甲省新材料."""
_ZONE: Final = re.compile(r"(?:经济技术|高新技术产业|经济)?开发区|经开区|高新区|新区")
_PIECES: Final = re.compile(r"(?<=[省县旗市州])|(?<!开发)(?<!经开)(?<!高新)(?<!开发区)(?<=区)|(?<=经开区)|(?<=开发区)")
_LEVELS: Final = "国省市区县州旗镇"


def own_area(meta: Mapping[str, Any]) -> re.Pattern[str]:
    """The names of the plan's own area at the beginning of a phrase, from its title, region and issuers.

    >>> area = own_area({"title": "南山县经开区工业高质量发展“十五五”规划", "region": {"name": "南山县"}, "issuer": []})
    >>> [area.sub("", words, count=1) for words in ("南山县经开区产值", "南山产值", "我县产值", "北山县产值")]
    ['产值', '产值', '产值', '北山县产值']
    """
    found: set[str] = set()
    title = str(meta.get("title") or "")
    if stop := _AREA_TITLE.search(title):
        named = _OF_PLACE.match(title[: stop.start()])
        found.add(named[0] if named else title[: stop.start()])
    found.add(str((meta.get("region") or {}).get("name") or ""))
    for issuer in meta.get("issuer") or ():
        if zone := _ZONE.search(str(issuer)):
            found.update((str(issuer)[: zone.end()], "经开区", "开发区"))
    names = {part for name in found for part in _parts(name) if len(part) > 1}
    words = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    region = str((meta.get("region") or {}).get("name") or title[: stop.start()] if stop else "")
    level = region[-1:] if region[-1:] in _LEVELS else _LEVELS
    general = rf"[全我本][{level}]的?|区域内|[{level}]内|辖区内?|园区内|地区(?!生产总值)"
    every = f"{words}|{general}" if words else general
    return re.compile(
        rf"(?:(?:{every})的?)+(?!高新区|高新技术产业|经开区|经济技术|开发区|新区|工业园|产业园|科技园|科技城)"
    )


def _parts(name: str) -> Iterable[str]:
    """A name of an area and the names it is made of: 甲区乙经开区 is 甲区, 甲, 乙经开区 and 经开区 too.

    A city before its district is no part of it.
    """
    pieces = [piece for piece in _PIECES.split(name) if piece]
    yield name
    for number, piece in enumerate(pieces):
        if piece[-1] in "省市州" and number + 1 < len(pieces):
            continue
        yield piece
        if re.fullmatch(r"[一-龥]{2,6}[县区市旗州]", piece) and not _ZONE.search(piece):
            yield piece[:-1]
        if zone := re.search(r"经开区|高新区|新区|开发区", piece):
            yield zone[0]
