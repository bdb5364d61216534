from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.urls import reverse
from tests.factories import make_area, make_user

from zhizao.base.audit.models import AuditEvent
from zhizao.base.messages import queries, services
from zhizao.base.messages.models import Todo

pytestmark = pytest.mark.django_db


@pytest.fixture
def area():
    return make_area(code="990001", name="甲区")


@pytest.fixture
def analyst(area):
    return make_user("analyst", area=area)


@pytest.fixture
def leader(area):
    return make_user("leader", area=area)


def test_a_task_for_a_role_waits_for_each_holder_in_that_area_until_one_does_it(area, analyst, leader):
    second = make_user("analyst", area=area, username="second")
    elsewhere = make_user("analyst", area=make_area(code="990002", name="乙区"), username="elsewhere")
    todo = services.ask(asked_by=leader, area=area, role="analyst", title="核对", url="/x/")
    assert list(queries.todos(analyst)) == list(queries.todos(second)) == [todo]
    assert list(queries.todos(elsewhere)) == list(queries.todos(leader)) == []
    services.close(actor=second, todo=todo)
    assert list(queries.todos(analyst)) == []
    assert list(queries.done(second)) == [todo]
    assert list(queries.done(analyst)) == []
    assert [row.done_by for row in queries.asked(leader)] == [second]


def test_one_who_is_not_addressed_cannot_close_a_task(area, analyst, leader):
    todo = services.ask(asked_by=leader, area=area, to=analyst, title="核对", url="/x/")
    acts = AuditEvent.objects.count()
    with pytest.raises(PermissionDenied):
        services.close(actor=leader, todo=todo)
    todo.refresh_from_db()
    assert todo.done_at is None
    assert AuditEvent.objects.count() == acts


def test_asking_again_about_the_same_subject_changes_nothing_while_it_is_open(area, analyst, leader):
    first = services.ask(asked_by=leader, area=area, to=analyst, title="核对", url="/x/", subject="plan.version:1")
    again = services.ask(asked_by=leader, area=area, to=analyst, title="再核对", url="/x/", subject="plan.version:1")
    assert again == first
    services.settle(actor=analyst, subject="plan.version:1")
    assert services.ask(asked_by=leader, area=area, to=analyst, title="三", url="/", subject="plan.version:1") != first


def test_what_is_due_first_stands_first_and_what_has_no_date_last(area, analyst, leader):
    for title, due in (("无期", None), ("后", date(2025, 2, 1)), ("先", date(2025, 1, 1))):
        services.ask(asked_by=leader, area=area, to=analyst, title=title, url="/x/", due=due)
    assert [todo.title for todo in queries.todos(analyst)] == ["先", "后", "无期"]


def test_a_task_needs_an_addressee(area, leader):
    with pytest.raises(IntegrityError):
        Todo.objects.create(asked_by=leader, area=area, title="谁", url="/x/")


def test_workbench_shows_to_do_done_and_mine(client, area, analyst, leader):
    todo = services.ask(asked_by=leader, area=area, to=analyst, title="核对表二", url="/x/")
    client.force_login(analyst)
    assert "核对表二" in client.get(reverse("workbench")).content.decode()
    assert client.post(reverse("close_todo", args=[todo.pk])).status_code == 302
    assert "核对表二" not in client.get(reverse("workbench")).content.decode()
    assert "核对表二" in client.get(reverse("workbench"), {"tab": "done"}).content.decode()
    client.force_login(leader)
    assert "核对表二" in client.get(reverse("workbench"), {"tab": "mine"}).content.decode()


def test_another_persons_task_and_message_do_not_exist(client, area, analyst, leader):
    todo = services.ask(asked_by=leader, area=area, to=analyst, title="核对", url="/x/")
    (notice,) = services.notify(to=[analyst], title="完成", url="/x/")
    client.force_login(leader)
    assert client.post(reverse("close_todo", args=[todo.pk])).status_code == 404
    assert client.post(reverse("read_notice", args=[notice.pk])).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_messages_are_counted_until_read(client, analyst):
    services.notify(to=[analyst], title="一", url="/a/")
    (second,) = services.notify(to=[analyst], title="二", url="/b/")
    assert queries.unread_count(analyst) == 2
    client.force_login(analyst)
    assert client.post(reverse("read_notice", args=[second.pk])).url == "/b/"
    assert queries.unread_count(analyst) == 1
    client.post(reverse("read_all_notices"))
    assert queries.unread_count(analyst) == 0
