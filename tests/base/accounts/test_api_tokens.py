from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone

from zhizao.base.accounts import scopes, services
from zhizao.base.accounts.api_auth import RateLimit, TokenAuth, anonymous
from zhizao.base.accounts.models import ApiToken
from zhizao.kernel.result import Refused


@pytest.fixture(autouse=True)
def known_scopes(monkeypatch):
    monkeypatch.setattr(scopes, "_scopes", {"tests:read": "Read", "tests:write": "Write"})


@pytest.fixture
def token(house) -> str:
    until = timezone.now() + timedelta(days=30)
    return services.create_api_token(actor=house.analyst, name="n", scopes=["tests:read"], expires_at=until)[1]


def call(token: str | None, scope: str = "tests:read"):
    headers = {} if token is None else {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    request = RequestFactory().get("/", **headers)
    return TokenAuth(scope)(request), request


def test_a_token_acts_as_its_user_within_its_scopes(house, token):
    found, request = call(token)
    assert found.user == house.analyst == request.user
    assert call(token, "tests:write")[0] is None


def test_the_token_is_stored_as_a_hash_only(token):
    assert token.startswith("zz_") and token not in str(ApiToken.objects.values().get())


@pytest.mark.parametrize("state", ["expired", "revoked", "closed account", "wrong", "none"])
def test_a_dead_token_opens_nothing(house, token, state):
    if state == "revoked":
        services.revoke_api_token(actor=house.analyst, token=ApiToken.objects.get())
    if state == "closed account":
        house.analyst.is_active = False
        house.analyst.save()
    with time_machine.travel(timezone.now() + timedelta(days=31 if state == "expired" else 0)):
        assert call({"wrong": token + "x", "none": None}.get(state, token))[0] is None


def test_nobody_revokes_anothers_token(house, token, browse):
    answer = browse(house.leader).post(f"/accounts/tokens/{ApiToken.objects.get().pk}/revoke/")
    assert answer.status_code == 404
    assert ApiToken.objects.get().revoked_at is None


@pytest.mark.parametrize(
    ("chosen", "days"), [([], 30), (["unknown:scope"], 30), (["tests:read"], -1), (["tests:read"], 400)]
)
def test_a_token_without_scope_or_end_is_refused(house, chosen, days):
    until = timezone.now() + timedelta(days=days)
    with pytest.raises(Refused):
        services.create_api_token(actor=house.analyst, name="n", scopes=chosen, expires_at=until)
    assert not ApiToken.objects.exists()


def test_the_page_shows_a_new_token_once(house, browse):
    browser = browse(house.analyst)
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    page = browser.post(
        "/accounts/tokens/", {"name": "n", "scopes": ["tests:read"], "expires_on": day}
    ).content.decode()
    assert "<code>zz_" in page
    assert "<code>zz_" not in browser.get("/accounts/tokens/").content.decode()
    assert ApiToken.objects.get().user == house.analyst


def test_a_wrong_token_is_not_taken_for_the_public():
    assert anonymous(RequestFactory().get("/"))
    assert anonymous(RequestFactory().get("/", HTTP_AUTHORIZATION="Bearer wrong")) is None


def test_calls_are_limited_by_token_and_by_address(house, token):
    limit = RateLimit(by_token=3, by_address=2)
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False):
        here = [RequestFactory().get("/", REMOTE_ADDR="10.0.0.1") for _ in range(3)]
        assert [limit.allow_request(request) for request in here] == [True, True, False]
        assert limit.allow_request(RequestFactory().get("/", REMOTE_ADDR="10.0.0.2"))
        found, request = call(token)
        request.auth = found
        assert [limit.allow_request(request) for _ in range(4)] == [True, True, True, False]
    with time_machine.travel("2026-01-01T00:01:00Z", tick=False):
        assert limit.allow_request(here[0])
