"""What a file is, told by its bytes and not by its name."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Final

from zhizao.kernel.result import Place, Problem, Refused, mark
from zhizao.kernel.tables.limits import Limits, check_zip
from zhizao.kernel.text import decode


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that can be received: its name is its first extension."""

    name: str
    media_type: str
    extensions: frozenset[str]


KINDS: Final = {
    name: FileKind(name, media_type, frozenset({name, *more}))
    for name, media_type, *more in (
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("pdf", "application/pdf"),
        ("csv", "text/csv"),
        ("txt", "text/plain", "md"),
        ("html", "text/html", "htm"),
        ("json", "application/json"),
        ("png", "image/png"),
        ("jpg", "image/jpeg", "jpeg"),
        ("zip", "application/zip"),
    )
}
_TEXT: Final = frozenset({"csv", "txt", "json", "html"})
_MAGIC: Final = ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE: Final = (("xl/workbook.xml", "xlsx"), ("word/document.xml", "docx"))


def recognise(data: bytes, *, name: str, kinds: set[str]) -> FileKind:
    """The kind of a file, if it is one of ``kinds``, its name agrees, and it can be opened without harm.

    Raises
    ------
    Refused : empty, of another kind, under a name of another kind, binary where text is wanted, or a zip bomb.

    Examples
    --------
    >>> recognise("代码,名称".encode("gb18030"), name="areas.CSV", kinds={"csv", "xlsx"}).media_type
    'text/csv'
    """
    place = Place(file=name)
    if not data:
        problem = mark("The file is empty.")
        raise Refused(Problem("files.empty", problem, place, mark("Check that the right file was chosen.")))
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    found = _by_content(data, name=name)
    if found == "text":
        if not kinds & _TEXT:
            raise Refused(_not_wanted(place, _text_or_unknown(data), kinds))
        # CSV, JSON and plain text look alike: the name decides among the texts that are wanted.
        wanted = [KINDS[kind] for kind in sorted(kinds & _TEXT)]
        decode(data, file=name)
        match = [kind for kind in wanted if extension in kind.extensions]
        if not match:
            raise Refused(_wrong_name(place, extension, "txt", kinds))
        return match[0]
    if found not in kinds:
        raise Refused(_not_wanted(place, found, kinds))
    kind = KINDS[found]
    if extension not in kind.extensions:
        raise Refused(_wrong_name(place, extension, found, kinds))
    return kind


def _by_content(data: bytes, *, name: str) -> str:
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data.startswith(_OLE):
        return "xls"
    if not data.startswith(_ZIP):
        return "text"
    check_zip(data, file=name, limits=Limits())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = set(archive.namelist())
    return next((kind for part, kind in _OFFICE if part in members), "zip")


def _text_or_unknown(data: bytes) -> str | None:
    try:
        decode(data)
    except Refused:
        return None
    return "txt"


def _not_wanted(place: Place, found: str | None, kinds: set[str]) -> Problem:
    if found == "xls":
        remedy = mark("Open it in Excel or WPS, save it as .xlsx without a password, and try again.")
    else:
        remedy = mark("Hand in one of: %(kinds)s.")
    if found is None:
        message = mark("The content of the file is not recognised.")
        return Problem("files.kind", message, place, remedy, params={"kinds": ", ".join(sorted(kinds))})
    return Problem(
        "files.kind",
        mark("The file is of the kind %(found)s, which is not taken here."),
        place,
        remedy,
        params={"found": found, "kinds": ", ".join(sorted(kinds))},
    )


def _wrong_name(place: Place, extension: str, found: str, kinds: set[str]) -> Problem:
    return Problem(
        "files.name",
        mark("The name ends in “%(extension)s”, but the content is %(found)s."),
        place,
        mark("Save the file as one of %(kinds)s, so that name and content agree."),
        params={"extension": extension, "found": found, "kinds": ", ".join(sorted(kinds))},
    )
