"""Industry-chain graphs that were saved as text: boxes as lines, members as bullet lists.

The picture's arrows are lost; what is left is read by four rules.

1. A graph begins behind the title of the annex; once it has members, the next begins at a line that names a chain or
   has a leading blank (the trace of a new text frame). A legend ``上游：… 中游：… 下游：…`` ends one.
2. Bullets right below a label that is no stage belong to the node it names, in the stage last named.
3. Bullets between a stage and a label belong to the node of that label: the box's title stands below its list.
4. Labels that a legend names are nodes of the stage it gives. When several of them stand together before one list, the
   list is cut behind each line that holds fewer bullets than the one before (a box's last line), and its parts go to
   the nodes in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Final

from zhizao.engines.planlint.document import Document
from zhizao.engines.planlint.schema import Record
from zhizao.engines.planlint.tables.values import Notes
from zhizao.kernel import numerals, text
from zhizao.kernel.result import Severity, mark

NAME_OF_TABLE: Final = "chain_members"
STAGES: Final = ("上游", "中游", "下游")

_SECTION: Final = re.compile(r"产业链\S{0,6}图谱|产业链全景图|产业链图")
_SECTION_END: Final = re.compile(r"附件|附表|附录|第[一二三四五六七八九十]+[章节部]")
_PROMISED: Final = re.compile(r"([0-9]+|[一二三四五六七八九十两]+)\s*[条张个幅]")
_MARKS: Final = "·•●○▪■◆◇▶►‧∙・✓➢ș§\uf0b7\uf06c\uf0d8\uf06e"
_BULLET: Final = re.compile(rf"(?:^|(?<=\s))[{_MARKS}]\s*")
_LEGEND: Final = re.compile(r"(上游|中游|下游)\s*[：:]\s*(\S+)")
_STAGE: Final = re.compile("上游|中游|下游")
_CHAIN_NAME: Final = re.compile(r"产业链$|产业链图谱$|链$")
_SPACED: Final = re.compile(r"\S(?:\s+\S){2,}")
_CHANNEL_NODE: Final = re.compile(r"消费|输出|销售|渠道|流通|零售|市场")
_CHANNEL: Final = re.compile(r"电商|门店|体验店|专卖店|网点|终端店|连锁|超市|商超|经销|客服|服务中心")
_BASE: Final = re.compile(r"基地|园区|产业园")
PRINTED, ORDERED, GUESSED = Decimal("0.95"), Decimal("0.8"), Decimal("0.6")
"""Confidence: a label right at its list; a stage carried from a label before; a list cut by rule 4."""


@dataclass(frozen=True, slots=True)
class Member:
    """One bullet: its words and the line they stand on."""

    words: str
    line: int


@dataclass(slots=True)
class Label:
    """A line without bullet: the words of a box."""

    words: str
    line: int
    indented: bool

    @property
    def stage(self) -> str | None:
        """The stage that the words name."""
        found = _STAGE.search(self.words)
        return found.group() if found else None

    @property
    def is_legend(self) -> bool:
        """Whether the words say what each stage of the graph is."""
        return len(_LEGEND.findall(self.words)) >= 2


@dataclass(slots=True)
class Bullets:
    """Consecutive bullets, as lines of members."""

    lines: list[list[Member]] = field(default_factory=list)

    @property
    def members(self) -> list[Member]:
        """All members in order."""
        return [member for line in self.lines for member in line]

    def boxes(self) -> list[list[Member]]:
        """The list cut behind each line that holds fewer bullets than the one before it (rule 4)."""
        boxes: list[list[Member]] = [[]]
        width = 0
        for line in self.lines:
            if boxes[-1] and width > len(line):
                boxes[-1] += line
                boxes.append([])
                width = 0
                continue
            boxes[-1] += line
            width = len(line)
        return [box for box in boxes if box]


Item = Label | Bullets


@dataclass(frozen=True, slots=True)
class Graph:
    """One graph: its name, its lines, and a record for each member at each node."""

    name: str
    first_line: int
    last_line: int
    records: list[Record]


def read(document: Document, notes: Notes) -> Iterator[Graph]:
    """The graphs of a plan; a problem says so if a section promises more than it holds."""
    for start, end in _sections(document):
        title = text.normalise(document.lines[start])
        graphs = [
            graph
            for number, items in enumerate(_graphs(document, start + 1, end), start=1)
            if (graph := _read_graph(items, number, title, notes)) is not None
        ]
        yield from graphs
        _note_promised(title, start + 1, len(graphs), notes)


def _sections(document: Document) -> Iterator[tuple[int, int]]:
    """Titles of graph sections and where each ends: at the next heading, table, or the end."""
    table_lines = {run.first_line - 1 for run in document.runs}
    index, lines = 0, document.lines
    while index < len(lines):
        line = text.normalise(lines[index])
        if not (0 < len(line) <= 50 and _SECTION.search(line) and not line.endswith(("。", "，", "；"))):
            index += 1
            continue
        end = index + 1
        while end < len(lines) and end not in table_lines and not _SECTION_END.match(lines[end].strip()):
            end += 1
        yield index, end
        index = end


def _graphs(document: Document, start: int, end: int) -> Iterator[list[Item]]:
    """The items of each graph in a section (rule 1)."""
    items: list[Item] = []
    for item in _items(document, start, end):
        begins = isinstance(item, Label) and (item.indented or _CHAIN_NAME.search(item.words))
        if begins and any(isinstance(one, Bullets) for one in items):
            yield items
            items = []
        if isinstance(item, Label) and item.is_legend:
            yield [*items, item]
            items = []
            continue
        items.append(item)
    if items:
        yield items


def _items(document: Document, start: int, end: int) -> Iterator[Item]:
    bullets = Bullets()
    pending = False
    for index in range(start, end):
        raw = document.lines[index]
        line = text.normalise(raw)
        if not line:
            continue
        parts = _BULLET.split(line) if _BULLET.match(line) else None
        if parts is None and pending:
            parts = ["", line]
        if parts is not None:
            members = [Member(_unspaced(part), index + 1) for part in parts if part.strip()]
            if members:
                bullets.lines.append(members)
            pending = not members
            continue
        if bullets.lines:
            yield bullets
            bullets = Bullets()
        yield Label(_unspaced(line), index + 1, indented=raw[:1].isspace())
    if bullets.lines:
        yield bullets


def _unspaced(words: str) -> str:
    """Words without the blanks that spread or break a title.

    >>> _unspaced("V I V O 手 机"), _unspaced("下游配件 总成"), _unspaced("SK Hynix")
    ('VIVO手机', '下游配件 总成', 'SK Hynix')
    """
    words = " ".join(words.split())
    return words.replace(" ", "") if _SPACED.fullmatch(words) else words


def _read_graph(items: list[Item], number: int, section: str, notes: Notes) -> Graph | None:
    lists = [item for item in items if isinstance(item, Bullets)]
    if not lists:
        return None
    labels = [item for item in items if isinstance(item, Label)]
    legend = {stage: words for label in labels if label.is_legend for stage, words in _LEGEND.findall(label.words)}
    name = _name(items, legend, number, section, notes)
    place = _by_legend if legend else _by_labels
    records: list[Record] = [
        {
            "chain": name,
            "stage": stage,
            "node": node,
            "member": member.words,
            "line": member.line,
            "confidence": confidence,
            "note": note,
            "member_type": _member_type(member.words, node),
            "stage_printed": printed,
        }
        for member, stage, node, printed, confidence, note in place(items, legend)
    ]
    _note_unused(labels, records, name, legend, notes)
    first = min(labels[0].line if labels else lists[0].members[0].line, lists[0].members[0].line)
    last = max([label.line for label in labels] + [lists[-1].members[-1].line])
    return Graph(name, first, last, records)


def _note_unused(labels: list[Label], records: list[Record], name: str, legend: dict[str, str], notes: Notes) -> None:
    """Say which boxes have words that are neither title, stage nor node: they have no list of their own."""
    nodes = {str(record["node"]) for record in records} | {name}
    unused = [
        label
        for label in labels
        if not label.stage
        and not label.is_legend
        and label.words.replace(" ", "").removesuffix("图谱") not in nodes
        and not set(label.words.split()) <= nodes
    ]
    if unused:
        notes.add(
            "chain_boxes_unplaced",
            mark("Boxes of the chain graph “%(name)s” without a list of their own: %(labels)s."),
            line=unused[0].line,
            remedy=mark("Look at the picture in the document."),
            severity=Severity.INFO,
            name=name,
            labels="、".join(words for label in unused for words in label.words.split()),
        )


Placed = tuple[Member, str | None, str | None, str | None, Decimal, str | None]


def _name(items: list[Item], legend: dict[str, str], number: int, section: str, notes: Notes) -> str:
    """The title of a graph: its first label, if that names no node; else the section's, if that names one chain.

    Without either it is called after what its middle stage makes.
    """
    first = items[0]
    if isinstance(first, Label):
        named = first.stage is not None or any(first.words in words for words in legend.values())
        if not named and not (len(items) > 1 and isinstance(items[1], Bullets)):
            return re.sub(r"图谱$", "", first.words)
    if number == 1 and _CHAIN_NAME.search(section) and not _PROMISED.search(section):
        return re.sub(r"图谱$", "", section)
    labels = [item for item in items if isinstance(item, Label)]
    line = labels[0].line if labels else items[0].members[0].line if isinstance(items[0], Bullets) else 1
    name = _product(labels, legend) or f"产业链{number}"
    notes.add(
        "chain_untitled",
        mark("The chain graph %(number)s has no title in the text; it is called “%(name)s”."),
        line=line,
        remedy=mark("Give its name in a correction."),
        severity=Severity.INFO,
        number=number,
        name=name,
    )
    return name


def _product(labels: list[Label], legend: dict[str, str]) -> str | None:
    """The box below the node of the middle stage names what the chain makes."""
    middle = legend.get(STAGES[1], "")
    for label, below in pairwise(labels):
        if label.words == middle and not any(below.words in words for words in legend.values()):
            return below.words
    return None


def _by_labels(items: list[Item], legend: dict[str, str]) -> Iterator[Placed]:
    """Rules 2 and 3."""
    stage: Label | None = None
    stage_is_near = False
    for index, item in enumerate(items):
        if isinstance(item, Label):
            if item.stage:
                stage, stage_is_near = item, True
            continue
        above = items[index - 1] if index else None
        below = items[index + 1] if index + 1 < len(items) else None
        node: Label | None = None
        confidence = PRINTED
        if isinstance(above, Label) and not above.stage and index > 1:
            node = above
            if not stage_is_near:
                confidence = ORDERED
            between = items[index - 2]
            stage_is_near = isinstance(between, Label) and between is stage
        elif isinstance(below, Label) and not below.stage:
            node = below
        note = None if confidence == PRINTED else "stage carried from the label before"
        words = node.words.replace(" ", "") if node else None
        printed = stage.words.replace(" ", "") if stage else None
        for member in item.members:
            yield member, stage.stage if stage else None, words, printed, confidence, note


def _by_legend(items: list[Item], legend: dict[str, str]) -> Iterator[Placed]:
    """Rule 4."""
    waiting: list[tuple[str, str]] = []
    last: tuple[str, str] | None = None
    near = False
    for item in items:
        if isinstance(item, Label):
            found = None if item.is_legend else _in_legend(item.words, legend)
            near = found is not None
            if found:
                waiting.append(found)
            continue
        boxes = item.boxes() if len(waiting) > 1 else [item.members]
        exact = len(boxes) == len(waiting)
        for number, box in enumerate(boxes):
            if waiting:
                last = waiting[min(number, len(waiting) - 1)]
            single = exact and len(waiting) == 1
            confidence = GUESSED if not single else PRINTED if near else ORDERED
            note = None if single else "list divided among the nodes named before it, in order"
            for member in box:
                stage, node = last or (None, None)
                yield member, stage, node, legend.get(stage) if stage else None, confidence, note
        waiting = []


def _in_legend(words: str, legend: dict[str, str]) -> tuple[str, str] | None:
    """Stage and node of a label that a legend names, wholly or as a part of it."""
    own = words.split()[0] if len(set(words.split())) == 1 else words
    return next(((stage, own) for stage, named in legend.items() if own in named), None)


def _member_type(words: str, node: str | None) -> str:
    """What a member is: a base, a channel to the customer, or an enterprise."""
    if _BASE.search(words):
        return "base"
    if _CHANNEL.search(words) or (node and _CHANNEL_NODE.search(node)):
        return "channel"
    return "enterprise"


def _note_promised(title: str, line: int, count: int, notes: Notes) -> None:
    found = _PROMISED.search(text.normalise(title))
    if not found:
        return
    promised = int(numerals.parse(found[1]))
    if promised > count:
        notes.add(
            "chains_missing",
            mark("The title promises %(promised)s chain graphs; the text holds %(count)s."),
            line=line,
            remedy=mark("Look whether the others are pictures in the document."),
            promised=promised,
            count=count,
        )
