"""An analyst reads what a stop would cost, tries a what-if, stores it, and looks at the gaps, in a browser."""

from __future__ import annotations

import pytest
from tests.apps.chain.conftest import FIRMS, chain, firms, plan, publish  # noqa: F401 -- fixtures
from tests.apps.chain.trading import trade_inside, trade_outside

pytestmark = pytest.mark.django_db(transaction=True)
ANALYST = "analyst"


@pytest.fixture
def area(db, tmp_path, settings):
    from tests.factories import make_area

    settings.MEDIA_ROOT = tmp_path / "files"
    return make_area(code="990001", name="甲区")


@pytest.fixture
def computed(area, chain, firms):  # noqa: F811 -- fixtures
    from zhizao.apps.chain import risk_services

    trade_inside(firms)
    trade_outside(area, firms)
    return risk_services.compute_now(actor=None, area=area)


def test_from_the_risk_to_a_stored_what_if_and_the_gaps(computed, area, signed_in, axe, screenshot):
    from zhizao.base.jobs.execution import execute
    from zhizao.base.jobs.models import Job

    page = signed_in(ANALYST, area=area)
    page.goto("/chain/risk/")
    assert FIRMS[0] in page.locator(".answer").inner_text()
    page.locator("x-chart svg, x-chart canvas").first.wait_for()
    axe(page)
    screenshot(page, "chain-risk")
    page.locator("a.fig").first.click()
    page.locator("#drawer .big").wait_for()
    page.locator("section.next a.btn").click()
    assert page.locator("#id_firm_1").input_value() == FIRMS[0]
    axe(page)
    screenshot(page, "chain-what-if")
    page.locator("form.stack button[type=submit]").click()
    page.locator("#wait").wait_for()
    execute(Job.objects.get(kind="chain.what_if").pk)
    page.wait_for_url("**/chain/what-if/run/*/")
    page.locator("x-chart svg, x-chart canvas").first.wait_for()
    axe(page)
    screenshot(page, "chain-what-if-result")
    page.locator("#id_name").fill("甲乙停产")
    page.locator("section.next button[type=submit]").click()
    page.locator("h1", has_text="甲乙停产").wait_for()
    page.goto("/chain/gaps/")
    axe(page)
    page.locator("table tbody a").first.click()
    axe(page)
    screenshot(page, "chain-gap")
    page.goto("/chain/sourcing/?by=buyer")
    axe(page)
