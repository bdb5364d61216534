"""Tell people, and ask them to do something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhizao.base.audit.services import record
from zhizao.base.messages.models import Notice, Todo


def notify(*, to: Iterable, title: str, body: str = "", url: str = "") -> list[Notice]:
    """Send one message to each account."""
    return Notice.objects.bulk_create([Notice(to=user, title=title, body=body, url=url) for user in to])


def mark_read(*, actor, notice: Notice | None = None) -> int:
    """Mark one of the actor's messages as read, or all of them."""
    unread = Notice.objects.visible_to(actor).filter(read_at__isnull=True)
    return (unread.filter(pk=notice.pk) if notice else unread).update(read_at=timezone.now())


@transaction.atomic
def ask(
    *, asked_by, area, title: str, url: str, to=None, role: str = "", subject: str = "", due: date | None = None
) -> Todo:
    """Ask an account, or whoever holds a role in the area, to do something.

    Asking again about the same subject while the first request is open changes nothing.
    """
    if subject and (same := Todo.objects.filter(subject=subject, to=to, role=role, area=area, done_at=None).first()):
        return same
    todo = Todo.objects.create(
        to=to, role=role, area=area, title=title, url=url, subject=subject, due=due, asked_by=asked_by
    )
    record(actor=asked_by, action="todo.ask", target=todo, area=area)
    return todo


@transaction.atomic
def close(*, actor, todo: Todo) -> Todo:
    """Mark a to-do as done. Only those it is addressed to may; a closed one stays as it is."""
    todo = Todo.objects.select_for_update().get(pk=todo.pk)
    if not Todo.objects.for_actor(actor).filter(pk=todo.pk).exists():
        raise PermissionDenied
    if todo.done_at is None:
        todo.done_by, todo.done_at = actor, timezone.now()
        todo.save(update_fields=["done_by", "done_at"])
        record(actor=actor, action="todo.close", target=todo, area=todo.area)
    return todo


@transaction.atomic
def settle(*, actor, subject: str) -> int:
    """Close every open to-do about a subject, because the act it asked for has been done by the actor."""
    open_todos = Todo.objects.filter(subject=subject, done_at=None)
    for todo in open_todos:
        record(actor=actor, action="todo.close", target=todo, area=todo.area)
    return open_todos.update(done_by=actor, done_at=timezone.now())
