from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from tests.factories import make_area, make_user

from zhizao.base.search import queries, services
from zhizao.base.search.services import Entry

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


@pytest.fixture
def area():
    return make_area(code="990001", name="甲区")


def entry(area, title, **more):
    return Entry(area_id=area.pk, kind="Enterprise", title=title, url="/somewhere/", **{"public": True} | more)


def found(text, actor=NOBODY):
    return [row.title for row in queries.find(actor, text)]


@pytest.mark.parametrize("text", ["长江", "轴承", "zc", "changjiang", "CJ", "9150", "长江 轴承"])
def test_found_by_part_of_the_name_pinyin_initials_and_code(area, text):
    services.replace(source="test", entries=[entry(area, "长江轴承", code="9150"), entry(area, "卷烟厂")])
    assert found(text) == ["长江轴承"]


def test_every_word_must_match(area):
    services.replace(source="test", entries=[entry(area, "长江轴承")])
    assert found("长江 卷烟") == []


def test_names_that_begin_with_the_word_come_first(area):
    services.replace(source="test", entries=[entry(area, "新江南"), entry(area, "江南印务")])
    assert found("江南") == ["江南印务", "新江南"]


def test_a_source_is_replaced_as_a_whole_and_others_stay(area):
    services.replace(source="plan.version:1", entries=[entry(area, "旧名")])
    services.replace(source="other", entries=[entry(area, "旧友")])
    services.replace(source="plan.version:1", entries=[entry(area, "新名")])
    assert found("旧") == ["旧友"]
    assert found("新") == ["新名"]


def test_what_is_not_public_is_found_in_its_own_area_only(area):
    other = make_area(code="990002", name="乙区")
    services.replace(source="test", entries=[entry(area, "内部名单", public=False)])
    assert found("内部") == []
    assert found("内部", make_user("analyst", area=other)) == []
    assert found("内部", make_user("analyst", area=area)) == ["内部名单"]


def test_an_empty_search_finds_nothing_and_says_what_to_type(client):
    page = client.get(reverse("search:results"))
    assert page.status_code == 200
    assert found("  ") == []


def test_markup_in_the_search_text_is_shown_as_text(client):
    page = client.get(reverse("search:results"), {"q": "<script>x</script>"})
    assert b"<script>x" not in page.content


@pytest.mark.parametrize("text", ["用地", "ydxq", "yongdi"])
def test_pages_of_the_navigation_are_found_by_name_and_pinyin(client, text):
    page = client.get(reverse("search:results"), {"q": text}).content.decode()
    assert f'<a href="{reverse("plan:land")}">用地需求</a>' in page
