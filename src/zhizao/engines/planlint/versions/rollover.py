"""The first draft of the next plan, from the plan that ends: the years move on, open projects are carried.

What the next plan knows from the old one is where it starts, not where it goes:

    base year   = old target year          target year = base year + length of the old plan
    base value  = the latest actual of the old target year, if one is given
                = else the old target, marked as an estimate: the row's note says so, its confidence is ``ESTIMATED``
                = else unknown
    target, growth = unknown: nobody has set them
    a project    is carried unless it is known to be finished: by its date, or because the caller says so
    its money    before the new plan = before + within the old one (unknown if the latter is)
                 remaining = total − spent where given, else what the old plan put behind its last year

A target counted as new within a period (新增…) starts at nought again only if somebody says so: its base is left
unknown. Lists of enterprises, land, suppliers and chains go along unchanged; claims and tasks belong to the old text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from zhizao.engines.planlint.pack import PlanPack
from zhizao.engines.planlint.schema import OPTIONAL, Record
from zhizao.engines.planlint.versions.diff import Plan, known_parts
from zhizao.kernel import names, numerals
from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.span import Span

ESTIMATED: Final = Decimal("0.5")
"""Confidence of a base value that is only the old plan's target, and of a project whose end nobody has dated."""
CARRIED_TABLES: Final = ("enterprises", "land", "suppliers", "chain_members", "aliases")
_INCREMENT: Final = re.compile(r"新增|净增")
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Actual:
    """What was measured: a year and the value in the target's own unit."""

    year: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class RollOver:
    """The next plan's first draft, and what was decided in making it.

    Attributes
    ----------
    pack : the draft
    measured, estimated, unknown : ids of the targets whose base is an actual of the base year, a guess, or not known
    carried : names of the projects that go on
    finished : names of those that do not: said to be finished, or dated to be, with no money left
    """

    pack: PlanPack
    measured: tuple[str, ...]
    estimated: tuple[str, ...]
    unknown: tuple[str, ...]
    carried: tuple[str, ...]
    finished: tuple[str, ...]


def roll_over(
    plan: Plan,
    *,
    actuals: Mapping[str, Actual] | None = None,
    finished: Collection[str] = (),
    spent_wan_yuan: Mapping[str, Decimal] | None = None,
) -> RollOver:
    """Make the first draft of the next plan.

    Parameters
    ----------
    plan : PlanPack, Reading or Facts of the plan that ends
    actuals : latest measured value of targets, by id
    finished : names of projects that are known to be finished
    spent_wan_yuan : money spent on projects until the base year, by name, 万元

    Raises
    ------
    Refused
        ``planlint.no_period`` if neither the plan nor its targets name years; ``planlint.no_such_target``.

    Examples
    --------
    >>> row = {"id": "ind-1", "name": "工业总产值", "target_year": 2030, "target_value": Decimal(90), "bound": "eq"}
    >>> old = PlanPack("p", {"indicators": [row]}, {"id": "p", "period": {"start": 2026, "end": 2030}})
    >>> new = roll_over(old, actuals={"ind-1": Actual(2030, Decimal(84))}).pack.rows["indicators"][0]
    >>> new["base_year"], new["base_value"], new["target_year"], new["target_value"]
    (2030, Decimal('84'), 2035, None)
    """
    first, last = _years(plan)
    actuals, spent = actuals or {}, {names.normalise(name): sum_ for name, sum_ in (spent_wan_yuan or {}).items()}
    _check_known(actuals, plan.rows.get("indicators", ()))
    targets, how = _targets(plan.rows.get("indicators", ()), last, 2 * last - first + 1, actuals)
    done = {names.normalise(name) for name in finished}
    old_id = str(plan.meta.get("id") or "")
    projects: list[Record] = []
    closed: list[Record] = []
    for row in plan.rows.get("projects", ()):
        name = names.normalise(str(row["name"]))
        carried = None if name in done else _carried(row, last=last, spent=spent.get(name), old_id=old_id)
        (closed if carried is None else projects).append(carried or row)
    absent: frozenset[str] = getattr(plan, "absent", frozenset())
    rows = {
        name: [dict(row) for row in plan.rows[name]]
        for name in CARRIED_TABLES
        if name in plan.rows and name not in absent
    }
    pack = PlanPack(
        name=f"{last + 1}",
        rows=rows | {"indicators": targets, "projects": projects},
        meta=_meta(plan.meta, first, last),
        absent=OPTIONAL - rows.keys(),
    )

    def of(kind: str) -> tuple[str, ...]:
        return tuple(key for key, found in how.items() if found == kind)

    return RollOver(
        pack,
        of("measured"),
        of("estimated"),
        of("unknown"),
        tuple(str(row["name"]) for row in projects),
        tuple(str(row["name"]) for row in closed),
    )


def _years(plan: Plan) -> tuple[int, int]:
    period = plan.meta.get("period") or {}
    targets = plan.rows.get("indicators", ())
    first, last = period.get("start"), period.get("end")
    if not (first and last):
        base, last = _commonest(targets, "base_year"), _commonest(targets, "target_year")
        first = base + 1 if base else None
    if not (first and last) or last < first:
        raise Refused(
            Problem(
                "planlint.no_period",
                mark("The plan does not say for which years it is, and neither do its targets."),
                remedy=mark("Write the period into the descriptor of the pack."),
            )
        )
    return int(first), int(last)


def _commonest(rows: Sequence[Record], column: str) -> int | None:
    found = Counter(int(str(row[column])) for row in rows if row.get(column))
    return found.most_common(1)[0][0] if found else None


def _check_known(actuals: Mapping[str, Actual], targets: Sequence[Record]) -> None:
    if missing := sorted(set(actuals) - {str(row["id"]) for row in targets}):
        raise Refused(
            Problem(
                "planlint.no_such_target",
                mark("The plan has no targets %(names)s."),
                remedy=mark("Take the ids of the plan's own table: zhizao plan show PACK --format csv"),
                params={"names": "、".join(missing)},
            )
        )


def _targets(
    rows: Sequence[Record], base_year: int, target_year: int, actuals: Mapping[str, Actual]
) -> tuple[list[Record], dict[str, str]]:
    new: list[Record] = []
    how: dict[str, str] = {}
    for row in rows:
        key = str(row["id"])
        if row.get("target_year") and int(str(row["target_year"])) > base_year:
            new.append(dict(row))  # a target beyond the old plan is still in force
            continue
        how[key], base = _base(row, base_year, actuals.get(key))
        empty = dict.fromkeys(("growth_stated_pct", "target_value", "base_printed", "target_printed", "growth_printed"))
        new.append({**row, **empty, "base_year": base_year, "target_year": target_year, **base})
    return new, how


def _base(row: Record, base_year: int, actual: Actual | None) -> tuple[str, Record]:
    """Where the new target starts: measured in the base year, else the best guess, else unknown; with its note."""
    if actual is not None and actual.year == base_year:
        return "measured", {"base_value": actual.value, "confidence": Decimal(1), "note": None}
    if actual is not None:
        note = f"base_value estimated: actual of {actual.year}"
        return "estimated", {"base_value": actual.value, "confidence": ESTIMATED, "note": note}
    if row.get("target_value") in (None, "") or row.get("target_year") != base_year:
        return "unknown", {"base_value": None, "confidence": ESTIMATED, "note": "base_value unknown"}
    if _INCREMENT.search(str(row["name"])):
        note = f"base_value unknown: the target of {base_year} counts what was new until then"
        return "unknown", {"base_value": None, "confidence": ESTIMATED, "note": note}
    note = f"base_value estimated: target of {base_year}, not an actual"
    return "estimated", {"base_value": row["target_value"], "confidence": ESTIMATED, "note": note}


def _carried(row: Record, *, last: int, spent: Decimal | None, old_id: str) -> Record | None:
    """A project as the next plan has it; ``None`` if it is finished as far as the plan says."""
    parts, total = known_parts(row), _money(row.get("total_wan_yuan"))
    before = spent if spent is not None else _sum(parts.get("before_wan_yuan"), parts.get("plan_wan_yuan"))
    remaining = parts.get("after_wan_yuan") if spent is None else None
    if remaining is None and total is not None and before is not None and before <= total:
        remaining = total - before
    end = _end_year(row.get("finish"))
    over = end is not None and end <= last
    if not remaining and (over if spent is None else remaining == 0):
        return None
    if spent is None and not remaining:
        before = remaining = None  # it was to be over by now and is not known to be: nobody knows what was spent
    notes = [str(row["note"])] if row.get("note") else []
    notes.append(f"carried_from {old_id}, line {row.get('line')}".rstrip(" ,"))
    if end is None:
        notes.append("finish unknown")
    return {
        **row,
        "before_wan_yuan": before,
        "plan_wan_yuan": remaining,
        "after_wan_yuan": None,
        "confidence": ESTIMATED if end is None or remaining is None else row.get("confidence"),
        "note": "; ".join(notes),
    }


def _money(value: object) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def _sum(*parts: Decimal | None) -> Decimal | None:
    return None if None in parts else sum((part for part in parts if part is not None), Decimal(0))


def _end_year(finish: object) -> int | None:
    """The year in which a printed finish lies; ``None`` where it names none."""
    words = str(finish or "")
    try:
        return Span.parse(words).last_year
    except Refused:
        years = _YEAR.findall(words)
        return int(years[-1]) if years else None


def _meta(old: Mapping[str, Any], first: int, last: int) -> dict[str, Any]:
    start, end = last + 1, 2 * last - first + 1
    code = (old.get("region") or {}).get("code")
    period = old.get("period") or {}
    name = _next_name(str(period.get("name") or ""), start, end)
    return {
        "id": "-".join(map(str, filter(None, (code or old.get("id"), start, end)))),
        "title": _title(old, str(period.get("name") or ""), name, (first, last), (start, end)),
        "region": old.get("region"),
        "issuer": old.get("issuer"),
        "document_number": None,
        "issued": None,
        "period": {"name": name, "start": start, "end": end},
        "base_year": last,
        "parent_plans": [],
        "rolled_over_from": old.get("id"),
        "source_name": old.get("source_name"),
        "source_encoding": old.get("source_encoding"),
        "source_sha256": old.get("source_sha256"),
    }


def _next_name(name: str, start: int, end: int) -> str | None:
    """The ordinal of the next five-year plan, if the old one had one and the years are those of a national plan.

    >>> _next_name("十四五", 2026, 2030)
    '十五五'
    """
    if not name.endswith("五"):
        return None
    try:
        number = int(numerals.parse(name[:-1])) + 1
        span = Span.of_plan(number)
    except Refused:
        return None
    return f"{numerals.to_chinese(number)}五" if (span.first_year, span.last_year) == (start, end) else None


def _title(
    old: Mapping[str, Any], name: str, next_name: str | None, years: tuple[int, int], following: tuple[int, int]
) -> str:
    """The old title with the new period in it, or behind it where it named none."""
    title = str(old.get("title") or "")
    new = title.replace(name, next_name) if name and next_name else title
    replaced = {str(before): str(after) for before, after in zip(years, following, strict=True)}
    new = _YEAR.sub(lambda found: replaced.get(found[0], found[0]), new)
    return new if new != title else f"{title}（{following[0]}—{following[1]}年）"
