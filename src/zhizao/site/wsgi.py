"""What the web server loads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhizao.site.settings")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Slots of 8 bytes: room for the deepest page several times over.
STACK_SLOTS = 40_000


def with_one_stack_chunk(answer: Wsgi) -> Wsgi:
    """Let a request's Python frames stand in one piece of memory.

    CPython takes a thread's frames from chunks of 16 KiB and gives a chunk back as soon as it is empty. A loop whose
    calls just cross an edge maps and unmaps memory at every call: half as much again for a long table. A first
    frame that asks for a large stack makes the first chunk large enough for all that follow (CPython 3.11 to 3.14,
    ``_PyThreadState_PushFrame`` in pystate.c).
    """

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return answer(environ, start_response)

    application.__code__ = application.__code__.replace(co_stacksize=STACK_SLOTS)
    return application


application = with_one_stack_chunk(get_wsgi_application())
