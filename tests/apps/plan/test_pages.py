"""Every page of the plan: who sees it, what it says, how many queries it takes, as file too."""

from __future__ import annotations

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

LISTS = ["overview", "enterprises", "projects", "land", "suppliers"]
PAGES = [*[(name, ()) for name in LISTS], ("project", (1,)), ("chains", ()), ("chain", (1,)), ("versions", ())]
MOST_QUERIES = 12


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_a_published_plan_is_open_to_anyone_in_few_queries(client, version, name, args, django_assert_max_num_queries):
    url = reverse(f"plan:{name}", args=args)
    client.get(url)
    with django_assert_max_num_queries(MOST_QUERIES):
        response = client.get(url)
    assert response.status_code == 200
    assert version.plan.title in response.content.decode()


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_each_list_is_a_file_too(client, version, name, kind):
    response = client.get(reverse(f"plan:{name}"), {"format": kind})
    assert response.status_code == 200
    assert len(response.content) > 300
