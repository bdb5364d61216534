"""A worker killed in the middle of a register leaves nothing; the job begins again and takes it in whole, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from zhizao.base.accounts.administration import create_area
from zhizao.base.files.models import StoredFile
from zhizao.base.files.store import put
from zhizao.base.jobs.models import Job
area = create_area(actor=None, code="990101", name="甲区")
data = ("企业名称,梯队\\n" + "".join(f"{n}号有限公司,骨干\\n" for n in range(300))).encode()
file = StoredFile.objects.create(sha256=put(data), name="r.csv", size=len(data), media_type="text/csv", area=area)
Job.objects.create(kind="registry.import", area=area, parameters={"file": file.pk, "valid_from": "2024-01-01"})
"""
WORK = """
import os, signal, sys
import django; django.setup()
from zhizao.base.facts import services as facts
from zhizao.base.jobs import services
from zhizao.base.jobs.execution import execute
from zhizao.base.jobs.models import Job
if "dies" in sys.argv:
    state, calls = facts.state, []
    def cut(rows):
        added = state(rows)
        calls.append(len(added))
        if sum(calls) > 300:
            os.kill(os.getpid(), signal.SIGKILL)
        return added
    facts.state = cut
else:
    Job.objects.update(heartbeat_at=None)
    for job in Job.objects.filter(state=Job.State.RUNNING):
        services.give_back(job=job)
execute(Job.objects.get().pk)
"""
COUNT = """
import django; django.setup()
from zhizao.apps.registry.models import Attribute
from zhizao.base.facts.models import Name
from zhizao.base.jobs.models import Job
job = Job.objects.get()
print(job.state, job.attempt, Name.objects.filter(kind="registered").count(), Attribute.objects.count())
"""


def run(home: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "DJANGO_SETTINGS_MODULE": "zhizao.site.settings",
        "ZHIZAO_HOME": str(home),
        "ZHIZAO_PROFILE": "test",
        "ZHIZAO_SECRET_KEY": "only-for-tests-" + "0" * 40,
    }
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_killed_import_leaves_nothing_and_is_done_whole_by_the_next_worker(tmp_path):
    Path(tmp_path, "static").mkdir()
    prepared = run(tmp_path, PREPARE)
    assert prepared.returncode == 0, prepared.stderr
    assert run(tmp_path, WORK, "dies").returncode == -signal.SIGKILL
    assert run(tmp_path, COUNT).stdout.split() == ["running", "1", "0", "0"]
    assert run(tmp_path, WORK).returncode == 0
    assert run(tmp_path, COUNT).stdout.split() == ["done", "2", "300", "300"]
