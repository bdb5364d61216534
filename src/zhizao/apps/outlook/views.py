"""The pages of the outlook."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhizao.base.accounts.access import needs


@needs("outlook.view")
def overview(request: HttpRequest) -> HttpResponse:
    """Every target with its probability."""
    return render(request, "outlook/overview.html")
