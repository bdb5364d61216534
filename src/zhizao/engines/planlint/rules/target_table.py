"""The table of targets as a whole: mixed natures, ratios without a formula, targets that nobody answers for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.rules._common import target_mention, text
from zhizao.kernel.result import mark
from zhizao.kernel.text import normalise

_SHARE_OF_WHOLE: Final = re.compile(r"比重|占比|比例")
_RATIO: Final = re.compile(r"(?:率|强度|指数|集中度|集聚度|比重|占比|系数|水平|满意度|拥有量)$")
_KNOWN_NATURE: Final = (
    ("expected", re.compile(r"预期")),
    ("binding", re.compile(r"约束")),
    ("counted", re.compile("累计")),
)
_EXPLAINED: Final = re.compile(r"^\s*[“\"【]?([^：:，。“”\"]{2,30})[”\"】]?\s*(?:[：:]|是?指|=|＝)")


def find_nature(facts: Facts) -> Iterator[Finding]:
    """The column of natures mixes what binds (预期性, 约束性) with how is counted (累计值), or spells one in two ways.

    One finding for the table, info. None: 预期性 and 约束性 alone; a table without natures.
    """
    rows = [(row, text(record, "nature")) for row, record in enumerate(facts["indicators"])]
    counts = Counter(nature for _, nature in rows if nature)
    kinds = {nature: next((kind for kind, words in _KNOWN_NATURE if words.search(nature)), nature) for nature in counts}
    missing = [row for row, nature in rows if not nature] if counts else []
    mixed = "counted" in kinds.values() and len(set(kinds.values())) > 1
    spelled = len(kinds) > len(set(kinds.values()))
    if not (mixed or spelled or missing):
        return
    firsts = {nature: next(row for row, other in rows if other == nature) for nature in counts}
    message = (
        mark("The natures of the targets mix what binds with how is counted: %(natures)s.")
        if mixed
        else mark("The natures of the targets are written in several ways: %(natures)s.")
        if spelled
        else mark("%(count)s targets have no nature.")
    )
    yield Finding(
        "targets.nature",
        Severity.INFO,
        message,
        "nature",
        {"natures": "、".join(counts), "count": len(missing)},
        tuple(Number(nature, Decimal(count)) for nature, count in counts.most_common(4)),
        tuple(target_mention(facts, row) for row in [*firsts.values(), *missing[:2]]),
        mark("Say of each target whether it is expected or binding, and in a column of its own how it is counted."),
    )


def find_undefined(facts: Facts) -> Iterator[Finding]:
    """Ratios whose formula the document gives nowhere: one finding, info.

    Formula: rates, shares without a printed whole, intensities and indices, of which no line of the document explains
    a word (术语：…, 是指 …). None: 产值 in 亿元; a share whose name says of what; an indicator explained in the annex.
    """
    if facts.document is None:
        return
    explained = {
        normalise(found[1]).strip('“”" ') for line in facts.document.lines if (found := _EXPLAINED.match(line))
    }
    rows = []
    for row, record in enumerate(facts["indicators"]):
        name = normalise(text(record, "name"))
        if not _RATIO.search(name) or ("占" in name and _SHARE_OF_WHOLE.search(name)):
            continue
        if not any(len(term) >= 4 and (term in name or name in term) for term in _pieces(name, explained)):
            rows.append(row)
    if rows:
        names = "、".join(text(facts["indicators"][row], "name") for row in rows)
        yield Finding(
            "targets.undefined",
            Severity.INFO,
            mark("The document defines %(count)s ratios nowhere: %(names)s."),
            "undefined",
            {"count": len(rows), "names": names},
            (Number(mark("Ratios without formula"), Decimal(len(rows))),),
            tuple(target_mention(facts, row) for row in rows[:8]),
            mark("Give numerator, denominator and source of each, in a note to the table or an annex."),
        )


def _pieces(name: str, explained: set[str]) -> Iterator[str]:
    """The explained terms that a name holds, by looking its pieces up; the name itself in a longer term is one too."""
    for start in range(len(name)):
        for end in range(start + 4, len(name) + 1):
            if name[start:end] in explained:
                yield name[start:end]


def find_without_owner(facts: Facts) -> Iterator[Finding]:
    """Targets that no task of a named unit serves: one finding, info.

    Formula: indicators − those named by tasks that have a lead unit. None: a plan whose tasks are not at hand.
    """
    served = {
        one for record in facts["tasks"] if text(record, "lead_unit") for one in text(record, "indicator_ids").split()
    }
    total = len(facts["indicators"])
    rows = [row for row, record in enumerate(facts["indicators"]) if text(record, "id") not in served]
    if rows:
        yield Finding(
            "targets.without_owner",
            Severity.INFO,
            mark("%(count)s of %(all)s targets are served by no task with a responsible unit."),
            "owner",
            {"count": len(rows), "all": total},
            (
                Number(
                    mark("Targets without a responsible unit"), Decimal(len(rows)), "", f"{total}−{total - len(rows)}"
                ),
            ),
            tuple(target_mention(facts, row) for row in rows[:5]),
            mark("Name the unit that answers for each target."),
        )


RULES: Final = (
    Rule("targets.nature", mark("Natures that are mixed"), ("indicators",), find_nature),
    Rule("targets.undefined", mark("Ratios without a formula"), ("indicators", TEXT), find_undefined),
    Rule(
        "targets.without_owner", mark("Targets without a responsible unit"), ("indicators", "tasks"), find_without_owner
    ),
)
