"""A worker that is really killed (SIGKILL) in mid-job, on a real SQLite file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("worker_process.py")
STALE_SECONDS = 1.5


def start(mode: str, folder: Path, *names: str) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {
        "ZHIZAO_HOME": str(folder),
        "ZHIZAO_JOB_HEARTBEAT_SECONDS": "0.3",
        "ZHIZAO_JOB_STALE_SECONDS": str(STALE_SECONDS),
    }
    command = [sys.executable, str(SCRIPT), mode, str(folder), *names]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    return output


def tell(folder: Path) -> dict[str, Any]:
    return json.loads(finish(start("tell", folder)).splitlines()[-1])


def wait_for(what: Callable[[], bool], *, worker: subprocess.Popen[str]) -> None:
    for _ in range(2400):
        if what():
            return
        assert worker.poll() is None, "the worker ended before it was killed"
        time.sleep(0.05)
    raise AssertionError("the worker did not get so far in two minutes")


def kill_in_mid_job(folder: Path, name: str) -> None:
    worker = start("work", folder)
    try:
        wait_for((folder / f"{name}.half").exists, worker=worker)
    finally:
        worker.kill()
        worker.wait()
        worker.stdout.close()


def test_a_killed_workers_job_stores_nothing_by_half_and_resumes(tmp_path: Path):
    finish(start("prepare", tmp_path, "resumable", "fragile"))

    kill_in_mid_job(tmp_path, "resumable")
    facts = tell(tmp_path)
    job = facts["test.resumable"]
    assert (job["state"], job["attempt"], job["result"]) == ("running", 1, None)
    assert job["stored"] == 0, "half of the rows were there when it was killed"
    assert job["progress"] > 0, "progress had been seen while it ran"
    assert facts["integrity"] == "ok"

    time.sleep(STALE_SECONDS)
    kill_in_mid_job(tmp_path, "fragile")  # its first tick puts the other job back behind this one
    time.sleep(STALE_SECONDS)
    finish(start("work", tmp_path))

    facts = tell(tmp_path)
    job = facts["test.resumable"]
    assert (job["state"], job["attempt"], job["result"], job["stored"]) == ("done", 2, {"rows": 40}, 40)
    job = facts["test.fragile"]
    assert (job["state"], job["problems"], job["stored"]) == ("failed", ["jobs.worker_stopped"], 0)
    assert facts["integrity"] == "ok"
