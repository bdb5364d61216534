"""Tables in and out: CSV and xlsx as officials write them, refused with row, column, reason and remedy where they are wrong."""

from __future__ import annotations

from zhizao.kernel.tables.delimited import read_csv, read_csv_rows
from zhizao.kernel.tables.limits import Limits, Source

__all__ = ["Limits", "Source", "read_csv", "read_csv_rows"]
