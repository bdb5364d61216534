from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from zhizao.base.accounts.roles import Role
from zhizao.base.audit.models import AuditEvent
from zhizao.base.evidence import canonical, queries, services
from zhizao.base.evidence.models import Run
from zhizao.base.files import store
from zhizao.base.files.services import receive
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db

SOURCE = b"line one\n"
OUTPUT = canonical.dumps(
    {
        "tables": {
            "indicators": [
                {
                    "name": "Output",
                    "target_value": 1300.0,
                    "target_value_text": "≥1300",
                    "unit": "亿元",
                    "span": "2025",
                    "line": 256,
                    "excluded": ["Revisions after 2021"],
                },
                {"name": "A/B ~ share", "target_value": 45.5, "unit": "%", "a/b": 1, "m~n": 2, "line": 257},
            ]
        },
        "source": {"file": "plan.txt"},
        "included": ["Table 2-1"],
    }
)
CSV = "name,value,unit\nOutput,1300,亿元\nShare,45.5,%\n".encode()


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def staff(area, make_person):
    return make_person("staff", area=area, role=Role.DEPARTMENT_STAFF)


@pytest.fixture
def source(staff, area):
    return receive(actor=staff, upload=SimpleUploadedFile("plan.txt", SOURCE), area=area, kinds={"txt"})


@pytest.fixture
def record(staff, area, source):
    def record(**changes) -> Run:
        values = {
            "actor": staff,
            "area": area,
            "engine": "planlint.reading",
            "engine_version": "0.1.0",
            "inputs": {"plan.txt": source.sha256},
            "parameters": {"tolerance": 0.5},
            "seed": 7,
            "as_of": date(2021, 12, 31),
            "output": OUTPUT,
            "media_type": "application/json",
        }
        return services.record_run(**values | changes)

    return record


def test_the_same_run_is_the_same_row(record):
    first = record()
    assert record() == first
    assert Run.objects.count() == 1
    assert AuditEvent.objects.filter(action="evidence.run.record").count() == 1
    assert store.read(first.output_sha256) == OUTPUT
    assert first.sha12 == first.fingerprint[:12]


@pytest.mark.parametrize(
    "change",
    [
        {"engine": "other"},
        {"engine_version": "0.1.1"},
        {"inputs": {"plan.txt": "0" * 64}},
        {"inputs": {}},
        {"parameters": {"tolerance": 0.6}},
        {"seed": 8},
        {"seed": None},
        {"as_of": date(2022, 1, 1)},
        {"as_of": None},
    ],
)
def test_whatever_determines_the_output_is_in_the_fingerprint(record, change):
    assert record().fingerprint != record(**change).fingerprint


def test_a_difference_below_twelve_digits_is_the_same_run(record):
    assert record(parameters={"tolerance": 0.1 + 0.2}) == record(parameters={"tolerance": 0.3})


def test_the_same_run_with_other_bytes_is_a_loud_problem(record, caplog):
    run = record()
    with pytest.raises(Refused) as refused:
        record(output=b"{}")
    assert refused.value.problems[0].code == "evidence.not_reproducible"
    assert "not reproducible" in caplog.text
    run.refresh_from_db()
    assert store.read(run.output_sha256) == OUTPUT


def test_an_unknown_media_type_is_not_recorded(record):
    with pytest.raises(ValueError, match="text/html"):
        record(media_type="text/html")
    assert not Run.objects.exists()


def test_a_figure_opens_its_value_unit_span_place_and_making(record, staff, source):
    run = record()
    evidence = queries.resolve(staff, f"{run.sha12}:/tables/indicators/0/target_value")
    assert (evidence.value, evidence.text, evidence.unit, evidence.span) == (1300.0, "≥1300", "亿元", "2025")
    assert (evidence.name, str(evidence.place)) == ("Output", "plan.txt, line 256")
    assert (evidence.included, evidence.excluded) == (["Table 2-1"], ["Revisions after 2021"])
    assert [(item.name, item.sha256, item.file) for item in evidence.inputs] == [("plan.txt", source.sha256, source)]
    assert evidence.run == run
    assert ("target_value", 1300.0) in evidence.row


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("/tables/indicators/1/a~1b", 1), ("/tables/indicators/1/m~0n", 2), ("/tables/indicators/1/target_value", 45.5)],
)
def test_pointers_follow_rfc_6901(record, staff, pointer, value):
    assert queries.resolve(staff, f"{record().sha12}:{pointer}").value == value


def test_a_value_without_its_own_text_does_not_borrow_a_neighbours(record, staff):
    assert queries.resolve(staff, f"{record().sha12}:/tables/indicators/1/target_value").text is None


def test_a_csv_figure_is_found_by_row_and_column(record, staff):
    run = record(output=CSV, media_type="text/csv")
    evidence = queries.resolve(staff, f"{run.sha12}:2/value")
    assert (evidence.value, evidence.unit, evidence.name) == ("45.5", "%", "Share")


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "x",
        ":/a",
        "zzzzzzzzzzzz:/a",
        "0" * 12 + ":/a",
        "{run}:/tables/indicators/9/target_value",
        "{run}:/tables/indicators/-1/target_value",
        "{run}:/tables/indicators/²/target_value",
        "{run}:/tables/indicators/0/target_value/deeper",
        "{run}:/nothing",
    ],
)
def test_a_reference_to_nothing_opens_nothing(record, staff, reference):
    assert queries.resolve(staff, reference.format(run=record().sha12)) is None


def test_a_damaged_output_opens_nothing_and_is_logged(record, staff, caplog):
    run = record()
    place = store.path(run.output_sha256)
    place.chmod(0o640)
    place.write_bytes(b"{}")
    assert queries.resolve(staff, f"{run.sha12}:/tables/indicators/0/target_value") is None
    assert "cannot be read" in caplog.text


def test_a_run_is_seen_in_its_area_and_by_all_once_it_is_public(record, staff, other_area, make_person):
    run = record()
    stranger = make_person("stranger", area=other_area, role=Role.ANALYST)
    reference = f"{run.sha12}:/tables/indicators/0/target_value"
    for actor in (stranger, AnonymousUser()):
        assert queries.resolve(actor, reference) is None
        assert not queries.runs(actor).exists()
    services.make_public(actor=staff, run=run)
    for actor in (stranger, AnonymousUser()):
        evidence = queries.resolve(actor, reference)
        assert evidence.value == 1300.0
        assert evidence.inputs[0].file is None, "the input itself is not public"


def test_only_department_staff_of_the_area_make_a_run_public(record, area, other_area, make_person):
    run = record()
    for name, place, role in (("analyst", area, Role.ANALYST), ("foreign", other_area, Role.DEPARTMENT_STAFF)):
        with pytest.raises(PermissionDenied):
            services.make_public(actor=make_person(name, area=place, role=role), run=run)
    run.refresh_from_db()
    assert run.public is False
    assert not AuditEvent.objects.filter(action="evidence.run.publish").exists()


def test_two_areas_may_hold_the_same_run(record, other_area, make_person):
    stranger = make_person("stranger", area=other_area, role=Role.ANALYST)
    first, second = record(), record(actor=stranger, area=other_area)
    assert first.fingerprint == second.fingerprint
    assert queries.run_by_name(stranger, first.sha12) == second


# --- pages


def test_the_run_page_shows_all_that_determines_the_output(record, staff, sign_in):
    run = record()
    page = sign_in(staff).get(run.get_absolute_url()).content.decode()
    for words in (
        "planlint.reading",
        "0.1.0",
        run.fingerprint,
        run.output_sha256,
        "2021-12-31",
        "plan.txt",
        "tolerance",
    ):
        assert words in page


def test_the_output_is_downloaded_as_it_is(record, staff, sign_in):
    run = record()
    response = sign_in(staff).get(reverse("evidence:output", args=[run.sha12]))
    assert response.getvalue() == OUTPUT
    assert response["Content-Disposition"] == f'attachment; filename="planlint.reading-{run.sha12}.json"'


def test_a_run_that_is_not_public_does_not_exist_for_strangers(record, client):
    run = record()
    reference = f"{run.sha12}:/tables/indicators/0/target_value"
    urls = [
        run.get_absolute_url(),
        reverse("evidence:output", args=[run.sha12]),
        reverse("evidence:figure", args=[reference]),
    ]
    assert [client.get(url).status_code for url in urls] == [404, 404, 404]
    Run.objects.update(public=True)
    for url in urls:
        response = client.get(url)
        assert (response.status_code, bool(b"".join(response))) == (200, True)


def test_the_drawer_keeps_its_order_on_a_page_and_as_a_part(record, staff, sign_in):
    run = record()
    client = sign_in(staff)
    client.cookies["django_language"] = "en"
    reference = f"{run.sha12}:/tables/indicators/0/target_value"
    on_page = client.get(reverse("evidence:runs"), {"evidence": reference}).content.decode()
    part = client.get(reverse("evidence:figure", args=[reference]), headers={"HX-Request": "true"}).content.decode()
    for page in (on_page, part):
        order = ["≥1300", "How made", "In it and not in it", "The row", "Where it comes from", "plan.txt, line 256"]
        places = [page.index(words) for words in order]
        assert places == sorted(places)
    assert "<html" in on_page
    assert "<html" not in part


def test_the_list_of_runs_asks_for_sign_in_and_exports(record, staff, client, sign_in):
    run = record()
    assert client.get(reverse("evidence:runs")).status_code == 302
    client = sign_in(staff)
    assert run.sha12 in client.get(reverse("evidence:runs")).content.decode()
    assert run.sha12 in b"".join(client.get(reverse("evidence:runs"), {"format": "csv"})).decode()
