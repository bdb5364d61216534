"""An area with a plan that draws one chain, three enterprises of its register, and people."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

PUBLISHED = datetime(2024, 3, 1, tzinfo=UTC)
ISSUED = date(2024, 2, 1)
FIRMS = ("甲乙制冷设备有限公司", "戊己门业有限公司", "丙丁弹簧有限公司")
MEMBERS = (  # stage, node, member, kind, confidence
    ("上游", "弹簧", "丙丁弹簧", "enterprise", "0.95"),
    ("上游", "弹簧", "庚辛弹簧", "enterprise", "0.6"),
    ("中游", "整机", "甲乙制冷", "enterprise", "0.8"),
    ("下游", "输出", "电商", "channel", "0.95"),
)


@pytest.fixture(autouse=True)
def _own_store(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def area(db):
    from tests.factories import make_area

    return make_area(code="990001", name="甲区")


@pytest.fixture
def other_area(db):
    from tests.factories import make_area

    return make_area(code="990002", name="乙区")


@pytest.fixture
def person(area):
    """``person("chain_office")``: an account of the area, or of the one given."""
    from tests.factories import make_user

    return lambda *roles, area=area: make_user(*roles, area=area)


@pytest.fixture
def office(person):
    return person("chain_office")


@pytest.fixture
def analyst(person):
    return person("analyst")


@pytest.fixture
def browse(client):
    def as_(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_


@pytest.fixture
def firms(area):
    """The enterprises of the register, known since before the plan."""
    from zhizao.apps.registry import services
    from zhizao.base.facts import services as facts

    subjects = services.new_subjects(area=area, names_at_entry=FIRMS)
    place = services.area_subject(area)
    for subject, name in zip(subjects, FIRMS, strict=True):
        known = datetime(2024, 1, 1, tzinfo=UTC)
        facts.state(services.first_facts(subject, name, area=place, source="licence", known_from=known))
    return subjects


@pytest.fixture
def plan(area):
    from zhizao.apps.plan.models import Plan

    return Plan.objects.create(area=area, slug="jia", title="甲区规划", issued_on=ISSUED)


@pytest.fixture
def publish(plan):
    """``publish(members)``: a version of the plan in force that draws the chain of these members."""
    from decimal import Decimal

    from zhizao.apps.plan.models import ChainMember, PlannedEnterprise, PlanVersion

    def make(members=MEMBERS, *, known_from=PUBLISHED, chain="空调"):
        plan.versions.filter(status="published").update(status="superseded")
        version = PlanVersion.objects.create(
            plan=plan, number=plan.versions.count() + 1, status="published", known_from=known_from
        )
        PlannedEnterprise.objects.bulk_create(
            PlannedEnterprise(version=version, position=n, name=name) for n, name in enumerate(FIRMS)
        )
        ChainMember.objects.bulk_create(
            ChainMember(
                version=version,
                position=n,
                line=100 + n,
                chain=chain,
                stage=stage,
                node=node,
                member=member,
                member_type=kind,
                confidence=Decimal(share),
            )
            for n, (stage, node, member, kind, share) in enumerate(members)
        )
        return version

    return make


@pytest.fixture
def chain(firms, publish):
    """The chain as the plan draws it."""
    from zhizao.apps.chain import loading, queries

    publish()
    loading.load()
    return queries.chains(None)[0]
