"""The public version of a brief's facts: nothing that tells of a single enterprise, alone or beside another brief.

What goes: lists that name enterprises; sectors and indicators whose sums, growth or difference from the month before
tell of one (``disclosing``; flags of the facts); what lies between two ways of reckoning, for it is of those that came,
left or are late; how many are late; revisions, alarms, assistance and lamps of groups, which may be about one or two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zhizao.apps.cockpit.book import Fact, Row, fact

BY_SECTOR: Final = ("sectors", "pulled", "dragged")
BY_ENTERPRISE: Final = ("enterprises", "firms_up", "firms_down", "alarms", "critical", "doubtful", "rebased", "lamps")
INSIDE: Final = ("raw", "entry", "exit", "missing", "revision", "late", "expected")
"""Parts of an indicator's facts that are about a few."""
WITHOUT: Final = (
    "alarms.",
    "help.",
    "revised.",
    "chain.",
    "chains.",
    "lamps.uncut",
    "pulled.",
    "dragged.",
    "firms_",
    "sectors.",
)
"""Beginnings of facts that the public version has nothing of."""


def protected(data: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that everybody may read; the given ones stay as they are."""
    facts: dict[str, Fact] = data["facts"]
    closed = {name.removesuffix(".public") for name, said in facts.items() if _is_closed(name, said)}
    lists: dict[str, list[Row]] = {name: [_row(row) for row in rows] for name, rows in data["lists"].items()}
    closed_names = [row["name"] for row in lists.get("ytd", ()) if row["value"].get("source") in closed]
    for name in BY_SECTOR:
        lists[name] = [row for row in lists.get(name, ()) if row["public"]["value"]]
    for name in ("ytd", "month"):
        lists[name] = [row for row in lists.get(name, ()) if row["value"].get("source") not in closed]
    lists |= {name: [] for name in BY_ENTERPRISE}
    lists["closed"] = [{"name": name} for name in closed_names]
    hidden = len(data["lists"].get("sectors", ())) - len(lists["sectors"])
    flags = {
        "public": fact("flag", value=True),
        "enterprises.protected": fact("flag", value=True),
        "sectors.hidden": fact("count", hidden, unit="个", source=facts.get("sectors.count", {}).get("source")),
    }
    shown = {name: _plain(said) for name, said in facts.items() if not _is_inside(name, closed)}
    return {"facts": shown | flags, "lists": lists, "sources": data["sources"]}


def _is_closed(name: str, said: Fact) -> bool:
    return name.endswith(".public") and not said["value"]


def _is_inside(name: str, closed: set[str]) -> bool:
    of, _dot, part = name.rpartition(".")
    if name == "margin" or of == "margin":
        return not closed.isdisjoint({"profit_total.ytd", "operating_revenue.ytd"})
    return name.startswith(WITHOUT) or of in closed or part in INSIDE


def _row(row: Row) -> Row:
    return {name: _plain(said) for name, said in row.items() if name not in INSIDE}


def _plain(said: Fact) -> Fact:
    """Without the mark that one enterprise moves a figure more than all others."""
    return {name: value for name, value in said.items() if name != "doubtful"}
