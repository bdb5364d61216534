"""Enterprises that the text, or the caption of a table, puts into another tier than the list does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from zhizao.engines.planlint.checking import Rule
from zhizao.engines.planlint.document import Run
from zhizao.engines.planlint.facts import TEXT, Facts
from zhizao.engines.planlint.finding import Finding, Mention, Number, Severity
from zhizao.engines.planlint.rules._common import Finder, Names, integer, known, line_mention, mention, text
from zhizao.engines.planlint.rules._lines import prose, quote
from zhizao.kernel import names
from zhizao.kernel.result import mark

_NUMBER: Final = "[0-9一二两三四五六七八九十百]{1,4}[家户个]"
_BEHIND: Final = re.compile(
    rf"(?:等?(?:区内|全区|全市|全县)?(?:{_NUMBER})?(?:重点|大型)?|等?为(?:首|代表|主|核心|引领|骨干|龙头)的?(?:{_NUMBER})?)$"
)
_VERB: Final = "包括|包含|分别为|分别是|主要有|有|为|是|即"
_BEFORE: Final = re.compile(
    rf"^(?:(?:现有|现|共有|共计|共|有|计)?{_NUMBER}[，,：:（(]?(?:主要)?(?:{_VERB})?|(?:主要)?(?:{_VERB}|：|:|（|\()+)[：:]?"
)
_CLAUSE: Final = re.compile(r"[，,。；;：:！？（）()\n]")
_APART: Final = re.compile(r"、|以及|和|及|与")
_END: Final = re.compile(r"等.*$")
_REACH: Final = 400


@dataclass(frozen=True, slots=True)
class _Said:
    """A tier that is said of an enterprise, and where."""

    name: str
    tier: str
    place: Mention


def tiers_of(facts: Facts) -> dict[str, str]:
    """The tier of each enterprise of the list, by its registered name; none for one that stands in two."""
    found: dict[str, set[str]] = defaultdict(set)
    for record in facts["enterprises"]:
        if text(record, "tier"):
            found[names.normalise(text(record, "name"))].add(text(record, "tier"))
    return {name: next(iter(tiers)) for name, tiers in found.items() if len(tiers) == 1}


class _Enumerations:
    """Reads the names that a text lists right before or right behind the word of a tier."""

    def __init__(self, whose: Names) -> None:
        self._whose = whose
        self._finder = Finder(whose.canonical_of)

    def before(self, line: str, at: int) -> list[str]:
        """The names of “甲、乙、丙等三家” or “以甲、乙为代表的” that end at a place."""
        start = max(at - _REACH, 0)
        head = line[start:at]
        head = head[: _BEHIND.search(head).start()]  # type: ignore[union-attr]  # it matches the empty end too
        cut = max((found.end() for found in _CLAUSE.finditer(head) if not _in_name(head, found.start())), default=0)
        tokens = _APART.split(head[cut:])
        return self._read(tokens)

    def behind(self, line: str, at: int) -> list[str]:
        """The names of “：甲、乙、丙” or “包括甲、乙” that begin at a place."""
        tail = line[at : at + _REACH]
        opened = _BEFORE.match(tail)
        if opened is None:
            return []
        stop = next((found.start() for found in re.finditer(r"[。；;，,\n]", tail[opened.end() :])), None)
        tokens = _APART.split(tail[opened.end() :][:stop])
        tokens[-1] = _END.sub("", tokens[-1])
        return [token for token in tokens if self._whose.knows(token)]

    def _read(self, tokens: list[str]) -> list[str]:
        if not tokens[-1]:
            return []  # 甲与龙头企业: the tier is another member of the list, not its name
        found = [token for token in tokens[1:] if self._whose.knows(token)]
        first = names.normalise(tokens[0])
        lead = [name for name, start in self._finder.find(first) if start + len(name) == len(first)]
        return lead + found


def _in_name(words: str, at: int) -> bool:
    """Whether a bracket belongs to a name: （清河）, （集团）."""
    if words[at] in "（(":
        return bool(re.match(r"[（(][^（）()]{1,8}[）)]", words[at:]))
    if words[at] in "）)":
        return bool(re.search(r"[（(][^（）()]{1,8}$", words[:at]))
    return False


def find_in_text(facts: Facts) -> Iterator[Finding]:
    """The text counts an enterprise to another tier than the list does.

    Formula: names listed right before the word of a tier (甲、乙等三家龙头企业; 以甲、乙为代表的骨干企业) or right
    behind it (龙头企业包括甲、乙), by the table of aliases; tiers are those of the list. A warning: the word may be
    meant loosely. A finding: 以甲、乙为首的龙头企业 where the list has 乙 among the 骨干企业. None: a name that the
    list does not have; the word of a tier beside names that are not listed with it.
    """
    tiers = tiers_of(facts)
    words = sorted(set(tiers.values()), key=len, reverse=True)
    if facts.document is None or len(words) < 2:
        return
    said: dict[tuple[str, str], list[_Said]] = defaultdict(list)
    whose = known(facts)
    reader = _Enumerations(whose)
    pattern = re.compile("|".join(map(re.escape, words)))
    for index, line in prose(facts.document.lines):
        for found in pattern.finditer(line):
            for name in (*reader.before(line, found.start()), *reader.behind(line, found.end())):
                listed = tiers.get(whose(name))
                if listed is not None and listed != found[0]:
                    place = Mention(index + 1, quote(line, found.start(), found.end()))
                    said[whose(name), found[0]].append(_Said(name, found[0], place))
    rows = {names.normalise(text(record, "name")): row for row, record in enumerate(facts["enterprises"])}
    for (canonical, tier), group in said.items():
        yield _finding(facts, rows[canonical], canonical, tier, tiers[canonical], group)


def find_in_table(facts: Facts) -> Iterator[Finding]:
    """A table whose caption names a tier lists enterprises of another.

    Formula: the one tier in the caption above a table of suppliers or of land, against the tier of each of its
    enterprises in the list. A warning. A finding: a table of suppliers of 骨干企业 with a 龙头企业 among them. None: a
    caption that names no tier, or two.
    """
    tiers = tiers_of(facts)
    words = set(tiers.values())
    if facts.document is None or len(words) < 2:
        return
    whose = known(facts)
    runs = facts.document.runs
    for table in ("suppliers", "land"):
        strays: dict[tuple[int, str], list[int]] = defaultdict(list)
        at = 0
        for row in sorted(range(len(facts[table])), key=lambda row: integer(facts[table][row], "line") or 0):
            line = integer(facts[table][row], "line") or 0
            while at < len(runs) and runs[at].last_line < line:
                at += 1
            if at == len(runs) or runs[at].first_line > line:
                continue
            named = [word for word in words if word in runs[at].caption]
            listed = tiers.get(whose(text(facts[table][row], "enterprise")))
            if len(named) == 1 and listed is not None and listed != named[0]:
                strays[at, named[0]].append(row)
        for (run, tier), rows in strays.items():
            yield _strays(facts, table, runs[run], tier, [(row, tiers) for row in rows], whose)


def _strays(
    facts: Facts, table: str, run: Run, tier: str, rows: list[tuple[int, dict[str, str]]], whose: Names
) -> Finding:
    """The enterprises of one table that are not of the tier in its caption."""
    caption = next((line for line, words in run.before[::-1] if words == run.caption), run.first_line)
    entries = [(row, text(facts[table][row], "enterprise")) for row, _ in rows]
    tiers = rows[0][1]
    label = mark("“%(name)s” is one of “%(tier)s” in the list")
    lines = [Number(label, None, params={"name": name, "tier": tiers[whose(name)]}) for _, name in entries[:4]]
    return Finding(
        "classes.in_table",
        Severity.WARNING,
        mark("A table of “%(tier)s” lists %(count)s enterprises of other tiers: %(names)s."),
        f"{table}/{tier}/{run.caption}",
        {"tier": tier, "count": len(entries), "names": "、".join(name for _, name in entries)},
        tuple(lines),
        (line_mention(facts, caption), *(mention(facts, table, row) for row, _ in entries[:6])),
        mark("Correct the caption or the list."),
    )


def _finding(facts: Facts, row: int, canonical: str, tier: str, listed: str, group: list[_Said]) -> Finding:
    place = mention(facts, "enterprises", row)
    label = mark("Line %(line)s: “%(name)s” is one of “%(tier)s”")
    lines = [
        Number(label, None, params={"line": one.place.line, "name": one.name, "tier": one.tier}) for one in group[:3]
    ]
    own = Number(label, None, params={"line": place.line, "name": canonical, "tier": listed})
    return Finding(
        "classes.in_text",
        Severity.WARNING,
        mark("“%(name)s” is put among “%(tier)s”; the list has it among “%(listed)s”."),
        f"{canonical}/{tier}",
        {"name": group[0].name, "tier": tier, "listed": listed},
        (*lines, own),
        (*(one.place for one in group[:6]), place),
        mark("Correct the text or the list."),
    )


_NEEDS: Final = ("enterprises", TEXT)
RULES: Final = (
    Rule("classes.in_text", mark("Another tier in the text than in the list"), _NEEDS, find_in_text),
    Rule("classes.in_table", mark("Another tier in a caption than in the list"), _NEEDS, find_in_table),
)
