"""Section 6 of a brief: whose stop would spread furthest through the chains, and the cases of assistance."""

from __future__ import annotations

from zhizao.apps.chain import risk_queries, risk_run
from zhizao.apps.cockpit.book import Asked, Book, fact, text
from zhizao.base.evidence.models import Run
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Subject

MOST = 5


def write(book: Book, asked: Asked) -> None:
    """The chains by the risk's last run up to the day, and what is in hand."""
    _chains(book, asked)
    book.facts["help.none"] = fact("flag", value=True)


def _chains(book: Book, asked: Asked) -> None:
    runs = Run.objects.filter(area=asked.area)
    found = risk_queries.computed(risk_queries.last(runs, risk_run.ENGINE, asked.as_of))
    if found is None or not found.data["firms"]:
        book.facts["chains.none"] = fact("flag", value=True)
        return
    book.inputs["chain"] = found.run.output_sha256
    day = found.run.as_of.isoformat() if found.run.as_of else ""
    book.source("chain", "chain", run=found.run.sha12, as_of=day)
    rows = found.data["firms"][:MOST]
    keys = [row["subject"] for row in rows]
    pks = dict(Subject.objects.filter(key__in=keys).values_list("key", "pk"))
    names = facts.names(pks.values(), on=asked.month.last_day, as_of=asked.as_of)
    simulated = bool(found.data.get("simulated"))
    book.lists["critical"] = [
        {
            "name": text(names.get(pks.get(row["subject"], 0), row["subject"].partition(":")[2])),
            "esri": fact(
                "index",
                f"{row['esri']:.4f}",
                source="chain",
                evidence=found.reference(f"/firms/{place}/esri"),
                simulated=simulated,
            ),
        }
        for place, row in enumerate(rows)
    ]
