"""The demonstration's purchases by node: divided once, nothing gained or lost, all marked; the worker computes."""

from __future__ import annotations

import pytest
from tests.apps.chain.trading import link

from zhizao.apps.chain import network, risk_demo, risk_queries
from zhizao.apps.registry import queries as registry
from zhizao.apps.registry.linking import outside
from zhizao.base.facts import services as facts
from zhizao.base.facts.models import Link
from zhizao.base.jobs.execution import execute
from zhizao.base.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(area, chain, firms):
    a, _b, c = firms
    beyond = outside(area)
    return facts.state([link(c, a, 100), link(beyond, a, 101, parties=None), link(c, beyond, 10), link(a, beyond, 10)])


def load() -> list[str]:
    said: list[str] = []
    risk_demo.load(say=said.append, seed=1)
    return said


def test_what_a_firm_buys_outside_is_divided_and_stays_the_same_in_all(area, firms, bought):
    before = {firm.key: firm.cost for firm in network.trade(area, registry.view()).firms}
    load()
    trade = network.trade(area, registry.view())
    assert {firm.key: firm.cost for firm in trade.firms} == before
    divided = [one for one in trade.from_outside if one.product]
    assert {one.product for one in divided} == {"弹簧"}  # the only node with makers before that of the buyer
    assert sum(one.fen for one in divided) == 101_000_000 // 2
    assert all(one.simulated for one in trade.from_outside)


def test_loading_again_changes_nothing_and_the_worker_computes_once(area, bought):
    load()
    count = Link.objects.count()
    load()
    assert Link.objects.count() == count
    job = Job.objects.get(kind="chain.risk")
    execute(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert risk_queries.risk_of_enterprises(area)
    assert load() == []
