"""An area with three enterprises of its register, the people who look after them, and one who speaks for the first."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

FIRMS = ("甲乙制冷设备有限公司", "丙丁弹簧有限公司", "戊己门业有限公司")


@pytest.fixture(autouse=True)
def _own_store(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def area(db):
    from tests.factories import make_area

    return make_area(code="990001", name="甲区")


@pytest.fixture
def other_area(db):
    from tests.factories import make_area

    return make_area(code="990002", name="乙区")


@pytest.fixture
def person(area):
    """``person("analyst")``: an account of the area, or of the one given."""
    from tests.factories import make_user

    return lambda *roles, area=area, **more: make_user(*roles, area=area, **more)


@pytest.fixture
def analyst(person):
    return person("analyst")


@pytest.fixture
def staff(person):
    return person("department_staff")


@pytest.fixture
def browse(client):
    def as_(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_


@pytest.fixture
def firms(area):
    """The enterprises of the register, known since 2024."""
    from zhizao.apps.registry import services
    from zhizao.base.facts import services as facts

    subjects = services.new_subjects(area=area, names_at_entry=FIRMS)
    place = services.area_subject(area)
    for subject, name in zip(subjects, FIRMS, strict=True):
        known = datetime(2024, 1, 1, tzinfo=UTC)
        facts.state(services.first_facts(subject, name, area=place, source="licence", known_from=known))
    return subjects


@pytest.fixture
def firm(firms):
    return firms[0]


@pytest.fixture
def manager(firm, person):
    """Who speaks for the first enterprise."""
    from zhizao.base.accounts.models import Organisation

    user = person("enterprise_manager")
    Organisation.objects.filter(pk=user.organisation_id).update(enterprise_key=firm.key)
    user.organisation.refresh_from_db()
    return user


@pytest.fixture
def look_after(firms):
    """``look_after(firm, person)``: a duty since 1 January 2026."""
    from zhizao.apps.assist import grid_services

    def make(subject, person, *, duty="grid", unit=None, since=date(2026, 1, 1)):
        return grid_services.assign(
            actor=None, subject=subject, duty=duty, person=person, unit=unit, valid_from=since, source="list"
        )

    return make
