from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from zhizao.base.accounts.access import needs
from zhizao.base.jobs.queries import jobs_of
from zhizao.base.messages import queries, services

PAGE_ROWS = 50


@needs("accounts.own")
def workbench(request: HttpRequest) -> HttpResponse:
    """To do, done and mine: where a signed-in person starts."""
    tab = request.GET.get("tab", "todo")
    rows = {"done": queries.done, "mine": queries.asked}.get(tab, queries.todos)(request.user)
    context = {
        "tab": tab,
        "todos": Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page")),
        "open_count": queries.todos(request.user).count(),
        "jobs": jobs_of(request.user)[:10] if tab == "mine" else [],
    }
    return render(request, "message_centre/workbench.html", context)


@needs("accounts.own")
@require_POST
def close_todo(request: HttpRequest, pk: int) -> HttpResponse:
    todo = get_object_or_404(queries.todos(request.user), pk=pk)
    services.close(actor=request.user, todo=todo)
    return redirect("workbench")


@needs("accounts.own")
def notices(request: HttpRequest) -> HttpResponse:
    page = Paginator(queries.notices(request.user), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "unread": queries.unread_count(request.user)}
    return render(request, "message_centre/notices.html", context)


@needs("accounts.own")
@require_POST
def read_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark as read and go to what it is about."""
    notice = get_object_or_404(queries.notices(request.user), pk=pk)
    services.mark_read(actor=request.user, notice=notice)
    return redirect(notice.url or "notices")


@needs("accounts.own")
@require_POST
def read_all_notices(request: HttpRequest) -> HttpResponse:
    services.mark_read(actor=request.user)
    return redirect("notices")
