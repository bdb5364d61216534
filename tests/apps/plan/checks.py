"""An invented plan with its document, and rules of its own: pages are tested apart from what real rules find."""

from __future__ import annotations

from decimal import Decimal

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Mention, Number, Severity

TEXT = """青溪市工业发展规划（2026—2030年）

第一章 发展目标

一、总量

到2030年，全市工业总产值达到960亿元，年均增长9.3%，研发机构达到<b>2030个</b>。

表1 主要指标

\t指标
\t计量单位
\t2025年
\t2030年
\t年均增速

\t工业总产值
\t亿元
\t615
\t960
\t9.3%

\t研发机构数
\t个
\t60
\t120
\t100%

\t工业增加值
\t亿元
\t150
\t240
\t9.9%

第二章 重点任务

一、培育企业

推动企业上规模，由市经济信息局牵头，到2030年工业总产值达到980亿元。
"""


def stated(facts: Facts):
    """The growth of the second target is five years' growth."""
    for row, record in enumerate(facts["indicators"]):
        if record["growth_stated_pct"] == 100:
            yield Finding(
                "growth.stated",
                Severity.ERROR,
                "%(name)s: total growth is stated as annual.",
                key=str(record["id"]),
                params={"name": record["name"]},
                numbers=(
                    Number("stated", Decimal(100), "%"),
                    Number("from the end points", Decimal("14.869835"), "%", "(120÷60)^(1/5)−1"),
                ),
                places=(Mention(record["line"], "", "indicators", row),),
                suggestion="It should be 14.9 %%.",
            )


def differs(facts: Facts):
    """Text against table."""
    line = next((n for n, line in enumerate(facts.document.lines, start=1) if "980亿元" in line), None)
    if line:
        yield Finding(
            "agreement.value",
            Severity.WARNING,
            "The text says 980, the table 960.",
            key="output",
            numbers=(Number("text", Decimal(980), "亿元"), Number("table", Decimal(960), "亿元")),
            places=(Mention(line, "到2030年工业总产值达到980亿元"), Mention(17, "", "indicators", 0)),
        )


def year(facts: Facts):
    """A year printed as a value."""
    line = next((n for n, line in enumerate(facts.document.lines, start=1) if "2030个" in line), None)
    if line:
        yield Finding(
            "history.year",
            Severity.INFO,
            "A year may stand for a count.",
            key="year",
            numbers=(Number("text", Decimal(2030), "个"),),
            places=(Mention(line),),
        )


RULES = (
    Rule("growth.stated", "stated growth", ("indicators",), stated),
    Rule("growth.other", "another", ("indicators",), lambda facts: ()),
    Rule("agreement.value", "text and table", ("indicators", "text"), differs),
    Rule("history.year", "years as values", ("text",), year),
    Rule("parents.lower", "below the parent", ("parents",), lambda facts: ()),
)


def check_now(version):
    """Check a version as the worker does, at once."""
    from zhizao.apps.plan import checking
    from zhizao.apps.plan.models import PlanVersion

    version = PlanVersion.objects.select_related("plan__area", "run", "plan__parent").get(pk=version.pk)
    output, inputs = checking.make_check(version)
    return checking.keep_check(actor=None, version=version, output=output, inputs=inputs)
