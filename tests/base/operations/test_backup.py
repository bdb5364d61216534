"""Backup and restore as an operator runs them: whole installations, by the command, on both databases."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest

SERVER = os.environ.get("DATABASE_URL", "")
SNIPPET = """
import django; django.setup()
from zhizao.base.accounts.models import Area, User
from zhizao.base.audit.services import record
from zhizao.base.files import store
from django.db import transaction
with transaction.atomic():
    user = User.objects.create_user("someone")
    record(actor=user, action="test.act")
print(store.put(b"a document"))
"""
USERS = """
import django; django.setup()
from zhizao.base.accounts.models import User
print(*User.objects.values_list("username", flat=True))
"""


class Installation:
    """A home and a database of its own, run by the command line."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.home = home
        # what pytest-django and the settings of this test run say must not leak into the installation
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("ZHIZAO_", "DJANGO_"))
        }
        self.environment |= {
            "ZHIZAO_HOME": str(home),
            "ZHIZAO_PROFILE": "demo",
            "DJANGO_SETTINGS_MODULE": "zhizao.site.settings",
        }
        if SERVER.startswith("postgres"):
            self.environment["DATABASE_URL"] = self._new_database()

    def _new_database(self) -> str:
        import psycopg

        name = f"zhizao_{uuid4().hex[:12]}"
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            cwd=self.home,
            check=False,
        )

    def zhizao(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "zhizao", *arguments)

    def usernames(self) -> str:
        return self.run("-c", USERS).stdout.strip()


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    made = Installation(tmp_path_factory.mktemp("original") / "home")
    assert made.zhizao("migrate").returncode == 0
    made.sha256 = made.run("-c", SNIPPET).stdout.strip()
    assert made.sha256 == hashlib.sha256(b"a document").hexdigest()
    made.archive = made.home.parent / "backup.tar.gz"
    done = made.zhizao("backup", str(made.archive))
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def empty(tmp_path):
    return Installation(tmp_path / "home")


pytestmark = pytest.mark.database


def test_a_restored_installation_has_the_rows_the_files_the_key_and_a_whole_audit_trail(original, empty):
    done = empty.zhizao("restore", str(original.archive))
    assert done.returncode == 0, done.stderr
    assert empty.usernames() == "someone"
    assert empty.zhizao("verify-audit").returncode == 0
    stored = empty.home / "files" / "objects" / original.sha256[:2] / original.sha256[2:]
    assert stored.read_bytes() == b"a document"
    assert (empty.home / "secret_key").read_text() == (original.home / "secret_key").read_text()
    # once it has data it is left alone, unless told to replace it
    again = empty.zhizao("restore", str(original.archive))
    assert again.returncode == 2
    assert "--replace" in again.stderr
    assert "Traceback" not in again.stderr
    assert empty.zhizao("restore", str(original.archive), "--replace").returncode == 0
    assert empty.usernames() == "someone"


def test_a_damaged_backup_is_refused_and_changes_nothing(original, empty, tmp_path):
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(original.archive.read_bytes()[:-4000])
    done = empty.zhizao("restore", str(broken))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (empty.home / "files").exists()
    assert "no such table" in empty.run("-c", USERS).stderr or "does not exist" in empty.run("-c", USERS).stderr


def test_a_backup_whose_member_was_changed_is_refused(original, empty, tmp_path):
    with tarfile.open(original.archive) as tar:
        tar.extractall(tmp_path / "in", filter="data")
    (tmp_path / "in" / "secret_key").write_text("another key")
    with tarfile.open(tmp_path / "changed.tar.gz", "w:gz") as tar:
        for path in sorted((tmp_path / "in").rglob("*")):
            tar.add(path, arcname=path.relative_to(tmp_path / "in").as_posix(), recursive=False)
    assert empty.zhizao("restore", str(tmp_path / "changed.tar.gz")).returncode == 2


def test_backup_does_not_write_over_a_file(original):
    before = original.archive.read_bytes()
    assert original.zhizao("backup", str(original.archive)).returncode == 2
    assert original.archive.read_bytes() == before


def test_the_archive_can_be_read_by_its_owner_only(original):
    assert original.archive.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "manifest",
    [
        "[1]",
        '{"sha256": [1], "database": "sqlite"}',
        '{"sha256": {}}',
        '{"sha256": {}, "database": "sqlite"}',
        '{"sha256": {}, "database": "postgresql"}',
    ],
)
def test_an_archive_that_is_no_backup_is_refused_before_anything_is_touched(empty, tmp_path, manifest):
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as tar:
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(manifest)
        tar.addfile(entry, io.BytesIO(manifest.encode()))
    before = sorted(empty.home.rglob("*"))
    answer = empty.zhizao("restore", str(tmp_path / "other.tar.gz"))
    assert answer.returncode == 2
    assert len(answer.stderr.splitlines()) == 1, answer.stderr
    assert {path for path in empty.home.rglob("*") if path not in before} <= {
        empty.home / "secret_key",
        *(empty.home / f"zhizao.sqlite3{end}" for end in ("", "-wal", "-shm")),
    }


def test_a_file_that_is_still_being_written_is_not_in_the_backup(original, tmp_path):
    folder = original.home / "files" / "objects"
    (folder / "incoming-half").write_bytes(b"half")
    assert original.zhizao("backup", str(tmp_path / "second.tar.gz")).returncode == 0
    with tarfile.open(tmp_path / "second.tar.gz") as tar:
        assert not [name for name in tar.getnames() if "incoming-" in name]
    (folder / "incoming-half").unlink()
