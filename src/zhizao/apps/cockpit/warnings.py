"""Section 5 of a brief: the lamps of prosperity and the alarms, as the warning's last run up to the day says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils import translation

from zhizao.apps.cockpit.book import Asked, Book, Row, fact, text
from zhizao.apps.warning import lamp_queries, queries, runs
from zhizao.base.accounts.models import Organisation
from zhizao.base.evidence import canonical
from zhizao.base.facts import queries as facts

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area

MOST = 10
SHOWN_KINDS = ("region", "sector", "chain", "park")


def write(book: Book, asked: Asked) -> None:
    """The lamps and the alarms; where there is no run the section says so."""
    _lamps(book, asked)
    _alarms(book, asked)


def _lamps(book: Book, asked: Asked) -> None:
    run = runs.latest(None, asked.area, part=runs.PROSPERITY, as_of=asked.as_of)
    groups = [] if run is None else lamp_queries.lamps(_System(asked.area), asked.area, as_of=asked.as_of)
    if run is None or not groups:
        book.facts["lamps.none"] = fact("flag", value=True)
        return
    book.inputs["lamps"] = run.output_sha256
    day = run.as_of.isoformat() if run.as_of else ""
    book.source("lamps", "warning", run=run.sha12, as_of=day)
    shown = [(group.kind, _lamp(group)) for group in groups if group.kind in SHOWN_KINDS]
    book.lists["lamps"] = [row for _kind, row in shown]
    book.inputs["lamps.shown"] = canonical.sha256(book.lists["lamps"])  # colours follow from cut-offs
    book.facts["lamps.uncut"] = fact("flag", all(row["lamp"]["value"] is None for row in book.lists["lamps"]))
    book.lists["region_lamp"] = [row for kind, row in shown if kind == "region" and row["lamp"]["value"]]


class _System:
    """Who reads the lamps for a brief: the area's administration as a whole, and nobody in particular."""

    is_authenticated = True

    def __init__(self, area: Area) -> None:
        self.organisation = Organisation(area=area, kind=Organisation.Kind.DISTRICT)

    def has_perm(self, _permission: str, _target: object = None) -> bool:
        """Whatever the administration may see."""
        return True


def _lamp(group: Any) -> Row:
    about = {"source": "lamps", "simulated": group.simulated, "name": group.name}
    lamps = {"lamp": group.lamp, "risk": group.risk}
    return {
        "name": text(group.name),
        "percent": fact("share", group.percent, evidence=group.pointer("percent"), **about),
        "diffusion": fact("share", group.diffusion, evidence=group.pointer("diffusion"), **about),
    } | {name: fact("code", f"{name}.{lamp.value}" if lamp else None) for name, lamp in lamps.items()}


def _alarms(book: Book, asked: Asked) -> None:
    run = queries.latest_run(None, asked.area, as_of=asked.as_of)
    if run is None or run.as_of is None:
        book.facts["alarms.none"] = fact("flag", value=True)
        return
    found = list(queries.alarms(None, asked.area, as_of=asked.as_of))
    newest = max((alarm.start_month for alarm in found), default=0)
    current = [alarm for alarm in found if alarm.start_month == newest]
    book.inputs["alarms"] = run.output_sha256
    book.inputs["alarms.standing"] = canonical.sha256(
        [[alarm.subject.key, alarm.rule, alarm.about, alarm.severity, f"{alarm.score:.12g}"] for alarm in current]
    )
    simulated = any(alarm.simulated for alarm in current)
    about = {"source": book.source("alarms", "warning", run=run.sha12, as_of=run.as_of.isoformat())}
    about |= {"simulated": simulated}
    counts = Counter(alarm.severity for alarm in current)
    book.facts |= {
        "alarms.run": fact("flag", value=True),
        "alarms.backtest": fact("flag", runs.is_backtest(run)),
        "alarms.as_of": fact("day", run.as_of),
        "alarms.count": fact("count", len(current), **about),
        "alarms.serious": fact("count", counts["serious"], **about),
        "alarms.notice": fact("count", counts["notice"], **about),
        "alarms.enterprises": fact(
            "count", len({alarm.subject_id for alarm in current if alarm.subject.kind == "enterprise"}), **about
        ),
    }
    worst = sorted(
        current, key=lambda alarm: (alarm.severity != "serious", -alarm.score, alarm.subject.key, alarm.rule)
    )
    book.lists["alarms"] = _rows(asked, worst[:MOST])
    book.inputs["alarms.shown"] = canonical.sha256(book.lists["alarms"])  # names of rules are the packs'


def _called(asked: Asked, alarm: Any, names: dict[int, str]) -> str:
    """What an alarm is about: a target of the plan, or the subject by its name."""
    known = asked.area.name if alarm.subject.key == f"area:{asked.area.code}" else alarm.subject.id_part
    return str(alarm.facts.get("params", {}).get("target") or names.get(alarm.subject_id, known))


def _rows(asked: Asked, alarms: list[Any]) -> list[Row]:
    names = facts.names({alarm.subject_id for alarm in alarms}, on=asked.month.last_day, as_of=asked.as_of)
    titles = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            titles[language] = queries.titles(asked.area, as_of=asked.as_of)
    return [
        {
            "name": text(_called(asked, alarm, names), source="alarms", simulated=alarm.simulated),
            "rule": text(titles["zh-hans"].get(alarm.rule, alarm.rule), titles["en"].get(alarm.rule, alarm.rule)),
            "severity": fact("code", alarm.severity),
            "month": fact("span", alarm.span),
        }
        for alarm in alarms
    ]
