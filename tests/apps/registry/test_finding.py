"""The search opens the files of the register by every name, by pinyin, by the credit code; nobody else's."""

from __future__ import annotations

from datetime import date

import pytest

from zhizao.apps.registry import services
from zhizao.kernel import credit_code

pytestmark = pytest.mark.django_db
CODE = credit_code.build(kind="91", region="990001", organisation="MA000001")


@pytest.fixture
def named(firm):
    services.add_name(actor=None, subject=firm, kind="short", text="甲乙冷", source="")
    services.add_name(actor=None, subject=firm, kind="english", text="Jiayi Cooling Ltd", source="")
    services.set_code(actor=None, subject=firm, code=CODE, source="")
    services.rename(actor=None, subject=firm, name="丙丁制冷有限公司", since=date(2024, 1, 1), source="")
    return firm


def found(client, user, text: str) -> str:
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get("/search/", {"q": text}).content.decode()


@pytest.mark.parametrize(
    "text", ["丙丁", "甲乙制冷", "甲乙冷", "Jiayi cool", "bdzl", "bingdingzhileng", CODE, CODE.lower()]
)
def test_every_name_and_the_code_lead_to_the_file(client, analyst, named, text):
    page = found(client, analyst, text)
    assert f"/registry/enterprises/{named.id_part}/" in page
    assert "丙丁制冷有限公司" in page


def test_who_may_not_open_a_file_does_not_find_it(client, person, other_area, named):
    own = person("enterprise_manager")
    for user in (person("analyst", area=other_area), person("bank"), person("park_operator"), own):
        assert named.id_part not in found(client, user, "丙丁")
    own.organisation.enterprise_key = named.key
    own.organisation.save()
    assert named.id_part in found(client, own, "丙丁")


@pytest.mark.parametrize("text", ["", " ", "%", "_", "\x00", "'", "x" * 200])
def test_strange_words_find_nothing_and_break_nothing(client, analyst, named, text):
    assert named.id_part not in found(client, analyst, text)
