from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def page_request(rf: Any) -> Callable[..., Any]:
    """A request as the middleware hands it on, without a session."""
    from django.contrib.auth.models import AnonymousUser
    from django.utils import timezone

    from zhizao.base.ui.middleware import Look

    def make(path: str = "/list/", **query: Any) -> Any:
        request = rf.get(path, query)
        request.user = AnonymousUser()
        request.id = "0123456789ab"
        request.today, request.as_of, request.looking_back = timezone.localdate(), None, False
        request.look = Look("system", "normal")
        return request

    return make


@pytest.fixture
def render(page_request: Callable[..., Any]) -> Callable[..., str]:
    """Render a piece of template with components in it, in the given language; blanks between tags are left out."""
    from django.template import Context, Template
    from django.utils.translation import override
    from django_cotton.compiler_regex import CottonCompiler

    def make(source: str, *, language: str = "en", request: Any = None, **context: Any) -> str:
        template = Template("{% load i18n zz %}" + CottonCompiler().process(source))
        with override(language):
            html = template.render(Context({"request": request or page_request(), **context}))
        return " ".join(html.split()).replace("> <", "><").replace(" />", ">").strip()

    return make
