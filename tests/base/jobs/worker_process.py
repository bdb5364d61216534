"""A process of its own for ``test_killed_worker``: prepares a database, works in it, or tells what it holds.

worker_process.py prepare|work|tell FOLDER
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- Django must be set up first
from django.db import connection  # noqa: E402

from zhizao.base.accounts.models import Area  # noqa: E402
from zhizao.base.jobs import services  # noqa: E402
from zhizao.base.jobs.models import Job  # noqa: E402
from zhizao.base.jobs.registry import job_kind  # noqa: E402
from zhizao.base.jobs.worker import run_worker  # noqa: E402

ROWS = 40
FOLDER = Path(sys.argv[2])


def store(job, *, prefix: str) -> None:
    """Read slowly, then store 40 rows; the first start stops for a minute after 20 of them."""
    with job.stage("Reading", total=4, until=0.5) as stage:
        for _ in range(4):
            time.sleep(0.2)
            stage.advance()
    with job.landing() as result, job.stage("Storing", total=ROWS) as stage:
        for number in range(ROWS):
            Area.objects.create(code=f"{prefix}-{number}", name="x", path=f"{prefix}-{number}/")
            stage.advance()
            if number == ROWS // 2 and job.job.attempt == 1:
                (FOLDER / f"{prefix}.half").touch()
                time.sleep(60)
        result["rows"] = ROWS


job_kind("test.resumable", label="Resumable", resumable=True)(store)
job_kind("test.fragile", label="Fragile")(store)


def tell() -> None:
    jobs = Job.objects.filter(kind__startswith="test.").order_by("pk")
    fields = ("state", "attempt", "result", "progress", "stage")
    facts = {
        job.kind: {name: getattr(job, name) for name in fields} | {"problems": [item["code"] for item in job.problems]}
        for job in jobs
    }
    for prefix in ("resumable", "fragile"):
        facts[f"test.{prefix}"]["stored"] = Area.objects.filter(code__startswith=prefix).count()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        facts["integrity"] = cursor.fetchone()[0]
    print(json.dumps(facts))


match sys.argv[1]:
    case "prepare":
        call_command("migrate", verbosity=0, skip_checks=True)
        for name in sys.argv[3:]:
            services.enqueue(actor=None, kind=f"test.{name}", parameters={"prefix": name}, area=None)
    case "work":
        run_worker(once=True)
    case "tell":
        tell()
