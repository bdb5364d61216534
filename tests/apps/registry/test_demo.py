"""The demonstration's register: every enterprise of the plan, with tier, sector, source, and a simulated code."""

from __future__ import annotations

import csv
import re
from importlib.resources import files

import pytest

from zhizao.apps.plan import services as plans
from zhizao.apps.registry import demo, queries
from zhizao.apps.registry.models import Attribute, CreditCode
from zhizao.base.facts.models import Membership, Name, Subject
from zhizao.kernel import credit_code

pytestmark = pytest.mark.django_db
PACK = files("zhizao") / "packs" / "nanan"


@pytest.fixture
def version(db):
    from tests.factories import make_area

    area = make_area(code="500108", name="南岸区", parent=make_area(code="500000", name="重庆市"))
    draft = plans.import_pack(actor=None, area=area, path=PACK)
    return plans.publish_version(actor=None, version=draft, known_from=plans.start_of(draft.plan.issued_on))


def load() -> None:
    demo.load(say=lambda text: None, demo_enterprise="enterprise:demo")


def test_every_enterprise_of_the_plan_is_in_the_register_with_its_tier_from_the_day_of_the_plan(version):
    load()
    rows = list(csv.DictReader((PACK / "enterprises.csv").read_text(encoding="utf-8").splitlines()))
    assert Subject.objects.filter(kind="enterprise").count() == len(rows) == 175
    issued = version.plan.issued_on
    tiers = queries.facts_at(Attribute.objects.filter(name="tier"), on=issued, as_of=issued)
    assert tiers.count() == 175
    assert {row["line"] for row in rows} == {re.findall("[0-9]+", fact.source)[-1] for fact in tiers}
    sectors = queries.facts_at(Membership.objects.filter(tree="sector"), on=issued, as_of=issued)
    assert {m.parent.key for m in sectors} == {f"sector:{row['industry']}" for row in rows}
    assert not queries.facts_at(Attribute.objects.filter(name="tier"), on=issued.replace(year=issued.year - 1)).exists()


def test_codes_are_valid_unique_and_marked_simulated(version):
    load()
    codes = list(CreditCode.objects.all())
    assert len({row.code for row in codes}) == 175
    assert all(row.simulated and not credit_code.problems(row.code) for row in codes)
    assert all(row.code[2:10] == "500108YY" for row in codes)


def test_loading_twice_changes_nothing(version):
    load()
    before = [model.objects.count() for model in (Subject, Name, Attribute, CreditCode, Membership)]
    load()
    assert [model.objects.count() for model in (Subject, Name, Attribute, CreditCode, Membership)] == before
