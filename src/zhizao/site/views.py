"""The front door: where one starts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from zhizao.base.accounts.access import public


@public
def home(request: HttpRequest) -> HttpResponse:
    """One who is signed in starts at the workbench, the public at the plan."""
    return redirect("workbench" if request.user.is_authenticated else "plan:overview")
