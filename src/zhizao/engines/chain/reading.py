"""A network from CSV files, up to ten million links and more: read by Polars, without a Python object for each cell."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from zhizao.engines.chain.cleaning import LINE, Cells
from zhizao.engines.chain.network import Network
from zhizao.engines.chain.risk import Shocks
from zhizao.kernel import tables, text
from zhizao.kernel.result import Problem, Refused, mark

_HEAD_BYTES = 4096
_LIMITS = tables.Limits(file_bytes=2_000_000_000, rows=20_000_000, cells=200_000_000)
_SEPARATORS = (",", "\t", ";")


def read_network(firms: Path, links: Path, essential: Path | None = None) -> Network:
    """Read a network from CSV files.

    Parameters
    ----------
    firms, links, essential : Path
        With the columns of ``Network.from_frames``; comma, tab or semicolon; UTF-8, GB18030 or UTF-16.

    Raises
    ------
    Refused
        As ``Network.from_frames``; rows count from 1 with the head of the table.
    OSError
        A file cannot be read.
    """
    tables = [None if path is None else read_table(path) for path in (firms, links, essential)]
    names = (firms.name, links.name, essential.name if essential else None)
    assert tables[0] is not None and tables[1] is not None
    return Network.from_frames(tables[0], tables[1], tables[2], files=names)


def read_shock(path: Path, network: Network) -> Shocks:
    """Read one joint shock: ``firm``, ``down``, ``up``, losses between 0 and 1; firms not named lose nothing.

    Raises
    ------
    Refused
        A firm that is not in the network or stands twice, a loss outside [0, 1].
    OSError
        The file cannot be read.
    """
    cells = Cells(read_table(path), path.name)
    losses: dict[str, tuple[float, float]] = {}
    rows = zip(cells.texts("firm"), cells.amounts("down"), cells.amounts("up"), strict=True)
    for row, (firm, down, up) in enumerate(rows):
        name = network.named(firm)
        if name is None:
            raise _refused(cells, row, "chain.unknown_firm", mark("“%(firm)s” is not in the list of firms."), firm)
        if name in losses:
            raise _refused(cells, row, "chain.firm_twice", mark("“%(firm)s” stands here twice."), firm)
        if down > 1 or up > 1:
            raise _refused(cells, row, "chain.loss", mark("The loss of “%(firm)s” is not between 0 and 1."), firm)
        losses[name] = down, up
    return Shocks.joint(network, [losses])


def _refused(cells: Cells, row: int, code: str, message: str, firm: str) -> Refused:
    remedy = mark("Correct this row.")
    return Refused(Problem(code, message, cells.place(row, "firm"), remedy, params={"firm": firm}))


def read_table(path: Path) -> pl.DataFrame:
    """Read a CSV with all cells as text and its row numbers; empty rows are left out.

    Raises
    ------
    Refused
        ``text.…`` (encoding), ``tables.…`` (rows of another width, a quote that is not closed).
    OSError
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    try:
        if b"\x00" in head:  # UTF-16
            raise pl.exceptions.ComputeError
        frame = _parsed(path, _separator(head.decode("utf-8", errors="replace")))
    except pl.exceptions.PolarsError:
        data, _ = text.decode(path.read_bytes(), file=path.name)  # not UTF-8, empty, or no text at all
        try:
            frame = _parsed(data.encode(), _separator(data[:_HEAD_BYTES]))
        except pl.exceptions.PolarsError:
            frame = tables.read_csv(data.encode(), file=path.name, limits=_LIMITS)  # says which row is damaged
            frame = frame.with_row_index(LINE, offset=2)
    return frame


def _separator(head: str) -> str:
    return max(_SEPARATORS, key=head.partition("\n")[0].count)


def _parsed(source: Path | bytes, separator: str) -> pl.DataFrame:
    frame = pl.read_csv(source, separator=separator, infer_schema=False, row_index_name=LINE, row_index_offset=2)
    frame = frame.rename({name: name.strip().removeprefix("\ufeff") for name in frame.columns if name != LINE})
    return frame.filter(~pl.all_horizontal(pl.exclude(LINE).is_null()))
