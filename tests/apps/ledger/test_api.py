"""``/api/v1/observations``: only what the token's owner sees, as known on a day, by parts."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(client):
    """``call(user, "observations", …)``: the answer to a token of this user."""
    from datetime import timedelta

    from django.utils import timezone

    from zhizao.base.accounts import services

    def get(user, path, **query):
        month = timezone.now() + timedelta(days=30)
        _token, text = services.create_api_token(actor=user, name="t", scopes=["ledger:read"], expires_at=month)
        return client.get(f"/api/v1/{path}", query, headers={"Authorization": f"Bearer {text}"})

    return get


def test_figures_are_exact_and_dated(take, analyst, call):
    take("enterprise:a,gross_output,2025-05,12.5,亿元,normal,2025-06-08")
    take("enterprise:a,gross_output,2025-05,13,亿元,normal,2025-07-08")
    answer = call(analyst, "observations", as_of="2025-06-30").json()
    assert answer["count"] == 1
    (item,) = answer["items"]
    assert (item["value"], item["unit"], item["span"], item["status"]) == ("125000", "万元", "2025-05", "normal")
    assert call(analyst, "observations").json()["items"][0]["value"] == "130000"


def test_a_list_comes_in_parts(take, analyst, call):
    take(*(f"enterprise:a,gross_output,2025-{month:02},1,万元,normal,2026-01-08" for month in range(1, 6)))
    answer = call(analyst, "observations", limit=2, offset=4).json()
    assert (answer["count"], [item["span"] for item in answer["items"]]) == (5, ["2025-05"])


def test_filters_narrow(take, analyst, call):
    take(
        "enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08",
        "enterprise:b,gross_output,2025-05,1,万元,normal,2025-06-08",
        "enterprise:b,employees,2024-12,1,人,normal,2025-06-08",
    )
    counts = {
        (("subject", "enterprise:b"),): 2,
        (("indicator", "employees"),): 1,
        (("within", "2025"),): 2,
        (("subject", "enterprise:none"),): 0,
        (("scope", "all"),): 0,
    }
    for query, count in counts.items():
        assert call(analyst, "observations", **dict(query)).json()["count"] == count


def test_a_stranger_gets_no_figure(take, person, call):
    from tests.factories import make_area

    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    foreign = person("analyst", area=make_area(code="990202", name="乙区"))
    assert call(foreign, "observations").json() == {"items": [], "count": 0}
    assert call(person("bank"), "observations").status_code == 403


def test_without_a_token_only_definitions_are_read(take, client):
    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    assert client.get("/api/v1/observations").status_code == 401
    assert {"gross_output", "output_per_kwh"} <= {item["key"] for item in client.get("/api/v1/indicators").json()}


def test_sdmx_is_served(take, analyst, call):
    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    assert call(analyst, "observations.sdmx").json()["data"]["dataSets"]
    answer = call(analyst, "observations.sdmx", format="sdmx-csv")
    assert answer.content.startswith(b"STRUCTURE,STRUCTURE_ID,ACTION")


def test_a_bad_period_is_refused(take, analyst, call):
    assert call(analyst, "observations", within="soon").status_code in (400, 422)
