"""The operator of a park sees the park's enterprises of today and no others: in the list, the files, the exports."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from zhizao.apps.registry import services
from zhizao.base.facts.models import Name, Subject
from zhizao.base.facts.queries import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(person):
    return person("park_operator")


@pytest.fixture
def inside(area, operator):
    made = services.enter(actor=None, area=area, name="园内机械有限公司", valid_from=None, source="")
    services.join(actor=None, subject=made, tree="park", parent=operator.organisation.name, source="lease")
    return made


@pytest.fixture
def browser(client, operator):
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def seen(operator) -> set[str]:
    return set(Subject.objects.visible_to(operator).filter(kind="enterprise").values_list("key", flat=True))


def test_the_park_and_who_belongs_to_it_today_are_seen(operator, inside, firm):
    assert seen(operator) == {inside.key}
    assert Subject.objects.visible_to(operator).filter(kind="park").count() == 1
    assert not Name.objects.visible_to(operator).filter(subject=firm).exists()


def test_who_moved_out_is_seen_no_longer_and_who_moves_in_tomorrow_not_yet(operator, inside, area):
    services.join(actor=None, subject=inside, tree="park", parent="东园", source="moved", valid_from=today())
    assert seen(operator) == set()
    name = operator.organisation.name
    day = today() + timedelta(days=1)
    services.join(actor=None, subject=inside, tree="park", parent=name, source="moves back", valid_from=day)
    assert seen(operator) == set()


def test_a_park_of_that_name_in_another_area_is_not_his(operator, inside, other_area):
    far = services.enter(actor=None, area=other_area, name="远方机械有限公司", valid_from=None, source="")
    services.join(actor=None, subject=far, tree="park", parent=operator.organisation.name, source="lease")
    assert seen(operator) == {inside.key}


def test_pages_and_files_show_no_other_enterprise_and_its_file_is_not_found(browser, inside, firm):
    for address in ("list", "export", "certificates"):
        assert browser.get(reverse(f"registry:{address}")).status_code == 200
    listed = browser.get(reverse("registry:list"), {"format": "csv"}).content.decode("utf-8-sig")
    assert "园内机械有限公司" in listed
    assert "甲乙制冷" not in listed
    for name in ("file", "history", "partners"):
        assert browser.get(reverse(f"registry:{name}", args=[inside.id_part])).status_code == 200
        assert browser.get(reverse(f"registry:{name}", args=[firm.id_part])).status_code == 404
    assert firm.id_part not in browser.get("/search/", {"q": "甲乙"}).content.decode()


def test_an_operator_whose_park_has_no_members_sees_nothing(operator, firm):
    assert seen(operator) == set()
