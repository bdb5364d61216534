"""The auditor's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhizao.base.accounts.access import needs
from zhizao.base.audit import queries
from zhizao.base.audit.tables import AuditFilter, AuditTable
from zhizao.base.ui.views import table_response


@needs("audit.view")
def log(request: HttpRequest) -> HttpResponse:
    """Who did what, filtered; exports take the whole filtered set."""
    chosen = AuditFilter(request.GET, queryset=queries.events(request.user), request=request)
    table = AuditTable(chosen.qs, filter_form=chosen.form)
    return table_response(request, table=table, title=_("Audit log"), template="audit/log.html")


@needs("audit.view")
def verification(request: HttpRequest) -> HttpResponse:
    """Walk the chain now and say whether it holds."""
    return render(request, "audit/verification.html", {"result": queries.verify()})
