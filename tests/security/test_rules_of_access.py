"""What holds for every view and every model, whoever writes it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import rules
from django.apps import apps
from django.db.models import ForeignKey, Model
from django.test import Client
from tests.security.addresses import addresses

from zhizao.base.accounts.access import PUBLIC
from zhizao.base.accounts.models import Area

# Programs authenticate by token, which is declared on the router.
API = "api-v1:"


def test_every_view_says_who_may_open_it():
    silent = [a.name for a in addresses() if not a.name.startswith(API) and getattr(a.view, "access", None) is None]
    assert silent == []


def test_every_permission_that_a_view_needs_is_a_rule():
    unknown = {
        a.view.access
        for a in addresses()
        if getattr(a.view, "access", PUBLIC) != PUBLIC and not rules.perm_exists(a.view.access)
    }
    assert unknown == set()


def _own_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("zhizao.")]


def _has_area(model: type[Model]) -> bool:
    keys = [field for field in model._meta.fields if isinstance(field, ForeignKey)]
    return any(key.related_model is Area and key.name == "area" for key in keys)


def test_every_model_with_an_area_is_scoped():
    unscoped = [
        model._meta.label for model in _own_models() if _has_area(model) and not hasattr(model.objects, "visible_to")
    ]
    assert unscoped == []


def test_nobody_without_a_sign_in_sees_a_row_that_is_not_made_public(db):
    from django.contrib.auth.models import AnonymousUser

    for model in _own_models():
        if hasattr(model.objects, "visible_to"):
            assert not model.objects.visible_to(AnonymousUser()).exists(), model._meta.label


def test_pages_forbid_inline_scripts_and_framing(client, db):
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    rules_of_page = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules_of_page == {
        "default-src": "'self'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:",
        "object-src": "'none'", "base-uri": "'self'", "frame-ancestors": "'none'", "form-action": "'self'",
    }  # fmt: skip


def test_answers_carry_the_security_headers(client, db):
    answer = client.get("/accounts/login/")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


def test_a_form_from_another_site_is_refused(db):
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a", "password": "b"})
    assert answer.status_code == 403


@pytest.mark.parametrize(("https", "secure"), [("1", "True"), ("0", "False")])
def test_the_production_profile_has_secure_cookies_over_https(tmp_path, https, secure):
    code = "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    answer = _production(tmp_path, ["-c", code], ZHIZAO_HTTPS=https)
    assert answer.stdout.split() == [secure, secure], answer.stderr


@pytest.mark.parametrize(("hosts", "redirects"), [("127.0.0.1,localhost", "False"), ("plan.example", "True")])
def test_a_site_with_a_name_of_its_own_goes_to_https_and_one_of_this_machine_does_not(tmp_path, hosts, redirects):
    code = "from django.conf import settings as s; print(s.SECURE_SSL_REDIRECT)"
    assert _production(tmp_path, ["-c", code], ZHIZAO_HOSTS=hosts).stdout.split() == [redirects]


def test_djangos_own_check_finds_nothing_in_the_production_profile(tmp_path):
    arguments = ["-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    answer = _production(tmp_path, arguments, ZHIZAO_HOSTS="plan.example")
    assert answer.returncode == 0, answer.stderr


def _production(home, arguments: list[str], **more: str) -> subprocess.CompletedProcess:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHIZAO_")}
    environment = {**kept, "ZHIZAO_HOME": str(home), "ZHIZAO_PROFILE": "production", **more}
    return subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=120)
