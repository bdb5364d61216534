from __future__ import annotations

from django.db.models import F

from zhizao.base.messages.models import Notice, Todo

_BY_DUE = (F("due").asc(nulls_last=True), "-asked_at", "-pk")


def unread_count(actor) -> int:
    return Notice.objects.visible_to(actor).filter(read_at__isnull=True).count()


def notices(actor):
    return Notice.objects.visible_to(actor)


def todos(actor):
    """Open, what is due first first; without a date last."""
    return Todo.objects.for_actor(actor).filter(done_at=None).order_by(*_BY_DUE).select_related("asked_by", "area")


def done(actor):
    return Todo.objects.filter(done_by=actor).order_by("-done_at").select_related("asked_by", "area")


def asked(actor):
    """What the actor asked of others, open first."""
    return Todo.objects.filter(asked_by=actor).order_by("done_at", "-asked_at").select_related("to", "done_by", "area")
