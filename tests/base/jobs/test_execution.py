from __future__ import annotations

import logging
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from zhizao.base.accounts.models import Area
from zhizao.base.accounts.roles import Role
from zhizao.base.audit.models import AuditEvent
from zhizao.base.jobs import reporting, services
from zhizao.base.jobs.context import finish
from zhizao.base.jobs.execution import execute
from zhizao.base.jobs.models import Job, JobLog
from zhizao.base.jobs.queries import visible_jobs
from zhizao.base.jobs.worker import due_time, start_due
from zhizao.base.messages.models import Notice
from zhizao.kernel.result import Place, Problem, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(area, make_person):
    return make_person("staff", area=area, role=Role.DEPARTMENT_STAFF)


def enqueue(actor, area, kind: str, **parameters) -> Job:
    return services.enqueue(actor=actor, kind=kind, parameters=parameters, area=area)


def run(job: Job) -> Job:
    execute(job.pk)
    job.refresh_from_db()
    return job


def test_a_job_enters_the_queue_only_after_the_commit(
    staff, area, job_kind, django_capture_on_commit_callbacks, settings
):
    job_kind("test.nothing", label="Nothing")(lambda job: None)
    with django_capture_on_commit_callbacks() as callbacks:
        job = enqueue(staff, area, "test.nothing")
        assert not DBTaskResult.objects.exists()
    for callback in callbacks:
        callback()
    task = DBTaskResult.objects.get()
    job.refresh_from_db()
    assert task.args_kwargs == {"args": [job.pk], "kwargs": {}}
    assert (job.state, job.task_id) == ("queued", task.pk)
    assert AuditEvent.objects.get(action="jobs.job.enqueue").actor == staff


def test_the_owner_is_told_when_a_job_is_done_or_has_failed(staff, area, job_kind):
    job_kind("test.well", label="Sums")(lambda job: None)
    job_kind("test.ill", label="Sums")(lambda job: 1 / 0)
    with translation.override("en"):
        done, failed = (run(enqueue(staff, area, kind)) for kind in ("test.well", "test.ill"))
    told = Notice.objects.filter(to=staff).order_by("pk").values_list("title", "url")
    assert list(told) == [("Sums: done", f"/jobs/{done.pk}/"), ("Sums: failed", f"/jobs/{failed.pk}/")]


def test_an_undeclared_kind_cannot_be_asked_for(staff, area):
    with pytest.raises(KeyError):
        enqueue(staff, area, "test.unheard_of")
    assert not Job.objects.exists()


def test_a_job_that_returns_is_done_with_its_result(staff, area, job_kind):
    @job_kind("test.sum", label="Sum")
    def add(job, *, a: int, b: int) -> dict:
        assert (job.actor, job.area) == (staff, area)
        with job.stage("Adding %(n)s", total=2, until=0.5) as stage:
            stage.advance()
            stage.advance()
        job.log("Added %(n)s figures.", n=2)
        return {"sum": a + b}

    job = run(enqueue(staff, area, "test.sum", a=1, b=2))
    assert (job.state, job.result, job.progress) == ("done", {"sum": 3}, 1.0)
    assert (job.count_done, job.count_total, job.attempt) == (2, 2, 1)
    assert job.started_at <= job.finished_at
    assert [str(line) for line in job.log.all()] == ["Added 2 figures."]


def test_a_refusal_fails_the_job_with_every_problem(staff, area, job_kind):
    @job_kind("test.refuse", label="Refuse")
    def refuse(job) -> None:
        raise Refused(
            Problem("t.a", "“%(x)s” is wrong.", Place(file="a.csv", row=3), "Write %(y)s.", params={"x": 1, "y": 2}),
            Problem("t.b", "Another."),
        )

    job = run(enqueue(staff, area, "test.refuse"))
    assert job.state == "failed"
    first, second = job.problem_list
    assert (str(first), first.place) == ("a.csv, row 3: “1” is wrong. Write 2.", Place(file="a.csv", row=3))
    assert second.code == "t.b"


def test_a_fault_shows_a_number_and_only_the_log_has_the_traceback(staff, area, job_kind, caplog):
    @job_kind("test.fault", label="Fault")
    def fault(job) -> None:
        raise ZeroDivisionError("secret detail")

    with caplog.at_level(logging.ERROR):
        job = run(enqueue(staff, area, "test.fault"))
    (problem,) = job.problem_list
    assert (job.state, problem.code) == ("failed", "jobs.fault")
    assert problem.params["number"] in str(problem)
    assert "secret detail" not in str(job.problems)
    assert problem.params["number"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_result_that_is_not_json_is_a_fault(staff, area, job_kind):
    job_kind("test.odd", label="Odd")(lambda job: {"a": object()})
    assert run(enqueue(staff, area, "test.odd")).problem_list[0].code == "jobs.fault"


def test_a_job_runs_once_however_often_it_is_handed_over(staff, area, job_kind):
    calls = []
    job_kind("test.once", label="Once")(lambda job: calls.append(1))
    job = enqueue(staff, area, "test.once")
    run(job)
    run(job)
    assert calls == [1]


def test_what_lands_and_the_outcome_stand_together_or_not_at_all(staff, area, job_kind):
    @job_kind("test.land", label="Land")
    def land(job, *, fail: bool) -> None:
        with job.landing() as result:
            Area.objects.create(code="landed", name="Landed", path="landed/")
            result["rows"] = 1
            if fail:
                raise Refused(Problem("t.late", "Found late."))

    job = run(enqueue(staff, area, "test.land", fail=True))
    assert job.state == "failed"
    assert not Area.objects.filter(code="landed").exists()
    job = run(enqueue(staff, area, "test.land", fail=False))
    assert (job.state, job.result) == ("done", {"rows": 1})
    assert Area.objects.filter(code="landed").exists()


def test_a_worker_held_for_dead_can_land_nothing(staff, area, job_kind):
    @job_kind("test.takeover", label="Takeover", resumable=True)
    def takeover(job) -> None:
        if job.job.attempt == 1:
            Job.objects.filter(pk=job.job.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
            services.recover_stale()
            execute(job.job.pk)  # another worker takes it, and is done before this one wakes up
        with job.landing():
            Area.objects.create(code=f"by-{job.job.attempt}", name="x", path=f"by-{job.job.attempt}/")

    job = run(enqueue(staff, area, "test.takeover"))
    assert (job.state, job.attempt) == ("done", 2)
    assert list(Area.objects.filter(code__startswith="by-").values_list("code", flat=True)) == ["by-2"]


def test_progress_is_written_at_most_twice_a_second(staff, area, job_kind, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(reporting.time, "monotonic", lambda: clock[0])
    flushes = []
    flush = reporting.Reporter.flush
    monkeypatch.setattr(reporting.Reporter, "flush", lambda self: (flushes.append(clock[0]), flush(self)))

    @job_kind("test.count", label="Count")
    def count(job) -> None:
        with job.stage("Counting", total=1000) as stage:
            for _ in range(1000):
                clock[0] += 0.01
                stage.advance()

    run(enqueue(staff, area, "test.count"))
    assert len(flushes) <= 10 / 0.5 + 1
    assert all(later - earlier >= 0.5 for earlier, later in pairwise(flushes[:-1]))


def test_a_cancelled_job_stops_at_its_next_step_and_lands_nothing(staff, area, job_kind, monkeypatch):
    monkeypatch.setattr(reporting, "FLUSH_SECONDS", 0.0)

    @job_kind("test.long", label="Long")
    def long(job) -> None:
        with job.stage("Counting", total=3) as stage:
            stage.advance()
            services.cancel(actor=staff, job=job.job)
            stage.advance()
            raise AssertionError("went on after it was cancelled")

    job = run(enqueue(staff, area, "test.long"))
    assert (job.state, job.count_done, job.result) == ("cancelled", 2, None)
    assert AuditEvent.objects.filter(action="jobs.job.cancel").count() == 1


def test_a_waiting_job_that_is_cancelled_never_starts(staff, area, job_kind):
    job_kind("test.never", label="Never")(lambda job: pytest.fail("started"))
    job = enqueue(staff, area, "test.never")
    services.cancel(actor=staff, job=job)
    assert run(job).state == "cancelled"


def test_only_the_owner_and_administrators_of_the_area_manage_a_job(staff, area, other_area, job_kind, make_person):
    job_kind("test.mine", label="Mine")(lambda job: None)
    job = enqueue(staff, area, "test.mine")
    for name, place, role in (
        ("colleague", area, Role.DEPARTMENT_STAFF),
        ("foreign", other_area, Role.SYSTEM_ADMINISTRATOR),
    ):
        person = make_person(name, area=place, role=role)
        assert job not in visible_jobs(person)
        for act in (services.cancel, services.retry):
            with pytest.raises(PermissionDenied):
                act(actor=person, job=job)
    job.refresh_from_db()
    assert job.state == "queued"
    administrator = make_person("administrator", area=area, role=Role.SYSTEM_ADMINISTRATOR)
    assert job in visible_jobs(administrator)
    assert services.cancel(actor=administrator, job=job).state == "cancelled"


def test_a_failed_job_is_started_again_from_its_beginning(staff, area, job_kind):
    results = iter([Refused(Problem("t.first", "Not yet.")), None])

    @job_kind("test.again", label="Again")
    def again(job) -> None:
        if (problem := next(results)) is not None:
            raise problem

    job = run(enqueue(staff, area, "test.again"))
    assert job.state == "failed"
    services.retry(actor=staff, job=job)
    job = run(job)
    assert (job.state, job.attempt, job.problems) == ("done", 2, [])


def test_the_same_wish_of_the_same_person_is_one_job(staff, area, job_kind, make_person):
    job_kind("test.key", label="Key")(lambda job: None)
    wish = {"kind": "test.key", "parameters": {}, "area": area, "idempotency_key": "file-1"}
    job = services.enqueue(actor=staff, **wish)
    assert services.enqueue(actor=staff, **wish) == job
    run(job)
    again = services.enqueue(actor=staff, **wish)
    assert (again, again.state) == (job, "done")
    colleague = make_person("colleague", area=area, role=Role.DEPARTMENT_STAFF)
    assert services.enqueue(actor=colleague, **wish) != job


def test_the_same_wish_after_a_failure_starts_the_job_again(staff, area, job_kind):
    job_kind("test.key", label="Key")(lambda job: None)
    wish = {"kind": "test.key", "parameters": {}, "area": area, "idempotency_key": "file-1"}
    job = services.enqueue(actor=staff, **wish)
    services.cancel(actor=staff, job=job)
    again = services.enqueue(actor=staff, **wish)
    assert (again, again.state) == (job, "queued")


# --- workers that die


def dead(job: Job, *, attempt: int = 1, silent_seconds: float = 61) -> Job:
    heartbeat = timezone.now() - timedelta(seconds=silent_seconds)
    Job.objects.filter(pk=job.pk).update(state="running", attempt=attempt, heartbeat_at=heartbeat, worker="gone")
    return job


def test_a_resumable_job_of_a_dead_worker_waits_again(staff, area, job_kind):
    job_kind("test.resume", label="Resume", resumable=True)(lambda job: None)
    job = dead(enqueue(staff, area, "test.resume"))
    assert [found.state for found in services.recover_stale()] == ["queued"]
    assert run(job).state == "done"


def test_a_job_that_cannot_resume_fails_visibly_when_its_worker_dies(staff, area, job_kind):
    job_kind("test.fragile", label="Fragile")(lambda job: None)
    job = dead(enqueue(staff, area, "test.fragile"))
    services.recover_stale()
    job.refresh_from_db()
    assert (job.state, job.problem_list[0].code) == ("failed", "jobs.worker_stopped")
    assert job.finished_at is not None


def test_a_job_that_kills_its_worker_is_given_up_after_three_starts(staff, area, job_kind):
    job_kind("test.poison", label="Poison", resumable=True)(lambda job: None)
    job = dead(enqueue(staff, area, "test.poison"), attempt=3)
    services.recover_stale()
    job.refresh_from_db()
    assert (job.state, job.problem_list[0].code) == ("failed", "jobs.worker_stopped")


@pytest.mark.parametrize(("silent_seconds", "worker"), [(59, ""), (61, "gone")])
def test_a_living_worker_keeps_its_job(staff, area, job_kind, silent_seconds, worker):
    job_kind("test.alive", label="Alive", resumable=True)(lambda job: None)
    job = dead(enqueue(staff, area, "test.alive"), silent_seconds=silent_seconds)
    assert services.recover_stale(worker=worker) == []
    job.refresh_from_db()
    assert job.state == "running"


def test_a_job_that_was_lost_before_the_queue_is_handed_over_again(
    staff, area, job_kind, django_capture_on_commit_callbacks
):
    job_kind("test.lost", label="Lost")(lambda job: None)
    job = enqueue(staff, area, "test.lost")  # its commit hook never ran
    assert services.dispatch_lost() == 0
    Job.objects.update(queued_at=timezone.now() - timedelta(seconds=61))
    with django_capture_on_commit_callbacks(execute=True):
        assert services.dispatch_lost() == 1
    assert DBTaskResult.objects.get().args_kwargs["args"] == [job.pk]
    assert services.dispatch_lost() == 0


def test_the_worker_told_to_stop_gives_its_job_back(staff, area, job_kind):
    @job_kind("test.stop", label="Stop", resumable=True)
    def stop(job) -> None:
        raise SystemExit(1)

    job = enqueue(staff, area, "test.stop")
    with pytest.raises(SystemExit):
        execute(job.pk)
    job.refresh_from_db()
    assert job.state == "queued"


# --- periodic work


def test_a_due_time_is_served_once(job_kind, db):
    job_kind("test.daily", label="Daily", resumable=True, every=timedelta(days=1))(lambda job: None)
    morning = timezone.make_aware(timezone.datetime(2026, 3, 1, 0, 5))
    ours = Job.objects.filter(kind="test.daily")
    start_due(now=morning)
    start_due(now=morning + timedelta(hours=23))
    assert ours.count() == 1
    start_due(now=morning + timedelta(days=1))
    assert ours.count() == 2


def test_a_day_begins_at_midnight_of_the_installation():
    noon = timezone.make_aware(timezone.datetime(2026, 3, 1, 12, 0))
    assert due_time(noon, every=timedelta(days=1)) == timezone.make_aware(timezone.datetime(2026, 3, 1))


def test_periodic_work_must_be_resumable(job_kind):
    with pytest.raises(ValueError, match="resumable"):
        job_kind("test.bad", label="Bad", every=timedelta(days=1))


def test_two_kinds_cannot_share_a_name(job_kind):
    job_kind("test.name", label="A")(lambda job: None)
    with pytest.raises(ValueError, match=r"test\.name"):
        job_kind("test.name", label="B")(lambda job: None)


def test_a_log_is_cut_at_its_cap(staff, area, job_kind, monkeypatch):
    monkeypatch.setattr(reporting, "MOST_LOG_LINES", 3)
    job_kind("test.wordy", label="Wordy")(lambda job: [job.log("line") for _ in range(5)] and None)
    run(enqueue(staff, area, "test.wordy"))
    assert JobLog.objects.count() == 3


def test_a_late_outcome_does_not_overwrite_a_cancelled_job(staff, area, job_kind):
    job_kind("test.late", label="Late")(lambda job: None)
    job = enqueue(staff, area, "test.late")
    services.cancel(actor=staff, job=job)
    assert finish(job, state=Job.State.DONE) is False


def test_a_log_line_without_figures_may_hold_a_percent_sign(staff, area, job_kind):
    job_kind("test.percent", label="Percent")(lambda job: job.log("50% done"))
    job = run(enqueue(staff, area, "test.percent"))
    with translation.override("en"):
        assert str(job.log.get()) == "50% done"
