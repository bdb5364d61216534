"""Exports, sectors and pieces against output (family ``derived``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules._claims import claims, in_unit, stands_for, value_of
from zhizao.engines.planlint.rules._common import (
    claim_mention,
    computed,
    decimal,
    last_year,
    mention,
    plain,
    printed,
    target_mention,
    text,
)
from zhizao.engines.planlint.rules._land_blocks import (
    FAR,
    MONEY,
    MONEY_UNIT,
    Claim,
    Firm,
    blocks,
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
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel.result import mark

CNY_PER_USD: Final = Decimal("6.0")
"""The least that a dollar has been worth since 1994: what is too much at this rate is too much at any."""
_SAME: Final = 20
"""Figures of one enterprise that are compared with each other."""


def exports(facts: Facts) -> Iterator[Finding]:
    """Exports of an enterprise against its output.

    Formula: exports ≤ output; output as printed, or land × output per mu. Dollars count 6.0 yuan, the least they have
    been worth since 1994. An error against a printed output of the same year; against land × output per mu an error
    from a factor of 2 on, else a warning.

    A finding: 出口52869万美元 (at least 31.7亿元) of a firm with 32亩 at 1169万元/亩 (3.7亿元). None: exports below it.
    """
    found = blocks(facts)
    firms = firms_of(facts)
    sold: dict[str, list[Claim]] = defaultdict(list)
    made: dict[str, list[tuple[Claim, Interval, Firm | None]]] = defaultdict(list)
    for row, record, block in in_blocks(facts, found):
        name, firm = firms.of_claim(record, block)
        if "出口" in text(record, "indicator") and _yuan(record) is not None:
            sold[name].append((row, record))
        elif name and (values := output(record)) is not None:
            made[name].append(((row, record), values, None))
        elif name and firm is not None and (product := made_by(firm, record)) is not None:
            made[name].append(((row, record), product, firm))
    for name, many in sold.items():
        for one in many[:_SAME]:
            low = _yuan(one[1])
            for other, values, firm in made.get(name, [])[:_SAME] if name else ():
                if low is None or low <= values.high or not (firm is not None or same_year(one[1], other[1])):
                    continue
                yield _exported(facts, name, one, other, (low, values), firm)


def _yuan(record: Record) -> Decimal | None:
    """The least that exports are in 万元; None if they are not money."""
    if (values := in_unit(record, MONEY_UNIT)) is not None:
        return values.low
    dollars = in_unit(record, "万美元")
    return None if dollars is None else dollars.low * CNY_PER_USD


def _exported(
    facts: Facts, name: str, one: Claim, other: Claim, values: tuple[Decimal, Interval], firm: Firm | None
) -> Finding:
    low, made = values
    is_dollar = "美元" in text(one[1], "unit")
    middle = (made.low + made.high) / 2
    far = firm is None or low > made.high * FAR
    by = f"{plain(firm.land or Decimal(0))}×{plain(value_of(other[1]))}÷10000" if firm else ""
    own = f"{plain(value_of(one[1]))}×{CNY_PER_USD}÷10000" if is_dollar else plain(value_of(one[1]))
    return Finding(
        "derived.exports",
        Severity.ERROR if far else Severity.WARNING,
        mark("“%(name)s” exports more than it makes."),
        key=name,
        params={"name": name},
        numbers=(
            printed(mark("Exports printed"), value_of(one[1]), text(one[1], "unit")),
            computed(mark("Exports in yuan, at least"), yi(low), MONEY, by=own),
            computed(mark("Land × output for each mu") if firm else mark("Output printed"), yi(middle), MONEY, by=by),
        ),
        places=(
            claim_mention(facts, one[0]),
            claim_mention(facts, other[0]),
            *((mention(facts, "land", firm.row),) if firm else ()),
        ),
        suggestion=mark("Correct the exports, the land (a digit may be lost) or the output."),
    )


def nested(facts: Facts) -> Iterator[Finding]:
    """An enterprise that makes more than its sector, or than all above-scale industry.

    Formula: output of the enterprise (printed, or land × output per mu) ≤ output of its sector in the table of targets
    for the same year. An error for a printed output; a warning for a product, from 2 % beyond the rounding on.

    A finding: an enterprise of 60亿元 in a sector of 36.6亿元. None: 30亿元.
    """
    region = str((facts.meta.get("region") or {}).get("name") or "")
    sectors = _sector_outputs(facts, region)
    found = blocks(facts)
    firms = firms_of(facts)
    seen: set[tuple[str, bool]] = set()
    for row, record, block in in_blocks(facts, found):
        name, firm = firms.of_claim(record, block)
        if not name or (record.get("list_id") and firm is None):
            continue
        said = output(record)
        made = made_by(firm, record) if said is None and firm is not None else None
        home = block or (firms.land(name) or (None, None))[0]
        target = sectors.get(sector_of(home.sector, region)) if home is not None and home.sector else None
        if target is None or last_year(record) not in (None, target[2]):
            continue
        values = said or (widened(made) if made else None)
        if values is None or values.low <= target[1].high or (name, said is None) in seen:
            continue
        seen.add((name, said is None))
        yield _beyond(facts, name, (row, record), values, target, is_printed=said is not None)


_Target = tuple[int, Interval, int | None]


def _sector_outputs(facts: Facts, region: str) -> dict[frozenset[str], _Target]:
    """Base values of the sectors' output in the table of targets, in 万元."""
    sectors: dict[frozenset[str], _Target] = {}
    for row, record in enumerate(facts["indicators"]):
        value, unit = decimal(record, "base_value"), text(record, "unit")
        name = text(record, "name")
        factor = converted(Decimal(1), unit, MONEY_UNIT) if unit else None
        if value is None or factor is None or not name.endswith("产值"):
            continue
        year = record.get("base_year")
        subject = sector_of(name.removesuffix("产值").removesuffix("总").removesuffix("工业"), region)
        if subject and subject != frozenset({"工业"}):
            sectors.setdefault(
                subject, (row, interval(value).times(factor), int(str(year)) if year is not None else None)
            )
    return sectors


def _beyond(facts: Facts, name: str, one: Claim, values: Interval, target: _Target, *, is_printed: bool) -> Finding:
    record = facts["indicators"][target[0]]
    middle = yi((values.low + values.high) / 2)
    return Finding(
        "derived.nested",
        Severity.ERROR if is_printed else Severity.WARNING,
        mark("“%(name)s” alone makes more than “%(sector)s”."),
        key=f"{name}/{'output' if is_printed else 'land'}",
        params={"name": name, "sector": text(record, "name")},
        numbers=(
            computed(mark("Output of the enterprise"), middle, MONEY, by=text(one[1], "printed"), places=2),
            printed(mark("Output of the sector"), decimal(record, "base_value"), text(record, "unit")),
        ),
        places=(claim_mention(facts, one[0]), target_mention(facts, target[0])),
        suggestion=mark("Correct one of the two, or name the scope in which the enterprise counts."),
    )


def unit_price(facts: Facts) -> Iterator[Finding]:
    """A price of one piece that cannot be: money and pieces of the same enterprise, year and trade.

    Formula: money ÷ pieces lies between 0.01 yuan and 1 亿元. A warning; prices within are not judged.

    A finding: 出口5万辆, 52亿亿元. None: 872974辆 for 52869万美元 (606 dollars each).
    """
    pieces: dict[tuple[str, object, str], list[Claim]] = defaultdict(list)
    money: dict[tuple[str, object, str], list[Claim]] = defaultdict(list)
    for row, record in claims(facts, "actual", "count"):
        trade = next((word for word in ("出口", "销售") if word in text(record, "indicator")), "")
        key: tuple[str, object, str] = (text(record, "subject"), last_year(record), trade)
        if not (trade and key[0]):
            continue
        if _yuan(record) is not None:
            money[key].append((row, record))
        elif text(record, "unit").endswith(("台", "辆", "件", "套", "部", "只")):
            pieces[key].append((row, record))
    for key, many in money.items():
        for one in many[:_SAME]:
            for other in pieces.get(key, [])[:_SAME]:
                low = _yuan(one[1])
                count = _single(other[1])
                each = low * 10000 / count if low is not None and count else Decimal(1)
                if Decimal("0.01") <= each <= Decimal(10) ** 8:
                    continue
                yield Finding(
                    "derived.unit_price",
                    Severity.WARNING,
                    mark("The money and the pieces of “%(name)s” make an impossible price."),
                    key=key[0],
                    params={"name": key[0]},
                    numbers=(
                        printed(mark("Money printed"), value_of(one[1]), text(one[1], "unit")),
                        printed(mark("Pieces printed"), value_of(other[1]), text(other[1], "unit")),
                        computed(
                            mark("Price of one"),
                            each,
                            "元",
                            by=f"{plain(value_of(one[1]))}÷{plain(value_of(other[1]))}",
                            places=4,
                        ),
                    ),
                    places=(claim_mention(facts, one[0]), claim_mention(facts, other[0])),
                    suggestion=mark("Compare both with their source; a unit is likely wrong."),
                )


def _single(record: Record) -> Decimal:
    """A number of pieces without 万 and 亿."""
    factor = {"万": Decimal(10000), "亿": Decimal(10) ** 8}.get(text(record, "unit")[:1], Decimal(1))
    return stands_for(record).high * factor
