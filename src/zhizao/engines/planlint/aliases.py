"""Other names of the enterprises that a plan lists: in its tables, its chain graphs and its running text.

``canonical`` is the name as the longest list of enterprises prints it. Two legal entities are never one: a printed name
with a complete legal form is the listed enterprise only if all its own words are the same; a branch is not its parent;
a group is not its member. Where a short name fits several enterprises, each has a row of low confidence that names the
others. Precision goes before recall.

==========  =====================================================================================================
confidence  what it rests on
==========  =====================================================================================================
1           the same name but for width, blanks, brackets and dots
0.95        the same own words: without region, or with another form of “company”
0.9         four or more own words' characters from the beginning on, of one enterprise only
0.8         three of them; the own words of a branch or a member of a group; two that the plan uses beside longer ones
0.75        own words with some in the middle left out
0.7         own words the same, legal form or “group” different
0.6         one character differs; or the words may be a parent's
0.5         two characters, and nothing else in the plan that speaks for it
0.4         fits several enterprises
==========  =====================================================================================================

A rule follows names from 0.7 on (``known_names``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from zhizao.engines.planlint.document import Document
from zhizao.engines.planlint.registered import (
    COMPLETE,
    FORM,
    Index,
    Registered,
    core,
    differs_by_one,
    folded,
    form_of,
    is_short_for,
    may_be_parent,
    places_of,
)
from zhizao.engines.planlint.schema import Record, Rows
from zhizao.kernel import names

SURE: Final = Decimal("0.7")
"""From here on an alias may be followed."""
SAME, CORE, LONG, SHORT, MIDDLE, FORM_DIFFERS, TYPING, BARE, SEVERAL = (
    Decimal(words) for words in ("1", "0.95", "0.9", "0.8", "0.75", "0.7", "0.6", "0.5", "0.4")
)
MIDDLE_WORDS, ONE_CHARACTER = "words in the middle left out", "one character differs"
PARENT, GROUP = "may be the parent", "a group, which may be another company"
_LISTS: Final = (("enterprises", "name"), ("land", "enterprise"), ("projects", "owner"), ("suppliers", "enterprise"))
_JOINT: Final = re.compile(r"[、，,；;]")
_LEFT: Final = frozenset(
    "、，。；：:（）“”《》—－- 　以托持为与和及对在由将等如导励绕中内给向是即含括让使据按同随区的过成"
)
_RIGHT: Final = frozenset("、，。；：:（）“”《》—－- 　等为的和与及在将已对以公企产年累、通")
_OTHER: Final = re.compile(r"[^、，。；：（）“”《》\s等和与及的在为以]{1,10}?(?:公司|集团|(?<!工)厂|院)")


@dataclass(slots=True)
class _Mentions:
    """Names met, each with its first line and whom it may mean."""

    found: dict[str, tuple[str, int, Decimal, tuple[Registered, ...], str]] = field(default_factory=dict)

    def add(self, words: str, line: int, sure: Decimal, whom: Sequence[Registered], why: str = "") -> None:
        """Keep the surer reading of a name, and the first line it stands on."""
        normal = names.normalise(words)
        old = self.found.get(normal)
        if old is None:
            self.found[normal] = (words, line, sure, tuple(whom), why)
            return
        better = (sure, tuple(whom), why) if sure > old[2] else old[2:]
        self.found[normal] = (old[0] if old[1] <= line else words, min(old[1], line), *better)

    def spoken_of(self) -> set[str]:
        """Enterprises that a longer name speaks of."""
        return {whom[0].normal for _, _, sure, whom, _ in self.found.values() if len(whom) == 1 and sure >= MIDDLE}


def read(rows: Rows, meta: Mapping[str, Any], document: Document | None = None) -> list[Record]:
    """The aliases of a plan, a record for each enterprise that a name may mean, in the order of the list.

    Parameters
    ----------
    rows : the tables of a plan; of ``claims`` the subjects
    meta : the ``plan:`` key, for the region
    document : for the names in running text, if it is at hand

    Examples
    --------
    >>> land = [{"enterprise": "乙沃通信公司", "line": 9}]
    >>> rows = {"enterprises": [{"name": "甲城乙沃通信有限公司", "line": 1}], "land": land}
    >>> [(row["canonical"], row["alias"], row["line"]) for row in read(rows, {"region": {"name": "甲城市"}})]
    [('甲城乙沃通信有限公司', '乙沃通信公司', 9)]
    """
    listed = _longest(rows)
    if not listed:
        return []
    index = Index(listed, places_of(meta.get("region"), listed))
    mentions = _Mentions()
    for words, line in _printed(rows):
        _name(words, line, index, mentions)
    if document is not None:
        _Scan(index, mentions).text(document, _lines_of_graphs(rows))
    _weigh(mentions)
    order = {one.normal: place for place, one in enumerate(index.entries.values())}
    return sorted(
        _records(mentions, index), key=lambda one: (order[names.normalise(str(one["canonical"]))], one["line"])
    )


def known_names(rows: Rows) -> dict[str, str]:
    """The registered name for each normalised name that may be followed: registered names themselves, sure aliases.

    >>> sure = {"canonical": "甲厂", "alias": "甲", "confidence": Decimal("0.9")}
    >>> known_names({"enterprises": [{"name": "甲厂"}], "aliases": [sure]})
    {'甲': '甲厂', '甲厂': '甲厂'}
    """
    sure = [row for row in rows.get("aliases", ()) if Decimal(str(row["confidence"])) >= SURE]
    found = {names.normalise(str(row["alias"])): str(row["canonical"]) for row in sure}
    return found | {names.normalise(name): name for name in _longest(rows)}


def _longest(rows: Rows) -> list[str]:
    """The list that canonical names come from: the enterprises; without them the longest other list."""
    lists = [
        list(dict.fromkeys(str(row[column]) for row in rows.get(table, ()) if row.get(column)))
        for table, column in _LISTS
    ]
    return lists[0] or max(lists, key=len)


def _printed(rows: Rows) -> Iterator[tuple[str, int]]:
    """Names in cells and lists, with their lines."""
    for table, column in _LISTS[1:]:
        for row in rows.get(table, ()):
            for words in _JOINT.split(str(row.get(column) or "")):
                yield words.strip(), int(str(row["line"]))
    for row in rows.get("chain_members", ()):
        if row.get("member_type") == "enterprise":
            yield str(row["member"]), int(str(row["line"]))
    for row in rows.get("claims", ()):
        if COMPLETE.search(str(row.get("subject") or "")):
            yield str(row["subject"]), int(str(row["line"]))


def _lines_of_graphs(rows: Rows) -> frozenset[int]:
    return frozenset(int(str(row["line"])) for row in rows.get("chain_members", ()))


def _name(words: str, line: int, index: Index, mentions: _Mentions) -> None:
    """Whom a name that stands alone means."""
    if len(words) < 2 or len(words) > 60:
        return
    if found := index.entries.get(names.normalise(words)):
        if words != found.name:
            mentions.add(words, line, SAME, [found])
        return
    own = core(words, index.places)
    if same := index.by_core.get(own):
        sure, why = _by_form(words, same)
        mentions.add(words, line, sure, same, why)
    elif COMPLETE.search(names.normalise(words)):
        near = [one for one in index.near(own) if len(own) == len(one.core) and differs_by_one(own, one.core)]
        if len(near) == 1:
            mentions.add(words, line, TYPING, near, ONE_CHARACTER)
    elif len(own) >= 2:
        _short_name(words, own, line, index, mentions)


def _by_form(words: str, same: Sequence[Registered]) -> tuple[Decimal, str]:
    """How sure one is of a name whose own words are those of an enterprise, by its legal form."""
    form, is_group = form_of(words), "集团" in words
    if len(same) > 1 or not COMPLETE.search(words):
        unlike = is_group and not any(one.is_group for one in same)
        return (TYPING, GROUP) if unlike else (CORE, "")
    one = same[0]
    if form != one.form:
        return FORM_DIFFERS, "the legal form differs"
    return (CORE, "") if is_group == one.is_group else (FORM_DIFFERS, "one of the names has 集团, the other has not")


def _short_name(words: str, own: str, line: int, index: Index, mentions: _Mentions) -> None:
    starting = index.starting(own)
    if words.endswith(("集团", "集团公司")):
        groups = [one for one in starting if one.is_group] or starting
        sure = LONG if len(groups) == 1 and groups[0].is_group else SEVERAL
        if groups:
            mentions.add(words, line, sure, groups, "" if sure == LONG else GROUP)
        return
    if len(starting) == 1 and may_be_parent(own, starting[0]):
        mentions.add(words, line, TYPING, starting, PARENT)
    elif starting:
        mentions.add(words, line, LONG if len(own) >= 4 else SHORT if len(own) == 3 else BARE, starting)
    elif short := [one for one in index.near(own) if is_short_for(own, one.core)]:
        mentions.add(words, line, MIDDLE, short, MIDDLE_WORDS)
    elif typing := [one for one in index.near(own) if differs_by_one(own, one.core)]:
        mentions.add(words, line, TYPING, typing, ONE_CHARACTER)


class _Scan:
    """Names in running text: from each place the longest beginning of a core, judged by what stands around it."""

    def __init__(self, index: Index, mentions: _Mentions) -> None:
        self.index, self.mentions = index, mentions
        self.short: list[tuple[str, int, tuple[Registered, ...]]] = []
        self.met: Counter[str] = Counter()
        self.apart: Counter[str] = Counter()
        place = "|".join(map(re.escape, index.places)) or "(?!)"
        self.before = re.compile(rf"(?:{place})$")
        self.behind = re.compile(
            rf"(?:（(?:{place})?(?:集团|股份|公司)?）|(?:{place})(?=（?(?:{FORM.pattern})))*(?:{FORM.pattern})?"
        )

    def text(self, document: Document, skip: frozenset[int]) -> None:
        cells = {number for run in document.runs for number in range(run.first_line, run.last_line + 1)}
        for number, line in enumerate(document.lines, start=1):
            if number not in cells and number not in skip and len(line) >= 4 and "\t" not in line:
                self._line(folded(line), line, number)
        for words, number, whom in self.short:
            if self.apart[words] * 2 >= self.met[words]:  # else it is a part of other words: 机床 of 数控机床
                self.mentions.add(words, number, BARE if len(words) == 2 else SHORT, whom)

    def _line(self, line: str, printed: str, number: int) -> None:
        at, end = 0, len(line) - 1
        by_start, whole = self.index.by_start, self.index.whole
        while at < end:
            two = line[at : at + 2]
            if two in whole and (length := self._whole(line, at)):
                at += length
            elif two in by_start:
                at = self._core(line, printed, at, number)
            else:
                at += 1

    def _whole(self, line: str, at: int) -> int:
        """Length of the registered name that stands here, to the letter."""
        whole, length, best = self.index.whole, 2, 0
        while at + length <= len(line) and (words := line[at : at + length]) in whole:
            best = length if whole[words] else best
            length += 1
        return best

    def _core(self, line: str, printed: str, at: int, number: int) -> int:
        """Judge the name that begins here; where to go on."""
        length = 2
        while at + length < len(line) and line[at : at + length + 1].replace("·", "") in self.index.by_start:
            length += 1
        words = line[at : at + length].replace("·", "")
        whom = self.index.starting(words)
        end = at + length
        tail = self.behind.match(line, end)
        end = tail.end() if tail else end
        place = self.before.search(line, max(0, at - 8), at)
        begin = place.start() if place else at
        known = any(words in (one.core, one.own if begin < at else "") for one in whom)
        if end > at + length or known or length >= 4:
            return self._long(line, printed, (begin, at, at + length, end), number, whom)
        return self._bare(line, printed, (begin, at, end), number, whom)

    def _long(self, line: str, printed: str, at: tuple[int, int, int, int], number: int, whom: list[Registered]) -> int:
        """A name of four characters, all own words, or one with a legal form behind it."""
        begin, start, middle, end = at
        words = line[start:middle].replace("·", "")
        exact = [one for one in whom if words in (one.core, one.own if begin < start else "")]
        if len(words) == 2 and end == middle and begin == start:
            return self._bare(line, printed, (begin, start, end), number, whom)
        if end == middle and _OTHER.match(line, end):
            return start + 1  # the beginning of a longer name, which is another's
        if end == middle and exact and len(words) < 4 and not self._apart(line, begin, end):
            return start + 1
        if end > middle or exact:
            _name(printed[begin:end], number, self.index, self.mentions)
            return end
        if len(whom) == 1 and may_be_parent(words, whom[0]):
            self.mentions.add(printed[begin:end], number, TYPING, whom, PARENT)
        elif whom:
            self.mentions.add(printed[begin:end], number, LONG, whom)
        return end if whom else start + 1

    def _bare(self, line: str, printed: str, at: tuple[int, int, int], number: int, whom: list[Registered]) -> int:
        """Two or three characters: a brand if it stands apart, or the head of a name with its middle left out."""
        begin, start, end = at
        words = line[start:end].replace("·", "")
        if near := self.index.near(words):
            for longer in range(end + 4, end, -1):
                if longer <= len(line) and self._apart(line, begin, longer):
                    own = line[start:longer].replace("·", "")
                    if fits := [one for one in near if is_short_for(own, one.core)]:
                        self.mentions.add(printed[begin:longer], number, MIDDLE, fits, MIDDLE_WORDS)
                        return longer
                    if fits := [one for one in near if len(own) == len(one.core) and differs_by_one(own, one.core)]:
                        self.mentions.add(printed[begin:longer], number, TYPING, fits, ONE_CHARACTER)
                        return longer
        self.met[words] += 1
        if whom and self._apart(line, begin, end):
            self.apart[words] += 1
            self.short.append((words, number, tuple(whom)))
            return end
        return start + 1

    @staticmethod
    def _apart(line: str, begin: int, end: int) -> bool:
        """Whether what stands before and behind does not go on with a word."""
        return (begin == 0 or line[begin - 1] in _LEFT) and (end >= len(line) or line[end] in _RIGHT)


def _weigh(mentions: _Mentions) -> None:
    """Two characters are believed where the plan also speaks of the enterprise by a longer name.

    Not if they are all that it calls its own: 茶油 of 甲城茶油公司 is a product, before it is a name.
    """
    spoken = mentions.spoken_of()
    for normal, (words, line, sure, whom, why) in mentions.found.items():
        if len(whom) == 1 and sure == BARE and whom[0].normal in spoken and whom[0].core != normal:
            mentions.found[normal] = (words, line, SHORT, whom, why)


def _records(mentions: _Mentions, index: Index) -> Iterable[Record]:
    for normal, (words, line, sure, whom, why) in mentions.found.items():
        if normal in index.entries and words == index.entries[normal].name:
            continue
        for one in whom:
            others = "、".join(other.name for other in whom if other is not one)
            note = "; ".join(filter(None, (why, f"or {others}" if others else "")))
            yield {
                "canonical": one.name,
                "alias": words,
                "line": line,
                "confidence": min(sure, SEVERAL) if others else sure,
                "note": note or None,
            }
