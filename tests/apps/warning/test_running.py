"""A run finds alarms from what was known on its day, keeps their arithmetic, and lets lapse what no longer stands."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.warning.conftest import FALLEN, LAST, MONTHS, monthly_rows, row, span_of

from zhizao.apps.warning import charts, gathering, queries, running, runs, services
from zhizao.apps.warning.models import Alarm, Choice, CutOff, Outcome
from zhizao.base.audit.models import AuditEvent
from zhizao.base.events.models import Event
from zhizao.base.facts.models import AppendOnlyError
from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db
JUNE = 2024 * 12 + 5


def of_fallen():
    return Alarm.objects.filter(subject__key=FALLEN, family="distress")


def test_the_fall_of_one_enterprise_is_called_with_its_arithmetic_and_the_rows_it_stands_on(economy, keep):
    kept = keep()
    alarm = of_fallen().get()
    assert (alarm.start_month, alarm.months, alarm.severity, alarm.run) == (JUNE, 1, "serious", kept.run)
    rows = {row.label: row for row in queries.arithmetic(alarm)}
    output = rows["工业总产值"]
    assert output.unit == "万元"
    assert output.reference == f"figure:{FALLEN}~gross_output~2024-06~enterprise~current"
    assert output.off == pytest.approx(100 * (output.value / output.expected - 1))
    assert output.off < -50
    assert output.z < -3
    assert output.reference in alarm.rows
    assert set(alarm.facts["inputs"]) == {"distress_q_pct", "distress_score"}
    *each, total = [row.value for row in queries.arithmetic(alarm) if row.unit == "1" and row.z is None]
    assert total == pytest.approx(sum(each) / len(each) ** 0.5)
    assert total == pytest.approx(alarm.score, abs=1e-3)
    worse = sum(one["z"] is not None and one["z"] < 0 for one in alarm.facts["rows"])
    assert alarm.facts["params"]["worse"] == worse <= alarm.facts["params"]["count"]
    assert alarm.score == pytest.approx(alarm.facts["inputs"]["distress_score"], abs=1e-4)
    assert "工业总产值" in queries.sentence(alarm) or "用电量" in queries.sentence(alarm)
    assert queries.bound(alarm).parameters["most_false_pct"] == 13


def test_the_same_run_gives_the_same_bytes_and_adds_nothing(area, economy, keep):
    first, again = (running.make(area, LAST, step=lambda text: None) for _ in range(2))
    assert (first.output, first.prosperity, first.inputs) == (again.output, again.prosperity, again.inputs)
    kept, same = (services.keep(actor=None, made=made) for made in (first, again))
    assert same.run == kept.run
    assert (same.found, same.lapsed) == (0, 0)
    assert kept.found == Alarm.objects.count() > 0


def test_another_sector_or_another_run_before_makes_another_run_of_the_day(area, economy, enterprises, keep):
    from zhizao.apps.registry.services import parent_subject
    from zhizao.base.facts.models import Membership
    from zhizao.base.facts.services import state

    first = keep().run
    long_ago = dt.datetime(2021, 2, 1, tzinfo=dt.UTC)
    other = parent_subject(tree="sector", name="材料", area=area)
    state([Membership(subject=enterprises[FALLEN], parent=other, tree="sector", source="test", known_from=long_ago)])
    second = keep().run
    assert second != first
    keep(dt.date(2024, 6, 20))
    assert keep().run not in (first, second)


def test_new_alarms_are_told_as_an_event_and_stand_in_the_audit_trail(economy, keep):
    kept = keep()
    event = Event.objects.get(name="warning.found")
    assert event.payload["run"] == kept.run.sha12
    assert sorted(event.payload["alarms"]) == sorted(Alarm.objects.values_list("pk", flat=True))
    assert AuditEvent.objects.filter(action="warning.run.keep").count() == 1
    keep()
    assert Event.objects.filter(name="warning.found").count() == 1


def test_a_run_of_a_past_day_knows_nothing_of_what_came_later(area, economy, take):
    may = dt.date(2024, 6, 20)
    before = running.make(area, may, step=lambda text: None)
    assert before.record["month"] == "2024-05"
    take(row("enterprise:e01", "gross_output", "2024-05", 1, "2024-07-30"), name="更正.csv")
    assert running.make(area, may, step=lambda text: None).output == before.output


def test_a_corrected_figure_lets_the_alarm_lapse_and_the_old_page_still_opens(area, economy, take, keep):
    keep()
    alarm = of_fallen().get()
    calm = {"gross_output": 74.8, "electricity": 0.187, "profit_total": 7.5}
    take(*(row(FALLEN, name, "2024-06", value, "2024-08-01") for name, value in calm.items()), name="更正.csv")
    keep(dt.date(2024, 8, 5))
    alarm.refresh_from_db()
    assert (alarm.lapsed_as_of, alarm.lapsed_why) == (dt.date(2024, 8, 5), "figures_changed")
    assert queries.alarm(None, alarm.pk, as_of=LAST) == alarm
    assert alarm in queries.alarms(None, area, as_of=LAST)
    assert alarm not in queries.alarms(None, area)
    assert alarm in queries.alarms(None, area, with_lapsed=True)
    assert queries.lapsed_because(alarm)
    assert queries.alarm(None, alarm.pk, as_of=dt.date(2024, 7, 19)) is None


def test_withdrawn_figures_let_the_alarm_lapse_for_that_reason(economy, take, keep):
    keep()
    names = ("gross_output", "electricity", "operating_revenue", "profit_total")
    take(*(row(FALLEN, name, "2024-06", "", "2024-08-01", status="missing") for name in names), name="撤回.csv")
    keep(dt.date(2024, 8, 5))
    assert of_fallen().get().lapsed_why == "data_withdrawn"


def test_an_alarm_that_lapsed_and_is_found_again_the_same_day_stands_again(economy, keep):
    keep()
    of_fallen().update(lapsed_as_of=LAST, lapsed_why="figures_changed")
    assert keep().found == 1
    assert of_fallen().get().lapsed_as_of is None


def test_a_backtest_before_the_newest_run_lets_nothing_lapse(economy, keep):
    keep()
    before = list(Alarm.objects.order_by("pk").values_list("pk", "lapsed_as_of"))
    kept = keep(dt.date(2024, 6, 20))
    assert kept.lapsed == 0
    assert [pair for pair in Alarm.objects.order_by("pk").values_list("pk", "lapsed_as_of") if pair in before] == before


def test_what_a_rule_has_called_is_not_called_again_a_month_later(economy, take, keep):
    keep()
    calm = {"gross_output": 20, "electricity": 0.05, "profit_total": -5, "operating_revenue": 74.8}
    rows = [row(FALLEN, name, "2024-07", value, "2024-08-10") for name, value in calm.items()]
    others = [number for number in range(40) if number != 7]
    for number in others:
        size = 50 * 10 ** (number / 40)
        of = {"gross_output": size, "electricity": size / 400, "operating_revenue": size, "profit_total": size * 0.1}
        rows += [row(f"enterprise:e{number:02}", k, "2024-07", round(v, 3), "2024-08-10") for k, v in of.items()]
    take(*rows, name="七月.csv")
    keep(dt.date(2024, 8, 20))
    assert of_fallen().count() == 1


def test_who_reports_ahead_of_the_others_does_not_move_the_month(area, economy, take):
    take(row("enterprise:e00", "gross_output", "2024-07", 50, "2024-07-15"), name="早.csv")
    assert running.make(area, LAST, step=lambda text: None).record["month"] == "2024-06"


def test_what_is_not_looked_at_is_listed_with_the_reason(economy, keep):
    kept = keep()
    told = {(one.family, one.text) for one in queries.not_looked_at(kept.run)}
    families = {family for family, _text in told}
    assert {"path", "chain", "factor"} <= families
    assert all(text for _family, text in told)


def test_an_area_without_figures_is_refused_in_words(area, enterprises, keep):
    with pytest.raises(Refused) as refused:
        keep()
    assert refused.value.problems[0].code == "warning.nothing_known"
    assert not Alarm.objects.exists()


def test_a_day_to_come_is_refused_and_only_an_analyst_may_run(area, person):
    with pytest.raises(Refused) as refused:
        services.start_run(actor=None, area=area, as_of=dt.date(2999, 1, 1))
    assert refused.value.problems[0].code == "warning.future"
    with pytest.raises(PermissionDenied):
        services.start_run(actor=person("leader"), area=area)
    analyst = person("analyst")
    assert services.start_run(actor=analyst, area=area) == services.start_run(actor=analyst, area=area)


def test_a_published_threshold_holds_for_months_after_it_was_known(area, economy, keep):
    choice = Choice(
        area=area, rule="warning.distress", parameter="most_false_pct", value=0, unit="%",
        effective_from=dt.date(2022, 1, 1), why="试",
    )  # fmt: skip
    choice.save()
    from zhizao.apps.warning.rules import watch_of

    known = choice.known_from.date()
    book = watch_of(area).book
    assert book.rule("warning.distress", as_of=known + dt.timedelta(days=2)).parameters["most_false_pct"] == 0
    assert book.rule("warning.distress", as_of=dt.date(2024, 6, 30)).parameters["most_false_pct"] == 13
    assert watch_of(area, LAST).book.rule("warning.distress", as_of=LAST).parameters["most_false_pct"] == 13


def test_alarms_outcomes_and_choices_are_never_removed_or_changed(economy, keep):
    keep()
    alarm = of_fallen().get()
    outcome = Outcome(alarm=alarm, verdict="true", by_rule=True, why="规则")
    outcome.save()
    for act in (alarm.delete, Alarm.objects.all().delete, outcome.delete, Outcome.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            act()
    with pytest.raises(AppendOnlyError):
        Outcome.objects.update(why="x")
    with pytest.raises(AppendOnlyError):
        outcome.save()


def test_a_run_asks_the_database_a_fixed_number_of_times(area, economy):
    def asked(made) -> int:
        with CaptureQueriesContext(connection) as seen:
            services.keep(actor=None, made=made)
        return len(seen)

    with CaptureQueriesContext(connection) as seen:
        made = running.make(area, LAST, step=lambda text: None)
    assert len(seen) <= 80
    assert asked(made) <= 40
    found = list(queries.alarms(None, area))
    with CaptureQueriesContext(connection) as seen:
        queries.sentences(found)
        queries.arithmetics(found)
        queries.outcomes([alarm.pk for alarm in found])
    assert len(seen) <= 3


@pytest.mark.django_db(transaction=True)
def test_backtests_go_through_their_days_once_and_propose_bounds_where_they_are_asked_to(area, economy, monkeypatch):
    from zhizao.apps.warning import cutoffs
    from zhizao.base.jobs.execution import execute

    monkeypatch.setattr(cutoffs, "LEAST_MONTHS", 3)
    days = [dt.date(2024, 6, 20), LAST]
    job = services.start_backtests(actor=None, area=area, days=days, cut_offs=True)
    assert services.start_backtests(actor=None, area=area, days=days, cut_offs=True) == job
    execute(job.pk)
    job.refresh_from_db()
    assert job.state == job.State.DONE, job.problems
    assert [str(run.as_of) for run in (runs.latest(None, area, as_of=day) for day in days)] == [str(d) for d in days]
    assert Alarm.objects.filter(is_backtest=True).exists()
    assert set(CutOff.objects.values_list("proposed", flat=True)) == {True}


def _imported(module: str) -> set[str]:
    """The modules of the app that one of them imports, wherever in the file."""
    import ast
    from importlib.util import find_spec
    from pathlib import Path

    tree = ast.parse(Path(find_spec(f"zhizao.apps.warning.{module}").origin).read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "zhizao.apps.warning":
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("zhizao.apps.warning."):
            found.add(node.module.rpartition(".")[2])
    return found


def test_all_code_that_makes_a_run_is_in_its_fingerprint():
    """A new gatherer, or a new module that one of them leans on, cannot be forgotten. Models and the words of reasons
    make no fact; of the engine every file counts."""
    from pathlib import Path

    import zhizao
    from zhizao.apps.warning import families

    reached, todo = set(), {"running"}
    while todo:
        reached |= todo
        todo = set().union(*map(_imported, todo)) - reached
    there = running.sources()
    gatherers = {module.__name__.rpartition(".")[2] for module in families._MODULES}
    assert gatherers <= reached
    assert {f"apps/warning/{name}.py" for name in reached - {"models", "reasons"}} <= set(there)
    home = Path(zhizao.__file__).parent
    assert {f"engines/warning/{path.name}" for path in (home / "engines" / "warning").glob("*.py")} <= set(there)
    assert all(data == (home / path).read_bytes() for path, data in there.items())


@pytest.fixture
def trading(area, enterprises):
    """Three enterprises whose trade of 2024 is known from the first of February on."""
    from tests.apps.chain.trading import link

    from zhizao.apps.registry.linking import outside
    from zhizao.base.facts import services as facts

    a, b, c = (enterprises[f"enterprise:e0{number}"] for number in range(3))
    beyond, known = outside(area), {"known_from": dt.datetime(2024, 2, 1, tzinfo=dt.UTC)}
    pairs = [(c, a), (a, b), (c, beyond), (a, beyond), (b, beyond), (beyond, a), (beyond, b)]
    return facts.state([link(one, other, 100, **known) for one, other in pairs])


def test_a_backtest_has_systemic_risk_computed_from_the_links_that_were_known_then(area, trading):
    from zhizao.apps.chain import risk_run
    from zhizao.apps.warning import jobs
    from zhizao.base.evidence.models import Run

    for day in (dt.date(2024, 1, 20), dt.date(2024, 6, 20), dt.date(2024, 7, 20), dt.date(2025, 8, 20)):
        jobs._know_risk(area, day)
    computed = Run.objects.filter(area=area, engine=risk_run.ENGINE).order_by("as_of")
    assert list(computed.values_list("as_of", flat=True)) == [dt.date(2024, 6, 20), dt.date(2025, 8, 20)]


def test_systemic_risk_computed_after_a_run_makes_another_one_due_the_next_day(area, trading):
    from django.utils import timezone

    from zhizao.apps.warning import jobs

    run_at, day = timezone.now(), dt.date(2024, 7, 20)
    later = day + dt.timedelta(days=3)
    assert not jobs._is_due(area, day, run_at, later)
    jobs._know_risk(area, day)
    assert jobs._is_due(area, day, run_at, later)
    assert not jobs._is_due(area, day, run_at, day)
    assert not jobs._is_due(area, day, timezone.now(), later)


def test_the_panel_of_the_engine_is_what_was_reported(area, economy):
    told = gathering.said(area, gathering.rules_of(area, LAST).watch)
    gathered = gathering.at(area, told, LAST)
    assert gathered.figures.months() == [f"{year}-{month:02}" for year, month in MONTHS]
    assert gathered.month == JUNE
    assert set(gathered.sectors.values()) == {"电子", "装备"}
    assert span_of(2024, 2) == "2024-01..02"


def test_a_doubtful_figure_is_shown_as_it_was_reported_and_silence_with_what_is_missing_and_the_last_report(
    area, take, keep
):
    """One reports its last output in yuan instead of ten thousand; another has told nothing since February."""
    rows = []
    for text in monthly_rows(fallen=1.0):
        cells = text.split(",")
        if cells[0] == "enterprise:e05" and cells[1:3] == ["gross_output", "2024-06"]:
            cells[5] = str(float(cells[5]) * 10_000)
        if cells[0] != "enterprise:e06" or cells[2] <= "2024-01..02":
            rows.append(",".join(cells))
            if cells[1] == "gross_output":  # a third figure, by which a doubt can be told
                rows.append(text.replace("gross_output", "orders_new"))
    take(*rows)
    keep()
    doubt = Alarm.objects.get(family="doubtful", subject__key="enterprise:e05")
    first, before, *_others = rows = queries.arithmetic(doubt)
    assert first.value > 5_000 * before.value
    assert before.reference == "figure:enterprise:e05~gross_output~2024-05~enterprise~current"
    shown = charts.watched(doubt, [row.label for row in rows])
    assert shown.reference.indicator == "gross_output"
    assert charts.against(doubt, shown, title="t")["title"] == "t"
    assert first.reference == "figure:enterprise:e05~gross_output~2024-06~enterprise~current"
    silent = Alarm.objects.filter(family="silent", subject__key="enterprise:e06").last()
    missing, last = queries.arithmetic(silent)
    assert (missing.value, missing.expected) == (silent.facts["params"]["cells"], 0.0)
    assert last.reference == "figure:enterprise:e06~gross_output~2024-01..02~enterprise~current"
    assert last.label.endswith("工业总产值")
