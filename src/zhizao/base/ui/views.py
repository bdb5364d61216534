"""Answers that many pages share: a list as page, xlsx or csv; a reader's preferences; the gallery of components."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language

from zhizao.base.accounts.access import public
from zhizao.base.ui import errors, exports
from zhizao.base.ui.middleware import DENSITIES, THEMES
from zhizao.base.ui.tables import Table

ONE_YEAR_SECONDS = 365 * 24 * 3600


def table_response(
    request: HttpRequest,
    *,
    table: Table,
    title: str,
    unit_line: str | None = None,
    source: str | None = None,
    template: str = "ui/table_page.html",
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """A list as a page, or by ``?format=xlsx|csv`` as a file of the whole filtered set.

    ``title``, ``unit_line`` (the unit alone, 亿元) and ``source`` head and foot the sheet as official forms have them.
    """
    table.configure(request)
    match request.GET.get("format", ""):
        case "":
            return render(request, template, {"table": table, "title": title, "source": source, **(context or {})})
        case "xlsx":
            return exports.xlsx(table, title=title, unit_line=unit_line, source=source)
        case "csv":
            return exports.csv(table)
        case other:
            return errors.refuse(
                request,
                reason=_("“%(format)s” is not a format of this list.") % {"format": other[:20]},
                remedy=_("Ask for xlsx or csv."),
            )


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"


@public
@require_POST
def preference(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of colours or row height in a cookie, and go back to the page."""
    response = HttpResponseRedirect(_back(request))
    for name, allowed in (("theme", THEMES), ("density", DENSITIES)):
        if (value := request.POST.get(name)) in allowed:
            response.set_cookie(
                name,
                value,
                max_age=ONE_YEAR_SECONDS,
                samesite="Lax",
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
            )
    return response


@public
def set_language(request: HttpRequest) -> HttpResponse:
    """Django's own view, marked as open to anyone."""
    return django_set_language(request)
