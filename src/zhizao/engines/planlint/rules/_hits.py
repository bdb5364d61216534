"""Places of one kind of fault, found in the whole text at once, and the one finding that tells of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Mention, Number, Severity
from zhizao.engines.planlint.rules._lines import grouped, mention
from zhizao.kernel.result import mark


@dataclass(frozen=True, slots=True)
class Hit:
    """One place of a fault: the characters that are wrong, and where they stand."""

    words: str
    index: int
    start: int
    end: int


def lines_of(facts: Facts) -> tuple[str, ...]:
    """The lines of the document; none where only the pack is at hand."""
    return facts.document.lines if facts.document is not None else ()


@lru_cache(maxsize=1)
def _joined(lines: tuple[str, ...]) -> tuple[str, list[int]]:
    """The lines as one text, which is searched much faster, and where each begins."""
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    return "\n".join(lines), starts


def search(lines: tuple[str, ...], pattern: re.Pattern[str]) -> Iterator[Hit]:
    """Every place where a pattern stands."""
    text, starts = _joined(lines)
    for found in pattern.finditer(text):
        index = bisect_right(starts, found.start()) - 1
        yield Hit(found.group(), index, found.start() - starts[index], found.end() - starts[index])


def one_finding(
    rule: str, lines: Sequence[str], hits: Iterable[Hit], message: str, suggestion: str, *, key: str = ""
) -> Iterator[Finding]:
    """One finding for all places of a kind; none if there is no place."""
    found = list(hits)
    if not found:
        return
    counts = Counter(hit.words for hit in found)
    common = "、".join(f"“{words}”" for words, _ in counts.most_common(5))
    mentions: Iterator[Mention] = (mention(lines, hit.index, hit.start, hit.end) for hit in found)
    yield Finding(
        rule,
        Severity.INFO,
        message,
        key=key or rule,
        params={"count": len(found), "words": common},
        numbers=tuple(
            Number(mark("“%(words)s”"), Decimal(count), params={"words": words})
            for words, count in counts.most_common(4)
        ),
        places=grouped(mentions),
        suggestion=suggestion,
    )
