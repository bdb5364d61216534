"""Figures that follow from others: output from land and output for each mu, totals from rows, shares from counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules._claims import value_of
from zhizao.engines.planlint.rules._common import (
    claim_mention,
    computed,
    mention,
    plain,
    printed,
    text,
)
from zhizao.engines.planlint.rules._densities import region_density, sector_density
from zhizao.engines.planlint.rules._land import balance, floor_area, idle, land_total
from zhizao.engines.planlint.rules._land_blocks import (
    FAR,
    MONEY,
    Claim,
    Firm,
    blocks,
    density,
    firms_of,
    in_blocks,
    made_by,
    output,
    same_year,
    widened,
    yi,
)
from zhizao.engines.planlint.rules._outputs import exports, nested, unit_price
from zhizao.engines.planlint.rules._suppliers import suppliers, suppliers_said
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

_SAME: Final = 20
"""Outputs of one enterprise that are compared with each product."""


def per_mu(facts: Facts) -> Iterator[Finding]:
    """Output of an enterprise against its land times its output for each mu.

    Formula: land (table of land) × output per mu = output, all rounded, and 2 % more, since they may be of different
    days. A warning; an error from a factor of 2 on.

    A finding: 74亩, 755万元/亩, 产值9.3亿元 (it makes 5.6). None: 74亩, 755万元/亩, 产值5.59亿元.
    """
    found = blocks(facts)
    firms = firms_of(facts)
    outputs: dict[str, list[Claim]] = defaultdict(list)
    densities: list[tuple[str, Firm, Claim]] = []
    for row, record, block in in_blocks(facts, found):
        name, firm = firms.of_claim(record, block)
        if not name:
            continue
        if output(record) is not None:
            outputs[name].append((row, record))
        elif firm is not None and firm.land is not None and density(record) is not None:
            densities.append((name, firm, (row, record)))
    for name, firm, (row, record) in densities:
        product = made_by(firm, record)
        for other_row, other in outputs.get(name, [])[:_SAME]:
            said = output(other)
            if product is None or said is None or not same_year(record, other) or widened(product).meets(said):
                continue
            yield _differs(facts, name, firm, (row, record), (other_row, other), (product, said))


def _differs(
    facts: Facts, name: str, firm: Firm, each: Claim, said: Claim, values: tuple[Interval, Interval]
) -> Finding:
    product, stated = values
    land = firm.land or Decimal(0)
    far = product.low > stated.high * FAR or stated.low > product.high * FAR
    return Finding(
        "derived.per_mu",
        Severity.ERROR if far else Severity.WARNING,
        mark("Land times output for each mu of “%(name)s” is not the output printed for it."),
        key=name,
        params={"name": name},
        numbers=(
            printed(mark("Land"), land, "亩"),
            printed(mark("Output printed"), value_of(said[1]), text(said[1], "unit")),
            computed(
                mark("Land × output for each mu"),
                yi((product.low + product.high) / 2),
                MONEY,
                by=f"{plain(land)}×{plain(value_of(each[1]))}÷10000",
                within=Interval(yi(product.low), yi(product.high)),
                places=2,
            ),
        ),
        places=(claim_mention(facts, each[0]), claim_mention(facts, said[0]), mention(facts, "land", firm.row)),
        suggestion=mark("Correct the land, the output for each mu, or the output."),
    )


RULES: Final = (
    Rule("derived.per_mu", mark("Output against land × output for each mu"), ("claims", "land"), per_mu),
    Rule("derived.density", mark("Output for each mu of a table's enterprises"), ("claims", "land"), sector_density),
    Rule("derived.region_density", mark("Output for each mu and for each km²"), ("claims",), region_density),
    Rule("derived.exports", mark("Exports against output"), ("claims",), exports),
    Rule("derived.nested", mark("An enterprise against its sector"), ("claims", "indicators"), nested),
    Rule("derived.unit_price", mark("Money against pieces"), ("claims",), unit_price),
    Rule("derived.land_total", mark("Land in all against the rows"), ("claims", "land"), land_total),
    Rule("derived.idle", mark("Idle land, floor area and land needed"), ("land",), idle),
    Rule("derived.balance", mark("Land planned, used and left"), ("claims", TEXT), balance),
    Rule(
        "derived.floor_area",
        mark("Floor area of a project against the table of land"),
        ("projects", "land", TEXT),
        floor_area,
    ),
    Rule("derived.suppliers", mark("Share of local suppliers against their number"), ("suppliers",), suppliers),
    Rule(
        "derived.suppliers_said", mark("Share of local suppliers in the text"), ("claims", "suppliers"), suppliers_said
    ),
)
