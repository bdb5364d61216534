"""Office files: which kind a zip is; workbooks as lines, a sheet after the other."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from zhizao.engines.planlint.inputs.lines import Lines, Writer, damaged, empty
from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.tables import Limits, read_grids
from zhizao.kernel.tables.limits import check_zip

_WORD: Final = "word/document.xml"
_BOOK: Final = "xl/workbook.xml"


def read(data: bytes, *, file: str | None = None) -> Lines:
    """The lines of a docx or an xlsx file.

    Raises
    ------
    Refused
        ``planlint.damaged``, ``planlint.no_text``, ``planlint.kind``, and the limits of ``kernel.tables``.
    """
    try:
        check_zip(data, file=file, limits=Limits())
    except Refused as refused:  # said of workbooks there
        raise damaged("docx/xlsx", file) if refused.problems[0].code == "tables.damaged" else refused from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise damaged("docx", file) from None
    if _WORD in members:
        from zhizao.engines.planlint.inputs import word

        return word.read(data, file=file)
    if _BOOK in members:
        return _book(data, file)
    raise Refused(
        Problem(
            "planlint.kind",
            mark("The file is an archive, and no document of a kind that can be read."),
            Place(file=file),
            mark("Give the plan as docx, pdf, html, xlsx, txt or md."),
        )
    )


def _book(data: bytes, file: str | None) -> Lines:
    """A workbook: the sheet's name is a heading; single cells above a table are its caption, below it its notes."""
    grids = read_grids(data, file=file, limits=Limits())
    writer = Writer()
    for grid in grids.value:
        writer.page()
        writer.paragraph(grid.sheet or "", heading=1)
        rows = [[cell or "" for cell in row] for row in grid.rows]
        wide = [index for index, row in enumerate(rows) if sum(map(bool, row)) > 1]
        first, last = (wide[0], wide[-1] + 1) if wide else (len(rows), len(rows))
        for row in rows[:first]:
            writer.paragraph("".join(row))
        writer.table(rows[first:last])
        for row in rows[last:]:
            writer.paragraph("".join(row))
    if not writer.lines:
        raise empty(file)
    return writer.done("xlsx", grids.problems)
