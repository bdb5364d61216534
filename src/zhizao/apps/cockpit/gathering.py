"""Gather the facts of a brief, part by part: the output of a run, and all that the text is written from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from zhizao.apps.cockpit import economy, helping, sampling, targets, template, warnings
from zhizao.apps.cockpit.book import Asked, Book, fact, text
from zhizao.apps.ledger import queries as ledger
from zhizao.base.accounts.models import Organisation
from zhizao.base.accounts.roles import Role
from zhizao.base.evidence import canonical
from zhizao.base.facts.queries import today
from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.cockpit.template import Template
    from zhizao.base.accounts.models import Area

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Facts, and the fingerprints of what they were made from."""

    asked: Asked
    template: Template
    data: dict[str, Any]
    inputs: dict[str, str]


def ask(area: Area, month: str, as_of: date) -> Asked:
    """Which brief is meant.

    Raises
    ------
    Refused
        ``cockpit.not_a_month``, ``cockpit.january``, ``cockpit.month_not_over``, ``cockpit.as_of_future``,
        ``cockpit.as_of_too_early``, ``cockpit.no_figures``.
    """
    span = _month(month)
    if span.last_day >= today():
        raise _refusal(
            "month_not_over",
            mark("%(month)s is not over yet."),
            mark("Ask for a month that has ended."),
            month=month,
        )
    if as_of > today():
        raise _refusal(
            "as_of_future", mark("%(day)s has not come yet."), mark("Ask for today or an earlier day."), day=as_of
        )
    if as_of <= span.last_day:
        raise _refusal(
            "as_of_too_early",
            mark("On %(day)s the month %(month)s was not over: nothing of it could be known."),
            mark("Ask for a day after %(last)s."),
            day=as_of,
            month=month,
            last=span.last_day,
        )
    asked = Asked(area, span, as_of)
    if not sampling.has_figures(asked):
        raise _refusal(
            "no_figures",
            mark("Nothing was known of %(month)s in %(area)s on %(day)s."),
            mark("Import the figures, or ask for another month or a later day."),
            month=month,
            area=area.name,
            day=as_of,
        )
    return asked


def _month(text: str) -> Span:
    """The month of a brief; February stands for January and February, which are reported as one."""
    wrong = _refusal(
        "not_a_month", mark("“%(text)s” is not a month."), mark("Write the month as 2025-06."), text=text[:40]
    )
    try:
        span = Span.parse(text)
    except Refused:
        raise wrong from None
    if span.is_year_to_date and span.months == 2:
        return span
    if not span.is_month:
        raise wrong
    number = span.start_month % 12 + 1
    if number == 1:
        raise _refusal(
            "january",
            mark("January has no brief of its own: January and February are reported as one."),
            mark("Ask for %(month)s."),
            month=f"{span.first_year}-02",
        )
    return Span.year_to_date(span.first_year, 2) if number == 2 else span


def gather(asked: Asked, *, step: Step = lambda text: None) -> Gathered:
    """Compute every fact of a brief from what was known at the end of its day."""
    words = template.in_force(asked.as_of)
    book = Book()
    area = asked.area
    book.facts |= {
        "area": text(area.name, area.name_en),
        "month": fact("span", asked.month),
        "ytd": fact("span", asked.to_date),
        "as_of": fact("day", asked.as_of),
        "template": fact("number", words.version),
        "year": fact("number", asked.month.first_year),
        "number": fact("number", asked.month.last_day.month - 1),  # January has none: February's is the first
        "publisher": text(_publisher(area)),
    }
    book.inputs["publisher"] = canonical.sha256(book.facts["publisher"]["value"])
    step(mark("Reading the figures"))
    economy.write(book, asked, words)
    _unknown(book, words)
    step(mark("Reading the forecasts"))
    targets.write(book, asked)
    step(mark("Reading warnings, chains and cases"))
    warnings.write(book, asked)
    helping.write(book, asked)
    return Gathered(asked, words, book.plain(), book.inputs)


def _publisher(area: Area) -> str:
    """The office whose analysts write the brief, with its area; the area alone where there is not just one."""
    analysts = Organisation.objects.filter(area=area, kind=Organisation.Kind.DEPARTMENT)
    offices = analysts.filter(users__grants__role=Role.ANALYST).order_by().values_list("name", flat=True).distinct()
    names = list(offices[:2])
    if len(names) != 1:
        return area.name
    return names[0] if names[0].startswith(area.name) else f"{area.name}{names[0]}"


def _unknown(book: Book, words: Template) -> None:
    """The indicators of the template of which nothing is known."""
    told = {item.key: item for item in ledger.indicators() if item.key in words.indicators}
    lacking = [item for key, item in told.items() if f"{key}.ytd.value" not in book.facts]
    book.lists["unknown"] = [{"name": text(item.name, item.name_en)} for item in lacking]


def _refusal(code: str, message: str, remedy: str, **params: object) -> Refused:
    shown = {name: str(value) for name, value in params.items()}
    return Refused(Problem(f"cockpit.{code}", message, remedy=remedy, params=shown))
