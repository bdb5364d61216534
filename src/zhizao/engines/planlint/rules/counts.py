"""Counts in the text against the lists they count, and lists whose lengths differ."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Mention, Number, Severity
from zhizao.engines.planlint.growth import COUNT_UNITS
from zhizao.engines.planlint.rules._claims import claims, is_past, noun, stands_for, value_of
from zhizao.engines.planlint.rules._common import (
    added,
    claim_mention,
    computed,
    integer,
    last_year,
    mention,
    printed,
    text,
)
from zhizao.engines.planlint.rules._counted_names import enumerated, tiers_of
from zhizao.engines.planlint.rules._counted_projects import projects
from zhizao.engines.planlint.rules._counted_shares import shares
from zhizao.engines.planlint.rules._counted_tables import graphs, land_rows, rows_of_tables, tables
from zhizao.engines.planlint.rules._hits import lines_of
from zhizao.engines.planlint.rules._lines import mention as line_words
from zhizao.engines.planlint.rules._lines import prose
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tolerance import Interval
from zhizao.kernel.result import mark

_SERIALS: Final = re.compile(r"(?:标号|序号|编号)\s*([0-9]{1,5})\s*(?:[-—–~－]{1,2}|至|到)\s*([0-9]{1,5})")
_IS: Final = re.compile(r"的?(?:企业)?(?:为|是|属于?|系)(.{2,12})")
_AHEAD: Final = 60
"""Characters before a range of serials that name whom it is about, unless 为 follows it."""
_WHOLE: Final = Decimal("0.9")
"""From this part of the total on, parts that do not reach it are meant to."""
_OF_WHICH: Final = re.compile(r"^\s*[。；]\s*(?=其中)")
_TOLD: Final = re.compile(r"[，,：:（(。；]?\s*(?:按[一-龥]{1,8}?)?(?P<word>其中|包括|划?分[为成]|含)")
_DIVIDES: Final = "分"
"""In a word that makes parts of a total: the parts are all of it."""
_REST: Final = re.compile("其余|其他|其它|等")


@dataclass(frozen=True, slots=True)
class Said:
    """One figure for the size of a class: what it stands for, its line of arithmetic, its place, whether a list's."""

    values: Interval
    number: Number
    place: Mention
    is_list: bool = False


def classes(facts: Facts) -> Iterator[Finding]:
    """One class of enterprises counted differently: in the text, by a range of serials, by the rows of the list.

    Formula: all counts of a tier for the base year (or no year), the rows of the tier in the list of enterprises, and
    last − first + 1 of the serials that the text gives for it, must have a value in common. The whole list is compared
    with the total that the text divides into the tiers. An error if two figures of the text differ; a warning if only
    the list does, which may be of another day.

    A finding: 137家 in one chapter, 125家 in another, serials 40—175 (136). None: 约32家 and a list of 32.
    """
    tiers = tiers_of(facts)
    said = _said(facts, tiers)
    for name, figures in said.items():
        if _agree(figures):
            continue
        differ = not _agree([one for one in figures if not one.is_list])
        distinct = _distinct(figures)
        yield Finding(
            "counts.classes",
            Severity.ERROR if differ else Severity.WARNING,
            mark("“%(name)s” is counted in %(count)s ways that differ."),
            key=name,
            params={"name": name, "count": len(distinct)},
            numbers=tuple(one.number for one in distinct[:4]),
            places=tuple(one.place for one in figures[:6]),
            suggestion=mark("Settle the number and its date, and print the same everywhere."),
        )


def _agree(figures: Sequence[Said]) -> bool:
    """Whether the figures have a value in common: intervals do if each two of them do."""
    return not figures or max(one.values.low for one in figures) <= min(one.values.high for one in figures)


def _distinct(figures: Sequence[Said]) -> list[Said]:
    """The first figure of each value; lists keep theirs."""
    kept: dict[tuple[Interval, bool], Said] = {}
    for one in figures:
        kept.setdefault((one.values, one.is_list), one)
    return list(kept.values())


def _said(facts: Facts, tiers: dict[str, list[int]]) -> dict[str, list[Said]]:
    """Every figure for the size of a tier, and of the whole list."""
    said: dict[str, list[Said]] = defaultdict(list)
    whole = _noun_of_whole(facts, tiers)
    for row, record in claims(facts, "count"):
        name = noun(record)
        if (name in tiers or name == whole) and is_past(facts, record) and not text(record, "list_id"):
            unit = text(record, "unit")
            label = mark("Counted in the text (%(year)s)")
            number = printed(label, value_of(record), unit, year=last_year(record) or "—")
            said[name].append(Said(stands_for(record), number, claim_mention(facts, row)))
    for name, one in _serial_ranges(facts, tiers):
        said[name].append(one)
    for name, rows in tiers.items():
        if name in said:
            said[name].append(_listed(facts, rows))
    if whole and whole in said:
        said[whole].append(_listed(facts, [row for rows in tiers.values() for row in rows]))
    base = facts.base_year
    return {name: _of_one_year(facts, figures, base) for name, figures in said.items()}


def _of_one_year(facts: Facts, figures: list[Said], base: int | None) -> list[Said]:
    """Without figures of the text for years before the base year, where the base year has one."""
    years = {one.number.params.get("year") for one in figures}
    if base in years:
        return [one for one in figures if one.is_list or one.number.params.get("year") in (base, "—", None)]
    return figures


def _listed(facts: Facts, rows: list[int]) -> Said:
    size = Decimal(len(rows))
    number = computed(mark("Rows of the list"), size, by=_serials(facts, rows))
    return Said(Interval(size, size), number, mention(facts, "enterprises", rows[0]), is_list=True)


def _serials(facts: Facts, rows: list[int]) -> str:
    serials = [serial for row in rows if (serial := integer(facts["enterprises"][row], "serial")) is not None]
    return f"{min(serials)}—{max(serials)}" if serials else ""


def _noun_of_whole(facts: Facts, tiers: dict[str, list[int]]) -> str:
    """The noun of the total that a sentence divides into the tiers: the list as a whole."""
    for _, total, parts in _divided(facts, tiers):
        if len(tiers) > 1 and {noun(part) for _, part in parts} >= set(tiers):
            return noun(total)
    return ""


def _serial_ranges(facts: Facts, tiers: dict[str, list[int]]) -> Iterator[tuple[str, Said]]:
    """Ranges of serials that the text gives for a tier."""
    for index, line in prose(lines_of(facts)):
        for found in _SERIALS.finditer(line):
            first, last = int(found[1]), int(found[2])
            before = line[max(found.start() - _AHEAD, 0) : found.start()]
            behind = _IS.match(line, found.end())
            words = behind[1] if behind else before
            named = [name for name in tiers if name in words]
            if len(named) == 1 and last >= first:
                size = Decimal(last - first + 1)
                number = computed(mark("By the serials in the text"), size, by=f"{last}−{first}+1")
                place = line_words(lines_of(facts), index, found.start(), found.end())
                yield named[0], Said(Interval(size, size), number, place)


def serials(facts: Facts) -> Iterator[Finding]:
    """A range of serials given for a tier that is not the range of its rows in the list.

    Formula: first and last serial of the text = least and greatest serial of the tier's rows. An error.

    A finding: 骨干企业：标号8—40 where the list has 8—39. None: the same ends.
    """
    tiers = tiers_of(facts)
    for name, one in _serial_ranges(facts, tiers):
        last, first = (int(part) for part in one.number.expression.removesuffix("+1").split("−"))
        have = [serial for row in tiers[name] if (serial := integer(facts["enterprises"][row], "serial")) is not None]
        if have and (min(have), max(have)) != (first, last):
            yield Finding(
                "counts.serials",
                Severity.ERROR,
                mark("The serials given for “%(name)s” are not those of its rows in the list."),
                key=name,
                params={"name": name},
                numbers=(
                    computed(mark("By the serials in the text"), Decimal(last - first + 1), by=f"{first}—{last}"),
                    computed(mark("Rows of the list"), Decimal(len(have)), by=f"{min(have)}—{max(have)}"),
                ),
                places=(one.place, mention(facts, "enterprises", tiers[name][0])),
                suggestion=mark("Correct the range or the list."),
            )


_STAGE: Final = re.compile("(?:开工|动工|投产|竣工|建成|达产|落地|签约|完工|入库|在建)")
"""Stages that a thing goes through: one does not exclude the other."""
Parts = list[tuple[int, Record]]


def _divided(facts: Facts, tiers: dict[str, list[int]]) -> Iterator[tuple[int, Record, Parts]]:
    """Totals with the counts that the same sentence divides them into.

    They stand behind 其中, or are the tiers themselves.
    """
    lines = lines_of(facts)
    by_line: dict[int, Parts] = defaultdict(list)
    for row, record in claims(facts, "count", "target"):
        is_count = text(record, "unit") in COUNT_UNITS or text(record, "kind") == "count"
        if is_count and text(record, "bound") == "eq" and not text(record, "list_id"):
            by_line[int(str(record["line"]))].append((row, record))
    for line, found in by_line.items():
        words = lines[line - 1] if line <= len(lines) else ""
        ordered = sorted(found, key=lambda pair: integer(pair[1], "start") or 0)
        for at, (row, total) in enumerate(ordered):
            parts = _parts_behind(words, total, ordered[at + 1 :])
            if len(parts) > 1 and (_told(words, total, parts) or {noun(part) for _, part in parts} <= set(tiers)):
                yield row, total, parts


def _parts_behind(words: str, total: Record, behind: Parts) -> Parts:
    """The counts behind a total up to the end of its sentence or parenthesis, in its unit and smaller.

    Once they make it up, what follows is no part of it. 其中 may open a sentence of its own right behind the total.
    """
    parts: Parts = []
    end = integer(total, "end") or 0
    left, stop = value_of(total), "[。；]"
    if words[end : end + 1] in ("（", "("):
        stop = "[。；）)]"
    for row, record in behind:
        start = integer(record, "start") or 0
        between = words[end:start] if parts else _OF_WHICH.sub("", words[end:start])
        if text(record, "unit") != text(total, "unit") or re.search(stop, between) or (not left and "，" in between):
            break
        if value_of(record) >= value_of(total) and not parts:
            break
        parts.append((row, record))
        left -= value_of(record)
        end = integer(record, "end") or start
    return parts


def _told(words: str, total: Record, parts: Parts) -> str:
    """The word that makes the counts parts of the total: 其中, 包括, 分为; empty if none does."""
    told = _TOLD.match(words, integer(total, "end") or 0, integer(parts[0][1], "start") or 0)
    return told["word"] if told else ""


def _is_divided(lines: Sequence[str], total: Record, parts: Parts) -> bool:
    """Whether a sentence divides a total (分为) and names no rest."""
    line = integer(total, "line") or 0
    words = lines[line - 1] if 0 < line <= len(lines) else ""
    between = words[integer(total, "end") or 0 : integer(parts[-1][1], "end") or 0]
    behind = words[integer(parts[-1][1], "end") or 0 :].partition("。")[0]
    return _DIVIDES in _told(words, total, parts) and not _REST.search(between) and not _REST.search(behind)


def parts(facts: Facts) -> Iterator[Finding]:
    """Parts that a sentence gives of a total, against it.

    Formula: the sum of the counts behind 其中 (or of all tiers) = the total. An error if the sum exceeds it, or if the
    parts are all: all the tiers, or what the total is 分为; a warning if it is less and reaches 90 %; silent below
    that, for parts need not be all.

    A finding: 共176家，其中7家、32家、136家; 17家，分为3家、5家、7家. None: 共193个，其中国家级18个.
    """
    tiers = tiers_of(facts)
    for row, total, found in _divided(facts, tiers):
        values = [value_of(record) for _, record in found]
        size, whole = sum(values, Decimal(0)), value_of(total)
        are_all = len(tiers) > 1 and {noun(record) for _, record in found} >= set(tiers)
        are_all |= _is_divided(lines_of(facts), total, found)
        if all(_STAGE.fullmatch(text(record, "indicator")) for _, record in found):
            continue  # 签约215个，其中开工172个、投产129个: what is finished was begun
        if size == whole or (size < whole and not are_all and (size < whole * _WHOLE or len(found) < 2)):
            continue
        unit = text(total, "unit")
        yield Finding(
            "counts.parts",
            Severity.ERROR if size > whole or are_all else Severity.WARNING,
            mark("The parts of “%(name)s” add up to %(sum)s %(unit)s, and the total is %(total)s."),
            key=noun(total),
            params={"name": noun(total), "sum": size, "total": whole, "unit": unit},
            numbers=(
                printed(mark("Total"), whole, unit),
                computed(mark("Sum of the parts"), size, unit, by=added(values), places=0),
            ),
            places=(claim_mention(facts, row), *(claim_mention(facts, one) for one, _ in found[:4])),
            suggestion=mark("Correct the part or the total that is wrong."),
        )


def list_lengths(facts: Facts) -> Iterator[Finding]:
    """A list of names whose values are more or fewer (分别为).

    Formula: number of names = number of values of a list. An error: none of the values can be placed beyond doubt.

    A finding: 7 enterprises, 分别达到 8 values. None: 4 and 4.
    """
    lists: dict[str, list[int]] = defaultdict(list)
    for row, record in enumerate(facts["claims"]):
        if list_id := text(record, "list_id"):
            lists[list_id].append(row)
    for list_id, rows in lists.items():
        record = facts["claims"][rows[0]]
        have, values = integer(record, "list_names"), integer(record, "list_values")
        if have is None or values is None or have == values:
            continue
        yield Finding(
            "counts.list_lengths",
            Severity.ERROR,
            mark("The list gives %(values)s values of “%(indicator)s” for %(names)s names."),
            key=list_id,
            params={"values": values, "names": have, "indicator": text(record, "indicator")},
            numbers=(
                printed(mark("Names in the list"), Decimal(have)),
                Number(
                    mark("Values in the list"),
                    Decimal(values),
                    "",
                    "、".join(text(facts["claims"][row], "printed") for row in rows[:10]),
                ),
            ),
            places=tuple(claim_mention(facts, row) for row in (rows[0], rows[-1])),
            suggestion=mark("Add the name or strike the value that is one too many; until then none can be assigned."),
        )


RULES: Final = (
    Rule("counts.land_rows", mark("Enterprises counted before their table"), ("claims", "land"), land_rows),
    Rule("counts.classes", mark("Classes of enterprises counted differently"), ("claims", "enterprises"), classes),
    Rule("counts.serials", mark("Serials of a class that are not those of the list"), (TEXT, "enterprises"), serials),
    Rule("counts.parts", mark("Counts of parts against their total"), ("claims",), parts),
    Rule("counts.shares", mark("Counts against the share they are said to be"), ("claims",), shares),
    Rule("counts.list_lengths", mark("Lists with more or fewer values than names"), ("claims",), list_lengths),
    Rule("counts.enumerated", mark("Numbers against the names beside them"), (TEXT,), enumerated),
    Rule("counts.graphs", mark("Chain graphs promised against those found"), ("claims", "chain_members"), graphs),
    Rule("counts.rows", mark("Numbers in titles against the rows below"), (TEXT,), rows_of_tables),
    Rule("counts.tables", mark("Numbers in the text against the rows of a table"), ("claims",), tables),
    Rule("counts.projects", mark("Projects counted beside their investment"), ("projects", "claims", TEXT), projects),
)
