from __future__ import annotations

import pytest
from django.urls import reverse

from zhizao.base.accounts.roles import Role
from zhizao.base.jobs import services
from zhizao.base.jobs.execution import execute
from zhizao.base.jobs.models import Job
from zhizao.kernel.result import Place, Problem, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(area, make_person):
    return make_person("staff", area=area, role=Role.DEPARTMENT_STAFF)


@pytest.fixture
def job(staff, area, job_kind) -> Job:
    @job_kind("test.page", label="Count the firms")
    def count(job) -> None:
        job.log("Counted %(n)s firms.", n=175)
        raise Refused(
            Problem("t.a", "“%(x)s” is no number.", Place(file="a.csv", row=3), "Write digits.", params={"x": 1})
        )

    return services.enqueue(actor=staff, kind="test.page", parameters={}, area=area)


def test_a_waiting_job_is_polled_every_second(job, staff, sign_in):
    page = sign_in(staff).get(job.get_absolute_url()).content.decode()
    assert "Count the firms" in page
    assert f'hx-get="{reverse("jobs:live", args=[job.pk])}" hx-trigger="every 1s"' in page
    assert reverse("jobs:cancel", args=[job.pk]) in page


def test_a_running_job_shows_its_step_and_count(job, staff, sign_in):
    Job.objects.update(state="running", stage="Reading", count_done=1240, count_total=5000, progress=0.248)
    response = sign_in(staff).get(reverse("jobs:live", args=[job.pk]))
    page = response.content.decode()
    assert response.status_code == 200
    assert "Reading" in page
    assert '<progress aria-label="Reading" value="1240" max="5000">' in page
    assert "25%" in page


def test_polling_stops_with_286_when_the_job_is_finished(job, staff, sign_in):
    execute(job.pk)
    response = sign_in(staff).get(reverse("jobs:live", args=[job.pk]))
    page = response.content.decode()
    assert response.status_code == 286
    assert "hx-trigger" not in page
    assert 'id="job-answer" role="status" hx-swap-oob="true"' in page
    assert reverse("jobs:retry", args=[job.pk]) in page


def test_a_failed_job_lists_place_reason_and_remedy_in_the_readers_language(job, staff, sign_in):
    execute(job.pk)
    client = sign_in(staff)
    client.cookies["django_language"] = "en"
    page = client.get(job.get_absolute_url()).content.decode()
    for words in ("a.csv, row 3", "“1” is no number.", "Write digits.", "Counted 175 firms."):
        assert words in page
    client.cookies["django_language"] = "zh-hans"
    page = client.get(job.get_absolute_url()).content.decode()
    assert "a.csv，第3行" in page


def test_without_javascript_the_page_refreshes_itself_until_the_end(job, staff, sign_in):
    client = sign_in(staff)
    url = job.get_absolute_url()
    assert "Refresh" not in client.get(url)
    assert client.get(f"{url}?follow=1")["Refresh"] == "3"
    execute(job.pk)
    assert "Refresh" not in client.get(f"{url}?follow=1")


def test_cancel_and_retry_are_buttons_and_not_links(job, staff, sign_in):
    client = sign_in(staff)
    for name in ("cancel", "retry"):
        assert client.get(reverse(f"jobs:{name}", args=[job.pk])).status_code == 405
    assert client.post(reverse("jobs:cancel", args=[job.pk])).url == job.get_absolute_url()
    job.refresh_from_db()
    assert job.state == "cancelled"
    client.post(reverse("jobs:retry", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == "queued"


@pytest.mark.parametrize(("role", "code"), [(Role.DEPARTMENT_STAFF, 404), (Role.SYSTEM_ADMINISTRATOR, 200)])
def test_another_persons_job_exists_only_for_administrators(job, area, make_person, sign_in, role, code):
    client = sign_in(make_person("other", area=area, role=role))
    for name in ("detail", "live"):
        assert client.get(reverse(f"jobs:{name}", args=[job.pk])).status_code == code
    for name in ("cancel", "retry"):
        assert client.post(reverse(f"jobs:{name}", args=[job.pk])).status_code == (302 if code == 200 else 404)


def test_the_list_shows_ones_own_jobs_and_to_administrators_all(job, area, staff, make_person, sign_in):
    url = reverse("jobs:list")
    assert "Count the firms" in sign_in(staff).get(url).content.decode()
    colleague = make_person("colleague", area=area, role=Role.DEPARTMENT_STAFF)
    assert "Count the firms" not in sign_in(colleague).get(url, {"whose": "all"}).content.decode()
    administrator = make_person("administrator", area=area, role=Role.SYSTEM_ADMINISTRATOR)
    assert "Count the firms" not in sign_in(administrator).get(url).content.decode()
    assert "Count the firms" in sign_in(administrator).get(url, {"whose": "all"}).content.decode()


def test_the_list_is_filtered_by_state_and_exported(job, staff, sign_in):
    client = sign_in(staff)
    assert "Count the firms" not in client.get(reverse("jobs:list"), {"state": "done"}).content.decode()
    response = client.get(reverse("jobs:list"), {"format": "csv"})
    assert "Count the firms" in b"".join(response).decode()
    assert client.get(reverse("jobs:list"), {"format": "xlsx"}).status_code == 200


def test_who_is_not_signed_in_is_sent_to_sign_in(job, client):
    for name, arguments in (("list", []), ("detail", [job.pk]), ("live", [job.pk]), ("result", [job.pk])):
        assert client.get(reverse(f"jobs:{name}", args=arguments)).status_code == 302


def test_the_file_a_job_made_is_downloaded(staff, area, job_kind, sign_in):
    job_kind("test.file", label="File")(lambda job: job.attach(b"a,b\n", name="目标.csv", media_type="text/csv"))
    job = services.enqueue(actor=staff, kind="test.file", parameters={}, area=area)
    client = sign_in(staff)
    url = reverse("jobs:result", args=[job.pk])
    assert client.get(url).status_code == 404
    execute(job.pk)
    response = client.get(url)
    assert response.getvalue() == b"a,b\n"
    assert response["Content-Disposition"].startswith("attachment")
    assert url in client.get(job.get_absolute_url()).content.decode()
