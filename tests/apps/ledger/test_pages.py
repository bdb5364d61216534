"""The ledger's pages: what they show, to whom, and on which day."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests.apps.ledger.conftest import csv

pytestmark = pytest.mark.django_db

YEAR = (
    "enterprise:a,gross_output,2025-01..02,5,万元,normal,2025-03-08",
    "enterprise:a,gross_output,2025-01..03,8,万元,normal,2025-04-08",
    "enterprise:a,electricity,2025-01..02,2,万千瓦时,normal,2025-03-08",
    "enterprise:a,electricity,2025-01..03,3,万千瓦时,simulated,2025-04-08",
    "enterprise:a,employees,2025-03,50,人,provisional,2025-04-08",
)


@pytest.fixture
def analyst_client(client, analyst):
    client.force_login(analyst)
    return client


def test_a_subject_s_months_come_from_cumulative_figures_with_what_is_computed(take, analyst_client):
    take(*YEAR)
    page = analyst_client.get(reverse("ledger:subject", args=["enterprise:a"]))
    rows = page.context["sheet"].rows
    assert [row["span"] for row in rows] == ["2025年1—2月", "2025年3月"]
    assert [str(rows[1][key].value) for key in ("gross_output", "electricity", "employees", "output_per_kwh")] == [
        "3",
        "1",
        "50",
        "3",
    ]
    assert rows[1]["electricity"].simulated
    assert "模拟" in page.content.decode()
    assert rows[1]["employees"].word


def test_every_figure_of_the_sheet_opens_its_evidence(take, analyst_client):
    take(*YEAR)
    page = analyst_client.get(reverse("ledger:subject", args=["enterprise:a"]))
    cells = [cell for row in page.context["sheet"].rows for key, cell in row.items() if key != "span"]
    assert len(cells) == 8
    for cell in cells:
        drawer = analyst_client.get(reverse("ledger:subject", args=["enterprise:a"]), {"evidence": cell.reference})
        assert "未找到" not in drawer.content.decode()
        assert 'class="drawer-top"' in drawer.content.decode()
        assert "<h3>" in drawer.content.decode()


def test_the_past_shows_what_was_known_then(take, analyst_client):
    take(*YEAR)
    take("enterprise:a,gross_output,2025-01..03,9,万元,normal,2025-06-08")
    address = reverse("ledger:subject", args=["enterprise:a"])
    for day, expected in (("2025-05-01", "3"), ("2025-06-08", "4")):
        page = analyst_client.get(address, {"as_of": day})
        assert str(page.context["sheet"].rows[1]["gross_output"].value) == expected


def test_the_sheet_of_a_past_day_has_the_same_bytes_after_a_revision(take, analyst_client):
    take(*YEAR)
    address = reverse("ledger:subject", args=["enterprise:a"])
    query = {"as_of": "2025-05-01"}
    before = {kind: analyst_client.get(address, {**query, "format": kind}).content for kind in ("xlsx", "csv")}
    take("enterprise:a,gross_output,2025-01..03,9,万元,normal,2025-06-08")
    for kind, data in before.items():
        assert analyst_client.get(address, {**query, "format": kind}).content == data


def test_the_indicator_s_page_sums_by_sector_and_each_sum_opens_its_parts(take, analyst_client):
    take(
        "enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08",
        "enterprise:b,gross_output,2025-05,2,万元,normal,2025-06-08",
    )
    address = reverse("ledger:indicator", args=["gross_output"])
    page = analyst_client.get(address)
    (group,) = page.context["groups"]
    assert (str(group.cell.value), group.count) == ("3", 2)
    drawer = analyst_client.get(address, {"evidence": group.cell.reference}).content.decode()
    assert "甲厂" in drawer and "乙厂" in drawer
    data = analyst_client.get(reverse("ledger:indicator_data", args=["gross_output"])).json()
    assert data["series"][0]["values"] == [3.0]


def test_the_indicator_s_page_sums_by_tier_and_area_as_they_were_on_the_last_day_and_known_then(
    take, subjects, area, analyst_client
):
    """A firm is raised in July: the sum of May keeps it where it was; a tier that nobody knew yet is not there."""
    import datetime as dt

    from zhizao.apps.registry import services as registry
    from zhizao.apps.registry.models import Attribute
    from zhizao.base.facts import services
    from zhizao.base.facts.models import Membership

    known = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    place = registry.area_subject(area)
    said = {"known_from": known, "source": "test"}
    services.state(
        [
            Attribute(subject=subjects["a"], name="tier", value="龙头", **said),
            Attribute(subject=subjects["b"], name="tier", value="骨干", **said),
            Attribute(subject=subjects["b"], name="tier", value="龙头", valid_from=dt.date(2025, 7, 1), **said),
            *(Membership(subject=subjects[key], parent=place, tree="area", **said) for key in "abc"),
        ]
    )
    take(
        "enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08",
        "enterprise:b,gross_output,2025-05,2,万元,normal,2025-06-08",
        "enterprise:c,gross_output,2025-05,,,missing,2025-06-08",
    )
    address = reverse("ledger:indicator", args=["gross_output"])
    groups = analyst_client.get(address).context["groups"]
    found = {group.name: (str(group.cell.value), group.count, group.missing) for group in groups}
    assert found == {"e": ("3", 2, 1), "龙头": ("1", 1, 0), "骨干": ("2", 1, 0), "甲区": ("3", 2, 1)}
    (leaders,) = [group for group in groups if group.name == "龙头"]
    drawer = analyst_client.get(address, {"evidence": leaders.cell.reference}).content.decode()
    assert "甲厂" in drawer and "乙厂" not in drawer
    take("enterprise:b,gross_output,2025-07,5,万元,normal,2025-08-08", name="later")
    take("enterprise:a,gross_output,2025-07,4,万元,normal,2025-08-08", name="later still")
    july = {group.name: str(group.cell.value) for group in analyst_client.get(address).context["groups"]}
    assert july["龙头"] == "9" and "骨干" not in july


def test_the_public_reads_what_an_indicator_means_and_no_figure(take, client):
    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    page = client.get(reverse("ledger:indicator", args=["gross_output"]))
    assert page.status_code == 200
    assert page.context["points"] == [] and page.context["groups"] == []
    assert len(page.context["quality"]) == 5
    reference = "figure:enterprise:a~gross_output~2025-05~enterprise~current"
    drawer = client.get(reverse("ledger:indicator", args=["gross_output"]), {"evidence": reference})
    assert "甲厂" not in drawer.content.decode()


def test_an_upload_becomes_a_job_that_stores_the_file(analyst_client, subjects):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from zhizao.apps.ledger.models import Batch
    from zhizao.base.jobs.models import Job

    upload = SimpleUploadedFile("五月.csv", csv(YEAR[0]), content_type="text/csv")
    answer = analyst_client.post(reverse("ledger:import"), {"file": upload})
    job = Job.objects.get(kind="ledger.import")
    assert answer.status_code == 302 and answer["Location"] == job.get_absolute_url()
    run(job)
    batch = Batch.objects.get()
    assert (batch.name, batch.added) == ("五月.csv", 1)
    page = analyst_client.get(job.result["url"])
    assert page.context["batch"] == batch


def test_a_bad_upload_fails_visibly_and_stores_nothing(analyst_client, subjects):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from zhizao.apps.ledger.models import Batch
    from zhizao.base.jobs.models import Job

    upload = SimpleUploadedFile("五月.csv", csv(YEAR[0], "enterprise:x" + YEAR[1][12:]), content_type="text/csv")
    analyst_client.post(reverse("ledger:import"), {"file": upload})
    job = run(Job.objects.get(kind="ledger.import"))
    assert job.state == Job.State.FAILED
    assert [(item["code"], item["place"]["row"]) for item in job.problems] == [("ledger.unknown_subject", 3)]
    assert not Batch.objects.exists()


def run(job):
    from zhizao.base.jobs import execution

    execution.execute(job.pk)
    job.refresh_from_db()
    return job


def test_an_enterprise_s_file_has_its_last_year_by_month(take, analyst_client):
    take(*YEAR)
    page = analyst_client.get(reverse("registry:file", args=["a"]))
    (section,) = [part for part in page.context["sections"] if part.template == "ledger/_months.html"]
    assert (section.subtitle, section.simulated) == ("2025", True)
    assert [span for span, _cells in section.context["rows"]] == ["2025年1—2月", "2025年3月"]
    assert "figure%3Aenterprise%3Aa~gross_output~2025-03" in page.content.decode()


def test_a_file_above_the_cap_is_called_too_large_and_not_missing(analyst_client, settings):
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.FILES_MAX_BYTES = 1_000_000
    big = SimpleUploadedFile("big.csv", b"a" * 1_000_001)
    answer = analyst_client.post(reverse("ledger:import"), {"file": big})
    assert answer.status_code == 422
    (said,) = answer.context["form"].errors["file"]
    assert "1MB" in said.replace(" ", "")


def test_periods_are_said_in_the_reader_s_language(take, analyst_client):
    take(*YEAR)
    analyst_client.cookies["django_language"] = "en"
    page = analyst_client.get(reverse("ledger:subject", args=["enterprise:a"]))
    assert [row["span"] for row in page.context["sheet"].rows] == ["Jan–Feb 2025", "Mar 2025"]
