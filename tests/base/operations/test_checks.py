from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from zhizao.base.jobs.models import WorkerBeat
from zhizao.base.operations import checks
from zhizao.base.operations.logs import JsonFormatter


@pytest.mark.parametrize(
    ("profile", "address", "hosts", "ok"),
    [
        ("demo", "127.0.0.1", ["localhost", "[::1]"], True),
        ("demo", "0.0.0.0", ["localhost"], False),
        ("demo", "127.0.0.1", ["plan.example"], False),
        ("production", "0.0.0.0", ["plan.example"], True),
    ],
)
def test_the_demo_profile_is_refused_where_others_can_reach_it(settings, profile, address, hosts, ok):
    settings.PROFILE, settings.ALLOWED_HOSTS = profile, hosts
    check = checks.demo_stays_at_home(address)
    assert check.ok is ok
    assert check.remedy


def test_a_key_that_others_can_read_is_found(settings, tmp_path):
    settings.HOME = tmp_path
    assert checks.secret_key().ok  # the key comes from the environment then
    (tmp_path / "secret_key").touch(mode=0o600)
    assert checks.secret_key().ok
    (tmp_path / "secret_key").chmod(0o644)
    assert not checks.secret_key().ok


@pytest.fixture
def lost_database(monkeypatch):
    def refuse(*_, **__):
        raise OperationalError("connection refused\nis the server running?")

    monkeypatch.setattr(connection, "cursor", refuse)


def test_without_a_database_the_doctor_says_so_and_does_not_go_on(lost_database):
    seen = list(checks.examine())
    assert (seen[-1].ok, seen[-1].seen) == (False, "connection refused")
    assert seen[-1].name == "The database answers"


def test_health_is_503_without_a_database_and_tells_no_secrets(client, lost_database):
    answer = client.get(reverse("health"))
    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": False, "worker": False}


@pytest.mark.django_db
def test_health_is_200_without_a_worker_because_pages_are_served(client):
    answer = client.get(reverse("health"))
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": True, "worker": False}


@pytest.mark.django_db
def test_every_table_is_of_this_version_after_migration():
    assert checks.migrations().ok


def test_a_log_line_is_one_json_object_with_its_traceback_inside():
    try:
        raise ValueError("两行\n文字")
    except ValueError as error:
        record = logging.LogRecord(
            "zhizao", logging.ERROR, __file__, 1, "failed %s", ("x",), (type(error), error, None)
        )
    record.job = 7
    (line,) = JsonFormatter().format(record).splitlines()
    assert json.loads(line)["job"] == 7
    assert "两行\n文字" in json.loads(line)["exception"]


@pytest.mark.django_db
def test_a_worker_that_was_alive_a_minute_ago_is_missed():
    assert not checks.worker().ok
    beat = WorkerBeat.objects.create(worker="one", at=timezone.now())
    assert checks.worker().ok
    beat.at -= timedelta(seconds=61)
    beat.save()
    assert not checks.worker().ok
