"""Every form and every deadline that the packs hold for an area, read once a process.

The nation's pack holds everywhere, a region's in its area and all below, the nearer pack before the farther. A form of
the region takes the place of the nation's of that id for the periods for which it is in force, or extends it
(``loading``); a deadline of the region takes the place of the nation's for that form and period, and an empty one takes
it away. Forms, rows, checks and deadlines know the file that they come from.

A calendar is one file a year: for each form and period the day from which it can be filled in and the instant by which
it is due, in China's time; what becomes of a report that comes later: it is recorded as late, or refused; and how many
working days before that and after it those who have not handed in are reminded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from zhizao.base.forms.definition import BEFORE, YEAR, Form
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.span import Span
from zhizao.kernel.tables.limits import Source

CHINA = ZoneInfo("Asia/Shanghai")
ROOT: Traversable = files("zhizao") / "packs"
NATION = "china"
_MOST_DAYS = 20
After = Literal["recorded", "refused"]
Files = tuple[Iterable[Source], Iterable[Source]]
"""The files of a pack: its forms, its calendars."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the report of a form for a period can be filled in, and by when it is due."""

    form: str
    period: Span
    opens: date
    due: datetime
    after: After
    demonstration: bool
    remind_before: int | None = None
    remind_after: int | None = None
    file: str = ""

    def is_late(self, at: datetime) -> bool:
        """Whether an instant is past it."""
        return at > self.due


@dataclass(frozen=True, slots=True)
class Library:
    """Forms in all their editions, those of the nearest pack first, and deadlines."""

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
def library(place: str = "") -> Library:
    """What the installed packs hold for an area, by its path (``500000/500108/``); the nation's by default.

    Raises
    ------
    Refused : as ``layered``.
    """
    return layered((_files(pack, "forms", ""), _files(pack, "calendars", "reporting-")) for pack in packs_of(place))


def packs_of(place: str) -> tuple[Traversable, ...]:
    """The installed packs that hold in an area, by its path: the nation's first, the nearest last."""
    regions = {_code(pack): pack for pack in ROOT.iterdir() if pack.is_dir() and pack.name != NATION}
    return (ROOT / NATION, *(regions[code] for code in place.strip("/").split("/") if code in regions))


def _code(pack: Traversable) -> str:
    """The code of the region that a pack is for, else its own name."""
    from zhizao.kernel.rules.load import read_mapping

    descriptor = pack / "datapackage.yaml"
    region = read_mapping(descriptor).get("plan", {}).get("region", {}) if descriptor.is_file() else {}
    return str(region.get("code") or pack.name)


def _files(pack: Traversable, folder: str, begins: str) -> list[Traversable]:
    if not (pack / folder).is_dir():
        return []
    found = [path for path in (pack / folder).iterdir() if path.name.startswith(begins) and path.name.endswith(".yaml")]
    return sorted(found, key=lambda path: path.name)


def load(forms: Iterable[Source], calendars: Iterable[Source]) -> Library:
    """The library of one pack's files; raises as ``layered``."""
    return layered([(forms, calendars)])


def layered(packs: Iterable[Files]) -> Library:
    """The library of several packs, the nation's first.

    Raises
    ------
    Refused : a file is wrong, two editions of a form in one pack are in force at once, a calendar speaks of no form.
    """
    from zhizao.base.forms.loading import form_of, read_definition
    from zhizao.kernel.rules.load import Mapped

    problems: list[Problem] = []
    forms: tuple[Form, ...] = ()
    bases: list[Mapped] = []
    deadlines: dict[tuple[str, Span], Deadline | None] = {}
    for sources, calendars in packs:
        own = [(read_definition(source, file=label(source), bases=bases), label(source)) for source in sources]
        read = tuple(form_of(data, file=file) for data, file in own)
        bases += [data for data, _file in own]
        problems += _overlaps(read)
        forms = (*read, *forms)
        for source in calendars:
            found, wrong = read_calendar(source, names={form.id for form in forms})
            deadlines |= found
            problems += wrong
    if problems:
        raise Refused(*problems)
    return Library(forms, tuple(deadline for deadline in deadlines.values() if deadline))


def label(source: Source) -> str | None:
    """What a pack's file is called on pages: pack, folder and name."""
    return None if isinstance(source, bytes) else "/".join(Path(str(source)).parts[-3:])


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


def read_calendar(
    source: Source, *, names: Iterable[str]
) -> tuple[dict[tuple[str, Span], Deadline | None], list[Problem]]:
    """The deadlines of a yearly calendar by form and period (None: not asked for), and what is wrong in it."""
    from zhizao.kernel.rules.load import Mapped, read_mapping

    file = label(source)
    data = read_mapping(source, file=file)
    found: dict[tuple[str, Span], Deadline | None] = {}
    problems: list[Problem] = []
    demonstration = data.get("demonstration") is True
    before, after_due = (_working_days(data, name, file, problems) for name in ("remind_before", "remind_after"))
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
                period = Span.parse(text)
                if entry is None:
                    found[form, period] = None
                    continue
                due = datetime.strptime(entry["due"], "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
                if not isinstance(entry["opens"], date) or entry["opens"] > due.date():
                    raise ValueError
            except (ValueError, KeyError, TypeError, Refused):
                message = mark("The deadline of %(form)s for %(period)s cannot be read.")
                problems.append(_bad(file, periods.lines[text], message, form=form, period=text))
                continue
            found[form, period] = Deadline(
                form, period, entry["opens"], due, after, demonstration, before, after_due, file or ""
            )
    return found, problems


def _working_days(data: Mapping[str, object], name: str, file: str | None, problems: list[Problem]) -> int | None:
    """A number of working days that a calendar gives; None where it has none."""
    value = data.get(name)
    if value is None or (isinstance(value, Decimal) and value == int(value) and 0 <= value <= _MOST_DAYS):
        return None if value is None else int(value)
    message = mark("“%(name)s” is a number of working days, from 0 to %(most)s.")
    problems.append(_bad(file, getattr(data, "lines", {}).get(name, 1), message, name=name, most=_MOST_DAYS))
    return None


def _bad(file: str | None, line: int, message: str, **params: object) -> Problem:
    remedy = mark('Write “2025-03”: {opens: 2025-04-01, due: "2025-04-16 12:00"}.')
    return Problem("forms.calendar", message, Place(file=file, line=line), remedy, params=params)
