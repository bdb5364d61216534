"""Which area a page is about: ``?area=`` in the address, else the reader's own, else the first below it with a run."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from zhizao.apps.warning import runs
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.scoping import area_path
from zhizao.base.evidence.models import Run

KEPT = ("area", "as_of")


def area_of(request: HttpRequest) -> Area:
    """The area that the address asks for; 404 where it is none of the reader's."""
    path = area_path(request.user)
    if path is None:
        raise Http404
    code = request.GET.get("area", "")
    if code:
        found = Area.objects.filter(code=code[:40], path__startswith=path).first()
        if found is None:
            raise Http404
        return found
    own: Area = request.user.organisation.area
    if runs.latest(None, own) is not None:
        return own
    below = Run.objects.filter(engine=runs.ENGINE, area__path__startswith=path).select_related("area")
    first = below.order_by("area__path").first()
    return first.area if first else own


def of_area(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call the view with the area as its second argument."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, area_of(request), *args, **kwargs)

    return opened


def link(request: HttpRequest, name: str, *args: object, **query: object) -> str:
    """The address of another page of the same area and day."""
    kept = {key: value for key in KEPT if (value := request.GET.get(key))} | query
    return reverse(name, args=args) + (f"?{urlencode(kept)}" if kept else "")


def here(request: HttpRequest, **changes: object) -> str:
    """This page with its query changed; ``None`` takes a key out."""
    parameters = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"{request.path}?{parameters.urlencode()}" if parameters else request.path
