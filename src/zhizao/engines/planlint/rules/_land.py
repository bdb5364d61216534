"""Land: totals against rows, idle land, what is planned, used and left, floor area (family ``derived``)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.rules._claims import claims, in_unit, value_of
from zhizao.engines.planlint.rules._common import (
    added,
    claim_mention,
    computed,
    decimal,
    integer,
    known,
    line_mention,
    mention,
    plain,
    printed,
    rounded,
    text,
)
from zhizao.engines.planlint.rules._hits import lines_of
from zhizao.engines.planlint.rules._land_blocks import Block, blocks, is_land_of, is_total_land, widened
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel import names
from zhizao.kernel.result import mark

M2_PER_MU: Final = Decimal(2000) / 3
PLOT_RATIO: Final = Decimal(8)
"""Floor area to land: above this no industrial site is built."""


def land_total(facts: Facts) -> Iterator[Finding]:
    """The land that the text gives the enterprises of a table, against its rows.

    Formula: Σ land of the rows = the total before the table, rounded. An error if the rows exceed it; a warning if they
    stay below, for the total may cover enterprises that the table leaves out: the difference is told.

    A finding: 975亩 above rows of 160.2, 670.2, 43 and 3.5 (876.9). None: 876.9亩, or 约880亩.
    """
    for block in blocks(facts):
        before: Record | None = None
        for row, record in block.claims:
            if record.get("kind") != "count" and (is_total_land(record) or is_land_of(before, record)):
                yield from _summed(facts, block, row, record)
            before = record


def _summed(facts: Facts, block: Block, row: int, record: Record) -> Iterator[Finding]:
    said, rows = in_unit(record, "亩"), block.land
    if said is None or rows is None or said.meets(rows):
        return
    lands = [firm.land or Decimal(0) for firm in block.firms]
    total = sum(lands, Decimal(0))
    printed_mu = (said.low + said.high) / 2
    is_more = rows.low > said.high
    yield Finding(
        "derived.land_total",
        Severity.ERROR if is_more else Severity.WARNING,
        mark("The rows of table %(table)s hold more land than the total in the text.")
        if is_more
        else mark("The rows of table %(table)s do not reach the total in the text; some may be left out."),
        key=f"{block.sector or block.table}/land",
        params={"table": block.table},
        numbers=(
            printed(mark("Total in the text"), value_of(record), text(record, "unit")),
            computed(mark("Sum of the rows"), total, "亩", by=added(lands), places=2),
            computed(
                mark("Difference"),
                printed_mu - total,
                "亩",
                by=f"{plain(rounded(printed_mu, 2))}−{plain(total)}",
                places=2,
            ),
        ),
        places=(claim_mention(facts, row), *(mention(facts, "land", firm.row) for firm in block.firms[:4])),
        suggestion=mark("Correct the total or a row, or say which enterprises the table leaves out."),
    )


def idle(facts: Facts) -> Iterator[Finding]:
    """Rows of the table of land that contradict themselves.

    Formula: idle land ≤ land (an error); floor area ÷ land (1 mu = 666.67 m²) ≤ 8 (a warning); land needed ≤ the idle
    land the enterprise holds already (an info: the need may be met).

    A finding: 43亩, of which 64.5 idle. None: 43亩, 20 idle, 65000平方米 of floor.
    """
    for row, record in enumerate(facts["land"]):
        land, free = decimal(record, "land_mu"), decimal(record, "idle_mu")
        floor, need = decimal(record, "building_m2"), decimal(record, "demand_max_mu")
        name = text(record, "enterprise")
        if land is not None and free is not None and free > land:
            numbers = (printed(mark("Land"), land, "亩"), printed(mark("Idle land"), free, "亩"))
            yield _row(facts, row, name, Severity.ERROR, mark("“%(name)s” has more idle land than land."), numbers)
        if land and floor is not None and floor > PLOT_RATIO * land * M2_PER_MU:
            ratio = floor / (land * M2_PER_MU)
            numbers = (
                printed(mark("Floor area"), floor, "平方米"),
                computed(mark("Floor area ÷ land"), ratio, by=f"{plain(floor)}÷({plain(land)}×666.67)"),
            )
            message = mark("The floor area of “%(name)s” is more than its land can carry.")
            yield _row(facts, row, name, Severity.WARNING, message, numbers)
        if free and need is not None and 0 < need <= free:
            numbers = (printed(mark("Idle land"), free, "亩"), printed(mark("Land needed"), need, "亩"))
            message = mark("“%(name)s” needs no more land than lies idle with it.")
            yield _row(facts, row, name, Severity.INFO, message, numbers)


def _row(facts: Facts, row: int, name: str, severity: Severity, message: str, numbers: tuple[Number, ...]) -> Finding:
    kind = {Severity.ERROR: "idle", Severity.WARNING: "floor", Severity.INFO: "need"}[severity]
    return Finding(
        "derived.idle",
        severity,
        message,
        key=f"{name}/{kind}",
        params={"name": name},
        numbers=numbers,
        places=(mention(facts, "land", row),),
        suggestion=mark("Compare the row with the land register."),
    )


_LEFT: Final = re.compile(r"(?:[可能]提供|可供|剩余|尚余|余下|可利用|待开发|可开发|未利用)[^，。；、\d]{0,14}$")
_USED: Final = re.compile(r"(?:已规划|已开发|已利用|已建成?|已供|已出让|已使用|建成)[^，。；、\d]{0,14}$")
_ALL: Final = re.compile(r"(?:控规|总规|规划|总|全部)[^，。；、\d]{0,14}(?:用地|面积)[^，。；、\d]{0,6}$")


def balance(facts: Facts) -> Iterator[Finding]:
    """Land planned, used and left in one sentence.

    Formula: planned − used = left (areas in one unit), 2 % beyond the rounding, and words such as 约 count. A warning.

    A finding: 规划工业用地13.81平方公里，已开发9.83平方公里，可提供8000亩. None: 可提供约6000亩 (it is 5970).
    """
    lines = lines_of(facts)
    by_line: dict[int, list[tuple[int, Record, str]]] = defaultdict(list)
    for row, record in claims(facts, "actual", "target"):
        line, start = integer(record, "line") or 0, integer(record, "start") or 0
        if 0 < line <= len(lines) and in_unit(record, "亩") is not None:
            by_line[line].append((row, record, lines[line - 1][max(start - 24, 0) : start]))
    for line, areas in by_line.items():
        used = [one for one in areas if _USED.search(one[2])]
        left = [one for one in areas if _LEFT.search(one[2])]
        whole = [one for one in areas if _ALL.search(one[2]) and one not in used and one not in left]
        if len(used) == 1 and len(left) == 1 and whole and _in_one_sentence(lines[line - 1], areas):
            yield from _balance(facts, whole[0], used[0], left[0])


def _in_one_sentence(line: str, areas: list[tuple[int, Record, str]]) -> bool:
    starts = [integer(record, "start") or 0 for _, record, _ in areas]
    return "。" not in line[min(starts) : max(starts)]


def _balance(
    facts: Facts, whole: tuple[int, Record, str], used: tuple[int, Record, str], left: tuple[int, Record, str]
) -> Iterator[Finding]:
    all_of, gone, rest = (in_unit(one[1], "亩") for one in (whole, used, left))
    if all_of is None or gone is None or rest is None:
        return
    made = Interval(all_of.low - gone.high, all_of.high - gone.low)
    if widened(made).meets(rest):
        return
    yield Finding(
        "derived.balance",
        Severity.WARNING,
        mark("The land that is left is not the land planned less the land used."),
        key=f"{text(whole[1], 'printed')}/{text(used[1], 'printed')}",
        numbers=(
            printed(mark("Left, as printed"), value_of(left[1]), text(left[1], "unit")),
            computed(
                mark("Planned − used"),
                (made.low + made.high) / 2,
                "亩",
                by=f"({plain(value_of(whole[1]))}−{plain(value_of(used[1]))}) {text(whole[1], 'unit')}",
                within=made,
                places=0,
            ),
        ),
        places=tuple(claim_mention(facts, one[0]) for one in (whole, used, left)),
        suggestion=mark("Correct one of the three, or say what else the land is set aside for."),
    )


_FLOOR: Final = re.compile(
    r"(?:自有|现有|原有)(?:厂房|建筑|房屋)[^，。；\d]{0,8}([0-9]{1,9}(?:\.[0-9]{1,4})?)\s*(万)?\s*(?:平方米|㎡|m2)"
)


def floor_area(facts: Facts) -> Iterator[Finding]:
    """Floor area of its own that a project's description gives an enterprise, against the table of land.

    Formula: floor area behind 自有厂房, 现有厂房 ≤ floor area of the owner's row, and 2 % more. A warning.

    A finding: 利用自有厂房236494平方米 of an owner with 221616平方米. None: a part of it.
    """
    lines = lines_of(facts)
    whose = known(facts)
    floors: dict[str, tuple[int, Decimal]] = {}
    for row, record in enumerate(facts["land"]):
        if (floor := decimal(record, "building_m2")) is not None:
            floors[names.normalise(whose(text(record, "enterprise")))] = (row, floor)
    starts = [integer(record, "line") or 0 for record in facts["projects"]]
    for row, record in enumerate(facts["projects"]):
        own = floors.get(names.normalise(whose(text(record, "owner"))))
        if own is None:
            continue
        end = starts[row + 1] if row + 1 < len(starts) and starts[row + 1] > starts[row] else starts[row] + 20
        for line in range(starts[row], min(end, starts[row] + 40, len(lines) + 1)):
            for found in _FLOOR.finditer(lines[line - 1]):
                area = Decimal(found[1]) * (10000 if found[2] else 1)
                if area > own[1] * Decimal("1.02"):
                    yield _floor(facts, row, record, line, area, own)


def _floor(facts: Facts, row: int, record: Record, line: int, area: Decimal, own: tuple[int, Decimal]) -> Finding:
    return Finding(
        "derived.floor_area",
        Severity.WARNING,
        mark("A project of “%(name)s” uses more floor area of its own than the table of land gives it."),
        key=f"{text(record, 'owner')}/{text(record, 'name')}",
        params={"name": text(record, "owner")},
        numbers=(
            printed(mark("Floor area of the project"), area, "平方米"),
            printed(mark("Floor area in the table of land"), own[1], "平方米"),
            computed(mark("Difference"), area - own[1], "平方米", by=f"{plain(area)}−{plain(own[1])}", places=2),
        ),
        places=(line_mention(facts, line), mention(facts, "projects", row), mention(facts, "land", own[0])),
        suggestion=mark("Compare both with the register of buildings."),
    )
