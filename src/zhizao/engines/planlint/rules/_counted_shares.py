"""Counts against the share they are said to be (family ``counts``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.rules._claims import claims, noun, plain_noun, stands_for, value_of
from zhizao.engines.planlint.rules._common import added, claim_mention, computed, integer, last_year, printed, text
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

_OfYear = dict[str, dict[Decimal, tuple[int, Record]]]
_Sizes = dict[int | None, _OfYear]
"""By year and noun, the counts of each value, the first place of each."""
_MOST: Final = 200
"""Nouns among which another denominator is looked for."""
_NEAR: Final = 40
"""Characters between a count and the share that is said of it."""


def shares(facts: Facts) -> Iterator[Finding]:
    """A count and the share that it is said to be, against the size of what it is a share of.

    Formula: count ÷ size, both for the same year (the base year where none is printed), and the printed share must
    meet. 不足 and 超过 tell of a figure near theirs (within a tenth). An error for a plain share, a warning for one
    with a bound; if another size in the plan makes the share right the finding says which.

    A finding: 8家，不足规上企业总量的20% with 176 enterprises (4.5 %). None: 32家左右，占18% of 176.
    """
    sizes: _Sizes = defaultdict(lambda: defaultdict(dict))
    counts_by_line: dict[object, list[Record]] = defaultdict(list)
    rows: dict[int, int] = {}
    for row, record in claims(facts, "count"):
        sizes[last_year(record) or facts.base_year][_loose(noun(record))].setdefault(value_of(record), (row, record))
        counts_by_line[record["line"]].append(record)
        rows[id(record)] = row
    for row, record in claims(facts, "share"):
        whole = _loose(plain_noun(text(record, "of")))
        part = _counted(record, counts_by_line[record["line"]])
        if part is None or not whole or text(record, "unit") not in ("%", "％"):
            continue
        of_year = sizes[last_year(record) or facts.base_year]
        yield from _share(facts, (row, record), (rows[id(part)], part), list(of_year[whole].values()), of_year)


def _loose(name: str) -> str:
    """规上工业企业 and 规上企业 are one in a plan for industry."""
    return name.replace("工业企业", "企业").replace("制造业企业", "企业")


def _counted(share: Record, counts: Sequence[Record]) -> Record | None:
    """The count right before a share, which the share is said of."""
    start = integer(share, "start") or 0
    for one in counts:
        end = integer(one, "end") or 0
        same = text(share, "indicator").startswith(text(one, "indicator")) and text(share, "subject") == text(
            one, "subject"
        )
        if same and 0 <= start - end <= _NEAR:
            return one
    return None


def _share(
    facts: Facts,
    share: tuple[int, Record],
    part: tuple[int, Record],
    wholes: Sequence[tuple[int, Record]],
    sizes: _OfYear,
) -> Iterator[Finding]:
    row, record = share
    stated = stands_for(record)
    counted = stands_for(part[1])
    if not wholes or any((counted / stands_for(one)).times(Decimal(100)).meets(stated) for _, one in wholes):
        return
    size_row, size = wholes[0]
    others = _that_fit(counted, stated, sizes)
    plain = text(record, "bound") in ("eq", "about")
    yield Finding(
        "counts.shares",
        Severity.ERROR if plain and not others else Severity.WARNING,
        mark("%(count)s %(unit)s of %(size)s is not the share printed; another number of the plan makes it right.")
        if others
        else mark("%(count)s %(unit)s of %(size)s is not the share printed."),
        key=f"{noun(part[1])}/{text(record, 'of')}",
        params={"count": value_of(part[1]), "unit": text(part[1], "unit"), "size": value_of(size)},
        numbers=(
            printed(mark("Share printed"), value_of(record), "%"),
            _quotient(mark("Share of “%(name)s”"), part[1], size),
            *_of_named(facts, part, sizes),
            *(_quotient(mark("Share of “%(name)s”"), part[1], one) for one in others[:1]),
        )[:4],
        places=(claim_mention(facts, row), claim_mention(facts, part[0]), claim_mention(facts, size_row)),
        suggestion=mark("Name the denominator, or correct the share."),
    )


def _of_named(facts: Facts, part: tuple[int, Record], sizes: _OfYear) -> Iterator[Number]:
    """The share of those whom the count's own words name: 龙头企业与骨干企业中… is a share of both together."""
    words = _loose(text(part[1], "quote") or claim_mention(facts, part[0]).quote)
    named = {
        name: next(iter(values))
        for name, values in islice(sizes.items(), _MOST)
        if name.endswith("企业") and len(name) > 2 and name in words and name != _loose(noun(part[1])) and values
    }
    whole = sum(named.values(), Decimal(0))
    if len(named) > 1 and whole > 0:
        by = f"{value_of(part[1])}÷({added(named.values())})"
        label = mark("Share of “%(name)s”")
        yield computed(label, value_of(part[1]) / whole * 100, "%", by=by, name="+".join(named))


def _that_fit(counted: Interval, stated: Interval, sizes: _OfYear) -> list[Record]:
    """Other counts of enterprises of the year under which the share is right."""
    return [
        one
        for name, values in islice(sizes.items(), _MOST)
        if name.endswith("企业")
        for _, one in values.values()
        if value_of(one) > 0 and (counted / stands_for(one)).times(Decimal(100)).meets(stated)
    ]


def _quotient(label: str, part: Record, size: Record) -> Number:
    value = value_of(part) / value_of(size) * 100
    return computed(label, value, "%", by=f"{value_of(part)}÷{value_of(size)}", name=noun(size))
