"""A plan as paragraphs and tables whose every figure has an address, and its printing in several layouts.

An address is the key of a paragraph (``goals``), a figure in it (``goals.output``), or a row and a cell of a table
(``indicators/output``, ``indicators/output/target``). ``render`` says on which line each address came to stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

FLAT, TABBED, MARKDOWN = "flat", "tabbed", "markdown"
STYLES: Final = (FLAT, TABBED, MARKDOWN)


@dataclass
class Para:
    """A paragraph: a template, and its figures by name."""

    key: str
    template: str
    slots: dict[str, str] = field(default_factory=dict)
    level: int = 0

    @property
    def text(self) -> str:
        """The words with the figures in them."""
        return self.template.format(**self.slots)


@dataclass
class Row:
    """A row: cells by column key; ``title`` and ``total`` rows have their own cells."""

    key: str
    cells: dict[str, str]
    kind: str = "full"


@dataclass
class Table:
    """A table: caption, line of the unit, columns (key, words), rows."""

    key: str
    caption: str
    columns: list[tuple[str, str]]
    rows: list[Row]
    unit: str = ""

    def row(self, key: str) -> Row:
        """The row of a key."""
        return next(row for row in self.rows if row.key == key)


@dataclass
class Paper:
    """The blocks of a plan in order."""

    blocks: list[Para | Table]
    style: str = FLAT

    def __getitem__(self, key: str) -> Para:
        return next(block for block in self.blocks if isinstance(block, Para) and block.key == key)

    def __contains__(self, key: str) -> bool:
        return any(block.key == key for block in self.blocks)

    def table(self, key: str) -> Table:
        """The table of a key."""
        return next(block for block in self.blocks if isinstance(block, Table) and block.key == key)

    def tables(self, start: str) -> list[Table]:
        """The tables whose keys begin with some words."""
        return [block for block in self.blocks if isinstance(block, Table) and block.key.startswith(start)]

    def paras(self, start: str) -> list[Para]:
        """The paragraphs whose keys begin with some words."""
        return [block for block in self.blocks if isinstance(block, Para) and block.key.startswith(start)]

    def at(self, key: str) -> int:
        """The place of a block."""
        return next(index for index, block in enumerate(self.blocks) if block.key == key)

    def render(self) -> tuple[str, dict[str, tuple[int, ...]]]:
        """The text, and the lines (from 1) of every address: of a row, all lines that its cells stand on."""
        printer = _Printer(self.style)
        for block in self.blocks:
            if isinstance(block, Para):
                printer.para(block)
            else:
                printer.table(block)
        return "\n".join(printer.lines) + "\n", printer.places


class _Printer:
    def __init__(self, style: str) -> None:
        self.style = style
        self.lines: list[str] = []
        self.places: dict[str, tuple[int, ...]] = {}

    def put(self, line: str, *addresses: str) -> None:
        self.lines.append(line)
        for address in addresses:
            self.places[address] = (*self.places.get(address, ()), len(self.lines))

    def para(self, para: Para) -> None:
        head = "#" * para.level + " " if para.level and self.style == MARKDOWN else ""
        self.put(head + para.text, para.key, *(f"{para.key}.{name}" for name in para.slots))
        self.put("")

    def table(self, table: Table) -> None:
        self.put(table.caption, table.key)
        self.put("")
        if table.unit:
            self.put(table.unit, f"{table.key}.unit")
            self.put("")
        rows = [Row("head", dict(table.columns), "head"), *table.rows]
        for number, row in enumerate(rows):
            self.row(table, row)
            if number == 0 and self.style == MARKDOWN:
                self.put("|" + "---|" * len(table.columns))
            if self.style == FLAT:
                self.put("")
        self.put("")
        self.put("")

    def row(self, table: Table, row: Row) -> None:
        keys = [key for key, _ in table.columns]
        cells = [row.cells.get(key, "") for key in keys]
        if row.kind == "title" and self.style != MARKDOWN:
            keys, cells = [key for key in keys if row.cells.get(key)], [cell for cell in cells if cell]
        address = f"{table.key}/{row.key}"
        if self.style == FLAT:
            for key, cell in zip(keys, cells, strict=True):
                self.put(f"\t{cell}", address, f"{address}/{key}")
            return
        line = "\t" + "\t".join(cells) if self.style == TABBED else "| " + " | ".join(cells) + " |"
        self.put(line, address, *(f"{address}/{key}" for key in keys))
