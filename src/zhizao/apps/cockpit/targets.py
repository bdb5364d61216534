"""Section 4 of a brief: the probability of each target now and a month before, and what moved it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from zhizao.apps.cockpit.book import Asked, Book, Row, fact, text
from zhizao.apps.outlook import queries as outlook

if TYPE_CHECKING:
    from zhizao.apps.outlook.shown import Overview, TargetOutlook

MOST_MOVED = 3
STATES = ("reached", "missed", "likely", "open", "unlikely", "untold")
LEAST_CHANGE = 0.05
"""A change of P of less than this is noise of the draws: no cause is told."""


def write(book: Book, asked: Asked) -> None:
    """What the outlook's latest run up to the day says, beside that of a month before."""
    now = outlook.overview(None, asked.area, as_of=asked.as_of)
    if now is None:
        book.facts["targets.none"] = fact("flag", value=True)
        return
    before = outlook.overview(None, asked.area, as_of=asked.before)
    if before is not None and before.run.pk == now.run.pk:
        before = None
    _runs(book, now, before)
    earlier = {item.key: item for item in before.targets} if before else {}
    about = {"source": "outlook"}
    counts = Counter(item.state for item in now.targets)
    for state in STATES:
        book.facts[f"targets.{state}"] = fact("count", counts[state], **about)
    book.lists["states"] = [
        {"state": fact("code", state), "count": book.facts[f"targets.{state}"]} for state in STATES if counts[state]
    ]
    told = [item for item in now.targets if item.is_told]
    book.facts["targets"] = fact("count", len(now.targets), **about)
    book.facts["targets.told"] = fact("count", len(told), **about)
    rows = [_row(asked, item, earlier.get(item.key), now) for item in told]
    book.lists["targets"] = rows
    book.lists["at_risk"] = sorted(
        (row for row in rows if row["state"]["value"] == "unlikely"), key=lambda row: float(row["p"]["value"])
    )
    changed = [row for row in rows if abs(row["change"]["value"] or 0) >= LEAST_CHANGE]
    book.facts["targets.up"] = fact("count", sum(row["change"]["value"] > 0 for row in changed), **about)
    book.facts["targets.down"] = fact("count", sum(row["change"]["value"] < 0 for row in changed), **about)
    most = sorted(changed, key=lambda row: -abs(row["change"]["value"]))[:MOST_MOVED]
    book.lists["moved"] = [_with_cause(asked, row) for row in most]


def _runs(book: Book, now: Overview, before: Overview | None) -> None:
    for name, one in (("outlook", now), ("outlook.before", before)):
        if one is not None:
            book.inputs[name] = one.run.output_sha256
            book.source(name, "outlook", run=one.run.sha12, as_of=one.as_of.isoformat())
    book.facts["targets.as_of"] = fact("day", now.as_of)
    book.facts["targets.backtest"] = fact("flag", now.is_backtest)
    if before is not None:
        book.facts["targets.before"] = fact("day", before.as_of)


def _row(asked: Asked, item: TargetOutlook, earlier: TargetOutlook | None, now: Overview) -> Row:
    p_before = earlier.p if earlier else None
    about = {"source": "outlook", "simulated": item.simulated, "name": item.name}
    change = None if item.p is None or p_before is None else round(item.p - p_before, 12)
    return {
        "name": text(item.name, key=item.key),
        "state": fact("code", item.state),
        "p": fact("chance", item.p, evidence=item.evidence, **about),
        "before": fact(
            "chance", p_before, **about | {"source": "outlook.before", "evidence": earlier.evidence if earlier else ""}
        )
        if earlier
        else fact("chance", None),
        "change": fact("chance_change", change, **about),
    }


def _with_cause(asked: Asked, row: Row) -> Row:
    """The row with the cause that moved it most, and with the enterprises that explain it."""
    moved = outlook.moved(None, asked.area, row["name"]["key"], as_of=asked.as_of)
    if moved is None or not moved.causes:
        return row
    cause = max(moved.causes, key=lambda one: (abs(one.p), one.key))
    names = {one.key: one.name for one in moved.enterprises}
    by = [names.get(key) or key for key in moved.explained_by[:4]]
    return row | {"cause": fact("code", f"cause.{cause.key}"), "by": fact("texts", by)}
