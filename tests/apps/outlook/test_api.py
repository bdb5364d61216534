"""``/api/v1/outlook``: what the token's owner may see, as of a day."""

from __future__ import annotations

import datetime as dt

import pytest

from zhizao.apps.outlook import running, runs, services
from zhizao.apps.outlook.running import Asked

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 7, 31)


@pytest.fixture
def told(area, economy):
    wish = Asked(area, DAY, None, 200, 7)
    made = running.make(wish, step=lambda text: None)
    return services.keep(actor=None, asked=wish, made=made, part=runs.TARGETS)


@pytest.fixture
def ask(client):
    """``ask(user, "outlook", …)``: the answer to a token of this user."""
    from django.utils import timezone

    from zhizao.base.accounts import services as accounts

    def get(user, path, *, scope="outlook:read", **query):
        month = timezone.now() + dt.timedelta(days=30)
        _token, text = accounts.create_api_token(actor=user, name="t", scopes=[scope], expires_at=month)
        return client.get(f"/api/v1/{path}", query, headers={"Authorization": f"Bearer {text}"})

    return get


def test_targets_come_with_their_chance_and_their_run(told, analyst, ask):
    answer = ask(analyst, "outlook", area="990101").json()
    assert (answer["run"], answer["as_of"], answer["is_backtest"], answer["draws"]) == (
        told.sha12,
        "2024-07-31",
        True,
        200,
    )
    first = answer["targets"][0]
    assert (first["name"], first["span"], first["bound"], first["value"]) == (
        "规模工业总产值",
        "2025",
        "ge",
        "4187.300000",
    )
    assert 0 <= first["p_lo"] <= first["p"] <= first["p_hi"] <= 1 and first["simulated"]


def test_calls_of_a_target_come_with_their_outcome(told, keys, analyst, ask):
    (call,) = ask(analyst, f"outlook/{keys['绿色工厂']}/calls").json()  # of the reader's own area
    assert (call["as_of"], call["is_backtest"], call["happened"], call["run"]) == ("2024-07-31", True, None, told.sha12)


def test_a_day_before_the_first_run_and_a_foreign_area_are_not_there(told, analyst, ask, person):
    from tests.factories import make_area

    assert ask(analyst, "outlook", area="990101", as_of="2024-07-30").status_code == 404
    stranger = person("analyst", area=make_area(code="990202", name="乙区"))
    assert ask(stranger, "outlook", area="990101").status_code == 404


def test_who_may_not_see_forecasts_gets_none(told, person, ask):
    assert ask(person("chain_office"), "outlook", area="990101").status_code == 403
    assert ask(person("enterprise_manager"), "outlook", area="990101").status_code == 404
    assert ask(person("leader"), "outlook", scope="plan:read", area="990101").status_code in (401, 403)
