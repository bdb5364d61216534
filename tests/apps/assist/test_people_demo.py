"""The demonstration of the grid: most enterprises have somebody and a visit, all marked; loading twice adds nothing."""

from __future__ import annotations

import pytest

from zhizao.apps.assist import grid_queries, people_demo
from zhizao.apps.assist.models import Request, Responsibility, Visit
from zhizao.base.accounts.models import User
from zhizao.base.flow.models import Case


def test_it_is_loaded_once_and_marked_simulated(area, firms, manager, staff, monkeypatch):
    monkeypatch.setattr(people_demo, "WITHOUT_ANYBODY", 3)
    User.objects.update(is_demo=True)
    User.objects.filter(pk=manager.pk).update(username="enterprise_manager")
    said = []
    for _ in range(2):
        people_demo.load(say=said.append, demo_enterprise=firms[0].key)
    assert Visit.objects.count() == 2
    assert Request.objects.count() == Case.objects.count() == 1
    assert not Visit.objects.filter(simulated=False).exists()
    assert not Responsibility.objects.filter(simulated=False).exists()
    states = [line.state for line in grid_queries.lines(None, area)]
    assert states.count("nobody") == 1
    assert len(said) == 2


@pytest.mark.django_db
def test_without_demonstration_accounts_nothing_is_loaded(area, firms):
    people_demo.load(say=lambda text: None, demo_enterprise="enterprise:none")
    assert Responsibility.objects.count() == 0
