"""Tables in and out: CSV and xlsx as officials write them; what is wrong is refused with row, column and remedy."""

from __future__ import annotations

from zhizao.kernel.tables.delimited import read_csv, read_csv_rows
from zhizao.kernel.tables.limits import Limits, Source

__all__ = ["Limits", "Source", "read_csv", "read_csv_rows"]
