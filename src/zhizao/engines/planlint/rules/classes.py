"""Classes of enterprises: one tier, one sector and one row for each, under one name, and serials without gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.facts import Facts
from zhizao.engines.planlint.finding import Finding, Mention, Number, Severity
from zhizao.engines.planlint.rules._common import Names, integer, known, mention, text
from zhizao.engines.planlint.text import concepts
from zhizao.kernel import names
from zhizao.kernel.result import mark

_COLUMNS: Final = (("enterprises", "name"), ("land", "enterprise"), ("suppliers", "enterprise"), ("projects", "owner"))
_SECTORS: Final = (
    ("enterprises", "name", "industry"),
    ("land", "enterprise", "sector"),
    ("suppliers", "enterprise", "sector"),
)
_LINE: Final = mark("“%(name)s” at line %(line)s: %(text)s")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row says of an enterprise: its name as printed, the class it is put into, and where."""

    name: str
    said: str
    place: Mention

    @property
    def number(self) -> Number:
        """As a line of the arithmetic."""
        return Number(_LINE, None, params={"name": self.name, "line": self.place.line, "text": self.said or "—"})


def entries(facts: Facts, table: str, name: str, said: str) -> Iterator[Entry]:
    """The rows of a table as entries."""
    for row, record in enumerate(facts[table]):
        if text(record, name):
            yield Entry(text(record, name), text(record, said), mention(facts, table, row))


def find_two_tiers(facts: Facts) -> Iterator[Finding]:
    """An enterprise stands in two tiers of the list.

    Formula: one enterprise (by the table of aliases), two tiers. An error. None: a branch beside its parent; a tier
    left empty.
    """
    whose = known(facts)
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries(facts, "enterprises", "name", "tier"):
        if entry.said:
            found[whose(entry.name)].append(entry)
    for key, group in found.items():
        tiers = list(dict.fromkeys(entry.said for entry in group))
        if len(tiers) > 1:
            yield Finding(
                "classes.two_tiers",
                Severity.ERROR,
                mark("“%(name)s” stands in %(count)s tiers: %(tiers)s."),
                key,
                {"name": group[0].name, "count": len(tiers), "tiers": "、".join(tiers)},
                tuple(entry.number for entry in group[:4]),
                tuple(entry.place for entry in group),
                mark("Keep it in one tier, and count the tiers anew."),
            )


def find_twice(facts: Facts) -> Iterator[Finding]:
    """An enterprise stands twice in one list: in one tier, one land table, one supplier table, one node of a chain.

    Formula: one enterprise (by the table of aliases) in two rows of a list. A warning: it is counted twice; an info in
    a chain. None: an enterprise in two nodes of a chain, or in two lists.
    """
    whose = known(facts)
    lists = (
        ("enterprises", "name", ("tier",), Severity.WARNING),
        ("land", "enterprise", ("table",), Severity.WARNING),
        ("suppliers", "enterprise", ("sector",), Severity.WARNING),
        ("chain_members", "member", ("chain", "stage", "node"), Severity.INFO),
    )
    for table, name, within, severity in lists:
        seen: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        for row, record in enumerate(facts[table]):
            if text(record, name):
                group = tuple(text(record, column) for column in within)
                entry = Entry(text(record, name), "/".join(filter(None, group)), mention(facts, table, row))
                seen[whose(entry.name), *group].append(entry)
        for key, rows in seen.items():
            if len(rows) > 1:
                yield Finding(
                    "classes.twice",
                    severity,
                    mark("“%(name)s” stands %(count)s times in one list (%(list)s)."),
                    "/".join((table, *key)),
                    {"name": rows[0].name, "count": len(rows), "list": rows[0].said or "—"},
                    tuple(entry.number for entry in rows[:4]),
                    tuple(entry.place for entry in rows),
                    mark("Keep one row, and correct what is counted."),
                )


def find_serials(facts: Facts) -> Iterator[Finding]:
    """The serials of the list of enterprises leave one out or give one twice.

    Formula: each serial is the one before plus one; a new tier may begin again at 1. A warning. None: rows without
    serials.
    """
    previous: tuple[int, Entry] | None = None
    for row, record in enumerate(facts["enterprises"]):
        serial = integer(record, "serial")
        if serial is None:
            continue
        entry = Entry(text(record, "name"), str(serial), mention(facts, "enterprises", row))
        if previous is not None and serial not in (previous[0] + 1, 1):
            expected = Number(mark("Serial expected"), Decimal(previous[0] + 1), "", f"{previous[0]}+1")
            yield Finding(
                "classes.serials",
                Severity.WARNING,
                mark("In the list of enterprises the serial %(serial)s (“%(name)s”) follows %(previous)s."),
                f"{names.normalise(entry.name)}/{serial}",
                {"serial": serial, "name": entry.name, "previous": previous[0]},
                (previous[1].number, entry.number, expected),
                (previous[1].place, entry.place),
                mark("Number the list anew, and look whether a row was lost."),
            )
        previous = (serial, entry)


def _kin(sector: str) -> object:
    """What sector words have in common that mean the same or near: 电子 and 电子信息制造业."""
    return concepts.parse(f"{sector}产值", unit="亿元").kin


def find_two_sectors(facts: Facts) -> Iterator[Finding]:
    """An enterprise stands in two sectors.

    Formula: one enterprise (by the table of aliases); two sectors in the tables of land or of suppliers, or a sector
    there that the list of enterprises knows too, but not for it. Sectors are compared by what they have in common
    (电子 and 电子信息制造业 are one); a sector that the other table does not use at all says nothing. A warning; a
    project in another sector than its owner is an info. None: 医化 in the list and 医疗制造业 for its land.
    """
    whose = known(facts)
    sources = {table: list(entries(facts, table, name, said)) for table, name, said in _SECTORS}
    words = {table: {_kin(entry.said) for entry in rows if entry.said} for table, rows in sources.items()}
    said: dict[str, list[tuple[str, Entry]]] = defaultdict(list)
    for table, rows in sources.items():
        for entry in rows:
            if entry.said:
                said[whose(entry.name)].append((table, entry))
    for key, group in said.items():
        other = _conflict(group, words)
        if other:
            yield _sectors(key, other, Severity.WARNING, mark("“%(name)s” stands in two sectors: %(sectors)s."))
    yield from _projects(facts, whose, said, words)


def _conflict(group: Sequence[tuple[str, Entry]], words: dict[str, set[object]]) -> list[Entry]:
    """The first two entries that put an enterprise into sectors that cannot be one."""
    for at, (table, entry) in enumerate(group):
        for other_table, other in group[at + 1 :]:
            ours, theirs = _kin(entry.said), _kin(other.said)
            comparable = table == other_table or (ours in words[other_table] and theirs in words[table])
            if ours != theirs and comparable:
                return [entry, other]
    return []


def _sectors(key: str, group: Sequence[Entry], severity: Severity, message: str) -> Finding:
    return Finding(
        "classes.two_sectors",
        severity,
        message,
        key,
        {"name": group[0].name, "sectors": "、".join(dict.fromkeys(entry.said for entry in group))},
        tuple(entry.number for entry in group[:4]),
        tuple(entry.place for entry in group),
        mark("Put it into one sector, or say why it stands in two."),
    )


def _projects(
    facts: Facts, whose: Names, said: dict[str, list[tuple[str, Entry]]], words: dict[str, set[object]]
) -> Iterator[Finding]:
    """Owners whose project stands under a sector other than their own: one finding."""
    used = {_kin(text(record, "sector")) for record in facts["projects"] if text(record, "sector")}
    strays: list[Entry] = []
    for entry in entries(facts, "projects", "owner", "sector"):
        own = {_kin(other.said) for _, other in said.get(whose(entry.name), ())}
        theirs = _kin(entry.said) if entry.said else None
        known_there = any(theirs in kinds for kinds in words.values())
        if own and theirs is not None and theirs not in own and known_there and own & used:
            strays.append(entry)
    if strays:
        yield _sectors(
            "projects",
            strays,
            Severity.INFO,
            mark("Projects stand under other sectors than their owners: %(sectors)s."),
        )


def find_other_names(facts: Facts) -> Iterator[Finding]:
    """Enterprises of the list that a table calls by another name: one finding for each table, info.

    Formula: a name that the table of aliases leads to a registered one. None: differences of typing only (blanks,
    width of brackets, dots).
    """
    whose = known(facts)
    listed = {names.normalise(entry.name) for entry in entries(facts, "enterprises", "name", "tier")}
    for table, column in _COLUMNS[1:]:
        others: dict[str, tuple[Entry, str]] = {}
        for entry in entries(facts, table, column, column):
            normal = names.normalise(entry.name)
            if normal not in listed and whose(entry.name) in listed:
                others.setdefault(normal, (entry, whose(entry.name)))
        if others:
            rows = list(others.values())
            yield Finding(
                "classes.other_names",
                Severity.INFO,
                mark("%(count)s enterprises of the list stand in another table under other names: %(names)s."),
                table,
                {"count": len(rows), "names": "、".join(entry.name for entry, _ in rows[:6])},
                tuple(
                    Number(
                        mark("“%(name)s” is “%(registered)s” in the list"),
                        None,
                        params={"name": entry.name, "registered": registered},
                    )
                    for entry, registered in rows[:4]
                ),
                tuple(entry.place for entry, _ in rows[:8]),
                mark("Write the registered name throughout."),
            )


RULES: Final = (
    Rule("classes.two_tiers", mark("An enterprise in two tiers"), ("enterprises",), find_two_tiers),
    Rule("classes.twice", mark("An enterprise twice in one list"), ("enterprises",), find_twice),
    Rule("classes.serials", mark("Serials of the list of enterprises"), ("enterprises",), find_serials),
    Rule("classes.two_sectors", mark("An enterprise in two sectors"), ("enterprises",), find_two_sectors),
    Rule("classes.other_names", mark("Enterprises under other names"), ("enterprises", "aliases"), find_other_names),
)
