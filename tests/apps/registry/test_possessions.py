"""Lists of certificates, institutions and patents; merges told with who, when and why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from zhizao.apps.registry import merges, queries, services
from zhizao.apps.registry.models import Certificate, Institution, Patent
from zhizao.base.facts.queries import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, analyst):
    client.force_login(analyst, backend="django.contrib.auth.backends.ModelBackend")
    return client


def certify(firm, kind: str, last: date | None) -> None:
    certificate = Certificate(subject=firm, kind=kind, number=kind, valid_from=date(2024, 1, 1), valid_to=last)
    services.certify(actor=None, certificate=certificate)


def test_certificates_are_counted_by_kind_and_those_that_run_out_soon_can_be_had_alone(browser, firm):
    certify(firm, "high_tech", today() + timedelta(days=30))
    certify(firm, "green_factory", None)
    certify(firm, "little_giant", today() - timedelta(days=1))
    page = browser.get(reverse("registry:certificates")).content.decode()
    assert "high_tech" in page
    assert "green_factory" in page
    assert "little_giant" not in page
    soon = browser.get(reverse("registry:certificates"), {"soon": "yes", "format": "csv"}).content.decode("utf-8-sig")
    assert len(soon.splitlines()) == 2
    assert browser.get(reverse("registry:certificates"), {"format": "xlsx"}).status_code == 200


def test_institutions_and_patents_are_recorded_through_their_forms_and_listed(browser, firm):
    days = {"valid_from": "2024-01-01", "source": "list"}
    made = {
        "institutions": {"name": "企业技术中心", "level": "市级"} | days,
        "patents": {"number": "ZL202410000001.1", "title": "一种门锁", "kind": "发明"} | days,
    }
    for what, data in made.items():
        address = reverse("registry:possess", args=[firm.id_part, what])
        assert browser.get(address).status_code == 200
        assert browser.post(address, data).status_code == 302
        assert next(iter(data.values())) in browser.get(reverse(f"registry:{what}")).content.decode()
    assert (Institution.objects.count(), Patent.objects.count()) == (1, 1)


@pytest.mark.parametrize("data", [{}, {"number": "1", "valid_from": "2024-02-01", "valid_to": "2024-01-01"}])
def test_a_patent_without_number_or_with_days_in_disorder_is_refused(browser, firm, data):
    address = reverse("registry:possess", args=[firm.id_part, "patents"])
    assert browser.post(address, {"source": "list"} | data).status_code == 422
    assert not Patent.objects.exists()


def test_list_of_another_area_does_not_show_it(client, person, other_area, firm):
    certify(firm, "high_tech", None)
    client.force_login(person("analyst", area=other_area), backend="django.contrib.auth.backends.ModelBackend")
    assert firm.id_part not in client.get(reverse("registry:certificates")).content.decode()


def test_merge_and_its_undoing_are_told_with_who_and_why(browser, analyst, firm, area):
    other = services.enter(actor=None, area=area, name="戊己门业有限公司", valid_from=None, source="")
    services.merge(actor=analyst, absorbed=other, survivor=firm, reason="one licence", since=date(2024, 1, 1))
    services.split(actor=analyst, absorbed=other, reason="two licences after all")
    for subject in (firm, other):
        told = merges.section(analyst, subject, queries.view()).context["acts"]
        assert [(act.who, act.undone, act.since, act.reason) for act in told] == [
            (analyst.username, True, "", "two licences after all"),
            (analyst.username, False, "2024-01-01", "one licence"),
        ]
    assert "one licence" in browser.get(reverse("registry:file", args=[firm.id_part])).content.decode()


def test_a_file_without_merges_has_no_such_part(analyst, firm):
    assert merges.section(analyst, firm, queries.view()) is None
