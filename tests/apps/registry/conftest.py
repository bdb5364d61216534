from __future__ import annotations

import pytest


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

    return lambda *roles, area=area: make_user(*roles, area=area)


@pytest.fixture
def analyst(person):
    return person("analyst")


@pytest.fixture
def firm(area):
    from datetime import date

    from zhizao.apps.registry import services

    return services.enter(
        actor=None, area=area, name="甲乙制冷设备有限公司", valid_from=date(2021, 1, 1), source="licence"
    )
