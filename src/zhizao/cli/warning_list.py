"""``zhizao warning list``: the alarms of an area as known on a day, from the database; ``find`` looks for them anew."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhizao.cli import _text
from zhizao.cli.common import AreaCode, Lang, area_of, day_of, start_django
from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.apps.warning.listing import Line

COLUMNS = ("month", "subject", "name", "rule", "severity", "score", "p", "found_as_of", "lapsed_as_of", "text")


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


AsOf = Annotated[
    str, typer.Option("--as-of", help=_text("The last day that may be known, such as 2025-06-30; today by default."))
]


def list_alarms(
    area: AreaCode = "",
    as_of: AsOf = "",
    month: Annotated[str, typer.Option(help=_text("Of one month only, such as 2025-06."))] = "",
    family: Annotated[str, typer.Option(help=_text("Of one family only, such as distress."))] = "",
    lapsed: Annotated[bool, typer.Option("--lapsed", help=_text("Also those that have lapsed."))] = False,  # noqa: FBT002 -- an option of the command
    output: Annotated[Format, typer.Option("--format", help=_text("text, json or csv."))] = Format.TEXT,
    lang: Lang = None,
) -> None:
    """Exit code 0: no alarm; 1: alarms; 2: bad input."""
    start_django()
    rows = _rows(area, as_of=as_of, month=month, family=family, lapsed=lapsed)
    count = 0
    if output is Format.JSON:
        told = list(rows)
        count = len(told)
        print(json.dumps(told, ensure_ascii=False, indent=2))
    elif output is Format.CSV:
        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(row)
            count += 1
    else:
        for row in rows:
            count += 1
            print(f"{row['month']}  {row['severity']:<7}  {row['p']:>4.0%}  {row['name']}  {row['text']}")
        print(_text("%(count)s alarms") % {"count": count})
    raise typer.Exit(int(bool(count)))


def _rows(code: str, *, as_of: str, month: str, family: str, lapsed: bool) -> Iterator[dict[str, Any]]:
    """The alarms, some hundred read at a time; what is asked is checked before the first is."""
    from zhizao.apps.warning import listing, queries, services
    from zhizao.apps.warning import rules as rule_families

    area, day = area_of(code), day_of(as_of) if as_of else None
    if day:
        services.check(day)
    wanted = _month_of(month) if month else None
    known = sorted({rule_families.family_of(rule) for rule in queries.titles(area)})
    if family and family not in known:
        message, remedy = mark("There is no family “%(family)s”."), mark("Known are: %(known)s.")
        params = {"family": family[:40], "known": ", ".join(known)}
        raise Refused(Problem("warning.which_family", message, remedy=remedy, params=params))
    found = queries.alarms(None, area, as_of=day, month=wanted, family=family or None, with_lapsed=lapsed)
    return map(_told, listing.Reader(area, as_of=day).of_keys(found.values_list("pk", flat=True)))


def _month_of(text: str) -> int:
    span = Span.parse(text)
    if span.months != 1:
        message, remedy = mark("“%(text)s” is not one month."), mark("Write it as 2025-06.")
        raise Refused(Problem("warning.which_month", message, remedy=remedy, params={"text": text[:40]}))
    return span.start_month


def _told(line: Line) -> dict[str, Any]:
    alarm = line.alarm
    return {
        "month": str(alarm.span),
        "subject": alarm.subject.key,
        "name": line.name,
        "rule": alarm.rule,
        "severity": alarm.severity,
        "score": alarm.score,
        "p": round(line.probability, 4),
        "found_as_of": line.found_as_of,
        "lapsed_as_of": alarm.lapsed_as_of.isoformat() if line.lapsed else "",
        "text": line.sentence,
    }


def find(area: AreaCode = "", as_of: AsOf = "", lang: Lang = None) -> None:
    """Exit code 0: done; 2: bad input, and nothing is kept."""
    start_django()
    from zhizao.apps.warning import running, services
    from zhizao.base.facts.queries import today

    place, day = area_of(area), day_of(as_of) if as_of else today()
    services.check(day)
    made = running.make(place, day, step=lambda text: print(f"zhizao: {_text(text)}", file=sys.stderr))
    kept = services.keep(actor=None, made=made)
    words = {"found": kept.found, "lapsed": kept.lapsed, "run": kept.run.sha12, "day": day.isoformat()}
    print(_text("Run %(run)s as of %(day)s: %(found)s new alarms, %(lapsed)s lapsed") % words)
