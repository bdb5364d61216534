"""Writing and reading xlsx: ours against XlsxWriter and openpyxl on the same rows, and 100,000 × 20 against the budget.

Run: ``python -m bench.xlsx [ROWS]`` (rows of the comparison, 20,000 by default).
"""

from __future__ import annotations

import datetime as dt
import io
import random
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import openpyxl  # type: ignore[import-untyped]
import polars as pl
import xlsxwriter

from zhizao.kernel.tables import read_xlsx, write_xlsx

T = TypeVar("T")
FULL_ROWS = 100_000
WRITE_BUDGET_SECONDS, READ_BUDGET_SECONDS = 4.0, 8.0


def table(rows: int) -> pl.DataFrame:
    """Twenty columns: names, codes, whole numbers, decimals, days."""
    draw = random.Random(1)
    names = [f"重庆市某区第{number}智能装备有限公司" for number in range(5_000)]
    day = dt.date(2020, 1, 1)
    return pl.DataFrame(
        {
            **{f"name_{k}": [draw.choice(names) for _ in range(rows)] for k in range(6)},
            **{f"code_{k}": [f"50010819{number:010d}" for number in range(rows)] for k in range(2)},
            **{f"count_{k}": [draw.randrange(10**6) for _ in range(rows)] for k in range(4)},
            **{f"wan_yuan_{k}": [round(draw.random() * 1e5, 2) for _ in range(rows)] for k in range(6)},
            **{f"day_{k}": [day + dt.timedelta(days=number % 2_000) for number in range(rows)] for k in range(2)},
        }
    )


def write_xlsxwriter(frame: pl.DataFrame) -> bytes:
    """The peer: XlsxWriter, row by row, in constant memory."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, frame.columns)
    for number, row in enumerate(frame.iter_rows(), start=1):
        for column, value in enumerate(row):
            sheet.write(number, column, value, day if isinstance(value, dt.date) else None)
    book.close()
    return buffer.getvalue()


def write_openpyxl(frame: pl.DataFrame) -> bytes:
    """The peer: openpyxl, write-only."""
    buffer = io.BytesIO()
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(frame.columns)
    for row in frame.iter_rows():
        sheet.append(row)
    book.save(buffer)
    return buffer.getvalue()


def read_openpyxl(data: bytes) -> int:
    """The peer: openpyxl, read-only."""
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    return sum(1 for _ in sheet.iter_rows(values_only=True))


def timed(label: str, work: Callable[[], T]) -> tuple[T, float]:
    """Run and print CPU and wall seconds; give the CPU seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{label:<40} {cpu:7.2f} s CPU {wall:7.2f} s wall")
    return result, cpu


def main() -> int:
    """Compare, then measure against the budget; 1 if the budget is passed."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    frame = table(rows)
    print(f"{rows:,} × {frame.width}")
    data, ours = timed("write: zhizao", lambda: write_xlsx(frame))
    _, xlsxwriter_cpu = timed("write: XlsxWriter constant_memory", lambda: write_xlsxwriter(frame))
    _, openpyxl_cpu = timed("write: openpyxl write_only", lambda: write_openpyxl(frame))
    grids, read = timed("read: zhizao", lambda: read_xlsx(data).value)
    count, read_peer = timed("read: openpyxl read_only", lambda: read_openpyxl(data))
    assert len(grids[0].rows) == count == rows + 1
    print(f"write: {xlsxwriter_cpu / ours:.1f} times as fast as XlsxWriter, {openpyxl_cpu / ours:.1f} as openpyxl")
    print(f"read: {read_peer / read:.1f} times as fast as openpyxl")
    frame = table(FULL_ROWS)
    print(f"{FULL_ROWS:,} × {frame.width}")
    data, ours = timed(f"write: zhizao (budget {WRITE_BUDGET_SECONDS} s)", lambda: write_xlsx(frame))
    _, read = timed(f"read: zhizao (budget {READ_BUDGET_SECONDS} s)", lambda: read_xlsx(data))
    return int(ours > WRITE_BUDGET_SECONDS or read > READ_BUDGET_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
