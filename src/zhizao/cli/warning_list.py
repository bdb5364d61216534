"""``zhizao warning list``: the alarms of an area as known on a day, from the database; ``find`` looks for them anew."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from zhizao.cli import _text
from zhizao.cli.common import AreaCode, Lang, area_of, day_of, start_django
from zhizao.kernel.span import Span

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
    if output is Format.JSON:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif output is Format.CSV:
        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        for row in rows:
            print(f"{row['month']}  {row['severity']:<7}  {row['p']:>4.0%}  {row['name']}  {row['text']}")
        print(_text("%(count)s alarms") % {"count": len(rows)})
    raise typer.Exit(int(bool(rows)))


def _rows(code: str, *, as_of: str, month: str, family: str, lapsed: bool) -> list[dict[str, Any]]:
    from zhizao.apps.warning import probabilities, queries
    from zhizao.base.facts import queries as facts

    area, day = area_of(code), day_of(as_of) if as_of else None
    wanted = Span.parse(month).start_month if month else None
    found = list(queries.alarms(None, area, as_of=day, month=wanted, family=family or None, with_lapsed=lapsed))
    said, record = queries.sentences(found), probabilities.of(area, as_of=day)
    names = facts.names({alarm.subject_id for alarm in found}, on=day or facts.today(), as_of=day)

    def told(alarm: Any) -> dict[str, Any]:
        return {
            "month": str(alarm.span),
            "subject": alarm.subject.key,
            "name": names.get(alarm.subject_id, alarm.subject.id_part),
            "rule": alarm.rule,
            "severity": alarm.severity,
            "score": alarm.score,
            "p": round(record.of(alarm).p, 4),
            "found_as_of": alarm.found_as_of.isoformat(),
            "lapsed_as_of": alarm.lapsed_as_of.isoformat() if alarm.lapsed_as_of else "",
            "text": said[alarm.pk],
        }

    return [told(alarm) for alarm in found]


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
