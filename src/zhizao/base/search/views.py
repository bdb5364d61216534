from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhizao.base.accounts.access import public
from zhizao.base.search import queries


@public
def results(request: HttpRequest) -> HttpResponse:
    """What was found, grouped by kind; one sole hit is still shown, so that the address stays the search's."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    entries = list(queries.find(request.user, text))
    groups = [
        (_(kind), list(rows)) for kind, rows in groupby(sorted(entries, key=lambda e: e.kind), key=lambda e: e.kind)
    ]
    groups += queries.find_elsewhere(request.user, text)
    if pages := queries.find_pages(request.user, text):
        groups.append((_("Page"), pages))
    context = {"text": text, "groups": groups, "count": sum(len(rows) for _kind, rows in groups), "most": queries.MOST}
    return render(request, "search/results.html", context)
