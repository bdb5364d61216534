"""Which area a page is about: ``?area=`` in the address, else the reader's own, else the first below it with a plan."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from zhizao.apps.plan import queries as plans
from zhizao.base.accounts.models import Area
from zhizao.base.accounts.scoping import area_path

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
    planned = [plan.area for plan in plans.plans(request.user) if plan.area.path.startswith(path)]
    return own if own in planned or not planned else planned[0]


def of_area(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call the view with the area as its second argument; tables and links find it in the request."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.outlook_area = area_of(request)
        return view(request, request.outlook_area, *args, **kwargs)

    return opened


def link(request: HttpRequest, name: str, *args: object, **query: object) -> str:
    """The address of another page of the same area and day."""
    kept = {key: value for key in KEPT if (value := request.GET.get(key))} | query
    return reverse(name, args=args) + (f"?{urlencode(kept)}" if kept else "")
