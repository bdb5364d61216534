from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse

pytestmark = pytest.mark.django_db


def language_of(page) -> str:
    return page.headers["Content-Language"]


def test_pages_are_chinese_whatever_the_browser_prefers(client):
    page = client.get(reverse("search:results"), headers={"accept-language": "en-US,en"})
    assert language_of(page) == "zh-hans"


def test_the_switch_is_remembered(client):
    client.post(reverse("set_language"), {"language": "en", "next": "/search/?q=x"})
    assert language_of(client.get(reverse("search:results"))) == "en"


def test_a_language_that_is_not_offered_is_not_taken(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "xx"
    assert language_of(client.get(reverse("search:results"))) == "zh-hans"
