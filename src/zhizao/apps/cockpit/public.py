"""The public version of a brief's facts: nothing that tells of a single enterprise.

Sectors whose sums a public table must hide go, with their growth and contribution; the hidden ones are several, or the
rest would tell of one (``engines.statistics.protection``). Lists that name enterprises go whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from zhizao.apps.cockpit.book import Row, fact

BY_SECTOR: Final = ("sectors", "pulled", "dragged")
BY_ENTERPRISE: Final = ("enterprises", "firms_up", "firms_down", "alarms", "critical", "doubtful")


def protected(data: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that everybody may read; the given ones stay as they are."""
    lists: dict[str, list[Row]] = dict(data["lists"])
    for name in BY_SECTOR:
        lists[name] = [row for row in data["lists"].get(name, ()) if row["public"]["value"]]
    lists |= {name: [] for name in BY_ENTERPRISE}
    hidden = len(data["lists"].get("sectors", ())) - len(lists["sectors"])
    flags = {
        "public": fact("flag", value=True),
        "enterprises.protected": fact("flag", value=True),
        "sectors.hidden": fact("count", hidden, unit="个", source=data["facts"].get("sectors.count", {}).get("source")),
    }
    facts = {key: said for key, said in data["facts"].items() if key not in ("pulled.count", "dragged.count")}
    facts.pop("sectors.count", None)
    return {"facts": facts | flags, "lists": lists, "sources": data["sources"]}
