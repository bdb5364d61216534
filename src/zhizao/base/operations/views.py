from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from zhizao.base.accounts.access import public
from zhizao.base.operations.checks import health


@public
def health_page(request: HttpRequest) -> JsonResponse:
    """200 while pages can be served, 503 when not; a missing worker is told but does not take the pages down."""
    state = health()
    return JsonResponse(state, status=200 if state["database"] else 503, headers={"Cache-Control": "no-store"})
