"""What is wrong around the program (a folder, the database, a setting) is one line and exit code 2, no traceback."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest


def run(*arguments: str, home: Path | str, **environ: str) -> subprocess.CompletedProcess[str]:
    wanted = {"LC_ALL": "en_GB.UTF-8", "PATH": os.environ["PATH"], "ZHIZAO_HOME": str(home), **environ}
    command = [sys.executable, "-W", "ignore", "-m", "zhizao", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=wanted)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"DATABASE_URL": "garbage"}, "DATABASE_URL"),
        ({"ZHIZAO_PROFILE": "Production"}, "ZHIZAO_PROFILE"),
        ({"ZHIZAO_PASSWORD_PROFILE": "none"}, "ZHIZAO_PASSWORD_PROFILE"),
        ({"ZHIZAO_MAX_UPLOAD_BYTES": "abc"}, "abc"),
        ({"DATABASE_URL": "postgres://u:p@127.0.0.1:1/x"}, "DATABASE_URL"),
        ({}, "zhizao migrate"),
    ],
)
def test_a_wrong_setting_or_a_silent_database_is_one_line(tmp_path, environ, words):
    answer = run("verify-audit", home=tmp_path, **environ)
    assert (answer.returncode, answer.stdout) == (2, ""), answer.stderr
    (line,) = answer.stderr.splitlines()
    assert line.startswith("zhizao: ") and words in line


def test_a_home_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    answer = run("doctor", home=tmp_path / "file" / "home")
    assert answer.returncode == 2
    (line,) = answer.stderr.splitlines()
    assert str(tmp_path / "file") in line


def test_two_that_start_at_once_share_one_whole_key_of_their_owner(tmp_path):
    code = "from django.conf import settings; print(settings.SECRET_KEY)"
    environ = {key: value for key, value in os.environ.items() if not key.startswith("ZHIZAO_")}
    environ |= {"DJANGO_SETTINGS_MODULE": "zhizao.site.settings", "ZHIZAO_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", code]
    starts = [subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    keys = {start.communicate()[0].strip() for start in starts}
    key = tmp_path / "home" / "secret_key"
    assert keys == {key.read_text()} and len(key.read_text()) > 50
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert list(key.parent.iterdir()) == [key]
