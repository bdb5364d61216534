"""What every test stands on: the test profile, a home of its own, no network, and properties that repeat."""

from __future__ import annotations

import atexit
import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from hypothesis import settings as hypothesis_settings

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server", "admin_client", "admin_user"}

# Settings are read once, when Django is set up after this file is loaded. A home for each process: two xdist workers
# must not write the same files.
_home = tempfile.mkdtemp(prefix="zhizao-test-")
Path(_home, "static").mkdir()  # whitenoise warns of a missing folder
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ.update(
    DJANGO_SETTINGS_MODULE="zhizao.site.settings",
    ZHIZAO_HOME=_home,
    ZHIZAO_PROFILE="test",
    ZHIZAO_SECRET_KEY="only-for-tests-" + "0" * 40,
)

hypothesis_settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis_settings.load_profile("ci")


class NetworkUsedError(AssertionError):
    """A test tried to leave this machine."""


def _refuse_other_machines(address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else None  # a string or bytes is a Unix socket
    if host is None or host in ("", "localhost"):
        return
    try:
        if ipaddress.ip_address(host).is_loopback:
            return
    except ValueError:
        pass
    raise NetworkUsedError(f"tests stay on this machine, but this one calls {host}")


def _guarded(method: Any) -> Any:
    def call(self: socket.socket, address: Any, *rest: Any) -> Any:
        _refuse_other_machines(address)
        return method(self, address, *rest)

    return call


def pytest_configure(config: pytest.Config) -> None:
    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    django.setup()  # pytest-django read the environment before this file had set it


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Mark what touches the database, so that ``-m database`` runs exactly that on another one."""
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")


@pytest.fixture(autouse=True)
def default_language() -> Iterator[None]:
    """Begin in the site's language: a request in another one leaves it active in this thread."""
    from django.conf import settings
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Take the triggers away: tests with real transactions empty every table. The triggers' own set them again."""
    from django.db import connection

    from zhizao.apps.assist.triggers import REPORTS
    from zhizao.apps.assist.triggers import TRIGGERS as ASSIST
    from zhizao.apps.ledger.triggers import TRIGGERS as LEDGER
    from zhizao.apps.warning.triggers import TRIGGERS as WARNING
    from zhizao.base.audit.triggers import TRIGGERS as AUDIT
    from zhizao.base.flow.triggers import TRIGGERS as FLOW

    with django_db_blocker.unblock():
        for triggers in (ASSIST, AUDIT, FLOW, LEDGER, REPORTS, WARNING):
            triggers.remove(connection)
