from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest
import yaml

from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(tmp_path):
    from tests.apps.plan.conftest import PACK

    return shutil.copytree(PACK, tmp_path / "pack")


def without_code(pack):
    path = pack / "datapackage.yaml"
    facts = yaml.safe_load(path.read_text(encoding="utf-8"))
    facts["plan"]["region"]["code"] = None
    path.write_text(yaml.safe_dump(facts, allow_unicode=True), encoding="utf-8")
    return pack


def test_a_pack_makes_its_area_and_is_known_from_the_day_it_was_issued(pack):
    from zhizao.apps.plan.installing import install

    version = install(path=pack, publish=True)
    assert version.plan.area.code == "500108"
    assert version.status == "published"
    assert version.known_from == datetime(2022, 3, 8, 16, tzinfo=UTC)  # 9 March begins in Shanghai


def test_the_same_pack_again_changes_nothing(pack):
    from zhizao.apps.plan.installing import install

    assert install(path=pack, publish=True) == install(path=pack, publish=True)


def test_a_pack_without_a_code_needs_the_area_said_and_leaves_nothing_behind(pack):
    from zhizao.apps.plan.installing import install
    from zhizao.apps.plan.models import Plan
    from zhizao.base.accounts.models import Area

    with pytest.raises(Refused) as refused:
        install(path=without_code(pack))
    assert [problem.code for problem in refused.value.problems] == ["plan.no_area"]
    assert not Plan.objects.exists()
    assert not Area.objects.exists()
    assert install(path=pack, area_code="park-1").plan.area.code == "park-1"
