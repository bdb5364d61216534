"""The text of a brief: a template's sentences with the facts of a run, in one language.

Pure: the same facts, template and language give the same paper. Each figure carries the number of its source in the
annex, in the order in which sources first appear, and what opens its evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from zhizao.apps.cockpit.book import Fact, Row
from zhizao.apps.cockpit.marking import Piece, cells, clauses
from zhizao.apps.cockpit.template import Template
from zhizao.apps.cockpit.writing import scale, value_of, write

SLOT = re.compile(r"\{([a-z_0-9.]+)(?::([a-z]+))?\}")
"""``{name}``, or ``{name:size}`` to write it as another kind."""
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Table:
    """Heads, and rows of cells; the first column is names. ``mark`` and ``head_marks`` are numbers of sources."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Piece, ...], ...]
    simulated: bool
    numeric: tuple[bool, ...]
    mark: int | None
    head_marks: tuple[int | None, ...]

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """Each head, and whether figures stand under it."""
        return list(zip(self.heads, self.numeric, strict=True))

    @property
    def lines(self) -> list[list[tuple[Piece, bool]]]:
        """The rows, and of each cell whether it is a figure."""
        return [list(zip(row, self.numeric, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Bars:
    """A picture's rows: name, value, as written, and a second value (what was before) where there is one."""

    title: str
    rows: tuple[tuple[str, float, str, float | None], ...]
    simulated: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its paragraphs, picture and tables."""

    key: str
    title: str
    paragraphs: tuple[tuple[Piece, ...], ...]
    bars: Bars | None
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole brief."""

    language: str
    title: str
    number: str
    publisher: str
    day: str
    about: str
    headline: tuple[Piece, ...]
    sections: tuple[Section, ...]
    annex_title: str
    annex_heads: tuple[str, ...]
    annex: tuple[tuple[str, ...], ...]
    simulated: str
    foot: str


@dataclass(slots=True)
class Writer:
    """Writes one paper; keeps which sources have their number already."""

    data: Mapping[str, Any]
    template: Template
    language: str
    run: str
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, Any]:
        return self.template.words(self.language)

    def paper(self) -> Paper:
        """Write it."""
        pack = self.template.data
        headline = tuple(self.paragraph(pack["headline"]))
        sections = tuple(self._section(section) for section in pack["sections"])
        return Paper(
            language=self.language,
            title=self._plain(pack["title"]),
            number=self._plain(pack["number"]),
            publisher=self._plain(pack["publisher"]),
            day=self._plain(pack["day"]),
            about=self._plain(pack["about"]),
            headline=headline,
            sections=self._numbered([section for section in sections if section.paragraphs or section.tables]),
            annex_title=self._plain(pack["annex"]["title"]),
            annex_heads=tuple(pack["annex"]["heads"][self.language]),
            annex=tuple(self._annex()),
            simulated=self._plain(pack["simulated"]) if self._is_simulated() else "",
            foot=self._plain(pack["foot"]),
        )

    def paragraph(self, sentences: Sequence[Mapping[str, Any]]) -> Iterator[Piece]:
        """The pieces of the sentences that hold, with the marks of their sources."""
        return clauses(self._sentences(sentences))

    def _sentences(self, sentences: Sequence[Mapping[str, Any]]) -> Iterator[Piece]:
        first = True
        for sentence in sentences:
            if not self._holds(sentence):
                continue
            if not first and self.words.get("space"):
                yield Piece(self.words["space"])
            first = False
            if "each" in sentence:
                yield from self._repeated(sentence)
            else:
                yield from self._filled(sentence[self.language], {}, "")

    def _section(self, section: Mapping[str, Any]) -> Section:
        paragraphs = (tuple(self.paragraph(sentences)) for sentences in section.get("paragraphs", ()))
        bars = section.get("bars")
        return Section(
            section["key"],
            self._plain(section["title"]),
            tuple(pieces for pieces in paragraphs if pieces),
            self._bars(bars) if bars and self.data["lists"].get(bars["list"]) else None,
            tuple(self._table(table) for table in section.get("tables", ()) if self.data["lists"].get(table["list"])),
        )

    def _numbered(self, sections: Sequence[Section]) -> tuple[Section, ...]:
        """Those that there are count on, the last one, which is about the data, stands outside."""
        without = {section["key"] for section in self.template.data["sections"] if not section.get("numbered", True)}
        counted = iter(self.words["numbers"])
        heading = str(self.words["heading"])
        return tuple(
            section
            if section.key in without
            else replace(section, title=heading.format(number=next(counted), title=section.title))
            for section in sections
        )

    def _holds(self, sentence: Mapping[str, Any]) -> bool:
        return all(self._there(name) for name in sentence.get("when", ())) and not any(
            self._there(name) for name in sentence.get("unless", ())
        )

    def _there(self, name: str) -> bool:
        """Whether a list has rows, or a fact is known and not nought."""
        if name in self.data["lists"]:
            return bool(self.data["lists"][name])
        said = self.data["facts"].get(name)
        return said is not None and said["value"] not in (None, 0, False, "", [], "0")

    def _repeated(self, sentence: Mapping[str, Any]) -> Iterator[Piece]:
        name = sentence["each"]
        yield from self._filled(sentence.get("before", {}).get(self.language, ""), {}, "")
        for place, row in enumerate(self.data["lists"].get(name, ())[: sentence.get("most")]):
            if place:
                yield Piece(self.words[sentence.get("between", "list")])
            yield from self._filled(sentence[self.language], row, f"/lists/{name}/{place}/")
        yield from self._filled(sentence.get("after", {}).get(self.language, ""), {}, "")

    def _filled(self, said: str, row: Row, place: str) -> Iterator[Piece]:
        end = 0
        for slot in SLOT.finditer(said):
            if slot.start() > end:
                yield Piece(said[end : slot.start()])
            name = slot[1]
            inside = name in row
            found = row[name] if inside else self.data["facts"].get(name)
            if found is not None and slot[2]:
                found = found | {"kind": slot[2]}
            pointer = f"{place}{name}" if inside else f"/facts/{name}"
            yield self._piece(found, pointer)
            end = slot.end()
        if end < len(said):
            yield Piece(said[end:])

    def _piece(self, said: Fact | None, pointer: str, *, bare: bool = False, largest: Decimal | None = None) -> Piece:
        if said is None:
            return Piece(self.words["unknown"])
        written = write(said, self.words, self.language, bare=bare, largest=largest)
        source = said.get("source")
        if source is None:
            return Piece(written)
        number = self.numbers.setdefault(source, len(self.numbers) + 1)
        evidence = said.get("evidence") or f"{self.run}:{pointer}"
        return Piece(written, number, evidence if said["value"] is not None else "", bool(said.get("simulated")))

    def _table(self, table: Mapping[str, Any]) -> Table:
        name = table["list"]
        rows = self.data["lists"][name]
        columns = [column for column in table["columns"] if not column.get("optional") or _is_known(column, rows)]
        largest = {column["key"]: self._largest(column, rows) for column in columns}
        heads = tuple(self._head(column, rows, largest[column["key"]]) for column in columns)
        written = tuple(
            tuple(
                self._piece(
                    row.get(column["key"]),
                    f"/lists/{name}/{place}/{column['key']}",
                    bare=not column.get("full"),
                    largest=largest[column["key"]],
                )
                for column in columns
            )
            for place, row in enumerate(rows)
        )
        simulated = any(piece.simulated for row in written for piece in row)
        numeric = tuple(any(_is_figure(row.get(column["key"])) for row in rows) for column in columns)
        marked = cells(written)
        return Table(self._plain(table["title"]), heads, marked.rows, simulated, numeric, marked.title, marked.heads)

    def _largest(self, column: Mapping[str, Any], rows: Sequence[Row]) -> Decimal | None:
        """The largest amount of a column whose figures share a unit; each of another column is written by itself."""
        of = [said for row in rows if (said := row.get(column["key"])) and said["kind"] == "amount"]
        known = [abs(value_of(said["value"])) for said in of if said["value"] is not None]
        return None if column.get("full") else max(known, default=None)

    def _head(self, column: Mapping[str, Any], rows: Sequence[Row], largest: Decimal | None) -> str:
        """A column's head, with the unit that its amounts share."""
        head = str(column[self.language])
        if largest is None:
            return head
        first = next(row[column["key"]] for row in rows if column["key"] in row)
        return str(self.words["head"]).format(name=head, unit=scale(first, self.words, largest)["unit"])

    def _bars(self, bars: Mapping[str, Any]) -> Bars:
        rows, key = self.data["lists"][bars["list"]], bars["key"]
        found, simulated = [], False
        for row in rows:
            said, before = row.get(key), row.get(bars.get("before", ""))
            if said is None or said["value"] is None:
                continue
            simulated = simulated or bool(said.get("simulated"))
            name = write(row["name"], self.words, self.language)
            scale_by = 100 if said["kind"] == "chance" else 1
            earlier = None if before is None or before["value"] is None else scale_by * float(before["value"])
            written = write(said, self.words, self.language, bare=True)
            found.append((name, scale_by * float(said["value"]), written, earlier))
        title = self._plain(bars["title"])
        if any(earlier is not None for *_row, earlier in found):
            title = self._plain(bars["title_before"])
        return Bars(title, tuple(found), simulated)

    def _plain(self, said: Mapping[str, str]) -> str:
        """Text without numbers of sources."""

        def filled(slot: re.Match[str]) -> str:
            found = self.data["facts"].get(slot[1])
            return str(self.words["unknown"]) if found is None else write(found, self.words, self.language)

        return SLOT.sub(filled, said[self.language])

    def _annex(self) -> Iterator[tuple[str, ...]]:
        """Number, what it is, what it rests on, and what opens it; in the order of the numbers."""
        kinds = self.template.data["annex"]["kinds"]
        for source, number in self.numbers.items():
            about = self.data["sources"][source]
            words = {key: str(value) for key, value in about.items()} | {"run": about.get("run", self.run)}
            if "span" in about:
                words["span"] = write({"kind": "span", "value": about["span"]}, self.words, self.language)
            if self.language == "en" and about.get("en"):
                words["name"] = about["en"]
            what, rests = (kinds[about["kind"]][part][self.language] for part in ("what", "rests"))
            yield (
                str(number),
                what.format_map(_Known(words, self.words["unknown"])),
                rests.format_map(_Known(words, self.words["unknown"])),
                str(about.get("evidence") or f"{about.get('run', self.run)}"),
            )

    def _is_simulated(self) -> bool:
        lists = (said for rows in self.data["lists"].values() for row in rows for said in row.values())
        return any(said.get("simulated") for said in (*self.data["facts"].values(), *lists))


WORDS = ("text", "texts", "code", "day", "span", "flag")


def _is_figure(said: Fact | None) -> bool:
    return said is not None and said["kind"] not in WORDS


def _is_known(column: Mapping[str, Any], rows: Sequence[Row]) -> bool:
    """Whether anything is known in a column."""
    return any((said := row.get(column["key"])) is not None and said["value"] is not None for row in rows)


class _Known(dict[str, str]):
    """What an annex line does not know is written as unknown."""

    def __init__(self, words: dict[str, str], unknown: str) -> None:
        super().__init__(words)
        self.unknown = unknown

    def __missing__(self, key: str) -> str:
        return self.unknown


def paper(data: Mapping[str, Any], *, template: Template, language: str, run: str) -> Paper:
    """The brief that a run's facts make in a language; ``run`` is its short name."""
    return Writer(data, template, language, run).paper()
