"""The command that a new user runs: a served demonstration answers, whatever its start has loaded before."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ASSETS = Path(__file__).resolve().parents[2] / "src" / "zhizao" / "base" / "ui" / "static" / "ui" / "dist"
START_SECONDS = 90


def test_a_demonstration_loaded_by_the_same_command_answers_a_download(tmp_path: Path) -> None:
    """Loading the plan starts Polars' threads; a web process forked from there waited for them for ever."""
    if not (ASSETS / "main.js").exists():
        pytest.skip("the assets are not built: run make assets")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**os.environ, "ZHIZAO_HOME": str(tmp_path), "LANG": "en_GB.UTF-8"}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "ZHIZAO_PROFILE"):
        environ.pop(name, None)
    command = "from zhizao.cli import main; import sys; main(sys.argv[1:])"
    with (tmp_path / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", command, "serve", "--demo", "--port", str(port)], env=environ, stdout=log, stderr=log
        )
    try:
        rows = _get(f"http://127.0.0.1:{port}/plan/?format=csv").decode("utf-8-sig").splitlines()
    finally:
        server.terminate()
        server.wait(timeout=20)
    assert len(rows) == 1 + 26, (tmp_path / "serve.log").read_text()


def _get(url: str) -> bytes:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError:
            raise
        except TimeoutError:
            raise
        except OSError:  # not listening yet
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
