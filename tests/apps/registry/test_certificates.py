"""Certificates are of the nation's kinds; what runs out within 90 days is marked."""

from __future__ import annotations

from datetime import date

import pytest

from zhizao.apps.registry import certificates, services
from zhizao.apps.registry.models import Certificate
from zhizao.kernel.result import Refused

DAY = date(2025, 6, 1)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("专精特新“小巨人”企业", "little_giant"),
        ("小巨人", "little_giant"),
        ("高企", "high_tech"),
        ("Green factory", "green_factory"),
        ("single_champion", "single_champion"),
    ],
)
def test_a_kind_is_known_by_code_name_or_another_word(word, code):
    assert certificates.read(word) == code


def test_every_rule_and_fact_of_a_kind_is_one_of_the_rules():
    from zhizao.engines.ladder import RULES, facts

    kinds = certificates.kinds().values()
    assert {kind.rule for kind in kinds if kind.rule} <= set(RULES)
    assert {kind.fact for kind in kinds if kind.fact} <= set(facts())


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["优秀企业", "", "HIGH-TECH?"])
def test_another_word_is_refused_and_nothing_is_recorded(firm, word):
    with pytest.raises(Refused) as refused:
        services.certify(actor=None, certificate=Certificate(subject=firm, kind=word))
    assert "高新技术企业" in str(refused.value.problems[0].params["kinds"])
    assert not Certificate.objects.exists()


@pytest.mark.parametrize(
    ("last", "left"),
    [(date(2025, 8, 30), 90), (date(2025, 8, 31), None), (DAY, 0), (date(2025, 5, 31), None), (None, None)],
)
def test_what_runs_out_within_90_days_is_marked(last, left):
    assert certificates.days_left(last, DAY) == left
