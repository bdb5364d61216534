"""Local suppliers: their share against their number, in the table and in the text (family ``derived``)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Severity
from zhizao.engines.planlint.rules._claims import claims, is_past, stands_for, value_of
from zhizao.engines.planlint.rules._common import claim_mention, computed, decimal, known, mention, plain, printed, text
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel.result import mark

_SHARE: Final = re.compile(r"供应商|本地化|本地配套|配套率")


def _made(record: Record) -> Interval | None:
    """The share in per cent that the numbers of a row make: exact, since suppliers are counted."""
    total, local = decimal(record, "total"), decimal(record, "local")
    if total is None or local is None or total <= 0:
        return None
    share = local / total * 100
    return Interval(share, share)


def suppliers(facts: Facts) -> Iterator[Finding]:
    """The share of local suppliers in a row against the numbers of the row.

    Formula: local ÷ total × 100 rounds to the printed share; local ≤ total. An error.

    A finding: 110 of 181 and 74%. None: 110 of 181 and 61%.
    """
    for row, record in enumerate(facts["suppliers"]):
        share, made = decimal(record, "share_stated_pct"), _made(record)
        total, local = decimal(record, "total"), decimal(record, "local")
        if made is None or total is None or local is None:
            continue
        if local > total or (share is not None and not made.meets(interval(share, unit="%"))):
            yield Finding(
                "derived.suppliers",
                Severity.ERROR,
                mark("“%(name)s” has more local suppliers than suppliers.")
                if local > total
                else mark("The share of local suppliers of “%(name)s” does not follow from their number."),
                key=text(record, "enterprise"),
                params={"name": text(record, "enterprise")},
                numbers=(
                    *((printed(mark("Share printed"), share, "%"),) if share is not None else ()),
                    computed(mark("Local ÷ all"), made.low, "%", by=f"{plain(local)}÷{plain(total)}"),
                ),
                places=(mention(facts, "suppliers", row),),
                suggestion=mark("Correct the number or the share."),
            )


def suppliers_said(facts: Facts) -> Iterator[Finding]:
    """The share of local suppliers that the text gives an enterprise, against its row.

    Formula: the printed share of the text meets local ÷ total × 100 of the row, or the share printed there. An error.

    A finding: 供应商本地化比例达到74% where the row has 110 of 181. None: 61%.
    """
    names = known(facts)
    rows: dict[str, list[int]] = defaultdict(list)
    for row, record in enumerate(facts["suppliers"]):
        rows[names(text(record, "enterprise"))].append(row)
    for claim, record in claims(facts, "share"):
        subject = text(record, "subject")
        if not subject or not _SHARE.search(text(record, "indicator")) or not is_past(facts, record):
            continue
        found = rows.get(names(subject), ())
        if len(found) != 1:
            continue
        own = facts["suppliers"][found[0]]
        made, stated = _made(own), decimal(own, "share_stated_pct")
        said = stands_for(record)
        fits = [one.meets(said) for one in (made, interval(stated, unit="%") if stated is not None else None) if one]
        if not fits or any(fits):
            continue
        by = f"{plain(decimal(own, 'local') or Decimal(0))}÷{plain(decimal(own, 'total') or Decimal(0))}"
        yield Finding(
            "derived.suppliers_said",
            Severity.ERROR,
            mark("The text gives “%(name)s” another share of local suppliers than the table."),
            key=text(own, "enterprise"),
            params={"name": text(own, "enterprise")},
            numbers=(
                printed(mark("In the text"), value_of(record), "%"),
                *((printed(mark("In the table"), stated, "%"),) if stated is not None else ()),
                *((computed(mark("Local ÷ all"), made.low, "%", by=by),) if made is not None else ()),
            ),
            places=(claim_mention(facts, claim), mention(facts, "suppliers", found[0])),
            suggestion=mark("Print the share of the table in the text."),
        )
