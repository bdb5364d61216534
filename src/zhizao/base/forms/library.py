"""Every form and every deadline that the packs hold: the nation's, read once a process.

A calendar is one file a year: for each form and period the day from which it can be filled in and the instant by which
it is due, in China's time; and what becomes of a report that comes later: it is recorded as late, or refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from zhizao.base.forms.definition import BEFORE, YEAR, Form
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.span import Span
from zhizao.kernel.tables.limits import Source

CHINA = ZoneInfo("Asia/Shanghai")
After = Literal["recorded", "refused"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the report of a form for a period can be filled in, and by when it is due."""

    form: str
    period: Span
    opens: date
    due: datetime
    after: After
    demonstration: bool

    def is_late(self, at: datetime) -> bool:
        """Whether an instant is past it."""
        return at > self.due


@dataclass(frozen=True, slots=True)
class Library:
    """Forms in all their editions, and deadlines."""

    forms: tuple[Form, ...]
    deadlines: tuple[Deadline, ...]

    def form(self, name: str, period: Span) -> Form | None:
        """The edition of a form for a period."""
        return next((form for form in self.forms if form.id == name and form.in_force(period)), None)

    def editions(self, name: str) -> list[Form]:
        """All editions of a form, the newest first."""
        return sorted((f for f in self.forms if f.id == name), key=lambda form: form.effective_from, reverse=True)

    def newest(self) -> list[Form]:
        """Of each form its newest edition, by number."""
        names = sorted({form.id for form in self.forms})
        return sorted((self.editions(name)[0] for name in names), key=lambda form: form.number)

    def deadline(self, name: str, period: Span) -> Deadline | None:
        """The deadline of a report; None if no calendar asks for it."""
        return next((d for d in self.deadlines if d.form == name and d.period == period), None)

    def open_by(self, day: date) -> list[Deadline]:
        """What can be filled in on a day, the latest due first."""
        found = [d for d in self.deadlines if d.opens <= day and self.form(d.form, d.period)]
        return sorted(found, key=lambda d: (d.due, d.form), reverse=True)

    def earlier(self, name: str, period: Span, at: str) -> Span | None:
        """The period of the report before it in the same calendar year, or of that a year earlier."""
        if at == YEAR:
            return period.year_earlier()
        assert at == BEFORE
        same = [
            d.period
            for d in self.deadlines
            if d.form == name
            and d.period.end_month <= period.start_month
            and d.period.start_month // 12 == period.start_month // 12
        ]
        return max(same, default=None)


@cache
def library() -> Library:
    """The library of the installed packs."""
    nation = files("zhizao") / "packs" / "china"
    forms = [path for path in (nation / "forms").iterdir() if path.name.endswith(".yaml")]
    calendars = [path for path in (nation / "calendars").iterdir() if path.name.startswith("reporting-")]
    return load(sorted(forms, key=lambda p: p.name), sorted(calendars, key=lambda p: p.name))


def load(forms: Iterable[Source], calendars: Iterable[Source]) -> Library:
    """The library of the files given.

    Raises
    ------
    Refused : a file is wrong, two editions of a form are in force at once, a calendar speaks of no known form.
    """
    from zhizao.base.forms.loading import read_form

    read = tuple(read_form(source) for source in forms)
    problems = list(_overlaps(read))
    names = {form.id for form in read}
    deadlines: list[Deadline] = []
    for source in calendars:
        found, wrong = read_calendar(source, names=names)
        deadlines += found
        problems += wrong
    if problems:
        raise Refused(*problems)
    return Library(read, tuple(deadlines))


def _overlaps(forms: tuple[Form, ...]) -> Iterator[Problem]:
    for number, one in enumerate(forms):
        for other in forms[:number]:
            last, other_last = one.effective_to or date.max, other.effective_to or date.max
            if one.id == other.id and one.effective_from <= other_last and other.effective_from <= last:
                message = mark("Two editions of the form %(form)s are in force at once: %(one)s and %(other)s.")
                params = {"form": one.id, "one": other.edition, "other": one.edition}
                yield Problem(
                    "forms.editions", message, remedy=mark("End the older one the day before."), params=params
                )


def read_calendar(source: Source, *, names: Iterable[str]) -> tuple[list[Deadline], list[Problem]]:
    """The deadlines of a yearly calendar, and what is wrong in it."""
    from zhizao.kernel.rules.load import Mapped, read_mapping

    data = read_mapping(source)
    file = getattr(source, "name", None)
    found: list[Deadline] = []
    problems: list[Problem] = []
    after = data.get("after_deadline", "recorded")
    if after not in get_args(After):
        problems.append(_bad(file, data.lines["after_deadline"], mark("“after_deadline” is recorded or refused.")))
    known = set(names)
    forms = data.get("deadlines") or Mapped()
    for form, periods in forms.items():
        if form not in known:
            problems.append(_bad(file, forms.lines[form], mark("There is no form “%(form)s”."), form=form))
            continue
        for text, entry in periods.items():
            try:
                due = datetime.strptime(entry["due"], "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
                period = Span.parse(text)
                if not isinstance(entry["opens"], date) or entry["opens"] > due.date():
                    raise ValueError
            except (ValueError, KeyError, TypeError, Refused):
                message = mark("The deadline of %(form)s for %(period)s cannot be read.")
                problems.append(_bad(file, periods.lines[text], message, form=form, period=text))
                continue
            found.append(Deadline(form, period, entry["opens"], due, after, data.get("demonstration") is True))
    return found, problems


def _bad(file: str | None, line: int, message: str, **params: object) -> Problem:
    remedy = mark('Write “2025-03”: {opens: 2025-04-01, due: "2025-04-16 12:00"}.')
    return Problem("forms.calendar", message, Place(file=file, line=line), remedy, params=params)
