"""What a generated plan says, in several wordings each.

Single braces are filled with words of the region when the plan is made; double ones are its figures, which a fault may
change.
"""

from __future__ import annotations

from typing import Final

WORDINGS: Final[dict[str, tuple[str, ...]]] = {
    "output": (
        "{area}{scope}工业总产值由{past}年的{{past}}亿元增加到{year}年的{{output}}亿元，年均增长{{growth}}%；"
        "{year}年，{scope}工业增加值达到{{va}}亿元，{scope}工业企业营业收入达到{{revenue}}亿元。",
        "{year}年，{area}{scope}工业总产值达到{{output}}亿元，比{past}年的{{past}}亿元增长{{total}}%，年均增长{{growth}}%。"
        "{year}年实现{scope}工业增加值{{va}}亿元、{scope}工业企业营业收入{{revenue}}亿元。",
        "{scope}工业总产值从{past}年的{{past}}亿元提升至{year}年的{{output}}亿元，年均增速为{{growth}}%，"
        "{year}年{scope}工业增加值为{{va}}亿元，{scope}工业企业营业收入{{revenue}}亿元，工业经济保持平稳增长。",
        "过去五年，{area}{scope}工业总产值年均增长{{growth}}%，{year}年达到{{output}}亿元（{past}年为{{past}}亿元）。"
        "{year}年{scope}工业增加值{{va}}亿元，{scope}工业企业营业收入为{{revenue}}亿元。",
    ),
    "all": (
        "{year}年，{area}全部工业总产值约{{all_output}}亿元，全部工业增加值{{all_va}}亿元，"
        "规上工业从业人员约{{staff}}万人，规上工业出口交货值{{export}}亿元，占规上工业总产值的{{share}}%。",
        "截至{year}年，{area}全部工业总产值达到{{all_output}}亿元左右，全部工业增加值达{{all_va}}亿元；"
        "规上工业出口交货值完成{{export}}亿元，占规上工业总产值比重为{{share}}%；规上工业从业人员近{{staff}}万人。",
        "按全口径统计，{year}年全部工业总产值约{{all_output}}亿元、全部工业增加值{{all_va}}亿元。规上工业从业人员{{staff}}万人；"
        "规上工业出口交货值{{export}}亿元，约占规上工业总产值的{{share}}%。",
    ),
    "sectors": (
        "{year}年，{names}{{count}}大产业规上工业总产值合计{{total}}亿元，占{area}规上工业总产值的{{share}}%（如{{figure}}）。",
        "{names}{{count}}大主导产业{year}年规上工业总产值共{{total}}亿元，占规上工业总产值的比重为{{share}}%（见{{figure}}）。",
        "{names}{{count}}大产业支撑有力，{year}年规上工业总产值合计达{{total}}亿元，占规上工业总产值{{share}}%（{{figure}}）。",
    ),
    "parts": (
        "其中，{first}规上工业总产值{{a}}亿元，占规上工业总产值的{{share}}%；{second}规上工业总产值突破{{b}}亿元，"
        "占全部工业总产值的{{all}}%。",
        "{first}{year}年规上工业总产值达到{{a}}亿元，占规上工业总产值的{{share}}%；"
        "{second}{year}年规上工业总产值超过{{b}}亿元，占全部工业总产值的{{all}}%。",
        "分行业看，{year}年{first}规上工业总产值{{a}}亿元、占规上工业总产值{{share}}%，{second}规上工业总产值{{b}}亿元以上、占全部工业总产值{{all}}%。",
    ),
    "innovation": (
        "高新技术企业由{past}年的{{a}}家增加至{year}年的{{b}}家，年均增长{{growth}}%；"
        "每万人高价值发明专利拥有量由{{c}}件提高到{{d}}件；市级以上研发机构由{past}年的{{e}}家增加到{year}年的{{f}}家。",
        "截至{year}年底，高新技术企业达到{{b}}家，较{past}年的{{a}}家年均增长{{growth}}%；"
        "每万人高价值发明专利拥有量达到{{d}}件，比{past}年的{{c}}件明显提高；市级以上研发机构从{{e}}家增至{{f}}家。",
        "{past}—{year}年，高新技术企业由{{a}}家增至{{b}}家（年均增长{{growth}}%），"
        "每万人高价值发明专利拥有量由{{c}}件增至{{d}}件，市级以上研发机构由{{e}}家增至{{f}}家。",
    ),
    "firms": (
        "截至{year}年底，{area}共有规上工业企业{{total}}家，其中{a}{{n0}}家，{b}{{n1}}家，{c}{{n2}}家（如{{figure}}）。",
        "{year}年末，{area}规上工业企业达到{{total}}家。其中：{a}{{n0}}家、{b}{{n1}}家、{c}{{n2}}家（见{{figure}}）。",
        "{year}年底规上工业企业{{total}}家，按规模分为{a}{{n0}}家、{b}{{n1}}家、{c}{{n2}}家三个梯队（{{figure}}）。",
    ),
    "leaders": (
        "现有{{names}}等{{count}}家{a}。",
        "{a}共{{count}}家，分别为{{names}}。",
        "{area}拥有{{names}}{{count}}家{a}，带动作用明显。",
        "{{count}}家{a}（{{names}}）支撑作用突出。",
    ),
    "leading": (
        "{year}年，{brands}{{count}}家企业产值合计{{total}}亿元，占规上工业总产值的{{share}}%。",
        "{brands}等{{count}}家企业{year}年实现产值{{total}}亿元，占{area}规上工业总产值的{{share}}%。",
        "{brands}等{{count}}户企业合计产值{{total}}亿元，占{year}年规上工业总产值的{{share}}%。",
    ),
    "exports": (
        "{firm}{year}年出口金额约{{money}}万美元，同比增长{{growth}}%。",
        "{year}年，{firm}出口金额达到{{money}}万美元，增长{{growth}}%，国际市场逐步拓展。",
        "{firm}产品畅销海外，{year}年出口额{{money}}万美元（同比增长{{growth}}%）。",
    ),
    "suppliers": (
        "{first}、{second}等企业供应商本地化比例分别达到{{a}}%和{{b}}%（见{{table}}）。",
        "以{first}和{second}为代表的企业，供应商本地化比例分别为{{a}}%、{{b}}%（如{{table}}所示）。",
        "{first}、{second}的供应商本地化比例为{{a}}%、{{b}}%（{{table}}）。",
    ),
    "projects": (
        "滚动实施重点项目{{count}}个，总投资约{{total}}亿元（见{{annex}}）。",
        "建立重点项目库，共安排重点项目{{count}}个，计划总投资{{total}}亿元左右（详见{{annex}}）。",
        "{{annex}}所列重点项目{{count}}个，总投资{{total}}亿元左右。",
    ),
    "chains": (
        "围绕{names}等重点方向，编制{{count}}条产业链图谱（见{{annex}}）。",
        "梳理{names}，形成{{count}}条产业链图谱（见{{annex}}），实施链长制。",
        "重点打造{names}，绘制产业链图谱{{count}}条（{{annex}}）。",
    ),
    "serials": (
        "企业名单见{{annex}}，其中标号1—{{last}}为{a}。",
        "{a}：指{{annex}}企业名单中标号1—{{last}}的企业。",
        "{{annex}}标号1至{{last}}的企业为{a}。",
    ),
    "sector_goal": (
        "到{end}，力争{area}{sector}规上工业总产值{verb}{{target}}亿元，年均增长{{growth}}%，"
        "占{area}规上工业总产值的比重达到{{share}}%。",
        "到{end}，{sector}规上工业总产值{verb}{{target}}亿元，年均增速达到{{growth}}%左右，在规上工业总产值中的占比提升到{{share}}%。",
        "到{end}，{area}{sector}规上企业完成工业总产值{verb}{{target}}亿元，占规上工业总产值的{{share}}%，年均增长{{growth}}%。",
        "{end}目标：{sector}规上工业总产值{verb}{{target}}亿元（年均增长{{growth}}%），占规上工业总产值{{share}}%。",
    ),
    "sector_land": (
        "截至{base}，{sector}{{count}}家重点企业现有用地共{{land}}亩（如{{table}}），{{names}}亩均产值分别为{listed}。",
        "{sector}{{count}}家重点企业用地规模为{{land}}亩（见{{table}}），其中{{names}}工业亩产值分别达到{listed}，效益较高。",
        "{sector}现有{{count}}家重点企业，占地{{land}}亩，详见{{table}}；{{names}}的亩均产值依次为{listed}。",
    ),
    "sector_firm": (
        "{year}年，{firm}实现产值{{output}}亿元；{{count}}家重点企业产值合计{{total}}亿元，折合每平方公里{{km2}}亿元。",
        "{firm}{year}年产值达到{{output}}亿元；上述{{count}}家企业{year}年产值共{{total}}亿元，"
        "单位用地产出强度为{{km2}}亿元/平方公里。",
        "以{firm}为例，{year}年产值{{output}}亿元。{{count}}家重点企业{year}年共实现产值{{total}}亿元，每平方公里产值{{km2}}亿元。",
    ),
    "sector_fields": (
        "依托{firm}等企业，加快推进{project}，总投资{{money}}亿元；"
        "本行业纳入项目库的项目共{{count}}个，总投资{{total}}亿元。",
        "以{firm}等企业为重点，延伸产业链条。推动{project}建设（总投资{{money}}亿元）。"
        "{sector}入库项目{{count}}个，总投资{{total}}亿元。",
        "重点推进{project}（总投资{{money}}亿元）等{{count}}个项目，项目总投资{{total}}亿元，由{firm}等企业牵头。",
    ),
}
