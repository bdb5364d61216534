"""The keys of the list are asked for once while nothing is added, and anew as soon as something is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhizao.apps.registry import listing, queries, services

pytestmark = pytest.mark.django_db(transaction=True)
SEEN = queries.view()


@pytest.fixture(autouse=True)
def _forget():
    listing._kept.clear()


def asked(actor, **wanted) -> tuple[list[int], int]:
    with CaptureQueriesContext(connection) as captured:
        found = listing.keys(actor, queries.Wanted(**wanted), SEEN)
    return found, sum("ORDER BY" in query["sql"] for query in captured)


def test_the_same_question_is_asked_once_until_a_fact_is_added(firm, analyst, area):
    first, _count = asked(analyst)
    assert asked(analyst) == (first, 0)
    services.enter(actor=None, area=area, name="戊己门业有限公司", valid_from=None, source="")
    assert len(asked(analyst)[0]) == len(first) + 1


def test_another_filter_or_another_actor_is_another_question(firm, analyst, person, other_area):
    asked(analyst)
    assert asked(analyst, tier="骨干") == ([], 1)
    assert asked(person("analyst", area=other_area)) == ([], 1)


def test_what_is_not_committed_is_not_kept(firm, analyst):
    from django.db import transaction

    with transaction.atomic():
        asked(analyst)
    assert not listing._kept


def test_no_more_than_a_few_questions_are_kept(firm, analyst):
    for number in range(listing.MOST + 5):
        asked(analyst, text=str(number))
    assert len(listing._kept) == listing.MOST
