"""The content-addressed store: bytes are kept once, under their SHA-256, and are checked at every reading.

A file is written beside its place, forced to disk and renamed, so that a name never shows half a content. Files are
never changed; nothing is deleted while a row may name it.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings

from zhizao.kernel.result import Problem, Refused, mark

INCOMING: Final = "incoming-"  # how a file is called that is still being written
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def path(sha256: str) -> Path:
    """Where the bytes of this hash are, or would be."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256 in hex: {sha256!r}")
    return Path(settings.MEDIA_ROOT) / "objects" / sha256[:2] / sha256[2:]


def put(data: bytes) -> str:
    """Keep the bytes and return their SHA-256 in hex; bytes that are already here are not written again."""
    return put_chunks([data])


def put_chunks(chunks: Iterable[bytes]) -> str:
    """Keep a stream of bytes without holding it in memory; if the stream breaks off, nothing stays behind."""
    objects = Path(settings.MEDIA_ROOT) / "objects"
    objects.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    handle, name = tempfile.mkstemp(dir=objects, prefix=INCOMING)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        sha256 = digest.hexdigest()
        place = path(sha256)
        if not _is_whole(place, sha256):
            place.parent.mkdir(exist_ok=True)
            temporary.chmod(0o440)
            temporary.replace(place)
            _sync_folder(place.parent)
        return sha256
    finally:
        temporary.unlink(missing_ok=True)


def read(sha256: str) -> bytes:
    """The bytes of this hash.

    Raises
    ------
    Refused : the file is missing (``files.lost``) or its bytes are not what they were (``files.corrupt``).
    """
    try:
        data = path(sha256).read_bytes()
    except FileNotFoundError:
        raise Refused(_lost(sha256)) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Refused(_corrupt(sha256))
    return data


def check(sha256: str) -> Path:
    """The path of this hash after its bytes have been checked, for those who stream a file; raises as ``read`` does."""
    place = path(sha256)
    if not place.exists():
        raise Refused(_lost(sha256))
    if not _is_whole(place, sha256):
        raise Refused(_corrupt(sha256))
    return place


def _is_whole(place: Path, sha256: str) -> bool:
    """Whether the place holds the bytes of its name; a damaged file is healed by the next ``put``."""
    try:
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # some file systems cannot sync a folder; the file itself is on disk
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _lost(sha256: str) -> Problem:
    return Problem(
        "files.lost",
        mark("The stored file %(sha256)s is missing."),
        remedy=mark("Restore it from the backup; its record is still here."),
        params={"sha256": sha256[:12]},
    )


def _corrupt(sha256: str) -> Problem:
    return Problem(
        "files.corrupt",
        mark("The stored file %(sha256)s has been damaged: its content no longer matches its hash."),
        remedy=mark("Restore it from the backup, or hand the same file in again."),
        params={"sha256": sha256[:12]},
    )
