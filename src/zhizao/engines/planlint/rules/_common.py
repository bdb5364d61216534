"""What the rules share: cells of records, places, lines of arithmetic, and which name is whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Mention, Number
from zhizao.engines.planlint.growth import SHARE_UNITS
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tolerance import Interval, interval
from zhizao.kernel import names, quantities
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

QUOTE_LENGTH: Final = 160
SURE: Final = Decimal("0.8")
"""From this confidence on an alias names one enterprise beyond doubt."""
_ANCHOR: Final = 3


def text(record: Record, column: str) -> str:
    """A cell as text, empty where nothing stands.

    >>> text({"name": None}, "name"), text({"serial": 3}, "serial")
    ('', '3')
    """
    value = record.get(column)
    return "" if value is None else str(value)


def decimal(record: Record, column: str) -> Decimal | None:
    """A cell as a number with the digits printed; None where nothing stands.

    >>> decimal({"total": 12}, "total"), decimal({}, "total")
    (Decimal('12'), None)
    """
    value = record.get(column)
    if value is None or value == "":
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))


def integer(record: Record, column: str) -> int | None:
    """A cell as a whole number: a year, a serial.

    >>> integer({"base_year": 2020}, "base_year")
    2020
    """
    value = record.get(column)
    return None if value is None or value == "" else int(str(value))


def mention(facts: Facts, table: str, row: int) -> Mention:
    """The place of a record: its line, and the line's own words if the document is at hand.

    >>> mention(Facts(rows={"land": [{"line": 7}]}, meta={}), "land", 0)
    Mention(line=7, quote='', table='land', row=0)
    """
    record = facts[table][row]
    line = integer(record, "line")
    return Mention(line, text(record, "quote") or quote(facts, line), table, row)


def target_mention(facts: Facts, row: int) -> Mention:
    """The place of a target of the table of indicators.

    >>> target_mention(Facts(rows={"indicators": [{"line": 7}]}, meta={}), 0).table
    'indicators'
    """
    return mention(facts, "indicators", row)


def claim_mention(facts: Facts, row: int) -> Mention:
    """The place of a figure of the text.

    >>> claim_mention(Facts(rows={"claims": [{"line": 7, "quote": "产值100亿元"}]}, meta={}), 0).quote
    '产值100亿元'
    """
    return mention(facts, "claims", row)


def line_mention(facts: Facts, line: int) -> Mention:
    """A line of the document that was read into no table.

    >>> line_mention(Facts(rows={}, meta={}), 4)
    Mention(line=4, quote='', table='', row=None)
    """
    return Mention(line, quote(facts, line))


def quote(facts: Facts, line: int | None) -> str:
    """The words of a line, if the document is at hand."""
    if facts.document is None or line is None or not 0 < line <= len(facts.document.lines):
        return ""
    return facts.document.lines[line - 1].strip()[:QUOTE_LENGTH]


def plain(value: Decimal, places: int | None = None) -> str:
    """A number as it is written in arithmetic: no exponent, at most so many decimals, no zeros behind the last.

    >>> plain(Decimal("1.2E+3")), plain(Decimal("14.8698"), 1), plain(Decimal("3.00"), 1), plain(Decimal("176.0"))
    ('1200', '14.9', '3', '176.0')
    """
    if places is None:
        return f"{value:f}"
    return f"{rounded(value, places):f}"


def rounded(value: Decimal, places: int = 1) -> Decimal:
    """A computed number as it is shown: half up, without zeros behind the last digit.

    >>> rounded(Decimal("14.8698")), rounded(Decimal("1299.50"), 2), rounded(Decimal(100))
    (Decimal('14.9'), Decimal('1299.5'), Decimal('100'))
    """
    short = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole = short.to_integral_value()
    return whole.quantize(Decimal(1)) if short == whole else short.normalize()


def printed(label: str, value: Decimal | None, unit: str = "", **params: object) -> Number:
    """A line of the arithmetic: a figure that is printed.

    >>> printed("Base value", Decimal(60), "个").expression
    ''
    """
    return Number(label, value, unit, params=params)


def computed(
    label: str,
    value: Decimal,
    unit: str = "",
    *,
    by: str,
    within: Interval | None = None,
    places: int = 1,
    **params: object,
) -> Number:
    """A line of the arithmetic: a figure that follows from printed ones, and how.

    >>> computed("Implied", Decimal("14.8698"), "%", by="(120÷60)^(1/5)−1").value
    Decimal('14.9')
    """
    low, high = (within.low, within.high) if within else (None, None)
    ends = [rounded(end, places) if end is not None and end.is_finite() else None for end in (low, high)]
    return Number(label, rounded(value, places), unit, by, ends[0], ends[1], params)


def added(values: Iterable[Decimal]) -> str:
    """The sum in words of arithmetic; the middle of a long one is left out.

    >>> added([Decimal(7), Decimal(32), Decimal(137)]), added([Decimal(1)] * 20)
    ('7+32+137', '1+1+1+…+1')
    """
    words = [plain(value) for value in values]
    return "+".join(words if len(words) <= 8 else [*words[:3], "…", words[-1]])


def region_of(facts: Facts) -> str:
    """The name of the plan's area; empty where the plan does not say."""
    region = facts.meta.get("region")
    return str(region.get("name") or "") if isinstance(region, Mapping) else ""


def span_of(record: Record) -> Span | None:
    """The period that a claim is said for; None where none is printed.

    >>> str(span_of({"span": "2016-01..2020-12"}))
    '2016-01..2020-12'
    """
    words = text(record, "span")
    return _span(words) if words else None


@lru_cache(maxsize=4096)
def _span(words: str) -> Span | None:
    try:
        return Span.parse(words)
    except Refused:
        return None


def last_year(record: Record) -> int | None:
    """The year in which a claim's period ends.

    >>> last_year({"span": "2016-01..2020-12"}), last_year({})
    (2020, None)
    """
    span = span_of(record)
    return None if span is None else span.last_year


def is_share(unit: str) -> bool:
    """Whether figures of this unit are shares, whose change is said in points.

    >>> is_share("%"), is_share("亿元")
    (True, False)
    """
    return unit in SHARE_UNITS


def unit_of_change(unit: str) -> str:
    """The unit of a difference: that of two shares is counted in points.

    >>> unit_of_change("%"), unit_of_change("亿元")
    ('个百分点', '亿元')
    """
    return "个百分点" if is_share(unit) else unit


def ends(record: Record) -> Iterator[tuple[int | None, str, Decimal]]:
    """The base and the target of an indicator that are there: year, column and value.

    >>> list(ends({"base_year": 2020, "base_value": Decimal(3), "target_year": 2025, "target_value": None}))
    [(2020, 'base_value', Decimal('3'))]
    """
    for end in ("base", "target"):
        value = decimal(record, f"{end}_value")
        if value is not None:
            yield integer(record, f"{end}_year"), f"{end}_value", value


def cell_interval(record: Record, column: str) -> Interval | None:
    """What a base, a target or a claim's value stands for, by its rounding, its unit and its printed bound.

    A bound of the table's target is a floor or a ceiling without far end.

    >>> cell_interval({"base_value": Decimal("10.3"), "unit": "亿元"}, "base_value")
    Interval(low=Decimal('10.25'), high=Decimal('10.35'))
    """
    value = decimal(record, column)
    if value is None:
        return None
    bound = bound_of(record, column)
    return interval(value, bound=bound, unit=text(record, "unit"), open_ended=column != "value")


def bound_of(record: Record, column: str) -> str:
    """How the figure of a column is bound: eq, about, ge, gt, le or lt; of a table's cell by its printed words.

    >>> bound_of({"growth_printed": "10%以上"}, "growth_stated_pct"), bound_of({"bound": "ge"}, "target_value")
    ('ge', 'ge')
    """
    if column == "value":
        return text(record, "bound") or "eq"
    words = text(record, {"growth_stated_pct": "growth_printed"}.get(column, column.replace("_value", "_printed")))
    found = quantities.find(words) if words else []
    if len(found) == 1 and found[0].bound != "eq":
        return found[0].bound
    return (text(record, "bound") or "eq") if column == "target_value" else "eq"


@dataclass(frozen=True, slots=True)
class Names:
    """Which enterprise a printed name means: by the list of enterprises and the table of aliases."""

    canonical_of: Mapping[str, str]

    def __call__(self, name: str) -> str:
        """The registered name; the normalised name itself where nobody knows another.

        >>> known({"aliases": [{"canonical": "甲省乙丙制冷有限公司", "alias": "乙丙制冷"}]})("乙丙 制冷")
        '甲省乙丙制冷有限公司'
        """
        normal = names.normalise(name)
        return self.canonical_of.get(normal, normal)

    def knows(self, name: str) -> bool:
        """Whether the name is in the list or an alias of one that is."""
        return names.normalise(name) in self.canonical_of


def known(rows: Facts | Mapping[str, list[Record]]) -> Names:
    """The names of the list of enterprises and their aliases; one that may mean two enterprises is left out.

    >>> pair = [{"canonical": c, "alias": "乙丙", "note": "x"} for c in ("乙丙制冷公司", "乙丙通用公司")]
    >>> known({"aliases": pair}).knows("乙丙")
    False
    """
    meant: dict[str, set[str]] = defaultdict(set)
    for record in rows["enterprises"] if isinstance(rows, Facts) else rows.get("enterprises", []):
        normal = names.normalise(text(record, "name"))
        meant[normal].add(normal)
    for record in rows["aliases"] if isinstance(rows, Facts) else rows.get("aliases", []):
        confidence = decimal(record, "confidence")
        if confidence is None or confidence >= SURE:
            canonical = names.normalise(text(record, "canonical"))
            meant[names.normalise(text(record, "alias"))].add(canonical)
            meant[canonical].add(canonical)
    return Names({name: next(iter(owners)) for name, owners in meant.items() if len(owners) == 1})


class Finder:
    """Finds which of many names stand in a text, in time linear in the text.

    Names are hung under their first three characters, so that a position of the text is compared with few.

    >>> finder = Finder(["乙丙制冷有限公司", "乙丙制冷", "丁戊门业"])
    >>> [name for name, _ in finder.find("由乙丙制冷有限公司、丁戊门业牵头")]
    ['乙丙制冷有限公司', '丁戊门业']
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for word in sorted({word for word in words if len(word) >= _ANCHOR}, key=len, reverse=True):
            self._by_start[word[:_ANCHOR]].append(word)

    def find(self, content: str) -> Iterator[tuple[str, int]]:
        """Each name with the place where it starts, the longest at a place, none inside another."""
        position = 0
        while position <= len(content) - _ANCHOR:
            for word in self._by_start.get(content[position : position + _ANCHOR], ()):
                if content.startswith(word, position):
                    yield word, position
                    position += len(word)
                    break
            else:
                position += 1
