"""Who gets which answer at which address: every address of the site × every role, against ``matrix.csv``.

302 leads to the sign-in page (or on, after an act), 403 is a missing role, 404 a row that does not exist for the one
who asks. Each request is undone, so that the next one finds the same world.
"""

from __future__ import annotations

import csv
from http.cookies import SimpleCookie
from itertools import islice
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from tests.security.addresses import Address, addresses
from tests.security.world import PUBLIC, build
from tests.snapshot import Made

from zhizao.base.accounts.models import User
from zhizao.base.accounts.roles import Role

ROLES = [PUBLIC, *Role.values]
SHARES = 3  # so that several processes can work on it; each share lays out the world once more
MATRIX = Path(__file__).with_name("matrix.csv")


def matrix() -> dict[str, dict[str, str]]:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {row["url_name"]: row for row in csv.DictReader(file)}


def test_every_address_has_a_name_and_a_row_and_no_row_is_left_over():
    assert [address.name for address in addresses() if address.name.startswith("unnamed")] == []
    assert {address.name for address in addresses()} == set(matrix())


def answers(address: Address, method: str, examples: dict, browsers: dict[str, tuple[Client, str]]) -> dict[str, str]:
    """The code that each role gets."""
    found = {}
    for role, (browser, session) in browsers.items():
        cache.clear()  # rate limits are tested elsewhere
        browser.cookies = SimpleCookie(session)
        with transaction.atomic():
            call = browser.get if method == "GET" else browser.post
            answer = call(address.path(examples))
            if answer.streaming:
                list(answer.streaming_content)  # reading a file to its end closes it
            found[role] = str(answer.status_code)
            transaction.set_rollback(True)
    return found


@pytest.fixture(scope="session")
def world() -> Made[dict]:
    return Made(build)


@pytest.fixture
def browsers(db, world) -> tuple[dict, dict[str, tuple[Client, str]]]:
    examples = world()
    found = {}
    for role in ROLES:
        browser = Client(raise_request_exception=False)
        if role != PUBLIC:
            browser.force_login(User.objects.get(username=role))
        found[role] = (browser, browser.cookies.output(header="", sep=";"))
    return examples, found


@pytest.mark.parametrize("share", range(SHARES))
def test_every_role_gets_the_expected_answer_at_every_address(browsers, share):
    examples, signed_in = browsers
    expected, wrong = matrix(), []
    for address in islice(addresses(), share, None, SHARES):
        row = expected[address.name]
        got = answers(address, row["method"], examples, signed_in)
        wrong += [
            f"{row['method']} {address.name} as {role}: {got[role]}, expected {row[role]}"
            for role in ROLES
            if got[role] != row[role]
        ]
    assert wrong == []


def test_a_token_without_the_scope_or_with_a_wrong_text_is_refused_by_the_api(browsers):
    examples, _browsers = browsers
    ours = [address for address in addresses() if address.name.startswith("api-v1:") and address.parts]
    assert ours
    for address in ours:
        path = address.path(examples)
        assert Client().get(path, HTTP_AUTHORIZATION="Bearer wrong").status_code == 401, address.name
        assert Client().get(path, HTTP_AUTHORIZATION=f"Bearer {examples['bearer']}").status_code == 200, address.name
