"""Section 5 of a brief: lamps of prosperity and alarms, as a warning run after the month and up to the day says.

What is told is all in the run, so a run of a later day, made before or after, changes nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils import translation

from zhizao.apps.cockpit.book import Asked, Book, Row, called, fact, text
from zhizao.apps.warning import lamp_queries, queries, runs
from zhizao.base.evidence import canonical
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Subject
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.base.evidence.models import Run

MOST = 10
SHOWN_KINDS = ("region", "sector", "chain", "park")


def write(book: Book, asked: Asked) -> None:
    """The lamps and the alarms; where there is no run the section says so."""
    _lamps(book, asked)
    _alarms(book, asked)


def run_of(asked: Asked, part: str) -> Run | None:
    """The last run up to the day; ``None`` if it was made before the month was over and so knows nothing of it."""
    run = runs.latest(None, asked.area, part=part, as_of=asked.as_of)
    return run if run is not None and run.as_of is not None and run.as_of > asked.month.last_day else None


def _lamps(book: Book, asked: Asked) -> None:
    run = run_of(asked, runs.PROSPERITY)
    groups = [] if run is None else lamp_queries.lamps(None, asked.area, as_of=asked.as_of)
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


def _lamp(group: Any) -> Row:
    about = {"source": "lamps", "simulated": group.simulated, "name": group.name}
    lamps = {"lamp": group.lamp, "risk": group.risk}
    return {
        "name": text(group.name),
        "percent": fact("share", group.percent, evidence=group.pointer("percent"), **about),
        "diffusion": fact("share", group.diffusion, evidence=group.pointer("diffusion"), **about),
    } | {name: fact("code", f"{name}.{lamp.value}" if lamp else None) for name, lamp in lamps.items()}


def _alarms(book: Book, asked: Asked) -> None:
    run = run_of(asked, runs.ALARMS)
    if run is None or run.as_of is None:
        book.facts["alarms.none"] = fact("flag", value=True)
        return
    told = runs.read(run)
    month = Span.parse(told["month"])
    current = [one | {"place": place} for place, one in enumerate(told["alarms"]) if _is_of(one, month)]
    book.inputs["alarms"] = run.output_sha256
    about = {"source": book.source("alarms", "warning", run=run.sha12, as_of=run.as_of.isoformat())}
    about |= {"simulated": any(one["simulated"] for one in current)}
    counts = Counter(one["severity"] for one in current)
    enterprises = {one["subject"] for one in current if one["subject"].startswith("enterprise:")}
    book.facts |= {
        "alarms.run": fact("flag", value=True),
        "alarms.backtest": fact("flag", runs.is_backtest(run)),
        "alarms.as_of": fact("day", run.as_of),
        "alarms.month": fact("span", month),
        "alarms.count": fact("count", len(current), **about),
        "alarms.serious": fact("count", counts["serious"], **about),
        "alarms.notice": fact("count", counts["notice"], **about),
        "alarms.enterprises": fact("count", len(enterprises), **about),
    }
    worst = sorted(current, key=lambda one: (one["severity"] != "serious", -one["score"], one["subject"], one["rule"]))
    book.lists["alarms"] = _rows(asked, run, worst[:MOST])
    book.inputs["alarms.shown"] = canonical.sha256(book.lists["alarms"])  # names of rules are the packs'


def _is_of(alarm: Mapping[str, Any], month: Span) -> bool:
    return Span(alarm["start_month"], alarm["months"]).end_month == month.end_month


def _rows(asked: Asked, run: Run, alarms: Sequence[Mapping[str, Any]]) -> list[Row]:
    pks = dict(Subject.objects.filter(key__in={one["subject"] for one in alarms}).values_list("key", "pk"))
    names = facts.names(pks.values(), on=asked.month.last_day, as_of=asked.as_of)
    titles = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            titles[language] = queries.titles(asked.area, as_of=asked.as_of)
    found = []
    for one in alarms:
        rule, key = one["rule"], one["subject"]
        named = called(names.get(pks.get(key, 0)), key)
        if key == f"area:{asked.area.code}":  # its plan's target, or the area itself
            named = text(str(one["facts"].get("params", {}).get("target") or asked.area.name), key=key)
        opened = {"source": "alarms", "simulated": one["simulated"], "evidence": f"{run.sha12}:/alarms/{one['place']}"}
        found.append(
            {
                "name": named | opened,
                "rule": text(titles["zh-hans"].get(rule, rule), titles["en"].get(rule, rule)),
                "severity": fact("code", one["severity"]),
                "month": fact("span", Span(one["start_month"], one["months"])),
            }
        )
    return found
