"""Stop an upload as soon as it passes the cap: the rest is read off the line and thrown away, nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from zhizao.kernel.result import Place, Problem, Refused, mark

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest


class CapHandler(FileUploadHandler):
    """Stands before Django's own handlers and counts. The rest of the form is read, so that the page can answer."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._size += len(raw_data)
        if self._size > settings.FILES_MAX_BYTES:
            refused = self.request.__dict__.setdefault("refused_uploads", {})
            refused[self.field_name] = too_large(self.file_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def cut_off(request: HttpRequest, field: str) -> Problem | None:
    """Why the file of a form's field is missing from it, if it was larger than the cap."""
    return getattr(request, "refused_uploads", {}).get(field)


def take(request: HttpRequest, field: str) -> UploadedFile:
    """The file of a form's field.

    Raises
    ------
    Refused : it was larger than the cap (``files.too_large``), or none was chosen (``files.none``).
    """
    upload = request.FILES.get(field)
    if (problem := cut_off(request, field)) is not None:
        raise Refused(problem)
    if upload is None:
        raise Refused(
            Problem("files.none", mark("No file was chosen."), remedy=mark("Choose a file, then send the form again."))
        )
    return upload


def too_large(name: str | None) -> Problem:
    """The problem of a file above the cap."""
    return Problem(
        "files.too_large",
        mark("The file is larger than %(limit_mb)s MB and was not taken in."),
        Place(file=name),
        mark("Split it into smaller files, or leave out what is not needed."),
        params={"limit_mb": settings.FILES_MAX_BYTES // 1_000_000},
    )
