"""Who belongs to which group on a day, what questionnaires said by then, and that a run has both in its fingerprint."""

from __future__ import annotations

import datetime as dt

import pytest

from zhizao.apps.warning import prosperity, runs
from zhizao.base.evidence.models import Run

DAY = dt.date(2024, 7, 20)


@pytest.fixture
def hand_in(area, enterprises):
    """``hand_in(number, now, ahead, at)``: an enterprise's questionnaire of the second quarter of 2024."""
    from zhizao.base.accounts.models import Organisation
    from zhizao.base.forms.models import Step, Submission

    def made(number: int, now: str, ahead: str, at: dt.datetime, state: str = "submitted"):
        key = f"enterprise:e{number:02}"
        organisation = Organisation.objects.create(
            area=area, kind="enterprise", name=key, path=f"{area.code}-{key}/", enterprise_key=key
        )
        cells = {"01.answer": now, "02.answer": ahead}
        report = Submission.objects.create(
            area=area,
            organisation=organisation,
            subject_key=key,
            form="climate",
            edition="2023",
            start_month=2024 * 12 + 3,
            months=3,
            state=state,
            cells=cells,
            submitted_at=at,
        )
        Step.objects.create(submission=report, state=state, at=at, revision=1, cells=cells)
        return report

    return made


def test_groups_are_the_region_and_its_sectors_with_their_members(area, enterprises):
    groups = prosperity.groups_of(area, DAY, enterprises)
    assert [(one.kind, one.name, len(one.members)) for one in groups] == [
        ("region", "甲区", 40), ("sector", "电子", 20), ("sector", "装备", 20),
    ]  # fmt: skip


def test_who_left_a_sector_is_no_member_from_that_day_on(area, enterprises):
    from zhizao.base.facts import services
    from zhizao.base.facts.models import Membership

    row = Membership.objects.get(subject=enterprises["enterprise:e00"])
    ended = Membership(
        subject=row.subject, parent=row.parent, tree=row.tree, source="test", withdrawn=True,
        valid_from=dt.date(2024, 5, 1), known_from=dt.datetime(2024, 5, 2, tzinfo=dt.UTC),
    )  # fmt: skip
    services.state([ended])
    sizes = {day: len(prosperity.groups_of(area, day, enterprises)[1].members) for day in (dt.date(2024, 4, 1), DAY)}
    assert list(sizes.values()) == [20, 19]


def test_a_questionnaire_counts_from_the_day_on_which_it_was_handed_in(area, hand_in):
    hand_in(0, "1", "3", dt.datetime(2024, 7, 10, 4, tzinfo=dt.UTC))
    assert prosperity.answers_of(area, dt.date(2024, 7, 9)) == []
    (quarter,) = prosperity.answers_of(area, dt.date(2024, 7, 10))
    assert (str(quarter.span), quarter.now, quarter.ahead) == (
        "2024Q2", {"enterprise:e00": "1"}, {"enterprise:e00": "3"},
    )  # fmt: skip


def test_a_returned_questionnaire_does_not_count(area, hand_in):
    hand_in(0, "1", "3", dt.datetime(2024, 7, 10, tzinfo=dt.UTC), state="returned")
    assert prosperity.answers_of(area, DAY) == []


def test_a_questionnaire_handed_in_later_the_same_day_makes_another_run(area, economy, hand_in, keep):
    keep(DAY)
    for number in range(3):
        hand_in(number, "1", "2", dt.datetime(2024, 7, 20, 4, tzinfo=dt.UTC))
    keep(DAY)
    assert Run.objects.filter(parameters__part=runs.PROSPERITY, as_of=DAY).count() == 2
    told = runs.read(runs.latest(None, area, part=runs.PROSPERITY))
    assert told["groups"][0]["climate"] == [
        {
            "span": "2024Q2", "asked": 3,
            "present": 200.0, "present_answered": 3, "expected": 100.0, "expected_answered": 3,
        }
    ]  # fmt: skip
