"""What a brief's facts are, by hand: every enterprise makes a tenth more each year, 1.1⁴ × its size a month in 2024."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.apps.cockpit.conftest import AS_OF
from tests.apps.outlook.conftest import monthly_rows, row

from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db


def value(made, key):
    return made.data["facts"][key]["value"]


def test_the_month_is_the_difference_of_two_years_to_date_and_all_of_them_grow_by_a_tenth(made):
    assert value(made, "gross_output.ytd.value") == "1756.92"  # 6 × 200 × 1.4641
    assert value(made, "gross_output.month.value") == "292.82"  # 200 × 1.4641
    assert value(made, "gross_output.ytd.growth") == value(made, "gross_output.month.growth") == "10.00"
    assert value(made, "gross_output.ytd.raw") == "10.00"
    assert (value(made, "gross_output.ytd.reported"), value(made, "gross_output.ytd.expected")) == (5, 5)


def test_contributions_of_sectors_and_enterprises_add_up_to_the_growth(made):
    sectors = {row["name"]["value"]: row["points"]["value"] for row in made.data["lists"]["sectors"]}
    assert sectors == {"电子": "7.50", "装备": "2.50"}  # 150 and 50 of 200
    firms = [(row["name"]["value"], row["points"]["value"]) for row in made.data["lists"]["enterprises"]]
    assert firms == [("A厂", "5.00"), ("B厂", "2.50"), ("C厂", "1.50"), ("D厂", "0.75"), ("E厂", "0.25")]


def test_who_has_not_reported_is_late_and_does_not_lower_the_comparable_growth(area, take):
    from zhizao.apps.cockpit import gathering

    take(*monthly_rows(without=frozenset({("a", 2024, 6)})))
    made = gathering.gather(gathering.ask(area, "2024-06", AS_OF))
    assert (value(made, "gross_output.ytd.reported"), value(made, "gross_output.ytd.late")) == (4, 1)
    assert value(made, "gross_output.ytd.growth") == "10.00"
    assert value(made, "gross_output.ytd.raw") == "-45.00"  # 100 × 1.1 / 200 − 1
    assert value(made, "gross_output.ytd.missing") == "-55.00"


def test_february_is_january_and_february(area, figures):
    from zhizao.apps.cockpit import gathering

    made = gathering.gather(gathering.ask(area, "2024-02", dt.date(2024, 3, 20)))
    assert str(made.asked.month) == "2024-01..02" and value(made, "joint") is True
    assert value(made, "gross_output.ytd.value") == "585.64" and "gross_output.month.value" not in made.data["facts"]
    assert "revised.count" not in made.data["facts"]


def test_a_later_correction_changes_nothing_of_a_past_day_and_is_told_as_a_revision_afterwards(area, made, take):
    from zhizao.apps.cockpit import gathering
    from zhizao.base.evidence import canonical

    take(row("enterprise:a", "gross_output", "2024-01..06", 1000, "2024-08-05"), name="更正.csv")
    again = gathering.gather(gathering.ask(area, "2024-06", AS_OF))
    assert canonical.dumps(again.data) == canonical.dumps(made.data) and again.inputs == made.inputs
    later = gathering.gather(gathering.ask(area, "2024-07", dt.date(2024, 8, 20)))
    assert value(later, "revised.count") == 1
    assert value(later, "revised.by") == "121.54"  # 1000 − 6 × 146.41
    before = gathering.gather(gathering.ask(area, "2024-06", dt.date(2024, 8, 20)))
    assert value(before, "gross_output.ytd.value") == "1878.46"


def test_an_indicator_that_one_enterprise_moves_more_than_all_others_is_to_be_verified(area, take):
    from zhizao.apps.cockpit import gathering

    take(*monthly_rows(without=frozenset({("e", 2024, 6)})))
    take(row("enterprise:e", "gross_output", "2024-01..06", 1000, "2024-07-10"), name="e.csv")
    made = gathering.gather(gathering.ask(area, "2024-06", AS_OF))
    (found,) = made.data["lists"]["doubtful"]
    assert found["name"]["value"] == "工业总产值" and found["points"]["value"] == "60.11"  # (1000 − 39.93) / 1597.2


def test_growth_against_a_published_total_that_was_revised_much_since_is_to_be_verified(area, figures, take):
    from zhizao.apps.cockpit import gathering, reading

    take(row("enterprise:a", "gross_output", "2023-01..06", 79.86, "2024-07-01"), name="更正.csv")  # was ten times it
    made = gathering.gather(gathering.ask(area, "2024-06", AS_OF))
    assert value(made, "gross_output.ytd.revision") == "-90.00"  # −718.74, grown by y / b′ = 2, of 1597.2
    assert [one["name"]["value"] for one in made.data["lists"]["rebased"]] == ["工业总产值"]
    written = reading.paper(made.data, version=1, language="zh", run="0" * 12)
    (table,) = written.sections[0].tables
    assert table.rows[0][3].text.endswith("*")


def test_the_fingerprint_of_figures_is_of_permanent_keys_and_no_primary_keys(made, enterprises):
    from zhizao.apps.cockpit.sampling import sample
    from zhizao.base.evidence import canonical

    kinds = {key.removesuffix(".ytd.value"): "flow" for key in made.data["facts"] if key.endswith(".ytd.value")}
    frame = sample(made.asked, kinds, made.asked.to_date).frame
    keys = {subject.pk: subject.key for subject in enterprises.values()}
    rows = sorted([key, keys[pk], *rest] for key, pk, *rest in frame.iter_rows())
    assert made.inputs["ytd"] == canonical.sha256(rows)


def test_what_is_not_known_is_said_and_no_nought(made):
    lacking = {row["name"]["value"] for row in made.data["lists"]["unknown"]}
    assert {"营业收入", "利润总额", "用电量"} <= lacking
    assert "profit_total.ytd.value" not in made.data["facts"] and "margin" not in made.data["facts"]
    for name in ("targets.none", "alarms.none", "lamps.none", "chains.none", "help.none"):
        assert value(made, name) is True


def test_every_figure_names_a_source_that_the_annex_describes(made):
    numeric = {"amount", "rise", "change", "points", "share", "count", "chance", "index"}
    lists = [said for rows in made.data["lists"].values() for row in rows for said in row.values()]
    for said in (*made.data["facts"].values(), *lists):
        if said["kind"] in numeric:
            assert made.data["sources"][said["source"]]


@pytest.mark.parametrize(
    ("month", "as_of", "code"),
    [
        ("2024-13", "2024-07-20", "not_a_month"),
        ("summer", "2024-07-20", "not_a_month"),
        ("2024", "2024-07-20", "not_a_month"),
        ("2024-01", "2024-07-20", "january"),
        ("2999-06", "2024-07-20", "month_not_over"),
        ("2024-06", "2999-07-20", "as_of_future"),
        ("2024-06", "2024-06-30", "as_of_too_early"),
        ("2019-06", "2024-07-20", "no_figures"),
    ],
)
def test_a_brief_that_cannot_be_is_refused_with_reason_and_remedy(area, figures, month, as_of, code):
    from zhizao.apps.cockpit import gathering

    with pytest.raises(Refused) as refused:
        gathering.ask(area, month, dt.date.fromisoformat(as_of))
    (problem,) = refused.value.problems
    assert problem.code == f"cockpit.{code}" and str(problem) and problem.remedy


def test_targets_are_told_as_the_outlooks_run_has_them(area, figures, monkeypatch):
    from tests.apps.outlook import told

    from zhizao.apps.cockpit import gathering

    told.answer(monkeypatch, area)
    made = gathering.gather(gathering.ask(area, "2024-06", dt.date(2024, 7, 20)))
    assert value(made, "targets") == 4 and "targets.none" not in made.data["facts"]
    (worst, *_rest) = made.data["lists"]["at_risk"]
    assert (worst["name"]["value"], worst["p"]["value"], worst["state"]["value"]) == (
        "规模工业总产值",
        0.23,
        "unlikely",
    )
    assert worst["before"]["value"] is None and "targets.before" not in made.data["facts"]


def alarm(subject, month, severity, score):
    return {
        "rule": "warning.distress",
        "subject": f"enterprise:{subject}",
        "start_month": month,
        "months": 1,
        "severity": severity,
        "score": score,
        "facts": {},
        "simulated": False,
    }


def test_alarms_of_the_runs_month_are_counted_and_the_graver_come_first(area, figures, enterprises):
    from zhizao.apps.cockpit import gathering
    from zhizao.base.evidence import canonical
    from zhizao.base.evidence.services import record_run

    june = 2024 * 12 + 5
    told = [alarm("b", june, "notice", 2.0), alarm("a", june, "serious", 1.0), alarm("d", june - 1, "serious", 9.0)]
    of = {"actor": None, "area": area, "engine": "warning", "engine_version": "1", "seed": None}
    for day, alarms in ((dt.date(2024, 7, 20), told), (dt.date(2024, 8, 1), [alarm("c", june, "serious", 1.0)])):
        record_run(
            **of,
            inputs={"figures": "0" * 64},
            parameters={"part": "alarms"},
            as_of=day,
            output=canonical.dumps({"month": "2024-06", "alarms": alarms}),
        )
    made = gathering.gather(gathering.ask(area, "2024-06", dt.date(2024, 7, 20)))
    assert [value(made, f"alarms.{name}") for name in ("count", "serious", "notice", "enterprises")] == [2, 1, 1, 2]
    assert [one["name"]["value"] for one in made.data["lists"]["alarms"]] == ["A厂", "B厂"]
    assert made.data["lists"]["alarms"][0]["name"]["evidence"].endswith(":/alarms/1")
    assert value(made, "lamps.none") is True
