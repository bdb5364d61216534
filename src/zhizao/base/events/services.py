"""Tell what happened, and see to it that each subscriber hears of it once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from zhizao.base.events.models import Delivery, Event
from zhizao.base.jobs import services as jobs
from zhizao.base.jobs.models import Job

if TYPE_CHECKING:
    from zhizao.base.accounts.models import Area

MOST_ATTEMPTS = 5
FIRST_PAUSE = timedelta(minutes=1)


def subscribers() -> dict[str, list[str]]:
    """Event name → the kinds of job that are started for it: the roof's list (``settings.EVENT_SUBSCRIBERS``)."""
    return import_string(settings.EVENT_SUBSCRIBERS)


def publish(*, name: str, area: Area | None, subject: str, payload: dict[str, Any] | None = None) -> Event:
    """Write an event into the caller's transaction: if that is rolled back, nothing has been said.

    Each subscriber is a resumable kind of job and is called as ``run(job, event=<sequence>)``.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an event is published in the transaction of what it tells")
    event = Event.objects.create(name=name, area=area, subject=subject, payload=payload or {})
    Delivery.objects.bulk_create(Delivery(event=event, subscriber=kind) for kind in subscribers().get(name, ()))
    return event


def deliver_pending() -> int:
    """Start the jobs of subscribers that have not heard yet, and again those that failed; returns how many.

    A job that failed is started again after 1, 2, 4, 8 minutes; after the fifth failure it stays failed in the job
    centre, where an administrator can start it by hand.
    """
    started = 0
    for pk in Delivery.objects.filter(settled=False).values_list("pk", flat=True)[:500]:
        with transaction.atomic():
            started += _deliver(Delivery.objects.select_for_update(of=("self",)).select_related("event").get(pk=pk))
    return started


def _deliver(delivery: Delivery) -> int:
    now = timezone.now()
    if delivery.settled or (delivery.retry_at and delivery.retry_at > now):
        return 0
    if delivery.job is None:
        event = delivery.event
        delivery.job = jobs.enqueue(
            actor=None,
            kind=delivery.subscriber,
            parameters={"event": event.sequence},
            area=event.area,
            idempotency_key=f"event:{event.sequence}",
        )
        delivery.save(update_fields=["job"])
        return 1
    job = delivery.job
    if job.state in (Job.State.DONE, Job.State.CANCELLED):
        delivery.settled = True
        delivery.save(update_fields=["settled"])
    elif job.state == Job.State.FAILED and delivery.retry_at is None:
        if job.attempt >= MOST_ATTEMPTS:
            delivery.settled = True
        else:
            delivery.retry_at = now + FIRST_PAUSE * 2 ** (job.attempt - 1)
        delivery.save(update_fields=["settled", "retry_at"])
    elif job.state == Job.State.FAILED:
        delivery.retry_at = None
        delivery.save(update_fields=["retry_at"])
        jobs.requeue(job=job)
        return 1
    return 0
