"""Taking in a pack: all or nothing, once, with exact values."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhizao.apps.plan import queries

pytestmark = pytest.mark.django_db


def test_the_plan_has_26_targets_of_which_22_state_a_growth(version):
    summary = queries.summary(queries.targets(version))
    assert (summary.total, summary.stated) == (26, 22)


def test_three_stated_growths_differ_from_their_end_points(version):
    differing = {
        item.target.name: (item.target.growth_stated_pct, round(item.growth.computed_pct, 1))
        for item in queries.summary(queries.targets(version)).differing
    }
    assert differing == {
        "规上企业新建研发机构数量": (Decimal(100), Decimal("14.9")),
        "新增智能工厂个数": (Decimal(30), Decimal("10.8")),
        "新增智能制造标杆企业数量": (Decimal(25), Decimal("14.9")),
    }
