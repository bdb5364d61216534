"""What the rules about counts and derived figures ask of a claim: its noun, its year, its value in another unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.rules._common import decimal, last_year, text
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tables.values import converted
from zhizao.engines.planlint.tolerance import Interval, interval

_TAIL: Final = re.compile(r"(?:的?(?:数量|总数|总量|个数|家数|户数|数)|共计?|约?为|达到?)+$")
_HEAD: Final = re.compile(
    r"^(?:[全我本](?:区|市|县|省|州|镇)|(?:区|市|县|省|州|辖区)内|现有|拥有|共有|共|其中|的|和|与|及)+"
)
_BRACKETED: Final = re.compile(r"[（(][^（()）]{0,40}[)）]")
_MONEY_ALONE: Final = re.compile("[十百千万]*亿|[十百千]*万")


def noun(record: Record) -> str:
    """What a claim counts or measures, in the words that two mentions share.

    >>> noun({"subject": "成长型企业", "indicator": "数量"}), noun({"indicator": "全区规模以上工业企业"})
    ('成长型企业', '规上工业企业')
    """
    subject, indicator = text(record, "subject"), text(record, "indicator")
    return plain_noun(indicator if indicator.startswith(subject) else subject + indicator)


def plain_noun(words: str) -> str:
    """Words without scope of area, brackets, and 数量 behind.

    >>> plain_noun("规上企业总量"), plain_noun("规模以上工业企业（2020年）")
    ('规上企业', '规上工业企业')
    """
    words = _BRACKETED.sub("", re.sub(r"[\s“”\"]", "", words)).replace("规模以上", "规上")
    return _TAIL.sub("", _HEAD.sub("", words)) or words


def is_past(facts: Facts, record: Record) -> bool:
    """Whether a claim tells of the base year or before, or of no year."""
    year, base = last_year(record), facts.base_year
    return year is None or base is None or year <= base


def claims(facts: Facts, *kinds: str) -> Iterator[tuple[int, Record]]:
    """The claims of some kinds with their rows, those with a value only."""
    for row, record in enumerate(facts["claims"]):
        if record.get("value") is not None and (not kinds or record.get("kind") in kinds):
            yield row, record


def value_of(record: Record) -> Decimal:
    """A claim's value; only for records that ``claims`` gives."""
    value = decimal(record, "value")
    assert value is not None
    return value


def stands_for(record: Record) -> Interval:
    """The values that a claim's figure stands for, in its unit."""
    return interval(value_of(record), bound=text(record, "bound") or "eq", unit=text(record, "unit"))


def in_unit(record: Record, unit: str) -> Interval | None:
    """The same in another unit; a bare 亿 or 万 of a money claim is 亿元, 万元. None if it measures something else.

    >>> in_unit({"value": Decimal(2), "unit": "亿"}, "万元") == Interval(Decimal(15000), Decimal(25000))
    True
    """
    own = text(record, "unit")
    if unit.endswith("元") and _MONEY_ALONE.fullmatch(own):
        own += "元"
    factor = converted(Decimal(1), own, unit)
    return None if factor is None else stands_for(record).times(factor)
