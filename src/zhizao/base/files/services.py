"""Take files in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from zhizao.base.accounts.scoping import for_roles
from zhizao.base.audit import services as audit
from zhizao.base.files import store
from zhizao.base.files.kinds import recognise
from zhizao.base.files.models import StoredFile
from zhizao.base.files.uploads import too_large
from zhizao.kernel.result import Refused

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from zhizao.base.accounts.models import Area, User


@transaction.atomic
def receive(
    *, actor: User | None, upload: UploadedFile, area: Area, kinds: set[str], roles: Iterable[str] = ()
) -> StoredFile:
    """Check an uploaded file and keep it; ``kinds`` are names from ``kinds.KINDS``, e.g. ``{"xlsx", "csv"}``.

    ``roles`` are those that may see it in the area, by default all; ``open_up`` ends that.

    The same content handed in again under the same name by the same person is the same row.

    Raises
    ------
    Refused : too large, empty, of another kind than wanted, under a wrong name, a zip bomb. Nothing is stored then.
    """
    name = PurePath(upload.name or "").name[-255:]
    if upload.size is not None and upload.size > settings.FILES_MAX_BYTES:
        raise Refused(too_large(name))
    data = upload.read(settings.FILES_MAX_BYTES + 1)
    if len(data) > settings.FILES_MAX_BYTES:
        raise Refused(too_large(name))
    kind = recognise(data, name=name, kinds=kinds)
    stored, created = StoredFile.objects.get_or_create(
        sha256=store.put(data),
        name=name,
        area=area,
        uploaded_by=actor,
        defaults={"size": len(data), "media_type": kind.media_type, "roles": for_roles(roles)},
    )
    if created:
        audit.record(
            actor=actor, action="files.file.receive", target=stored, area=area, details={"sha256": stored.sha256}
        )
    return stored


def open_up(*, area: Area, sha256: str) -> None:
    """Let every role of the area see a file: what it was brought for is no draft any more. The caller audits that."""
    StoredFile.objects.filter(area=area, sha256=sha256).exclude(roles="").update(roles="")
