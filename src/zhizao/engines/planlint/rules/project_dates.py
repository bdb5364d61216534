"""The project library's dates: their order, the period they lie in, and the money that they leave room for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.rules._common import printed
from zhizao.engines.planlint.rules._projects import UNIT, Project, period_months, projects
from zhizao.kernel.result import mark

NEW: Final = re.compile(r"新开工|新建|拟建|拟开工|计划开工")
CONTINUED: Final = re.compile(r"续建|在建|跨年|结转")
PLANNED: Final = re.compile(r"策划|前期|储备|谋划|预备")
START: Final = mark("Start: %(text)s")
FINISH: Final = mark("Finish: %(text)s")
PERIOD: Final = mark("Period of the plan: %(first)s–%(last)s")
IN_PERIOD: Final = mark("Investment within the period")
TOTAL: Final = mark("Total investment")


def _dates(project: Project) -> tuple[Number, ...]:
    pairs = ((START, project.start_printed), (FINISH, project.finish_printed))
    return tuple(Number(label, None, params={"text": words}) for label, words in pairs if words)


def _period(facts: Facts) -> Number:
    first, last = facts.period_years or (0, 0)
    return Number(PERIOD, None, params={"first": first, "last": last})


def _finding(
    facts: Facts, project: Project, rule: str, severity: Severity, message: str, suggestion: str, *numbers: Number
) -> Finding:
    params = {
        "name": project.name,
        "start": project.start_printed,
        "finish": project.finish_printed,
        "nature": project.nature,
    }
    numbers = (*_dates(project), *numbers)
    return Finding(rule, severity, message, project.key, params, numbers[:4], (project.place(facts),), suggestion)


def is_reversed(project: Project) -> bool:
    """Whether the finish lies before the start under every reading of both."""
    return bool(project.start and project.finish) and all(
        finish.end_month <= start.start_month for start in project.start for finish in project.finish
    )


def is_over(project: Project, first: int) -> bool:
    """Whether the project is finished before a month, and its dates are in order or cannot be told."""
    return project.finishes_before(first) and not is_reversed(project)


def find_reversed(facts: Facts) -> Iterator[Finding]:
    """A project is finished before it starts.

    Formula: the last month of the finish lies before the first of the start, under every reading of both dates; a year
    alone begins in January and ends in December. A finding (error): 2023 to 2021. None: 2021 to 2021; 2020.08 to
    2020.1, which may be October (``projects.date_unclear``).
    """
    for project in projects(facts):
        if is_reversed(project):
            message = mark("“%(name)s” is to be finished (%(finish)s) before it starts (%(start)s).")
            remedy = mark("Correct one of the two dates.")
            yield _finding(facts, project, "projects.reversed", Severity.ERROR, message, remedy)


def find_over(facts: Facts) -> Iterator[Finding]:
    """A project of the plan is finished before the plan's period begins.

    Formula: finish < first month of the period, under every reading. A warning: money within the period may be paid
    late. A finding: 2019 to 2020 in a plan for 2021–2025. None: a project that ends in 2021, or has no date of finish.
    """
    period = period_months(facts)
    for project in projects(facts) if period else ():
        if period and is_over(project, period[0]):
            message = mark("“%(name)s” ends in %(finish)s, before the plan's period begins.")
            remedy = mark("Correct the date, or take the project out of the library.")
            money = [printed(IN_PERIOD, project.plan, UNIT)] if project.plan else []
            yield _finding(facts, project, "projects.over", Severity.WARNING, message, remedy, _period(facts), *money)


def find_begun(facts: Facts) -> Iterator[Finding]:
    """A project that is called new has started before the plan's period.

    Formula: nature 新开工, 新建, 拟建 … and start < first month of the period, under every reading. A warning. A
    finding: 新开工 with start 2020 in a plan for 2021–2025. None: 续建 from 2020; what is over (``projects.over``).
    """
    period = period_months(facts)
    for project in projects(facts) if period else ():
        if (
            period
            and NEW.search(project.nature)
            and project.starts_before(period[0])
            and not is_over(project, period[0])
        ):
            message = mark("“%(name)s” is called “%(nature)s”, but starts in %(start)s, before the plan's period.")
            remedy = mark("Correct the start or the nature; investment made before the period has a column of its own.")
            money = [printed(IN_PERIOD, project.plan, UNIT)] if project.plan else []
            yield _finding(facts, project, "projects.begun", Severity.WARNING, message, remedy, _period(facts), *money)


def find_not_begun(facts: Facts) -> Iterator[Finding]:
    """The nature of a project does not fit its dates: continued but not begun, or only planned though under way.

    Formula: 续建 with a start in the period or later (warning); 前期, 策划, 储备 with a start before the period
    (warning) or with dates and money as if decided (info). None: 续建 from 2019; 前期策划 without dates.
    """
    period = period_months(facts)
    for project in projects(facts) if period else ():
        if period is None:
            return
        remedy = mark("Correct the nature or the dates.")
        if CONTINUED.search(project.nature) and project.starts_from(period[0]):
            message = mark("“%(name)s” is called “%(nature)s”, but starts in %(start)s, within the period.")
            severity = Severity.WARNING
        elif PLANNED.search(project.nature) and project.starts_before(period[0]):
            message = mark("“%(name)s” is only “%(nature)s”, but starts in %(start)s, before the plan's period.")
            severity = Severity.WARNING
        elif PLANNED.search(project.nature) and project.start and project.total == project.plan and project.plan:
            message = mark("“%(name)s” is only “%(nature)s”, but has dates and money as if it were decided.")
            severity = Severity.INFO
        else:
            continue
        money = [printed(IN_PERIOD, project.plan, UNIT)] if project.plan else []
        yield _finding(facts, project, "projects.nature", severity, message, remedy, _period(facts), *money)


def find_money_outside(facts: Facts) -> Iterator[Finding]:
    """Money stands in a column that the dates leave no room for.

    Formula (all warnings): start before the period, and all the money within it (total = plan, nothing before); money
    before the period, and start within it; money after the period, and finish within it; money within it, and start
    behind it. None: a project that starts and ends in the period with all its money there; an empty date.
    """
    period = period_months(facts)
    for project in projects(facts) if period else ():
        if period is None:
            return
        first, end = period
        if project.plan and project.starts_from(end):
            message = mark("“%(name)s” has investment within the period, but starts in %(start)s, after it.")
            number = printed(IN_PERIOD, project.plan, UNIT)
        elif project.before and project.starts_from(first):
            message = mark("“%(name)s” has investment before the period, but starts in %(start)s.")
            number = printed(mark("Investment before the period"), project.before, UNIT)
        elif project.after and project.finishes_before(end):
            message = mark("“%(name)s” has investment after the period, but ends in %(finish)s.")
            number = printed(mark("Investment after the period"), project.after, UNIT)
        elif project.plan and _all_within(project, first):
            message = mark("“%(name)s” starts in %(start)s, but all its investment lies within the period.")
            number = printed(IN_PERIOD, project.plan, UNIT)
        else:
            continue
        remedy = mark("Divide the investment as the dates say, or correct the dates.")
        total = [printed(TOTAL, project.total, UNIT)] if project.total else []
        yield _finding(facts, project, "projects.money_outside", Severity.WARNING, message, remedy, number, *total)


def _all_within(project: Project, first: int) -> bool:
    """Whether all money lies in the period though work began before; what another rule tells already is left out."""
    told = NEW.search(project.nature) or PLANNED.search(project.nature) or is_over(project, first)
    return project.starts_before(first) and project.plan == project.total and not project.before and not told


def find_unclear(facts: Facts) -> Iterator[Finding]:
    """A date that can be read in two ways, or not at all.

    A finding: 2020.1, January or October (warning if one of the readings puts the finish before the start, else info);
    words that are no date (info). None: 2020.10, 2020年6月, an empty cell (``projects.undated``).
    """
    for project in projects(facts):
        for words, readings in ((project.start_printed, project.start), (project.finish_printed, project.finish)):
            if not words or len(readings) == 1:
                continue
            wrong = any(b.end_month <= a.start_month for a in project.start for b in project.finish)
            severity = Severity.WARNING if wrong and not is_reversed(project) else Severity.INFO
            message = (
                mark("“%(name)s”: the date %(text)s may be %(one)s or %(other)s.")
                if readings
                else mark("“%(name)s”: “%(text)s” is no date.")
            )
            params = {"name": project.name, "text": words} | dict(
                zip(("one", "other"), map(str, readings), strict=False)
            )
            yield Finding(
                "projects.date_unclear",
                severity,
                message,
                project.key,
                params,
                _dates(project),
                (project.place(facts),),
                mark("Write the month with two digits."),
            )
            break


def find_undated(facts: Facts) -> Iterator[Finding]:
    """Projects without a start or a finish in a library that gives them for others: one finding, info.

    None: a library without dates at all.
    """
    rows = list(projects(facts))
    open_ended = [one for one in rows if not (one.start_printed and one.finish_printed)]
    if not open_ended or not any(one.start_printed for one in rows):
        return
    count = Number(mark("Projects without start or finish"), None, expression=f"{len(open_ended)}÷{len(rows)}")
    yield Finding(
        "projects.undated",
        Severity.INFO,
        mark("%(count)s of %(all)s projects have no start or no finish: %(names)s."),
        "undated",
        {"count": len(open_ended), "all": len(rows), "names": "、".join(one.name for one in open_ended[:5])},
        (count,),
        tuple(one.place(facts) for one in open_ended[:5]),
        mark("Add the dates."),
    )


_NEEDS: Final = ("projects",)
RULES: Final = (
    Rule("projects.reversed", mark("Finish before start"), _NEEDS, find_reversed),
    Rule("projects.over", mark("Project finished before the period"), _NEEDS, find_over),
    Rule("projects.begun", mark("New project begun before the period"), _NEEDS, find_begun),
    Rule("projects.nature", mark("Nature of a project against its dates"), _NEEDS, find_not_begun),
    Rule("projects.money_outside", mark("Money where the dates leave no room"), _NEEDS, find_money_outside),
    Rule("projects.date_unclear", mark("Dates that are unclear"), _NEEDS, find_unclear),
    Rule("projects.undated", mark("Projects without dates"), _NEEDS, find_undated),
)
