"""The demonstration's reports: three states, made once, figures simulated."""

from __future__ import annotations

import pytest
import time_machine
from tests.factories import make_area, make_organisation, make_user

from zhizao.base.forms import demo, queries
from zhizao.base.forms.models import Duty, Submission

pytestmark = pytest.mark.django_db
KEY = "enterprise:demo"


@pytest.fixture
def people():
    area = make_area()
    found = {
        role: make_user(role, area=area, username=role, is_demo=True)
        for role in ("enterprise_reporter", "department_staff")
    }
    organisation = found["enterprise_reporter"].organisation
    organisation.enterprise_key = KEY
    organisation.save()
    return found


@time_machine.travel("2025-06-05 09:00+08:00", tick=False)
def test_the_demonstration_shows_a_report_in_each_state_and_is_made_once(people):
    for _time in range(2):
        demo.load(say=lambda text: None, demo_enterprise=KEY)
    found = {(s.form, str(s.period)): s.state for s in Submission.objects.all()}
    assert found == {
        ("output", "2025-04"): "accepted",
        ("output", "2025-05"): "submitted",
        ("energy", "2025-05"): "draft",
    }
    draft = Submission.objects.get(form="energy")
    filled = queries.assess(draft).filled
    assert {cell: item.printed for cell, item in filled.items()} == {"06.period": "3220", "06.ytd": "32620"}
    assert Duty.objects.count() == 1


def test_without_the_demo_accounts_or_their_enterprise_nothing_is_made():
    make_organisation(area=make_area(), kind="enterprise")
    demo.load(say=lambda text: None, demo_enterprise=KEY)
    assert not Duty.objects.exists()
