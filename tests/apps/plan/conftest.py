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
    from zhizao.base.accounts.models import Area

    city = Area.objects.create(code="500000", name="重庆市", path="500000/")
    return Area.objects.create(code="500108", name="南岸区", parent=city, path="500000/500108/")


@pytest.fixture
def other_area(db):
    from zhizao.base.accounts.models import Area

    return Area.objects.create(code="999999", name="Elsewhere", path="999999/")


@pytest.fixture
def person(area):
    """Makes an account with roles, in the plan's area unless another is given."""

    from zhizao.base.accounts.models import Organisation, RoleGrant, User

    def make(*roles, area=area, name=""):
        organisation, _ = Organisation.objects.get_or_create(
            area=area, kind="department", name=f"Office {area.code}", path=f"office-{area.code}/"
        )
        user = User.objects.create(username=name or "-".join([*roles, area.code]), organisation=organisation)
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for role in roles)
        return user

    return make


@pytest.fixture
def analyst(person):
    return person("analyst")


@pytest.fixture
def staff(person):
    return person("department_staff")


@pytest.fixture
def draft(area):
    from zhizao.apps.plan import services

    return services.import_pack(actor=None, area=area, path=PACK)


@pytest.fixture
def version(draft):
    from zhizao.apps.plan import services

    return services.publish_version(actor=None, version=draft, known_from=services.start_of(draft.plan.issued_on))
