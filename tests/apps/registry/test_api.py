"""The register's API: a token's areas, its own enterprise, nothing without one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from zhizao.apps.registry import services
from zhizao.base.accounts import services as accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(client):
    def get(user, path, *, scope="registry:read", **query):
        until = timezone.now() + timedelta(days=1)
        _token, text = accounts.create_api_token(actor=user, name=path, scopes=[scope], expires_at=until)
        return client.get(f"/api/v1/enterprises{path}", query, HTTP_AUTHORIZATION=f"Bearer {text}")

    return get


def test_list_and_file_of_the_area(call, analyst, firm):
    services.set_attribute(actor=None, subject=firm, name="tier", value="骨干", source="", valid_from=date(2024, 1, 1))
    page = call(analyst, "", tier="骨干").json()
    assert page["count"] == 1
    assert page["items"][0]["name"] == "甲乙制冷设备有限公司"
    assert page["items"][0]["credit_code"] is None
    assert call(analyst, "", tier="龙头").json() == {"items": [], "count": 0}
    file = call(analyst, f"/{firm.id_part}").json()
    assert [fact["says"] for fact in file["facts"] if fact["what"] == "梯队" or "骨干" in fact["says"]] == ["骨干"]


def test_contacts_go_to_those_who_may_see_them(call, analyst, person, firm):
    services.set_attribute(actor=None, subject=firm, name="contact_phone", value="0231234567", source="")
    for path in ("", f"/{firm.id_part}"):
        assert "0231234567" in call(analyst, path).content.decode()
        assert "0231234567" not in call(person("leader") if path else analyst, f"/{firm.id_part}x").content.decode()
    leader = person("auditor")
    assert all("0231234567" not in call(leader, path).content.decode() for path in ("", f"/{firm.id_part}"))


def test_other_areas_and_other_scopes_get_nothing(call, person, analyst, firm, other_area, client):
    stranger = person("analyst", area=other_area)
    assert call(stranger, "").json()["count"] == 0
    assert call(stranger, f"/{firm.id_part}").status_code == 404
    assert call(person("bank"), "").status_code == 403
    assert call(analyst, "", scope="plan:read").status_code in (401, 403)
    assert client.get("/api/v1/enterprises").status_code == 401


def test_bad_query_is_answered_with_what_is_wrong(call, analyst, firm):
    for query in ({"limit": "0"}, {"limit": "x"}, {"as_of": "2024-13-01"}, {"offset": "-1"}):
        assert call(analyst, "", **query).status_code in (400, 422)


def test_suppliers_and_customers_of_one_enterprise(call, analyst, person, other_area, area, firm):
    from zhizao.apps.registry import linking

    rows = f"供应商,采购方,年金额（万元）,起始日期\n区外,{firm.id_part},12.5,2024-01-01\n"
    linking.take_in(actor=None, area=area, data=rows.encode(), file="l.csv")
    found = call(analyst, f"/{firm.id_part}/links").json()
    assert [(item["role"], item["id"], item["amount_wan_yuan"]) for item in found["items"]] == [
        ("supplier", None, "12.5")
    ]
    assert found["not_named"] == {"supplier": 0, "customer": 0}
    assert call(person("analyst", area=other_area), f"/{firm.id_part}/links").status_code == 404
