from __future__ import annotations

import time

from zhizao.base.accounts.roles import Role
from zhizao.base.jobs import services
from zhizao.base.jobs.execution import execute


def test_a_running_job_hears_within_seconds_that_it_is_cancelled(committed, area, make_person, job_kind):
    """Outside a test's transaction progress has its thread, as in the worker."""
    staff = make_person("staff", area=area, role=Role.DEPARTMENT_STAFF)

    @job_kind("test.thread", label="Thread")
    def thread(job) -> None:
        with job.stage("Waiting", total=100) as stage:
            services.cancel(actor=staff, job=job.job)
            for _ in range(100):
                time.sleep(0.05)
                stage.advance()

    job = services.enqueue(actor=staff, kind="test.thread", parameters={}, area=area)
    execute(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert 0 < job.count_done < 100
