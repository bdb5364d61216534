"""Section 6 of a brief: whose stop would spread furthest through the chains, and the cases of assistance."""

from __future__ import annotations

from zhizao.apps.chain import risk_queries, risk_run
from zhizao.apps.cockpit.book import Asked, Book, called, fact
from zhizao.base.evidence import canonical
from zhizao.base.evidence.models import Run
from zhizao.base.facts import queries as facts
from zhizao.base.facts.models import Subject
from zhizao.base.flow import queries as flow
from zhizao.base.flow.models import Case

MOST = 5
KIND = "assist."


def write(book: Book, asked: Asked) -> None:
    """The chains by the risk's last run up to the day, and what is in hand."""
    _chains(book, asked)
    _cases(book, asked)


def run_of(asked: Asked) -> Run | None:
    """The last run of risk up to the day; trade is known by the year, so it may be of an earlier month."""
    return risk_queries.last(Run.objects.filter(area=asked.area), risk_run.ENGINE, asked.as_of)


def _chains(book: Book, asked: Asked) -> None:
    found = risk_queries.computed(run_of(asked))
    if found is None or found.run.as_of is None or not found.data["firms"]:
        book.facts["chains.none"] = fact("flag", value=True)
        return
    book.inputs["chain"] = found.run.output_sha256
    day = found.run.as_of.isoformat()
    book.source("chain", "chain", run=found.run.sha12, as_of=day)
    book.facts["chain.as_of"] = fact("day", day)
    book.facts["chain.backtest"] = fact("flag", found.run.as_of < found.run.made_at.astimezone(facts.CHINA).date())
    rows = found.data["firms"][:MOST]
    keys = [row["subject"] for row in rows]
    pks = dict(Subject.objects.filter(key__in=keys).values_list("key", "pk"))
    names = facts.names(pks.values(), on=asked.month.last_day, as_of=asked.as_of)
    simulated = bool(found.data.get("simulated"))
    book.lists["critical"] = [
        {
            "name": called(names.get(pks.get(row["subject"], 0)), row["subject"]),
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


def _cases(book: Book, asked: Asked) -> None:
    """How many cases of assistance stood open at the end of the day, how many were overdue, how many closed lately."""
    rows = Case.objects.filter(
        area__path__startswith=asked.area.path, kind__startswith=KIND, opened_at__lte=facts.instant(asked.as_of)
    )
    cases = list(rows.order_by("pk"))
    if not cases:
        book.facts["help.none"] = fact("flag", value=True)
        return
    stood = flow.standings(cases, asked.as_of)
    running = [case for case in cases if case.pk in stood and stood[case.pk].is_running]
    first = facts.instant(asked.before)
    closed = [case for case in cases if case.closed_at and first < case.closed_at <= facts.instant(asked.as_of)]
    overdue = [case for case in running if (due := stood[case.pk].due_on) and due < asked.as_of]
    book.inputs["cases"] = canonical.sha256(
        [[case.kind, case.number, stood[case.pk].status] for case in cases if case.pk in stood]
    )
    about = {"source": book.source("cases", "cases", rows=len(cases))}
    about |= {"simulated": any(case.simulated for case in cases)}
    book.facts |= {
        "help.run": fact("flag", value=True),
        "help.open": fact("count", len(running), **about),
        "help.overdue": fact("count", len(overdue), **about),
        "help.closed": fact("count", len(closed), **about),
    }
