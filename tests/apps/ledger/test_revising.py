"""How much figures change after they were first given: r = last known − first known, over all figures of the year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from tests.factories import make_area

from zhizao.apps.ledger import revising
from zhizao.apps.ledger.models import Indicator
from zhizao.apps.ledger.queries import Basis
from zhizao.kernel.span import Span

pytestmark = pytest.mark.django_db

YEAR = Span.of_year(2025)
FIGURES = (
    "enterprise:a,gross_output,2025-01..03,100,万元,normal,2025-04-10",
    "enterprise:a,gross_output,2025-01..03,97,万元,normal,2025-05-09",
    "enterprise:a,gross_output,2025-01..03,103,万元,normal,2025-06-09",
    "enterprise:b,gross_output,2025-01..03,47,万元,normal,2025-04-10",
)


@pytest.fixture
def output(take):
    take(*FIGURES)
    return Indicator.objects.get(key="gross_output")


def of(actor, indicator, within=YEAR, as_of=date(2025, 7, 1)):
    return revising.revised(actor, indicator, within, basis=Basis(), as_of=as_of)


def test_a_change_is_from_the_first_to_the_last_known_figure(output, analyst):
    """a: 103 − 100 = 3, b: 0; mean 3/2, size 3/2, of 103 + 47 = 150: 2 %; one of two changed."""
    found = of(analyst, output)
    assert (found.figures, found.changed_pct) == (2, 50)
    assert (found.mean, found.mean_absolute, found.relative_pct) == (Decimal("1.5"), Decimal("1.5"), 2)


def test_a_change_that_was_not_known_yet_is_none(output, analyst):
    """On 1 June: 97 − 100 = −3."""
    assert of(analyst, output, as_of=date(2025, 6, 1)).mean == Decimal("-1.5")
    assert of(analyst, output, as_of=date(2025, 5, 1)).changed_pct == 0


def test_figures_of_other_periods_do_not_count(output, analyst, take):
    take("enterprise:a,gross_output,2025-01..05,500,万元,normal,2025-06-10")
    assert of(analyst, output, within=Span.parse("2025-01..04")).figures == 2  # not the five months
    assert of(analyst, output, within=Span.of_year(2024)) is None


def test_a_figure_taken_back_has_no_change(output, analyst, take):
    take("enterprise:b,gross_output,2025-01..03,,万元,missing,2025-06-20")
    assert of(analyst, output).figures == 1


def test_only_figures_that_the_actor_may_see_count(output, person):
    assert of(person("analyst", area=make_area(code="990202", name="乙区")), output) is None


def test_the_page_of_the_indicator_says_it(output, analyst, client):
    client.force_login(analyst)
    page = client.get(reverse("ledger:monitor_indicator", args=["gross_output"]), {"as_of": "2025-07-01"})
    assert "首次上报后的改动" in page.content.decode()
    assert "50.0" in page.content.decode()
