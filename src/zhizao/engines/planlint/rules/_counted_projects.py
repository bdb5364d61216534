"""A number of projects against the rows that have the investment printed beside it (family ``counts``)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Number, Severity
from zhizao.engines.planlint.rules._claims import noun, stands_for, value_of
from zhizao.engines.planlint.rules._common import claim_mention, printed, text
from zhizao.engines.planlint.rules._counted_tables import sector_above
from zhizao.engines.planlint.rules._library import Group, counted_amounts, groups, in_wan_yuan
from zhizao.engines.planlint.rules._projects import UNIT
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

_FEWEST: Final = 2
"""The investment of one row says nothing of a number of projects."""


def projects(facts: Facts) -> Iterator[Finding]:
    """A number of projects whose investment is that of another number of rows of the library.

    Formula: a number of projects and their total investment in one sentence; the investment is the Σ of the whole
    library, or of the sector that the sentence or a heading above it names, so the number is that of its rows. The
    mirror of ``projects.sum_in_text``. Tolerance: rounding of the text and of the rows. An error.

    A finding: 甲等6个项目，总投资65亿元 where the sector's two rows add up to 65. None: 等6个项目，总投资80亿元.
    """
    library = [one for one in groups(facts) if one.is_known and len(one.rows) >= _FEWEST]
    for count, row in counted_amounts(facts):
        fitting = [one for one in library if _is_its_sum(facts, row, one) and _is_named(facts, count, one)]
        number = facts["claims"][count]
        size = next((Decimal(len(one.rows)) for one in fitting), Decimal(0))
        if not fitting or any(_is_its_size(number, one) for one in fitting):
            continue
        yield Finding(
            "counts.projects",
            Severity.ERROR,
            mark("The text counts %(said)s projects, and %(rows)s rows of the library have the investment it gives."),
            key=f"{fitting[0].name}/{noun(number)}",
            params={"said": value_of(number), "rows": size},
            numbers=(
                printed(mark("Number printed"), value_of(number), text(number, "unit")),
                Number(mark("Rows of the library"), size, params={}),
                printed(mark("Investment in the text"), (in_wan_yuan(facts, row) or (None,))[0], UNIT),
                fitting[0].number,
            ),
            places=(claim_mention(facts, count), claim_mention(facts, row), fitting[0].rows[0].place(facts)),
            suggestion=mark("Correct the number, or add the rows."),
        )


def _is_its_sum(facts: Facts, row: int, one: Group) -> bool:
    said = in_wan_yuan(facts, row)
    return said is not None and text(facts["claims"][row], "bound") == "eq" and one.span.meets(said[1])


def _is_its_size(number: dict[str, object], one: Group) -> bool:
    return stands_for(number).meets(Interval(Decimal(len(one.rows)), Decimal(len(one.rows))))


def _is_named(facts: Facts, count: int, one: Group) -> bool:
    """Whether the words are about these rows: the whole library, or the sector that they or a heading name."""
    record = facts["claims"][count]
    if not one.name or one.name in claim_mention(facts, count).quote:
        return True
    return sector_above(facts, int(str(record["line"])), (one.name,)) == one.name
