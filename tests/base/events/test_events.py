from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from zhizao.base.accounts.models import Area
from zhizao.base.events import services
from zhizao.base.events.models import Delivery, Event
from zhizao.base.jobs import registry
from zhizao.base.jobs.execution import execute
from zhizao.base.jobs.models import Job

pytestmark = pytest.mark.django_db

SUBSCRIBERS = {"plan.published": ["test.count", "test.tell"]}
heard: list[tuple[str, int]] = []
faults: list[Exception] = []


@pytest.fixture(autouse=True)
def subscribers(settings, tmp_path: Path):
    settings.EVENT_SUBSCRIBERS = f"{__name__}.SUBSCRIBERS"
    settings.MEDIA_ROOT = tmp_path
    heard.clear()
    faults.clear()
    before = dict(registry._kinds)

    @registry.job_kind("test.count", label="Count", resumable=True)
    def count(job, *, event: int) -> None:
        with job.landing():
            number = Event.objects.get(pk=event).payload["version"]
            Area.objects.create(code=f"effect-{number}", name="x", path=f"effect-{number}/")
            if faults:
                raise faults.pop()

    @registry.job_kind("test.tell", label="Tell", resumable=True)
    def tell(job, *, event: int) -> None:
        heard.append((job.area.code, event))

    yield
    registry._kinds.clear()
    registry._kinds.update(before)


def publish(area: Area, version: int = 1) -> Event:
    return services.publish(name="plan.published", area=area, subject="plan:1", payload={"version": version})


def work() -> None:
    for job in Job.objects.filter(state="queued").order_by("pk"):
        execute(job.pk)


def effects() -> int:
    return Area.objects.filter(code__startswith="effect-").count()


def test_each_subscriber_hears_of_an_event_once(area):
    event = publish(area)
    assert services.deliver_pending() == 2
    work()
    for _ in range(3):
        assert services.deliver_pending() == 0
        work()
    assert heard == [("region-a", event.sequence)]
    assert effects() == 1
    assert set(Delivery.objects.values_list("subscriber", "settled")) == {("test.count", True), ("test.tell", True)}


def test_an_event_is_gone_with_the_transaction_that_told_it(area):
    with pytest.raises(RuntimeError), transaction.atomic():
        publish(area)
        raise RuntimeError
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()
    assert services.deliver_pending() == 0


def test_a_subscriber_that_fails_is_started_again_and_takes_effect_once(area, monkeypatch):
    faults.append(ValueError("subscriber crashed"))
    publish(area)
    services.deliver_pending()
    work()
    assert effects() == 0, "what it wrote before it failed is not kept"
    assert Job.objects.get(kind="test.count").state == "failed"

    now = timezone.now()
    monkeypatch.setattr(services.timezone, "now", lambda: now)
    assert services.deliver_pending() == 0, "it pauses for a minute first"
    now += timedelta(seconds=59)
    assert services.deliver_pending() == 0
    now += timedelta(seconds=2)
    assert services.deliver_pending() == 1
    work()
    services.deliver_pending()
    assert effects() == 1
    assert heard == [("region-a", Event.objects.get().sequence)], "the other subscriber is not disturbed"


def test_a_subscriber_that_always_fails_is_left_to_an_administrator(area, monkeypatch):
    publish(area)
    now = timezone.now()
    monkeypatch.setattr(services.timezone, "now", lambda: now)
    for _ in range(40):
        faults[:] = [ValueError("always")]
        services.deliver_pending()
        work()
        now += timedelta(minutes=10)
    job = Job.objects.get(kind="test.count")
    assert (job.state, job.attempt) == ("failed", services.MOST_ATTEMPTS)
    assert Delivery.objects.filter(settled=False).count() == 0


def test_a_new_subscriber_hears_only_of_what_comes(area, settings, monkeypatch):
    monkeypatch.setitem(SUBSCRIBERS, "plan.published", ["test.tell"])
    publish(area)
    services.deliver_pending()
    work()
    monkeypatch.setitem(SUBSCRIBERS, "plan.published", ["test.tell", "test.count"])
    services.deliver_pending()
    work()
    assert effects() == 0
    publish(area, version=2)
    services.deliver_pending()
    work()
    assert effects() == 1


def test_an_event_nobody_listens_to_is_kept(area):
    event = services.publish(name="plan.unheard", area=area, subject="plan:1", payload={})
    assert services.deliver_pending() == 0
    assert Event.objects.visible_to(None or _stranger()).count() == 0
    assert Event.objects.get() == event


def _stranger():
    from django.contrib.auth.models import AnonymousUser

    return AnonymousUser()


def test_every_subscriber_of_the_product_is_a_declared_resumable_kind(settings):
    settings.EVENT_SUBSCRIBERS = "zhizao.site.subscribers.SUBSCRIBERS"
    for name, kinds in services.subscribers().items():
        for kind in kinds:
            assert registry.get(kind).resumable, f"{kind}, which hears of {name}, may be started twice"
