from __future__ import annotations

import logging

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase

from zhizao.base.accounts.access import needs
from zhizao.base.files import store
from zhizao.base.files.models import StoredFile
from zhizao.base.jobs.problems import say
from zhizao.base.ui import errors
from zhizao.kernel.result import Refused

logger = logging.getLogger(__name__)


def attachment(request: HttpRequest, *, sha256: str, name: str, media_type: str) -> HttpResponseBase:
    """A stored file as a download: never shown in the page's own origin, never guessed at by the browser.

    A file that is lost or damaged is a page that says so.
    """
    try:
        file = store.check(sha256).open("rb")
    except Refused as refused:
        logger.exception("a stored file cannot be handed out")
        (problem,) = refused.problems
        page = errors.refuse(request, reason=say(problem.message, problem.params), remedy=say(problem.remedy))
        page.status_code = 500
        return page
    response = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@needs("files.download")
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = StoredFile.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return attachment(request, sha256=found.sha256, name=found.name, media_type=found.media_type)
