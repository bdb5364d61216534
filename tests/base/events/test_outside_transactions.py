from __future__ import annotations

import pytest
from django.db import transaction

from zhizao.base.events import services
from zhizao.base.events.models import Event


def test_an_event_cannot_be_told_outside_a_transaction(committed, area):
    with pytest.raises(transaction.TransactionManagementError):
        services.publish(name="plan.published", area=area, subject="plan:1", payload={})
    assert not Event.objects.exists()
