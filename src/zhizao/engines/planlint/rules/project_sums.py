"""The project library's totals: its rows of totals, and the amounts that the text gives for it and for a project."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.document import Cell, Run
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.rules._common import (
    Finder,
    added,
    claim_mention,
    computed,
    decimal,
    integer,
    line_mention,
    plain,
    printed,
    rounded,
    span_of,
    text,
)
from zhizao.engines.planlint.rules._library import (
    REACH,
    STOP,
    Group,
    amounts_by_line,
    counted_amounts,
    groups,
    in_wan_yuan,
    start_of,
)
from zhizao.engines.planlint.rules._projects import UNIT, Project, core, money_factor, money_step, projects
from zhizao.engines.planlint.tables.values import converted, figure
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel import quantities
from zhizao.kernel.result import mark

_SUM: Final = re.compile(r"(?:总计|合计|小计|共计|总投资合计)(?:[（(].{0,12}[）)])?")
_ROW: Final = 24
_SHORTEST: Final = 6
_OWN_TOTAL: Final = re.compile(r"(?<![期批段])(?<!其中)总投(?:资)?(?:额|规模)?")
_AMOUNT: Final = 24
"""Characters behind 总投资 in which its amount ends, and …"""
_CLOSE: Final = 6
"""… in which it begins."""
_CALLED_TOTAL: Final = re.compile(r"总投资")
_MONEY_WORD: Final = re.compile(r"投资")


@dataclass(frozen=True, slots=True)
class SumRow:
    """A row of totals in the document: its line, that of the table's caption, and its figures in order."""

    line: int
    caption: int
    figures: tuple[Decimal, ...]


def sum_rows(facts: Facts) -> Iterator[SumRow]:
    """The rows of totals in the tables that the projects were read from."""
    lines = sorted(line for record in facts["projects"] if (line := integer(record, "line")) is not None)
    for run in facts.document.runs if facts.document else ():
        at = bisect_left(lines, run.first_line)
        if at < len(lines) and lines[at] <= run.last_line:
            yield from _sums_of(run)


def _sums_of(run: Run) -> Iterator[SumRow]:
    for index, cell in enumerate(run.cells):
        if _SUM.fullmatch(cell.text.replace(" ", "")):
            row = _row_behind(run.cells, index)
            figures = [one.value for words in row if (one := figure(words)) is not None]
            caption = next((line for line, words in run.before[::-1] if words == run.caption), run.first_line)
            yield SumRow(cell.line, caption, tuple(figures))


def _row_behind(cells: Sequence[Cell], index: int) -> Iterator[str]:
    """The cells of the same row: up to the next gap, or the end of the line where a line holds a row."""
    inline = index + 1 < len(cells) and cells[index + 1].line == cells[index].line
    for cell in cells[index + 1 : index + _ROW]:
        if cell.gap or (inline and cell.line != cells[index].line):
            return
        yield cell.text


def find_totals(facts: Facts) -> Iterator[Finding]:
    """A row of totals is not the sum of the rows; or the library has no total at all.

    Formula: first figure of a row 合计, 总计, 小计 = Σ total investment of the library or of the sector before or
    behind it. Tolerance: rounding of every row. An error. Without any printed total one info, with the sum. A
    finding: 11.35 where the rows give 12.35. None: a subtotal that is its sector's; a library that lacks an amount.
    """
    library = groups(facts)
    if not library[0].rows:
        return
    rows = list(sum_rows(facts))
    factor = money_factor(facts["projects"][library[0].rows[0].row])
    stated = [row for row in rows if row.figures]
    if not stated:
        yield _without_total(facts, library, rows)
    records = facts["projects"]
    sectors = [(sorted(integer(records[one.row], "line") or 0 for one in group.rows), group) for group in library[1:]]
    for row in stated:
        near = [library[0], *_neighbours(sectors, row.line)]
        value = row.figures[0] * factor
        within = interval(row.figures[0]).times(factor)
        if any(not group.is_known or group.span.meets(within) for group in near):
            continue
        group = min(near, key=lambda one: abs(one.total - value))
        yield Finding(
            "projects.totals",
            Severity.ERROR,
            mark("The total of %(stated)s ×10⁴ yuan is not the sum of its rows, %(sum)s."),
            f"total/{group.name}",
            {"stated": plain(value), "sum": plain(group.total)},
            (
                printed(mark("Total as printed"), value, UNIT),
                group.number,
                computed(mark("Difference"), value - group.total, UNIT, by=f"{plain(value)}−{plain(group.total)}"),
            ),
            (line_mention(facts, row.line), group.rows[0].place(facts)),
            mark("Correct the total or a row."),
        )


def _neighbours(sectors: Sequence[tuple[list[int], Group]], line: int) -> Iterator[Group]:
    """The sectors whose rows end right before or begin right behind a line."""
    before = [(lines[at - 1], group) for lines, group in sectors if (at := bisect_left(lines, line))]
    behind = [(lines[at], group) for lines, group in sectors if (at := bisect_left(lines, line)) < len(lines)]
    if before:
        yield max(before, key=lambda pair: pair[0])[1]
    if behind:
        yield min(behind, key=lambda pair: pair[0])[1]


def _without_total(facts: Facts, library: list[Group], rows: list[SumRow]) -> Finding:
    message = (
        mark("The row of totals of the project library is empty; its rows add up to %(sum)s ×10⁴ yuan.")
        if rows
        else mark("The project library has no total; its rows add up to %(sum)s ×10⁴ yuan.")
    )
    whole = library[0]
    sectors = tuple(
        Number(group.name, group.total, UNIT, added(one.total for one in group.rows if one.total is not None))
        for group in library[1:4]
    )
    lines = (rows[0].line, rows[0].caption) if rows else ()
    places = tuple(line_mention(facts, line) for line in lines) or (whole.rows[0].place(facts),)
    remedy = mark("Print the totals of the library and of its sectors.")
    params = {"sum": plain(whole.total)}
    return Finding("projects.totals", Severity.INFO, message, "total", params, (whole.number, *sectors), places, remedy)


def find_in_text(facts: Facts) -> Iterator[Finding]:
    """The investment that the text gives for a project is not that of its row.

    Formula: the first amount of investment behind a project's name in one sentence, at most 80 characters on = total,
    or one of the parts, of its row (of any, if the name stands twice). Tolerance: rounding and bound of the text, and
    rounding of the row. An error. None: 约18亿元 for 180,500; an amount for several projects together.
    """
    if facts.document is None:
        return
    by_name: dict[str, list[Project]] = defaultdict(list)
    for project in projects(facts):
        for name in {project.name, core(project.name)}:
            if len(name) >= _SHORTEST:
                by_name[name].append(project)
    finder = Finder(by_name)
    for line, claims in amounts_by_line(facts).items():
        words = facts.document.lines[line - 1] if 0 < line <= len(facts.document.lines) else ""
        told: set[int] = set()
        for name, start in finder.find(words):
            end = start + len(name)
            at = bisect_left(claims, end, key=lambda row: start_of(facts, row))
            row = claims[at] if at < len(claims) else None
            if row is None or row in told or start_of(facts, row) > end + REACH:
                continue
            between = words[end : start_of(facts, row)]
            if STOP.search(between) or not _MONEY_WORD.search(between) or next(finder.find(between), None):
                continue
            told.add(row)
            yield from _amount(facts, row, by_name[name])


def _amount(facts: Facts, row: int, rows: list[Project]) -> Iterator[Finding]:
    said = in_wan_yuan(facts, row)
    if said is None:
        return
    for project in rows:
        step = money_step(facts["projects"][project.row])
        for value in (project.total, project.plan, project.before, project.after):
            if value is not None and said[1].meets(Interval(value - step, value + step)):
                return
    project = rows[0]
    if project.total is None:
        return
    yield Finding(
        "projects.in_text",
        Severity.ERROR,
        mark("The text gives “%(name)s” %(said)s ×10⁴ yuan; the library has %(total)s."),
        project.key,
        {"name": project.name, "said": plain(said[0]), "total": plain(project.total)},
        (
            printed(mark("Investment in the text"), said[0], UNIT),
            printed(mark("Investment in the library"), project.total, UNIT),
            computed(mark("Difference"), said[0] - project.total, UNIT, by=f"{plain(said[0])}−{plain(project.total)}"),
        ),
        (claim_mention(facts, row), project.place(facts)),
        mark("Correct the text or the library."),
    )


def find_own_words(facts: Facts) -> Iterator[Finding]:
    """The description in a project's row names another total than its column.

    Formula: the amount behind 总投资 in the lines of the row = its total. Tolerance: rounding and bound of the words,
    and rounding of the column. An error. A finding: 计划总投资1200万元 in a row with 3600. None: 总投资约8亿元 in a row
    with 80,714; the investment of a phase or of equipment.
    """
    if facts.document is None:
        return
    lines = facts.document.lines
    rows = [project for project in projects(facts) if project.total is not None]
    starts = sorted(integer(record, "line") or 0 for record in facts["projects"])
    for project in rows:
        line = integer(facts["projects"][project.row], "line") or 0
        at = bisect_right(starts, line)
        end = min(starts[at] if at < len(starts) else len(lines), line + _ROW)
        for number in range(line, max(end, line + 1)):
            said = _own_total(lines[number - 1]) if 0 < number <= len(lines) else None
            step = money_step(facts["projects"][project.row])
            total = project.total or Decimal(0)
            if said is None or said[1].meets(Interval(total - step, total + step)):
                continue
            yield Finding(
                "projects.own_words",
                Severity.ERROR,
                mark("“%(name)s”: its description says a total of %(said)s ×10⁴ yuan, its column %(total)s."),
                project.key,
                {"name": project.name, "said": plain(said[0]), "total": plain(total)},
                (
                    printed(mark("Total in the description"), said[0], UNIT),
                    printed(mark("Total in the column"), total, UNIT),
                    computed(mark("Difference"), said[0] - total, UNIT, by=f"{plain(said[0])}−{plain(total)}"),
                ),
                (project.place(facts), line_mention(facts, number)),
                mark("Correct the description or the column."),
            )
            break


def _own_total(words: str) -> tuple[Decimal, Interval] | None:
    """The total that a description names, in 10^4 yuan; None where it names none, or that of a phase."""
    found = _OWN_TOTAL.search(words)
    if found is None:
        return None
    behind = quantities.find(words[found.end() : found.end() + _AMOUNT])
    if not behind or behind[0].start > _CLOSE or not behind[0].unit.endswith("元"):
        return None
    one = behind[0]
    factor = converted(Decimal(1), one.unit, UNIT)
    return (
        None if factor is None else (rounded(one.value * factor, 2), interval(one.value, bound=one.bound).times(factor))
    )


def find_sum_in_text(facts: Facts) -> Iterator[Finding]:
    """The investment that the text gives for the projects of the library, or of a sector, is not the sum of the rows.

    Formula: a number of projects and an amount of investment in one sentence; the number is that of the library or of
    a sector, and the amount is the Σ of none of those that have it: not of their totals, and, unless it is called the
    total, not of what is invested before, within or after the period. Tolerance: rounding and bound of the text. An
    error. None: a number of projects that no part of the library has (``counts`` tells of it); the investment of a
    single year.
    """
    by_size: dict[Decimal, list[Group]] = defaultdict(list)
    for group in groups(facts):
        by_size[Decimal(len(group.rows))].append(group)
    for count, row in counted_amounts(facts):
        number = decimal(facts["claims"][count], "value")
        yield from _sum_in_text(facts, row, by_size.get(number, []) if number is not None else [])


def _sum_in_text(facts: Facts, row: int, fitting: list[Group]) -> Iterator[Finding]:
    said = in_wan_yuan(facts, row)
    if said is None or not fitting or any(not one.is_known or one.span.meets(said[1]) for one in fitting):
        return
    record = facts["claims"][row]
    if not _CALLED_TOTAL.search(text(record, "indicator")):
        if (within := span_of(record)) is not None and within.is_year and facts.period_years:
            return
        if any(part.meets(said[1]) for one in fitting for part in one.phases):
            return
    group = min(fitting, key=lambda one: abs(one.total - said[0]))
    yield Finding(
        "projects.sum_in_text",
        Severity.ERROR,
        mark("The text gives %(count)s projects %(said)s ×10⁴ yuan; their rows add up to %(sum)s."),
        f"{text(facts['claims'][row], 'id')}/{group.name}",
        {"count": len(group.rows), "said": plain(said[0]), "sum": plain(group.total)},
        (
            printed(mark("Investment in the text"), said[0], UNIT),
            group.number,
            computed(mark("Difference"), said[0] - group.total, UNIT, by=f"{plain(said[0])}−{plain(group.total)}"),
        ),
        (claim_mention(facts, row), group.rows[0].place(facts)),
        mark("Correct the text or the library."),
    )


RULES: Final = (
    Rule("projects.totals", mark("Totals of the library"), ("projects", TEXT), find_totals),
    Rule("projects.in_text", mark("A project's investment in the text"), ("projects", "claims", TEXT), find_in_text),
    Rule("projects.own_words", mark("A row's description against its total"), ("projects", TEXT), find_own_words),
    Rule("projects.sum_in_text", mark("Projects' investment together"), ("projects", "claims", TEXT), find_sum_in_text),
)
