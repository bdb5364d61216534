"""A table of enterprises' land together with what the text says about it: sector, total, output for each mu."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.facts import Facts, once
from zhizao.engines.planlint.rules._claims import claims, in_unit, is_past, stands_for
from zhizao.engines.planlint.rules._common import Names, decimal, integer, known, last_year, text
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.text import concepts
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel import names

NEAR: Final = 40
"""Lines before a table within which the text speaks of it."""
SLACK: Final = Decimal("0.02")
"""Land, output and output for each mu may be of different days: 2 % beyond their rounding are no contradiction."""
FAR: Final = Decimal(2)
"""From this factor on a product differs beyond every doubt about its day."""
MONEY: Final = "亿元"
DENSITY_UNIT: Final = "万元/亩"
MONEY_UNIT: Final = "万元"
_PER_AREA: Final = re.compile(r"每(平方公里|平方千米|公顷|亩)")
_OUTPUT: Final = re.compile(r"产值|产出")
_MEASURED: Final = re.compile(
    r"(?:的|年)?(?:预计)?(?:实现|完成|达到)?(?:工业|企业|年)?(?:总产值|产值(?:合计)?|产出|出口(?:交货值|金额|总额|额|数量|量)?)$"
)
_OF_LAND: Final = re.compile(r"(?:共|现有|合计|总)?(?:占地|用地)(?:面积|规模)?(?:共|合计)?")
_BEHIND: Final = 14
"""Characters between a number of enterprises and the land they hold."""
_OTHERS_LAND: Final = re.compile(r"闲置|需求|新增|未来|规划|控规|厂房|建筑|可用|可利用|支撑|出让")


Claim = tuple[int, Record]
"""A claim and its row."""


@dataclass(frozen=True, slots=True)
class Firm:
    """One enterprise of a block: its row in the table of land, and its land."""

    row: int
    name: str
    land: Decimal | None


@dataclass(slots=True)
class Block:
    """One table of land and the claims before it."""

    table: str
    sector: str
    first: int
    last: int
    firms: list[Firm]
    claims: list[tuple[int, Record]] = field(default_factory=list)

    @property
    def land(self) -> Interval | None:
        """All land of the table; None if some row has none."""
        lands = [firm.land for firm in self.firms]
        if not lands or any(land is None for land in lands):
            return None
        total = Interval(Decimal(0), Decimal(0))
        for land in lands:
            total += interval(land or Decimal(0))
        return total


def widened(values: Interval) -> Interval:
    """The interval with ``SLACK`` on either side."""
    return Interval(values.low * (1 - SLACK), values.high * (1 + SLACK))


@once
def blocks(facts: Facts) -> list[Block]:
    """The tables of land in order, each with the claims in the lines before it."""
    by_table: dict[str, list[int]] = defaultdict(list)
    for row, record in enumerate(facts["land"]):
        by_table[f"{text(record, 'table')}/{text(record, 'sector')}"].append(row)
    found = [_block(facts, rows) for rows in by_table.values()]
    found.sort(key=lambda block: block.first)
    _give_claims(facts, found)
    return found


def _block(facts: Facts, rows: Sequence[int]) -> Block:
    records = [facts["land"][row] for row in rows]
    lines = [integer(record, "line") or 0 for record in records]
    firms = [
        Firm(row, text(record, "enterprise"), decimal(record, "land_mu"))
        for row, record in zip(rows, records, strict=True)
    ]
    return Block(text(records[0], "table"), text(records[0], "sector"), min(lines), max(lines), firms)


def _give_claims(facts: Facts, found: Sequence[Block]) -> None:
    """Each claim of the past to the next table behind it, if it is near and in the section right before it."""
    ordered = sorted(claims(facts, "actual", "count"), key=lambda pair: integer(pair[1], "line") or 0)
    at = 0
    for row, record in ordered:
        line = integer(record, "line") or 0
        while at < len(found) and found[at].first <= line:
            at += 1
        if at == len(found):
            break
        if found[at].first - line <= NEAR and is_past(facts, record):
            found[at].claims.append((row, record))
    for block in found:
        section = text(block.claims[-1][1], "section") if block.claims else ""
        block.claims = [pair for pair in block.claims if text(pair[1], "section") == section]
    if len(found) == 1:
        _give_totals(facts, found[0])


def _give_totals(facts: Facts, block: Block) -> None:
    """To the only table of a plan, what the text says of 重点企业 in the line that gives their land, wherever it is."""
    if any(is_total_land(record) for _, record in block.claims):
        return
    told = [pair for pair in claims(facts, "actual", "count") if is_past(facts, pair[1])]
    lines = {record["line"] for _, record in told if is_total_land(record) and "重点企业" in _words(record)}
    if len(lines) == 1:
        own = {row for row, _ in block.claims}
        block.claims += [(row, record) for row, record in told if record["line"] in lines and row not in own]


def density(record: Record) -> Interval | None:
    """Output for each mu, in 万元; None if a claim says none.

    >>> density({"value": Decimal(15), "unit": "亿元", "indicator": "每平方公里产值"}).low
    Decimal('96.66666666666666666666666667')
    """
    if not _OUTPUT.search(text(record, "indicator")) and "每" not in text(record, "indicator"):
        return None
    unit = text(record, "unit")
    if "/" in unit:
        return in_unit(record, DENSITY_UNIT)
    found = _PER_AREA.search(text(record, "indicator"))
    factor = converted(Decimal(1), f"{unit}/{found[1]}", DENSITY_UNIT) if found and unit.endswith("元") else None
    return None if factor is None else stands_for(record).times(factor)


def output(record: Record) -> Interval | None:
    """Output in 万元; None if a claim says something else, a ratio or a part of it."""
    indicator = text(record, "indicator")
    if record.get("kind") != "actual" or not indicator.endswith(("产值", "总产值", "产值合计", "产出")):
        return None
    if re.search(r"亩|每|单位|均|销售产值", indicator) or "/" in text(record, "unit"):
        return None
    return in_unit(record, MONEY_UNIT)


def made_by(firm: Firm, record: Record) -> Interval | None:
    """The output that land and output for each mu make, in 万元."""
    each = density(record)
    return None if each is None or firm.land is None else interval(firm.land) * each


def yi(values: Decimal) -> Decimal:
    """万元 as 亿元.

    >>> yi(Decimal(25000))
    Decimal('2.5')
    """
    return values / 10000


class Firms:
    """Which enterprise a claim is about."""

    def __init__(self, facts: Facts) -> None:
        self._known: Names = known(facts)
        self.key = self._known
        self._rows = {self._known(firm.name): (block, firm) for block in blocks(facts) for firm in block.firms}

    def of_claim(self, record: Record, block: Block | None = None) -> tuple[str, Firm | None]:
        """Registered name, and the row of land; an empty name if the claim names no enterprise.

        A name that nobody knows is looked for in the names of the block's table, where it must fit one only.
        """
        subject = text(record, "subject") or _MEASURED.sub("", text(record, "indicator"))
        name = self._known(subject)
        if name in self._rows:
            return name, self._rows[name][1]
        if self._known.knows(subject):
            return name, None
        short = names.normalise(subject)
        if block is not None and len(short) >= 2:
            fits = [firm for firm in block.firms if short in names.normalise(firm.name)]
            if len(fits) == 1:
                return self._known(fits[0].name), fits[0]
        return "", None

    def land(self, name: str) -> tuple[Block, Firm] | None:
        """The table and the row of an enterprise by its registered name."""
        return self._rows.get(name)


@once
def firms_of(facts: Facts) -> Firms:
    """The enterprises of a plan and of its tables of land."""
    return Firms(facts)


def is_total_land(record: Record) -> bool:
    """Whether a claim gives the land that the enterprises of a table hold in all."""
    words = _words(record)
    return "企业" in words and _OTHERS_LAND.search(words) is None and in_unit(record, "亩") is not None


def is_land_of(counted: Record | None, record: Record) -> bool:
    """Whether land is that of the enterprises counted right before it: 现有三家重点企业，占地1869亩."""
    if counted is None or counted.get("kind") != "count" or "重点企业" not in _words(counted):
        return False
    near = counted["line"] == record["line"] and 0 <= _at(record, "start") - _at(counted, "end") <= _BEHIND
    is_land = _OF_LAND.fullmatch(text(record, "indicator")) is not None
    return near and is_land and in_unit(record, "亩") is not None


def _at(record: Record, column: str) -> int:
    return integer(record, column) or 0


def _words(record: Record) -> str:
    return text(record, "subject") + text(record, "indicator")


def sector_of(words: str, region: str = "") -> frozenset[str]:
    """The sector that a phrase names, in the form that two phrases share."""
    if not words:
        return frozenset()
    return frozenset(concepts.parse(words + "产值", unit="亿元", region=region).subject)


def same_year(one: Record, other: Record) -> bool:
    """Whether two claims may be of one year: the same, or none printed for one of them."""
    first, second = last_year(one), last_year(other)
    return first is None or second is None or first == second


def in_blocks(facts: Facts, found: Sequence[Block]) -> Iterator[tuple[int, Record, Block | None]]:
    """All claims of the past with the table they stand before."""
    own = {row: block for block in found for row, _ in block.claims}
    for row, record in claims(facts, "actual"):
        if is_past(facts, record):
            yield row, record, own.get(row)
