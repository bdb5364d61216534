from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest

from zhizao.base.accounts.access import needs
from zhizao.base.files import store
from zhizao.base.files.models import StoredFile


def attachment(*, sha256: str, name: str, media_type: str) -> FileResponse:
    """A stored file as a download: never shown in the page's own origin, never guessed at by the browser."""
    response = FileResponse(store.check(sha256).open("rb"), as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@needs("files.download")
def download(request: HttpRequest, pk: int) -> FileResponse:
    found = StoredFile.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return attachment(sha256=found.sha256, name=found.name, media_type=found.media_type)
