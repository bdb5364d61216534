"""Tables in and out: CSV and xlsx as officials write them; what is wrong is refused with row, column and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhizao.kernel.late import late_names

if TYPE_CHECKING:
    from zhizao.kernel.tables.delimited import read_csv, read_csv_rows
    from zhizao.kernel.tables.export import write_csv, write_xlsx
    from zhizao.kernel.tables.form import Form, FormColumn, write_form
    from zhizao.kernel.tables.header import Table, find_table
    from zhizao.kernel.tables.limits import Limits, Source, read_bytes
    from zhizao.kernel.tables.schema import Column, read_table, typed
    from zhizao.kernel.tables.workbook import Grid, Merge, read_grids, read_xlsx

__all__ = [
    "Column",
    "Form",
    "FormColumn",
    "Grid",
    "Limits",
    "Merge",
    "Source",
    "Table",
    "find_table",
    "read_bytes",
    "read_csv",
    "read_csv_rows",
    "read_grids",
    "read_table",
    "read_xlsx",
    "typed",
    "write_csv",
    "write_form",
    "write_xlsx",
]

_HOMES = {
    "delimited": ("read_csv", "read_csv_rows"),
    "export": ("write_csv", "write_xlsx"),
    "form": ("Form", "FormColumn", "write_form"),
    "header": ("Table", "find_table"),
    "limits": ("Limits", "Source", "read_bytes"),
    "schema": ("Column", "read_table", "typed"),
    "workbook": ("Grid", "Merge", "read_grids", "read_xlsx"),
}
__getattr__ = late_names(__name__, {name: home for home, names in _HOMES.items() for name in names})
