"""Faults put into clean plans are found, clean plans stay quiet, and the real plan's labelled cases come out right."""

from __future__ import annotations

import pytest
from tests.engines.planlint.evaluation import real_plan
from tests.engines.planlint.evaluation.__main__ import FALSE_AT_MOST, FOUND_AT_LEAST, RECALL_AT_LEAST
from tests.engines.planlint.evaluation.generator import generate
from tests.engines.planlint.evaluation.harness import FAMILIES, invented, trials

from zhizao.engines.planlint import read_document
from zhizao.engines.planlint.checking import check
from zhizao.engines.planlint.facts import facts_of
from zhizao.kernel.result import Severity

TRIALS = 20
PLANS = 20


@pytest.mark.parametrize("seed", range(9))
def test_a_generated_plan_is_read_as_it_was_made(seed):
    plan = generate(seed)
    reading = read_document(plan.paper.render()[0].encode(), file="plan.txt")
    world = plan.world
    assert {name: len(reading.rows[name]) for name in ("indicators", "projects", "enterprises", "land")} == {
        "indicators": len(world.indicators),
        "projects": sum(len(sector.projects) for sector in world.sectors),
        "enterprises": len(world.firms),
        "land": sum(len(sector.landed) for sector in world.sectors),
    }
    assert not [problem for problem in reading.problems if problem.severity is Severity.ERROR]


def test_the_same_seed_makes_the_same_plan_and_another_seed_another():
    one, again, other = (generate(seed, small=True).paper.render()[0] for seed in (4, 4, 5))
    assert one == again != other


def test_nothing_is_invented_in_clean_plans():
    found = {seed: [(one.rule, one.key) for one in invented(seed, small=True)] for seed in range(PLANS)}
    assert {seed: rules for seed, rules in found.items() if rules} == {}


@pytest.mark.parametrize("family", FAMILIES)
def test_faults_of_a_family_are_found(family):
    done = list(trials(family, TRIALS, small=True))
    missed = [(one.fault.name, one.seed) for one in done if not one.is_found]
    assert len(done) == TRIALS
    assert len(missed) <= TRIALS * (1 - FOUND_AT_LEAST), missed


@pytest.fixture(scope="module")
def score() -> real_plan.Score:
    if not real_plan.PLAN.is_file():
        pytest.skip("the real plan is not at ../shared/plan")
    return real_plan.score(check(facts_of(real_plan.reading())).findings)


def test_nine_of_ten_contradictions_of_the_real_plan_are_found(score):
    assert score.recall >= RECALL_AT_LEAST, [label.id for label in score.missed]


def test_one_error_of_ten_on_the_real_plan_at_most_is_false(score):
    assert score.false_share <= FALSE_AT_MOST, [(one.rule, one.line, one.key) for one in score.false]


def test_what_is_sound_in_the_real_plan_is_not_called_wrong(score):
    assert [(label.id, one.rule, one.line) for label, one in score.violated] == []


def test_every_label_is_used_once_and_says_its_lines():
    known = real_plan.labels()
    assert len({label.id for label in known}) == len(known)
    assert all(label.lines and label.families for label in known)
    assert sum(label.verdict == real_plan.FAULT for label in known) >= 60
