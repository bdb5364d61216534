"""Output for each mu and km² of many enterprises, and of the area (family ``derived``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules._claims import value_of
from zhizao.engines.planlint.rules._common import (
    claim_mention,
    computed,
    mention,
    plain,
    printed,
    rounded,
    text,
)
from zhizao.engines.planlint.rules._land_blocks import (
    DENSITY_UNIT,
    MONEY,
    Block,
    Claim,
    Firm,
    Firms,
    blocks,
    density,
    firms_of,
    in_blocks,
    made_by,
    output,
    same_year,
    sector_of,
    widened,
    yi,
)
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

_DISTINCT: Final = 20
"""Different figures for the whole area that are compared with each other."""


def _weighted(facts: Facts, block: Block, firms: Firms) -> tuple[Interval, list[tuple[Firm, Claim]]] | None:
    """The output that land and output per mu make for the whole table; None if a row or a value is missing."""
    each: dict[int, tuple[Firm, Claim]] = {}
    for row, record in block.claims:
        _, firm = firms.of_claim(record, block)
        if firm is not None and density(record) is not None and "/" in text(record, "unit"):
            each.setdefault(firm.row, (firm, (row, record)))
    if len(each) != len(block.firms) or len(each) < 2:
        return None
    total = Interval(Decimal(0), Decimal(0))
    for firm, (_, record) in each.values():
        product = made_by(firm, record)
        if product is None:
            return None
        total += product
    return total, list(each.values())


def sector_density(facts: Facts) -> Iterator[Finding]:
    """Output of a table's enterprises, in all or for each mu or km², against their land and output for each mu.

    Formula: Σ land × output per mu = their output in all; that ÷ Σ land = output per mu or km² of all (1 km² = 1500
    mu); output in all ÷ Σ land the same. 2 % beyond the rounding. A warning: a sector has more firms than its table.

    A finding: six firms whose land and output make 770万元/亩, and 660万元/亩 for their sector. None: 769.
    """
    firms = firms_of(facts)
    for block in blocks(facts):
        land = block.land
        totals, means = _of_all(block, firms)
        made = _weighted(facts, block, firms)
        if made is not None:
            for said in totals:
                values = output(said[1])
                if values is not None and not widened(made[0]).meets(values):
                    yield _total(facts, block, said, made)
        sums = [_total_output(facts, made)] if made is not None else []
        sums += [(said, values, said[1]) for said in totals if (values := output(said[1])) is not None]
        for mean in means:
            values = density(mean[1])
            wrong = [one for one in sums if land is not None and values is not None and not _fits(one[1], land, values)]
            if land is not None and wrong and len(wrong) == len(sums):
                yield _mean(facts, block, mean, wrong[0], land)


_Sum = tuple[Claim | None, Interval, Record | None]


def _total_output(facts: Facts, made: tuple[Interval, list[tuple[Firm, Claim]]]) -> _Sum:
    return None, made[0], None


def _fits(total: Interval, land: Interval, mean: Interval) -> bool:
    return widened(total / land).meets(mean)


def _of_all(block: Block, firms: Firms) -> tuple[list[Claim], list[Claim]]:
    """Claims of a block about all its enterprises: output, and output for each unit of land."""
    totals: list[Claim] = []
    means: list[Claim] = []
    sector = sector_of(block.sector)
    for row, record in block.claims:
        if firms.of_claim(record, block)[0]:
            continue
        subject = text(record, "subject")
        words = subject + text(record, "indicator")
        if output(record) is not None and "重点企业" in words:
            totals.append((row, record))
        elif density(record) is not None and (
            sector_of(subject) == sector or (not subject and not text(record, "list_id") and "平均" not in words)
        ):
            means.append((row, record))
    return totals, means


def _total(facts: Facts, block: Block, said: Claim, made: tuple[Interval, list[tuple[Firm, Claim]]]) -> Finding:
    total, each = made
    by = "+".join(f"{plain(firm.land or Decimal(0))}×{plain(value_of(record))}" for firm, (_, record) in each[:4])
    return Finding(
        "derived.density",
        Severity.WARNING,
        mark("Land times output for each mu of the enterprises of table %(table)s is not their output in all."),
        key=f"{block.sector or block.table}/total",
        params={"table": block.table},
        numbers=(
            printed(mark("Output printed"), value_of(said[1]), text(said[1], "unit")),
            computed(
                mark("Sum of land × output for each mu"),
                yi((total.low + total.high) / 2),
                MONEY,
                by=f"({by}{'+…' if len(each) > 4 else ''})÷10000",
                within=Interval(yi(total.low), yi(total.high)),
                places=2,
            ),
        ),
        places=(claim_mention(facts, said[0]), *(claim_mention(facts, row) for _, (row, _) in each[:3])),
        suggestion=mark("Correct the output in all, or the land and output of an enterprise."),
    )


def _mean(facts: Facts, block: Block, mean: Claim, wrong: _Sum, land: Interval) -> Finding:
    said, total, _ = wrong
    middle = (land.low + land.high) / 2
    made = total / land
    money = rounded((total.low + total.high) / 2, 0)
    return Finding(
        "derived.density",
        Severity.WARNING,
        mark("Output for each mu of the enterprises of table %(table)s does not follow from their output and land."),
        key=f"{block.sector or block.table}/mean",
        params={"table": block.table},
        numbers=(
            printed(mark("Output for each unit of land, as printed"), value_of(mean[1]), text(mean[1], "unit")),
            printed(mark("Land of all rows"), rounded(middle, 2), "亩"),
            computed(
                mark("Output ÷ land"),
                (made.low + made.high) / 2,
                DENSITY_UNIT,
                by=f"{plain(money)}÷{plain(rounded(middle, 2))}",
                within=made,
                places=0,
            ),
            computed(
                mark("The same for a square kilometre"),
                (made.low + made.high) / 2 * 1500 / 10000,
                "亿元/平方公里",
                by=f"{plain(rounded((made.low + made.high) / 2, 0))}×1500÷10000",
            ),
        ),
        places=(
            claim_mention(facts, mean[0]),
            *((claim_mention(facts, said[0]),) if said else ()),
            mention(facts, "land", block.firms[0].row),
        ),
        suggestion=mark("Say which enterprises and which land the mean is taken over, or correct it."),
    )


def region_density(facts: Facts) -> Iterator[Finding]:
    """Output per km² against output per mu of the whole area, and one figure for the area and for a sector of it.

    Formula: 1 km² = 1500 mu; the two, and 2 % more, must meet. A figure per mu said of the area's industry and, with
    the same digits, of one sector is a warning: one of the two is likely copied.

    A finding: 660万元/亩 for all industry and 660万元/亩 for one sector. None: 100亿元/平方公里 and 667万元/亩.
    """
    whole: list[Claim] = []
    sectors: list[tuple[str, Claim]] = []
    firms = firms_of(facts)
    found = blocks(facts)
    for row, record, block in in_blocks(facts, found):
        if density(record) is None or text(record, "list_id") or firms.of_claim(record, block)[0]:
            continue
        subject = text(record, "subject")
        words = subject + text(record, "indicator")
        if "企业" in words and "重点企业" not in words and not _names_sector(words, found):
            whole.append((row, record))
        elif block is not None and sector_of(subject) == sector_of(block.sector) != frozenset():
            sectors.append((subject, (row, record)))
    firsts = list({(text(one, "unit"), value_of(one)): (row, one) for row, one in reversed(whole)}.values())
    for first, one in enumerate(firsts[:_DISTINCT]):
        for other in firsts[first + 1 : _DISTINCT]:
            yield from _two_units(facts, other, one)
    by_figure = {(text(one, "unit"), value_of(one)): (row, one) for row, one in firsts}
    for sector, other in sectors:
        same = by_figure.get((text(other[1], "unit"), value_of(other[1])))
        if same is not None:
            yield _copied(facts, sector, same, other)


def _names_sector(words: str, found: Sequence[Block]) -> bool:
    return any(block.sector and block.sector[:2] in words for block in found)


def _two_units(facts: Facts, one: Claim, other: Claim) -> Iterator[Finding]:
    first, second = density(one[1]), density(other[1])
    if first is None or second is None or not same_year(one[1], other[1]) or widened(first).meets(second):
        return
    if text(one[1], "unit") == text(other[1], "unit"):
        return  # two figures in one unit are the family agreement's
    factor = converted(Decimal(1), text(other[1], "unit"), text(one[1], "unit"))
    yield Finding(
        "derived.region_density",
        Severity.WARNING,
        mark("Output for each unit of land is printed in two units that differ."),
        key=f"{text(one[1], 'unit')}/{text(other[1], 'unit')}",
        numbers=(
            printed(mark("Printed first"), value_of(one[1]), text(one[1], "unit")),
            printed(mark("Printed second"), value_of(other[1]), text(other[1], "unit")),
            computed(
                mark("The second in the unit of the first"),
                value_of(other[1]) * (factor or Decimal(1)),
                text(one[1], "unit"),
                by=f"{plain(value_of(other[1]))} {text(other[1], 'unit')}",
            ),
        ),
        places=(claim_mention(facts, one[0]), claim_mention(facts, other[0])),
        suggestion=mark("Say which land each is taken over, or correct one."),
    )


def _copied(facts: Facts, sector: str, one: Claim, other: Claim) -> Finding:
    return Finding(
        "derived.region_density",
        Severity.WARNING,
        mark("One output for each mu, %(value)s %(unit)s, is said of all industry and of “%(sector)s”."),
        key=f"{sector}/copied",
        params={"value": value_of(one[1]), "unit": text(one[1], "unit"), "sector": sector},
        numbers=(
            printed(mark("Of all industry"), value_of(one[1]), text(one[1], "unit")),
            printed(mark("Of “%(name)s”"), value_of(other[1]), text(other[1], "unit"), name=sector),
        ),
        places=(claim_mention(facts, one[0]), claim_mention(facts, other[0])),
        suggestion=mark("Compute both anew; one of them is likely copied."),
    )
