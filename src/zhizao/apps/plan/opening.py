"""Which plan and version a page is about: ``?plan=`` and ``?version=`` in the address, and the day looked back to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhizao.apps.plan import queries
from zhizao.apps.plan.models import Plan, PlanVersion
from zhizao.base.accounts.scoping import area_path
from zhizao.base.ui.context import Choice, Switch

REMEMBERED = "plan"
KEPT = ("plan", "version", "as_of")
LONGEST_NUMBER = 9  # digits of a version: Python refuses to read thousands of them

View = Callable[..., HttpResponse]


def plans_of(request: HttpRequest) -> list[Plan]:
    """The plans that the reader may see, those of the reader's own area first; asked once a request."""
    if not hasattr(request, "plans"):
        own = area_path(request.user) or ""
        found = list(queries.plans(request.user))
        request.plans = sorted(found, key=lambda plan: not (own and plan.area.path.startswith(own)))
    return request.plans


def chosen(request: HttpRequest) -> Plan | None:
    """The plan that the address names, else the one last read, else the first."""
    slug = request.GET.get("plan") or request.session.get(REMEMBERED)
    found = {plan.slug: plan for plan in plans_of(request)}
    if request.GET.get("plan"):
        return found.get(slug)
    return found.get(slug) or next(iter(found.values()), None)


def of_plan(view: View) -> View:
    """Call the view with the version that the address asks for as its second argument.

    Without a plan, or on a day before its first version, the reader sees what is missing and what to do. Where several
    plans can be read the address always names one, so that a link means the same to everybody.
    """

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        plan = chosen(request)
        if plan is None:
            if plans_of(request) or request.GET.get("plan"):
                raise Http404
            return render(request, "plan/no_plan.html", {"may_edit": request.user.has_perm("plan.edit")})
        if len(plans_of(request)) > 1 and "plan" not in request.GET and request.method == "GET":
            return HttpResponseRedirect(f"{request.path}?{urlencode({**request.GET.dict(), 'plan': plan.slug})}")
        if "plan" in request.GET and request.session.get(REMEMBERED) != plan.slug and len(plans_of(request)) > 1:
            request.session[REMEMBERED] = plan.slug
        version = _version(request, plan)
        if version is None:
            first = queries.versions(request.user, plan).filter(known_from__isnull=False).order_by("known_from").first()
            return render(request, "plan/not_yet.html", {"plan": plan, "first": first})
        request.version = version
        return view(request, version, *args, **kwargs)

    return opened


def _version(request: HttpRequest, plan: Plan) -> PlanVersion | None:
    number = request.GET.get("version", "")
    if not number:
        return queries.version_at(request.user, plan, as_of=request.as_of)
    short = number.isdecimal() and len(number) <= LONGEST_NUMBER
    version = queries.version_at(request.user, plan, number=int(number)) if short else None
    if version is None:
        raise Http404
    return version


def link(request: HttpRequest, name: str, *args: object, **query: object) -> str:
    """The address of another page of the same plan, version and day."""
    kept = {key: value for key in KEPT if (value := request.GET.get(key))} | query
    return reverse(name, args=args) + (f"?{urlencode(kept)}" if kept else "")


def switches(request: HttpRequest) -> list[Switch]:
    """The area and the plan in the header, with the other plans that the reader can change to."""
    found = plans_of(request)
    current = chosen(request)
    if current is None:
        return []
    choices = tuple(
        Choice(
            name=f"{plan.area} · {plan}",
            url=f"{reverse('plan:overview')}?{urlencode({'plan': plan.slug})}",
            current=plan == current,
        )
        for plan in found
    )
    return [Switch(_("Area"), str(current.area)), Switch(_("Plan"), str(current), choices)]
