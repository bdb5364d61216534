"""A process of its own for ``test_killed_worker``: prepares a database, works in it, or tells what it holds.

worker_process.py prepare|work|tell FOLDER KIND…
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

ROWS = 40


def store(job, *, prefix: str, folder: str) -> None:
    """Read slowly, then store 40 rows; the first start stops for a minute after 20 of them."""
    from zhizao.base.accounts.models import Area

    with job.stage("Reading", total=4, until=0.5) as stage:
        for _ in range(4):
            time.sleep(0.2)
            stage.advance()
    with job.landing() as result, job.stage("Storing", total=ROWS) as stage:
        for number in range(ROWS):
            Area.objects.create(code=f"{prefix}-{number}", name="x", path=f"{prefix}-{number}/")
            stage.advance()
            if number == ROWS // 2 and job.job.attempt == 1:
                Path(folder, f"{prefix}.half").touch()
                time.sleep(60)
        result["rows"] = ROWS


def prepare(folder: str, *names: str) -> None:
    from django.core.management import call_command

    from zhizao.base.jobs import services

    call_command("migrate", verbosity=0, skip_checks=True)
    for name in names:
        parameters = {"prefix": name, "folder": folder}
        services.enqueue(actor=None, kind=f"test.{name}", parameters=parameters, area=None)


def work(folder: str) -> None:
    from zhizao.base.jobs.worker import run_worker

    run_worker(once=True)


def tell(folder: str) -> None:
    from django.db import connection

    from zhizao.base.accounts.models import Area
    from zhizao.base.jobs.models import Job

    facts = {}
    for job in Job.objects.filter(kind__startswith="test."):
        facts[job.kind] = {name: getattr(job, name) for name in ("state", "attempt", "result", "progress", "stage")}
        facts[job.kind]["problems"] = [problem.code for problem in job.problem_list]
        facts[job.kind]["stored"] = Area.objects.filter(code__startswith=job.parameters["prefix"]).count()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        facts["integrity"] = cursor.fetchone()[0]
    print(json.dumps(facts))


if __name__ == "__main__":
    import django

    django.setup()

    from zhizao.base.jobs.registry import job_kind

    job_kind("test.resumable", label="Resumable", resumable=True)(store)
    job_kind("test.fragile", label="Fragile")(store)
    {"prepare": prepare, "work": work, "tell": tell}[sys.argv[1]](*sys.argv[2:])
