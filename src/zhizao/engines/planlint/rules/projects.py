"""The project library's rows: rows that stand twice, serials, money of a row, owners, and what its sum can carry."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.rules._common import (
    added,
    computed,
    decimal,
    known,
    plain,
    printed,
    region_of,
    target_mention,
    text,
)
from zhizao.engines.planlint.rules._projects import UNIT, Project, core, money_step, period_months, projects
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.text import concepts
from zhizao.engines.planlint.versions.matching import likeness
from zhizao.kernel import names
from zhizao.kernel.result import mark

TOTAL: Final = mark("Total investment")
PART: Final = mark("Investment within the period")
ALIKE: Final = 0.8
"""Names of one owner's projects that share this much may be one project."""
MANY: Final = 60
"""An owner with more projects than this is compared by exact names only."""
LEAST_RATIO: Final = Decimal("0.2")
ABSURD_RATIO: Final = Decimal("0.05")
"""Investment per yuan of new annual output. Manufacturing takes about 0.3 to 1; these are far below any."""
_NUMERALS: Final = re.compile(r"[0-9.]+|[一二三四五六七八九十]+(?=期|号|批)")


def find_twice(facts: Facts) -> Iterator[Finding]:
    """Two rows of the library are one project.

    Formula: the same name (without 项目, 建设, 工程 at its end) and the same owner, by the table of aliases; an owner
    left empty may be any. An error if the two state different totals, a warning if all is said twice. A finding: one
    data park with 200,000 in one sector and 19,000 in another. None: first and second phase; one name, two owners.
    """
    whose = known(facts)
    groups: dict[str, list[Project]] = defaultdict(list)
    for project in projects(facts):
        groups[core(project.name)].append(project)
    for group in groups.values():
        first = group[0]
        same = [one for one in group[1:] if not (one.owner and first.owner) or whose(one.owner) == whose(first.owner)]
        if not same:
            continue
        rows = [first, *same]
        totals = [one.total for one in rows if one.total is not None]
        differ = len(set(totals)) > 1
        message = (
            mark("“%(name)s” stands %(count)s times in the library, with different totals: %(totals)s.")
            if differ
            else mark("“%(name)s” stands %(count)s times in the library and is counted as often.")
        )
        yield Finding(
            "projects.twice",
            Severity.ERROR if differ else Severity.WARNING,
            message,
            core(first.name),
            {"name": first.name, "count": len(rows), "totals": "、".join(map(plain, totals))},
            tuple(Number(TOTAL, one.total, UNIT) for one in rows[:3]) + _slip(totals),
            tuple(one.place(facts) for one in rows[:6]),
            mark("Keep one row, or tell the two apart by their names."),
        )


def _slip(figures: list[Decimal]) -> tuple[Number, ...]:
    """A line that says how one of two figures may be a slip of the other."""
    if len(figures) != 2 or figures[0] == figures[1] or not all(figures):
        return ()
    one, other = (plain(value) for value in figures)
    digits = [[char for char in words if char != "."] for words in (one, other)]
    if len(digits[0]) == len(digits[1]) and set(digits[0]) == set(digits[1]):
        return (Number(mark("The two are made of the same digits"), None, expression=f"{one} ↔ {other}"),)
    if max(figures) / min(figures) in (Decimal(10), Decimal(100), Decimal(1000), Decimal(10000)):
        times = plain(max(figures) / min(figures))
        return (Number(mark("One is %(times)s times the other"), None, params={"times": times}),)
    return ()


def find_alike(facts: Facts) -> Iterator[Finding]:
    """Two projects of one owner have names so alike that they may be one.

    Formula: Dice's coefficient of the pairs of characters of their names ≥ 0.8, the same numbers and phases in both.
    A warning if their totals are equal, else an info. None: phase one and phase two; projects of two owners.
    """
    whose = known(facts)
    owners: dict[str, list[Project]] = defaultdict(list)
    for project in projects(facts):
        if project.owner:
            owners[whose(project.owner)].append(project)
    for group in owners.values():
        for one, other in combinations(group, 2) if len(group) <= MANY else ():
            ours, theirs = core(one.name), core(other.name)
            if ours == theirs or likeness(ours, theirs) < ALIKE:
                continue
            if _NUMERALS.findall(ours) != _NUMERALS.findall(theirs):
                continue
            equal = one.total is not None and one.total == other.total
            yield Finding(
                "projects.alike",
                Severity.WARNING if equal else Severity.INFO,
                mark("“%(name)s” and “%(other)s” of one owner may be the same project."),
                f"{ours}/{theirs}",
                {"name": one.name, "other": other.name},
                tuple(Number(TOTAL, project.total, UNIT) for project in (one, other)),
                (one.place(facts), other.place(facts)),
                mark("Keep one row if they are one."),
            )


def find_serials(facts: Facts) -> Iterator[Finding]:
    """A serial stands twice or is left out.

    Formula: serials go up by one, from 1 in each sector or through the whole library. A warning. A finding: 12, 12, 14.
    None: 3 in the first sector, 4 or 1 in the next; rows without serials.
    """
    previous: Project | None = None
    for project in projects(facts):
        if project.serial is None:
            continue
        if previous is not None and previous.serial is not None:
            same_sector = project.sector == previous.sector
            expected = previous.serial + 1
            if project.serial == previous.serial and same_sector:
                yield _serial(facts, previous, project, mark("The serial %(serial)s stands twice in “%(sector)s”."))
            elif project.serial not in ({expected} if same_sector else {expected, 1}) and not _after_twice(
                facts, previous, project
            ):
                message = mark("In “%(sector)s” the serial %(serial)s follows %(previous)s.")
                yield _serial(facts, previous, project, message)
        previous = project


def _after_twice(facts: Facts, previous: Project, project: Project) -> bool:
    """Whether the gap only follows from a serial told already: 12, 12, 14 is one slip."""
    rows = facts["projects"]
    before = rows[previous.row - 1].get("serial") if previous.row else None
    return before == previous.serial and project.serial == (previous.serial or 0) + 2


def _serial(facts: Facts, previous: Project, project: Project, message: str) -> Finding:
    numbers = [
        Number(mark("Serial of “%(name)s”"), Decimal(one.serial or 0), params={"name": one.name})
        for one in (previous, project)
    ]
    expected = Number(mark("Serial expected"), Decimal((previous.serial or 0) + 1), "", f"{previous.serial}+1")
    return Finding(
        "projects.serials",
        Severity.WARNING,
        message,
        f"{project.key}/{project.serial}",
        {"sector": project.sector, "serial": project.serial, "previous": previous.serial},
        (*numbers, expected),
        (previous.place(facts), project.place(facts)),
        mark("Number the rows anew, and look whether one was lost."),
    )


def find_parts(facts: Facts) -> Iterator[Finding]:
    """The investment before, within and after the period does not make up the total.

    Formula: before + plan + after = total. Tolerance: half a unit of the last digit of each. An error if the parts
    exceed the total or all three are printed and differ from it. Where one is empty the rest may lie there: a warning
    if the dates rule that out (start and finish within the period), an info if they are unknown. A finding: 7,110 in
    all, 1,770 within 2021–2025, built 2021 to 2025. None: 7,110 and 1,770, built 2019 to 2022.
    """
    for project in projects(facts):
        if project.total is None or project.plan is None:
            continue
        parts = {"before": project.before, "plan": project.plan, "after": project.after}
        printed_parts = [value for value in parts.values() if value is not None]
        rest = project.total - sum(printed_parts)
        slack = money_step(facts["projects"][project.row]) * (len(printed_parts) + 1)
        if abs(rest) <= slack:
            continue
        severity = _severity_of_rest(facts, project, rest)
        if severity is None:
            continue
        by = f"{plain(project.total)}−{'−'.join(plain(value) for value in printed_parts)}"
        left = computed(mark("Left of the total"), rest, UNIT, by=by, places=2)
        message = (
            mark("“%(name)s”: the parts exceed the total of %(total)s by %(rest)s ×10⁴ yuan.")
            if rest < 0
            else mark("“%(name)s”: of the total of %(total)s, %(rest)s ×10⁴ yuan lie in no part.")
        )
        yield Finding(
            "projects.parts",
            severity,
            message,
            project.key,
            {"name": project.name, "total": plain(project.total), "rest": plain(abs(rest))},
            (
                printed(TOTAL, project.total, UNIT),
                printed(PART, project.plan, UNIT),
                left,
                *_slip([project.total, project.plan]),
            ),
            (project.place(facts),),
            mark("Correct one of the figures, or fill in the investment before and after the period."),
        )


def _severity_of_rest(facts: Facts, project: Project, rest: Decimal) -> Severity | None:
    if rest < 0 or (project.before is not None and project.after is not None):
        return Severity.ERROR
    period = period_months(facts)
    if period is None or not (project.start and project.finish):
        return Severity.INFO
    in_before = project.before is None and not project.starts_from(period[0])
    in_after = project.after is None and not project.finishes_before(period[1])
    return None if in_before or in_after else Severity.WARNING


def find_owners(facts: Facts) -> Iterator[Finding]:
    """One owner stands in the library under several names: one finding, info.

    Formula: names with one registered name in the table of aliases, or that differ only in legal form, brackets and
    dots. None: a branch and its parent; names that differ in a word.
    """
    whose = known(facts)
    spelled: dict[str, dict[str, Project]] = defaultdict(dict)
    for project in projects(facts):
        if project.owner:
            normal = names.normalise(project.owner)
            spelled[names.core(whose(project.owner))].setdefault(normal, project)
    several = [list(forms.values()) for forms in spelled.values() if len(forms) > 1]
    if several:
        pairs = "；".join("、".join(one.owner for one in forms) for forms in several[:5])
        yield Finding(
            "projects.owners",
            Severity.INFO,
            mark("%(count)s owners stand in the library under more than one name: %(names)s."),
            "owners",
            {"count": len(several), "names": pairs},
            (Number(mark("Owners under several names"), Decimal(len(several))),),
            tuple(one.place(facts) for forms in several for one in forms)[:8],
            mark("Write the registered name throughout."),
        )


def find_capacity(facts: Facts) -> Iterator[Finding]:
    """The projects listed for a sector are far too small for the growth of its output.

    Formula: total investment of the sector's projects ÷ (target − base of its output). Below 0.2 yuan of investment per
    yuan of new annual output an info, below 0.05 a warning; manufacturing takes about 0.3 to 1, and the list need not
    be complete. A finding: 10 million in projects for 1,000 million more output. None: a sector without projects.
    """
    region = region_of(facts)
    targets = concepts.Index(
        (concepts.of_indicator(record, region=region), row) for row, record in enumerate(facts["indicators"])
    )
    sectors: dict[str, list[Project]] = defaultdict(list)
    for project in projects(facts):
        if project.sector and project.total is not None:
            sectors[project.sector].append(project)
    for sector, group in sectors.items():
        wanted = concepts.parse(f"{sector}产值", unit="亿元", region=region)
        rows = [row for row, _ in targets.find(wanted)]
        if len(rows) != 1 or len(group) < 2:
            continue
        added_output = _new_output(facts, rows[0])
        invested = sum((one.total for one in group if one.total is not None), Decimal(0))
        if added_output is None or invested >= added_output * LEAST_RATIO:
            continue
        ratio = invested / added_output
        record = facts["indicators"][rows[0]]
        by = f"{text(record, 'target_value')}−{text(record, 'base_value')}"
        each = f"{plain(invested)}÷{plain(added_output)}"
        yield Finding(
            "projects.capacity",
            Severity.WARNING if ratio < ABSURD_RATIO else Severity.INFO,
            mark("“%(sector)s”: the listed projects invest %(ratio)s yuan per yuan of new annual output."),
            sector,
            {"sector": sector, "ratio": plain(ratio, 2)},
            (
                computed(mark("New annual output"), added_output, UNIT, by=by),
                computed(
                    mark("Total of the listed projects"),
                    invested,
                    UNIT,
                    by=added(one.total for one in group if one.total is not None),
                ),
                computed(
                    mark("Investment per yuan of new output"),
                    ratio,
                    "元",
                    by=each,
                    places=2,
                ),
                Number(mark("Least investment per yuan of new output taken for possible"), LEAST_RATIO, "元"),
            ),
            (target_mention(facts, rows[0]), group[0].place(facts)),
            mark("List what else is to carry the growth, or look at the target again."),
        )


def _new_output(facts: Facts, row: int) -> Decimal | None:
    """Target − base of an indicator in 10^4 yuan; None where unknown or not more."""
    record = facts["indicators"][row]
    base, target, unit = decimal(record, "base_value"), decimal(record, "target_value"), text(record, "unit")
    if base is None or target is None or target <= base or not unit:
        return None
    return converted(target - base, unit, UNIT)


_NEEDS: Final = ("projects",)
RULES: Final = (
    Rule("projects.twice", mark("A project in two rows"), _NEEDS, find_twice),
    Rule("projects.alike", mark("Projects that may be one"), _NEEDS, find_alike),
    Rule("projects.serials", mark("Serials of the library"), _NEEDS, find_serials),
    Rule("projects.parts", mark("Investment by period against the total"), _NEEDS, find_parts),
    Rule("projects.owners", mark("An owner under several names"), _NEEDS, find_owners),
    Rule(
        "projects.capacity",
        mark("Targets that the listed projects cannot carry"),
        ("projects", "indicators"),
        find_capacity,
    ),
)
