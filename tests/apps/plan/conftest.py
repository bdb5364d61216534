"""A published plan of the shipped pack, and people of its area. Django is set up only after this file is loaded."""

from __future__ import annotations

from importlib.resources import files

import pytest

PACK = files("zhizao") / "packs" / "nanan"


@pytest.fixture(autouse=True)
def _own_store(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def area(db):
    from tests.factories import make_area

    return make_area(code="500108", name="南岸区", parent=make_area(code="500000", name="重庆市"))


@pytest.fixture
def person(area):
    """``person("analyst")``: an account of the plan's area, or of the one given."""
    from tests.factories import make_user

    return lambda *roles, area=area: make_user(*roles, area=area)


@pytest.fixture
def analyst(person):
    return person("analyst")


@pytest.fixture
def staff(person):
    return person("department_staff")


@pytest.fixture
def stranger(person):
    """An analyst of another area."""
    from tests.factories import make_area

    return person("analyst", area=make_area(code="999999", name="乙县"))


@pytest.fixture(scope="session")
def _made():
    from tests.snapshot import Made

    return Made(_imported)


def _imported() -> int:
    from zhizao.apps.plan import services
    from zhizao.base.accounts.models import Area

    return services.import_pack(actor=None, area=Area.objects.get(code="500108"), path=PACK).pk


@pytest.fixture
def draft(area, _made):
    from zhizao.apps.plan.models import PlanVersion

    return PlanVersion.objects.select_related("plan__area", "run").get(pk=_made(area_id=area.pk))


@pytest.fixture
def version(draft):
    from zhizao.apps.plan import services

    return services.publish_version(actor=None, version=draft, known_from=services.start_of(draft.plan.issued_on))
