"""A run tells every target from what was known on its day, and the same run gives the same bytes."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from tests.apps.outlook.conftest import row, to_date, year_total

from zhizao.apps.outlook import queries, running, runs, services
from zhizao.apps.outlook.models import Call
from zhizao.apps.outlook.running import Asked
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db
SUMMER = dt.date(2024, 7, 31)
SPRING = dt.date(2024, 4, 30)


def silent(text: str) -> None:
    """A step that nobody watches."""


def asked(area, day=SUMMER, since=None, draws=200):
    return Asked(area, day, since, draws, seed=7)


def targets(made):
    return {target["name"]: target for target in json.loads(made.output)["targets"]}


def kept(area, day, since=None):
    wish = asked(area, day, since)
    return services.keep(actor=None, asked=wish, made=running.make(wish, step=silent), part=runs.TARGETS)


def test_the_same_run_gives_the_same_bytes_and_is_one_row_with_its_calls_once(area, economy):
    first, again = (running.make(asked(area), step=silent) for _ in range(2))
    assert first.output == again.output and first.inputs == again.inputs
    run, same = (services.keep(actor=None, asked=asked(area), made=made, part=runs.TARGETS) for made in (first, again))
    assert run == same
    assert Call.objects.filter(run=run).count() == 4


def test_a_run_of_a_past_day_knows_nothing_of_what_came_later(area, economy, take, yearly):
    before = running.make(asked(area), step=silent)
    take(row("enterprise:a", "gross_output", "2024-01..06", 9999, "2024-10-01"), name="更正.csv")
    yearly("绿色工厂", {2025: "9"})
    assert running.make(asked(area), step=silent).output == before.output


def test_a_year_is_told_by_its_months_at_their_ratio_to_the_target_s_figures(area, economy):
    """The plan's figure is half of the months' sum; months grow by a tenth a year: half of 2025's sum is expected."""
    target = targets(running.make(asked(area, dt.date(2024, 12, 31)), step=silent))["规模工业总产值"]
    assert target["follows"] == ["gross_output"]
    assert target["expected"] == pytest.approx(float(year_total(2025)) / 2, rel=0.05)
    assert [point["span"] for point in target["fan"]] == ["2024", "2025"]
    point = target["fan"][-1]
    assert point["q025"] <= point["q10"] <= point["q50"] <= point["q90"] <= point["q975"]


def test_the_parts_of_enterprises_and_of_sectors_add_up_to_what_is_expected(area, economy):
    target = targets(running.make(asked(area), step=silent))["规模工业总产值"]
    sectors = [part for part in target["parts"] if part["key"].startswith("sector:")]
    firms = [part for part in target["parts"] if part["key"].startswith("enterprise:")]
    for parts in (sectors, firms):
        assert sum(part["value"] for part in parts) == pytest.approx(target["expected"])
    assert [part["key"] for part in firms] == [f"enterprise:{key}" for key in "abcde"]
    assert sectors[0]["share"] == pytest.approx(0.75, abs=0.02)


def test_a_sector_s_target_is_told_by_its_own_enterprises(area, economy):
    target = targets(running.make(asked(area), step=silent))["电子信息制造业规模工业总产值"]
    assert {part["key"] for part in target["parts"]} == {"sector:电子", "enterprise:a", "enterprise:b"}


def test_a_target_without_months_is_told_by_its_own_years(area, economy):
    found = targets(running.make(asked(area), step=silent))
    assert found["绿色工厂"]["follows"] == [] and 0 <= found["绿色工厂"]["p"] <= 1
    concentration = found["园区产业集中度"]
    assert all(point["q975"] <= 100 for point in concentration["fan"])
    assert [point["span"] for point in concentration["fan"]] == ["2023", "2024", "2025"]


def test_with_a_short_record_p_leans_on_what_such_plans_reached_and_says_so(area, economy):
    found = targets(running.make(asked(area), step=silent))["园区产业集中度"]
    weight = found["weight_outside"]
    assert found["evidence_blocks"] == 2 and 0.4 < weight < 0.6
    assert found["p"] == pytest.approx((1 - weight) * found["p_model"] + weight * 0.697619, abs=1e-4)
    assert "what plans of the same kind reached, since the record is short" in found["included"]


def test_a_target_of_which_only_one_year_is_known_is_not_told_and_says_why(area, plan, enterprises, yearly):
    yearly("绿色工厂", {2021: "1"})
    made = targets(running.make(asked(area), step=silent))
    one = made["园区产业集中度"]
    assert (one["p"], one["state"], one["reason"]) == (None, "untold", "Fewer than two years are known of it.")
    assert made["绿色工厂"]["p"] is not None


def test_what_is_known_is_reached_or_missed_and_has_no_p_and_no_call(area, economy, yearly):
    yearly("绿色工厂", {2025: "3"})
    yearly("园区产业集中度", {2025: "98"})
    day = dt.date(2026, 3, 31)
    run = kept(area, day)
    found = {item.name: item for item in queries.overview(None, area).targets}
    assert (found["绿色工厂"].state, found["绿色工厂"].p) == ("missed", None)
    assert found["园区产业集中度"].state == "reached"
    assert set(Call.objects.filter(run=run).values_list("name", flat=True)) == {
        "规模工业总产值",
        "电子信息制造业规模工业总产值",
    }


def test_a_day_before_the_plan_is_refused_with_the_reason(area, economy):
    with pytest.raises(Refused, match="No plan with dated targets was in force"):
        running.make(asked(area, dt.date(2020, 12, 31)), step=silent)
    assert not Call.objects.exists()


def test_a_plan_without_any_figure_is_told_to_be_untold(area, plan):
    assert {target["state"] for target in targets(running.make(asked(area), step=silent)).values()} == {"untold"}


def test_what_moved_is_new_data_and_revisions_by_enterprise_and_adds_up(area, economy, take):
    """All grew as expected, but a's March was corrected by 2,000 upwards: half of it is the plan's."""
    kept(area, SPRING)
    correction = to_date("a", 2024, 3) + 2000
    take(row("enterprise:a", "gross_output", "2024-01..03", correction, "2024-07-20"), name="更正.csv")
    run = kept(area, SUMMER, SPRING)
    found = queries.moved(None, area, _key(run, "规模工业总产值"), as_of=SUMMER)
    assert found is not None and (found.before_as_of, found.as_of) == (SPRING, SUMMER)
    causes = {row.key: row for row in found.causes}
    assert causes["model"].change == 0
    assert causes["revisions"].change > 900 and causes["revisions"].change > abs(causes["new_data"].change)
    assert sum(row.change for row in found.causes) == pytest.approx(found.after - found.before, rel=1e-6)
    assert sum(row.p for row in found.causes) == pytest.approx(found.p_after - found.p_before, abs=1e-9)
    told = {call.as_of: call.p for call in Call.objects.filter(target_key=_key(run, "规模工业总产值"))}
    assert (found.p_before, found.p_after) == pytest.approx((told[SPRING], told[SUMMER]), abs=1e-9)
    assert found.enterprises[0].name == "A厂"
    assert {row.key for row in found.sectors} == {"sector:电子", "sector:装备"}


def test_another_model_moves_p_by_itself(area, economy, monkeypatch):
    kept(area, SPRING)
    key = _key(runs.latest(None, area, part=runs.TARGETS, as_of=SPRING), "规模工业总产值")
    said = runs.published(area, as_of=SPRING)
    said[key] = said[key] | {"expected": said[key]["expected"] - 50}
    monkeypatch.setattr(runs, "published", lambda area, as_of: said)
    kept(area, SUMMER, SPRING)
    causes = {row.key: row for row in queries.moved(None, area, key, as_of=SUMMER).causes}
    assert causes["model"].change == pytest.approx(50)


def test_the_work_of_the_day_before_at_hand_changes_no_byte(area, economy):
    _made, last = running.make_after(None, asked(area, SPRING), step=silent)
    with_it = running.make_after(last, asked(area, SUMMER, SPRING), step=silent)[0]
    without = running.make(asked(area, SUMMER, SPRING), step=silent)
    assert with_it.output == without.output and json.loads(without.output)["moved"]
    other = replace(last, asked=replace(last.asked, seed=8))
    assert running.make_after(other, asked(area, SUMMER, SPRING), step=silent)[0].output == without.output


def test_an_enterprise_s_outlook_is_a_year_ahead_and_only_for_who_may_see_it(area, economy, enterprises, person):
    wish = asked(area, dt.date(2025, 1, 31))
    services.keep(actor=None, asked=wish, made=running.enterprises(wish, step=silent), part=runs.ENTERPRISES)
    found = queries.enterprise(None, enterprises["a"])
    (series,) = found.series
    assert (found.name, series.indicator, series.unit) == ("A厂", "gross_output", "万元")
    assert [str(point.span) for point in series.fan][:2] == ["2025-01", "2025-02"] and len(series.fan) == 12
    assert float(series.actual[-1].value) == pytest.approx(2 * 100 * 1.1**4) and series.actual[-1].simulated
    assert all(p.q025 <= p.q10 <= p.q50 <= p.q90 <= p.q975 for p in series.fan)
    own = person("enterprise_manager", username="own")
    own.organisation.enterprise_key = "enterprise:a"
    own.organisation.save()
    assert queries.enterprise(own, enterprises["a"]) is not None
    assert queries.enterprise(own, enterprises["b"]) is None
    assert queries.overview(own, area) is None


def test_an_area_s_run_is_seen_by_its_readers_only(area, economy, person):
    from tests.factories import make_area

    kept(area, SUMMER)
    other = make_area(code="990202", name="乙区")
    seen = {role: queries.latest_run(person(role), area) is not None for role in ("analyst", "leader", "chain_office")}
    assert seen == {"analyst": True, "leader": True, "chain_office": False}
    assert queries.latest_run(person("analyst", area=other), area) is None


def test_the_run_of_a_day_is_the_latest_not_after_it(area, economy):
    spring, summer = kept(area, SPRING), kept(area, SUMMER)
    assert queries.latest_run(None, area) == summer
    assert queries.latest_run(None, area, as_of=dt.date(2024, 7, 30)) == spring
    assert queries.latest_run(None, area, as_of=dt.date(2024, 4, 29)) is None


def test_only_the_area_s_analysts_have_it_run(area, economy, person):
    for role in ("leader", "department_staff", "enterprise_manager"):
        with pytest.raises(PermissionDenied):
            services.start_run(actor=person(role), area=area)
    assert not _jobs()


def test_a_day_that_has_not_come_and_too_few_draws_are_refused(area, analyst):
    for wish in ({"as_of": dt.date(2999, 1, 1)}, {"draws": 99}, {"draws": 100_001}):
        with pytest.raises(Refused):
            services.start_run(actor=analyst, area=area, **wish)
    assert not _jobs()


def test_the_same_wish_on_one_day_is_one_job(area, analyst):
    first, again = (services.start_run(actor=analyst, area=area, as_of=SUMMER) for _ in range(2))
    assert first == again
    assert services.start_run(actor=analyst, area=area, as_of=SPRING) != first


def test_a_job_tells_the_targets_and_the_enterprises_and_leads_to_the_page(area, economy, analyst):
    from zhizao.base.jobs import execution

    job = services.start_run(actor=analyst, area=area, as_of=SUMMER, draws=100)
    job.parameters |= {"combined": 0}
    job.save()
    execution.execute(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.problems
    assert job.result["url"] == "/outlook/?area=990101&as_of=2024-07-31"
    assert queries.overview(analyst, area).run.made_by == analyst
    assert runs.latest(None, area, part=runs.ENTERPRISES, as_of=None) is not None


def test_past_days_are_told_in_their_order_each_compared_with_the_one_before(area, economy):
    from zhizao.base.jobs import execution

    job = services.start_backtests(actor=None, area=area, days=[SUMMER, SPRING], draws=100, seed=7)
    execution.execute(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.problems
    found = {run.as_of: runs.read(run) for run in (queries.latest_run(None, area, as_of=d) for d in (SPRING, SUMMER))}
    assert (found[SPRING]["since"], found[SUMMER]["since"]) == (None, SPRING.isoformat())
    assert set(Call.objects.values_list("as_of", "is_backtest")) >= {(SPRING, True), (SUMMER, True)}
    count = Call.objects.count()
    execution.execute(services.jobs.requeue(job=job).pk)
    assert Call.objects.count() == count


def test_a_published_plan_and_a_month_that_ended_ask_for_a_run(area, plan, monkeypatch):
    from zhizao.apps.outlook import jobs
    from zhizao.base.events import services as events

    events.deliver_pending()
    assert "outlook.plan_published" in _jobs()
    monkeypatch.setattr(jobs, "today", lambda: dt.date(2025, 8, 3))
    assert len(jobs.monthly(None)["jobs"]) == 1
    monkeypatch.setattr(jobs, "today", lambda: dt.date(2027, 1, 3))
    assert jobs.monthly(None)["jobs"] == []


def test_a_month_is_forecast_once_when_last_month_s_figures_are_in(area, economy, monkeypatch):
    """Reports come until the 14th: a run of 1 August serves until 14 August, one of the 16th until 14 September."""
    from zhizao.apps.outlook import jobs

    def asked_on(day: dt.date) -> int:
        monkeypatch.setattr(jobs, "today", lambda: day)
        return len(jobs.monthly(None)["jobs"])

    kept(area, dt.date(2025, 8, 1))
    assert (asked_on(dt.date(2025, 8, 14)), asked_on(dt.date(2025, 8, 15))) == (0, 1)
    kept(area, dt.date(2025, 8, 16))
    assert (asked_on(dt.date(2025, 9, 14)), asked_on(dt.date(2025, 9, 15))) == (0, 1)


def _jobs() -> list[str]:
    from zhizao.base.jobs.models import Job

    return list(Job.objects.filter(kind__startswith="outlook.").values_list("kind", flat=True))


def _key(run, name: str) -> str:
    return next(target["key"] for target in runs.read(run)["targets"] if target["name"] == name)


def test_the_pace_is_told_in_per_cent_a_year(area, economy):
    """From 2,600 to 4,187.3 in five years is 10 % a year; every year so far grew by a tenth."""
    pace = targets(running.make(asked(area, dt.date(2024, 12, 31)), step=silent))["规模工业总产值"]["pace"]
    assert pace["unit"] == "pct"
    assert (pace["planned"], pace["recent"]) == (pytest.approx(10, abs=0.01), pytest.approx(10, abs=0.01))
    assert pace["best"] == pytest.approx(10, abs=0.01)


def test_what_closes_the_gap_names_no_driver_too_small_to_matter(area, economy):
    """e makes 5 of 200; the sector 装备 makes a quarter, 电子 the rest: the gap of a sector's target is of a and b."""
    found = targets(running.make(asked(area), step=silent))["电子信息制造业规模工业总产值"]["gap"]
    assert [driver["key"] for driver in found["drivers"]] == ["enterprise:a", "enterprise:b"]
    shares = [driver["elasticity"] for driver in found["drivers"]]
    assert shares == [pytest.approx(2 / 3, abs=0.01), pytest.approx(1 / 3, abs=0.01)]
    assert all(driver["limit"] == pytest.approx(0.1, abs=0.01) for driver in found["drivers"])
    assert found["gap"] > 0 and 0 < found["left"] < 1
