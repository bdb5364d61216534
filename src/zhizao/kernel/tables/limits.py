"""What a file may cost before it is parsed: bytes, inflated bytes, rows, columns."""

from __future__ import annotations

import gc
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from zhizao.kernel.result import Place, Problem, Refused, mark

Source = Path | bytes | Traversable
_CHUNK: Final = 1 << 20
_RATIO_FREE_BYTES: Final = 1 << 20
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
_ENCRYPTED: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a reader takes; anything above is refused before it is parsed.

    >>> Limits(rows=100).rows
    100
    """

    file_bytes: int = 50_000_000
    inflated_bytes: int = 500_000_000
    inflation_ratio: int = 200
    """The most that one member above 1 MiB may grow by inflating."""
    zip_members: int = 2_000
    rows: int = 1_000_000
    columns: int = 500
    cells: int = 30_000_000


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the cyclic garbage collector: a table of millions of cells has no cycles, and looking costs a third.

    >>> with collector_paused():
    ...     gc.isenabled()
    False
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def source_name(source: Source) -> str | None:
    """The file's name without its folder; bytes have none.

    >>> source_name(Path("in/plan.csv"))
    'plan.csv'
    """
    return None if isinstance(source, bytes) else source.name


def read_bytes(source: Source, *, file: str | None = None, limits: Limits) -> bytes:
    """The bytes of a source, never more than ``limits.file_bytes``.

    Raises
    ------
    Refused
        ``tables.unreadable``, ``tables.empty`` or ``tables.too_large``.

    Examples
    --------
    >>> read_bytes(b"a,b", limits=Limits())
    b'a,b'
    """
    place = Place(file=file)
    if isinstance(source, bytes):
        data = source
    else:
        try:
            with source.open("rb") as stream:
                data = stream.read(limits.file_bytes + 1)
        except OSError as error:
            raise Refused(
                Problem(
                    "tables.unreadable",
                    mark("The file cannot be read: %(reason)s."),
                    place,
                    mark("Check the name and the right to read it."),
                    params={"reason": error.strerror or type(error).__name__},
                )
            ) from None
    if not data:
        raise Refused(
            Problem("tables.empty", mark("The file is empty."), place, mark("Check that the right file was chosen."))
        )
    if len(data) > limits.file_bytes:
        raise Refused(
            too_much(mark("The file is larger than %(limit)s bytes."), "tables.too_large", limits.file_bytes, file)
        )
    return data


def check_zip(data: bytes, *, file: str | None = None, limits: Limits) -> None:
    """Refuse a zip that would inflate beyond the limits.

    The directory is checked first; then each member is really inflated, with its output counted and thrown away,
    because the sizes in the directory may lie.

    Raises
    ------
    Refused
        ``tables.zip_bomb`` or ``tables.damaged``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > limits.zip_members:
                message = mark("The workbook has more than %(limit)s parts.")
                raise Refused(too_much(message, "tables.zip_bomb", limits.zip_members, file))
            if sum(member.file_size for member in members) > limits.inflated_bytes:
                raise Refused(_bomb(limits, file))
            total = 0
            for member in members:
                total += _inflated_size(data, member, left=limits.inflated_bytes - total, limits=limits, file=file)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError):
        raise Refused(damaged_workbook(file)) from None


def _inflated_size(data: bytes, member: zipfile.ZipInfo, *, left: int, limits: Limits, file: str | None) -> int:
    """Inflate one member chunk by chunk; ``zipfile`` itself stops at the stated size, which is what must be checked."""
    header = data[member.header_offset : member.header_offset + _LOCAL_HEADER.size]
    magic, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    if magic != b"PK\x03\x04" or member.flag_bits & _ENCRYPTED:
        raise zipfile.BadZipFile
    start = member.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    packed = data[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        return len(packed)
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile
    most = min(left, max(_RATIO_FREE_BYTES, limits.inflation_ratio * member.compress_size))
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    while packed and not inflater.eof:
        size += len(inflater.decompress(packed, _CHUNK))
        if size > most:
            raise Refused(_bomb(limits, file))
        packed = inflater.unconsumed_tail
    return size


def too_much(message: str, code: str, limit: int, file: str | None, *, sheet: str | None = None) -> Problem:
    """A problem that names the limit that was passed."""
    remedy = mark("Split it into smaller files.")
    return Problem(code, message, Place(file=file, sheet=sheet), remedy, params={"limit": limit})


def damaged_workbook(file: str | None) -> Problem:
    """The problem of a file that is no workbook, or a broken or locked one."""
    return Problem(
        "tables.damaged",
        mark("The file is not a workbook, or it is damaged or locked with a password."),
        Place(file=file),
        mark("Open it in Excel or WPS, save it as .xlsx without a password, and try again."),
    )


def _bomb(limits: Limits, file: str | None) -> Problem:
    message = mark("Unpacked, the workbook is larger than allowed (%(limit)s bytes).")
    return too_much(message, "tables.zip_bomb", limits.inflated_bytes, file)
