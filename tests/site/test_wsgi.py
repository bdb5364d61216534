from __future__ import annotations

from zhizao.site.wsgi import STACK_SLOTS, with_one_stack_chunk


def test_the_wrapped_application_answers_as_before_and_asks_for_a_large_stack():
    def answer(environ, start_response):
        start_response("200 OK", [])
        return [environ["PATH_INFO"].encode()]

    heard = []
    wrapped = with_one_stack_chunk(answer)
    assert wrapped({"PATH_INFO": "/plan/"}, lambda status, headers: heard.append(status)) == [b"/plan/"]
    assert heard == ["200 OK"]
    assert wrapped.__code__.co_stacksize == STACK_SLOTS
