"""The one task that django-tasks knows: run the job of this number."""

from __future__ import annotations

from django_tasks import task


@task()
def run_job(job_id: int) -> None:
    from zhizao.base.jobs.execution import execute  # the queue is filled by web processes, which run nothing

    execute(job_id)
