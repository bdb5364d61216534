"""Which figures were compared with others and agree: what a report may say beside its findings.

A figure counts only if a second one of the document says the same: a stated growth that follows from its end points
(three figures), a share that follows from its counts (three), a total that is the sum of its parts (those printed), a
figure of the text that stands in the table of targets for the same thing and year. Figures of a row in which something
was found wrong never count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final

from zhizao.engines.planlint.checking import Report
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Severity
from zhizao.engines.planlint.growth import Check, check_growth
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.text import concepts
from zhizao.engines.planlint.tolerance import interval
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

_PARTS: Final = ("before_wan_yuan", "plan_wan_yuan", "after_wan_yuan")


@dataclass(frozen=True, slots=True)
class Agreed:
    """A figure that agrees: its row and column, and in running text where in its line it stands."""

    table: str
    row: int
    column: str
    line: int | None = None
    start: int | None = None
    end: int | None = None

    def plain(self) -> dict[str, Any]:
        """In JSON's own types."""
        return asdict(self)


def agreed(facts: Facts, report: Report) -> tuple[Agreed, ...]:
    """Every figure that agrees with another, in the order of tables and rows.

    >>> row = {"name": "产值", "unit": "亿元", "base_year": 2020, "base_value": Decimal(100), "target_year": 2025,
    ...        "target_value": Decimal(150), "growth_stated_pct": Decimal("8.4"), "line": 3}
    >>> found = agreed(Facts(rows={"indicators": [row]}, meta={}), Report((), (), ()))
    >>> [one.column for one in found]
    ['base_value', 'target_value', 'growth_stated_pct']
    """
    wrong = {
        (place.table, place.row)
        for finding in report.findings
        if finding.severity is not Severity.INFO
        for place in finding.places
    }
    found = (*_growths(facts), *_shares(facts), *_totals(facts), *_claims(facts))
    return tuple(one for one in dict.fromkeys(found) if (one.table, one.row) not in wrong)


def _cells(table: str, row: int, record: Record, columns: Iterable[str]) -> Iterator[Agreed]:
    line = record.get("line")
    for column in columns:
        if record.get(column) is not None:
            yield Agreed(table, row, column, line if isinstance(line, int) else None)


def _growths(facts: Facts) -> Iterator[Agreed]:
    for row, record in enumerate(facts["indicators"]):
        base, target = _whole(record, "base_year"), _whole(record, "target_year")
        growth = check_growth(
            base=_number(record, "base_value"),
            target=_number(record, "target_value"),
            years=target - base if base and target else None,
            stated_pct=_number(record, "growth_stated_pct"),
            unit=str(record.get("unit") or ""),
        )
        if growth.check is Check.AGREES:
            yield from _cells("indicators", row, record, ("base_value", "target_value", "growth_stated_pct"))


def _shares(facts: Facts) -> Iterator[Agreed]:
    for row, record in enumerate(facts["suppliers"]):
        total, local, stated = (_number(record, name) for name in ("total", "local", "share_stated_pct"))
        if total and local is not None and stated is not None and local * 100 / total in interval(stated):
            yield from _cells("suppliers", row, record, ("total", "local", "share_stated_pct"))


def _totals(facts: Facts) -> Iterator[Agreed]:
    for row, record in enumerate(facts["projects"]):
        total = _number(record, "total_wan_yuan")
        parts = [part for name in _PARTS if (part := _number(record, name)) is not None]
        if total is not None and parts and sum(parts) == total:
            yield from _cells("projects", row, record, ("total_wan_yuan", *_PARTS))


def _claims(facts: Facts) -> Iterator[Agreed]:
    """Figures of the text that the table of targets has for the same thing and year."""
    region = str((facts.meta.get("region") or {}).get("name") or "")
    targets = facts["indicators"]
    index = concepts.Index((concepts.of_indicator(record, region=region), row) for row, record in enumerate(targets))
    for row, claim in enumerate(facts["claims"]):
        concept = concepts.of_claim(claim, region=region)
        for target, match in index.find(concept):
            if match.same is concepts.Same.YES and (column := _same_figure(claim, targets[target])):
                start, end = _whole(claim, "start"), _whole(claim, "end")
                yield Agreed("claims", row, "value", _whole(claim, "line"), start, end)
                yield from _cells("indicators", target, targets[target], (column,))
                break


def _same_figure(claim: Record, target: Record) -> str:
    """The column of the target that says what the claim says; empty if none does."""
    value, year = _number(claim, "value"), _last_year(claim)
    if value is None or year is None or claim.get("kind") == "growth":
        return ""
    unit = str(claim.get("unit") or "")
    own = str(target.get("unit") or "")
    for years, column in (("target_year", "target_value"), ("base_year", "base_value")):
        printed = _number(target, column)
        if printed is None or _whole(target, years) != year:
            continue
        in_own = value if not unit or unit == own else converted(value, unit, own)
        if in_own is None:
            continue
        claimed = interval(in_own, bound=str(claim.get("bound") or "eq"), unit=own)
        if claimed.meets(interval(printed, bound=str(target.get("bound") or "eq"), unit=own)):
            return column
    return ""


def _last_year(claim: Record) -> int | None:
    try:
        return Span.parse(str(claim.get("span") or "")).last_year
    except Refused:
        return None


def _number(record: Record, column: str) -> Decimal | None:
    value = record.get(column)
    return None if value is None or value == "" else Decimal(str(value))


def _whole(record: Record, column: str) -> int | None:
    value = record.get(column)
    return None if value is None or value == "" else int(str(value))
