"""Each family gathers its facts from data; the rule decides; what cannot be told is said, never called."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from tests.apps.warning.conftest import COUNT, LAST, monthly_rows, row

from zhizao.apps.warning import (
    families,
    gather_break,
    gather_concentration,
    gather_factor,
    gather_phantom,
    gather_stale,
    gathering,
    judging,
    rules,
)
from zhizao.apps.warning.gathering import Case, Seen
from zhizao.engines.warning.running import run
from zhizao.kernel.result import Refused
from zhizao.kernel.rules import check_cases

pytestmark = pytest.mark.django_db


def seen(area, day=LAST) -> Seen:
    told = gathering.said(area, rules.watch_of(area, day))
    gathered = gathering.at(area, told, day)
    return Seen(gathered, run(gathered.figures, gathered.watch))


def called(looked: Seen, family: str, *cases: Case):
    return judging.judged(looked.gathered, {family: cases})


def test_path_tells_each_target_s_chance_and_its_fall_and_an_old_forecast_is_not_used(area, economy, monkeypatch):
    from decimal import Decimal
    from types import SimpleNamespace

    from zhizao.apps.outlook.shown import TargetOutlook
    from zhizao.apps.warning import gather_path
    from zhizao.kernel.span import Span

    def overview(_actor, _area, *, as_of):
        day = dt.date(2024, 7, 15) if as_of >= dt.date(2024, 7, 15) else dt.date(2024, 6, 15)
        p = 0.35 if day.month == 7 else 0.6
        common = {"unit": "亿元", "pillar": "", "position": 0, "span": Span.parse("2025"), "bound": "ge"}
        target = TargetOutlook(key="t", name="产值", value=Decimal(900), state="unlikely", p=p, **common)
        come = TargetOutlook(key="u", name="户数", value=Decimal(9), state="reached", **common)
        untold = TargetOutlook(key="v", name="税", value=Decimal(9), state="untold", **common)
        return SimpleNamespace(as_of=day, targets=(target, come, untold))

    monkeypatch.setattr(gather_path.outlook, "overview", overview)
    looked = seen(area)
    cases, missing = gather_path.gather(looked)
    assert [
        (case.about, round(case.facts["target_p_pct"]), round(case.facts["target_p_fall_points"])) for case in cases
    ] == [("t", 35, 25)]
    assert [one.params["target"] for one in missing] == ["税"]
    assert [(one.severity, one.score) for one in called(looked, "path", *cases)[0]] == [("notice", 65.0)]
    cases, missing = gather_path.gather(seen(area, dt.date(2024, 12, 20)))
    assert cases == []
    assert [one.message for one in missing] == [gather_path.OLD_RUN]


def test_chain_calls_the_supplier_in_distress_of_which_others_live(area, economy, monkeypatch):
    """A third of all sales are lost if it stops, 5 % are its own: others would lose 28.33 %. Two paths that carry 0.2
    and 0.1 of the loss end at one of them: it would lose 10 % of all sales."""
    from types import SimpleNamespace

    from tests.apps.warning.conftest import FALLEN

    from zhizao.apps.chain.risk_queries import Computed
    from zhizao.apps.warning import gather_chain

    firm = {"subject": FALLEN, "esri": 1 / 3, "revenue_wan_yuan": 50.0}
    calm = {"subject": "enterprise:e08", "esri": 0.5, "revenue_wan_yuan": 50.0}
    data = {
        "firms": [calm, firm],
        "revenue_wan_yuan": 1000.0,
        "simulated": True,
        "paths": {
            FALLEN: [
                {"firms": [FALLEN], "down": True, "share": 0.5},
                {"firms": [FALLEN, "enterprise:e08"], "down": True, "share": 0.2},
                {"firms": [FALLEN, "enterprise:e09", "enterprise:e08"], "down": True, "share": 0.1},
            ]
        },
        "names": {"enterprise:e08": "e08", "enterprise:e09": "九厂"},
    }
    run_ = SimpleNamespace(as_of=LAST, sha12="a" * 12)
    monkeypatch.setattr(gather_chain.chain, "last", lambda *_args: run_)
    monkeypatch.setattr(gather_chain.chain, "computed", lambda run: Computed(run, data))
    looked = seen(area)
    cases, missing = gather_chain.gather(looked)
    assert missing == []
    calls, _unknown = called(looked, "chain", *cases)
    assert [(one.case.subject, one.severity, one.score) for one in calls] == [(FALLEN, "serious", 28.3333)]
    assert calls[0].case.references == ("aaaaaaaaaaaa:/firms/1/esri",)
    losers = [(one["params"], one["value"]) for one in calls[0].case.rows[2:]]
    assert losers == [({"name": "8号厂"}, pytest.approx(10.0))]  # named as it is now: it had no name that day


def test_every_shipped_rule_answers_its_own_cases_and_asks_for_facts_of_its_family(area):
    found = rules.rules_of(area)
    assert check_cases(found.book) == []
    assert {rules.family_of(one.id) for one in found.book.rules} == set(families.GATHERERS) == set(rules.OF_AREAS)
    for rule in found.book.rules:
        module = families.GATHERERS[rules.family_of(rule.id)].__module__
        facts = __import__(module, fromlist=["FACTS"]).FACTS
        assert set(rule.facts) <= set(facts)
        assert rule.title["zh"]
        assert rule.title["en"]


def test_a_rule_of_a_region_that_asks_for_what_nobody_gathers_is_refused_with_file_and_line(tmp_path):
    from zhizao.base.forms.library import NATION, ROOT

    own = tmp_path / "warning" / "families"
    own.mkdir(parents=True)
    rule = (ROOT / NATION / "warning" / "families" / "stale.yaml").read_text(encoding="utf-8")
    (own / "stale.yaml").write_text(rule.replace("stale_cells", "weather"), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        rules.read(ROOT / NATION / "warning", tmp_path / "warning")
    problem = refused.value.problems[0]
    assert (problem.code, problem.place.file, problem.params["fact"]) == (
        "warning.unknown_fact",
        "stale.yaml",
        "weather",
    )
    assert problem.place.line is not None
    assert "stale_cells" in problem.params["known"]


def test_a_rule_of_a_region_stands_above_the_nation_s(tmp_path):
    from zhizao.base.forms.library import NATION, ROOT

    own = tmp_path / "warning"
    own.mkdir()
    (own / "distress.yaml").write_text(
        "id: warning.distress\nextends: true\neffective_from: 2000-01-01\n"
        'parameters: {most_false_pct: {unit: "%", values: {2000-01-01: 7}}}\n'
    )
    (own / "families").mkdir()
    with pytest.raises(Refused):  # an extension of nothing
        rules.read(tmp_path / "warning")
    found = rules.read(ROOT / NATION / "warning", own)
    assert found.watch.book.rule("warning.distress", as_of=LAST).parameters["most_false_pct"] == 7


def test_a_fact_that_is_not_known_calls_nothing_and_is_listed(area, economy):
    looked = seen(area)
    calls, missing = called(
        looked, "path", Case("area:990701", {"target_p_pct": 70.0, "target_p_fall_points": None}, "")
    )
    assert calls == []
    assert [one.params["facts"] for one in missing] == ["target_p_fall_points"]
    calls, _missing = called(
        looked, "path", Case("area:990701", {"target_p_pct": 5.0, "target_p_fall_points": None}, "")
    )
    assert [(one.rule, one.severity, one.score) for one in calls] == [("warning.path", "serious", 95.0)]


def test_data_that_are_not_in_by_the_18th_are_stale(area, economy):
    ((now,), _never) = gather_stale.gather(seen(area))
    assert now.facts["stale_cells"] == 0
    september = seen(area, dt.date(2024, 9, 18))
    (case,), never = gather_stale.gather(september)
    assert case.facts["stale_cells"] == 2
    assert case.params == {"count": 4, "cells": 2}
    assert {one.params["indicator"] for one in never} == {"orders_new", "employees", "receivables"}
    calls, _missing = called(september, "stale", case)
    assert [(one.severity, one.score) for one in calls] == [("serious", 2.0)]
    assert called(september, "stale", now)[0] == []


def test_concentration_is_of_the_output_of_a_year_by_hand(area, take):
    """Three enterprises make 60, 30 and 10 a month for a year: 60 %, 100 %, 3,600 + 900 + 100 points."""
    rows = []
    for year, month in [(2023, m) for m in range(2, 13)] + [(2024, m) for m in range(2, 7)]:
        for key, size in (("e00", 60), ("e01", 30), ("e02", 10)):
            value = size * (2 if month == 2 else 1)
            span = f"{year}-01..02" if month == 2 else f"{year}-{month:02}"
            known = dt.date(year + month // 12, month % 12 + 1, 10)
            rows.append(row(f"enterprise:{key}", "gross_output", span, value, known))
    take(*rows)
    told = gathering.said(area, rules.watch_of(area, LAST))
    gathered = gathering.at(area, told, LAST)
    from zhizao.engines.warning.concentration import concentration

    found = concentration(gather_concentration._year(gathered.figures.values["gross_output"][:, -11:]))
    assert found is not None
    told = (found.largest_pct, found.top_pct, found.hhi_points)
    assert tuple(round(one, 6) for one in told) == (60.0, 100.0, 4600.0)


def test_the_largest_enterprise_is_the_subject_and_a_sector_is_its_own_case(area, economy):
    cases, missing = gather_concentration.gather(seen(area))
    assert missing == []
    whole, *sectors = cases
    assert whole.subject == f"enterprise:e{COUNT - 1:02}"
    assert 0 < whole.facts["largest_pct"] < 10
    assert {case.subject for case in sectors} == {"sector:电子", "sector:装备"}
    assert all(case.facts["enterprises"] == COUNT // 2 for case in sectors)
    assert called(seen(area), "concentration", *cases)[0] == []


def power_rows(*, cut: int, slump: int = 0):
    """Electricity goes with output; in the last month ``cut`` of 电子 use a third less than their output, itself a
    fifth lower, explains, and ``slump`` of 装备 make, and use, a third less."""
    rng = np.random.default_rng(5)
    rows, outputs = [], {}
    for text in monthly_rows(fallen=1.0):
        cells = text.split(",")
        subject, indicator, span, value = cells[0], cells[1], cells[2], float(cells[5])
        number = int(subject.removeprefix("enterprise:e"))
        is_cut = span == "2024-06" and number < cut
        is_slump = span == "2024-06" and COUNT // 2 <= number < COUNT // 2 + slump
        if indicator == "gross_output":
            value *= 0.8 if is_cut else 2 / 3 if is_slump else 1
            outputs[subject, span] = value
        if indicator == "electricity":
            value = outputs[subject, span] / 400 * np.exp(rng.normal(0, 0.01)) * (2 / 3 if is_cut else 1)
        rows.append(",".join([*cells[:5], str(round(value, 4)), *cells[6:]]))
    return rows


def test_power_is_short_where_half_of_a_trade_uses_less_than_its_output_explains(area, take):
    """Output alone does not call: the other trade makes less and uses as much less. The median of 电子 sees little."""
    take(*power_rows(cut=9, slump=12))
    cases, missing = gather_factor.gather(looked := seen(area))
    by = {case.subject: case.facts for case in cases}
    assert by["sector:电子"]["power_short_enterprises"] == 9
    assert by["sector:电子"]["power_short_pct"] == 45
    assert by["sector:装备"]["power_short_enterprises"] <= 1
    calls, _unknown = called(looked, "factor", *cases)
    assert [(one.rule, one.case.subject) for one in calls] == [("warning.factor_power", "sector:电子")]
    share, lack, used, orders = calls[0].case.rows
    assert used["off"] == pytest.approx(100 * (used["value"] / used["expected"] - 1))
    assert used["off"] < -20
    assert lack["value"] == pytest.approx(calls[0].score, abs=1e-3)
    assert (share["value"], orders["value"]) == (45, None)
    assert {gather_factor.UNWATCHED, gather_factor.NOBODY} == {one.message for one in missing}


def test_two_of_a_trade_without_power_are_no_shortage_of_the_trade(area, take):
    take(*power_rows(cut=2))
    cases, _missing = gather_factor.gather(looked := seen(area))
    assert {case.facts["power_short_enterprises"] for case in cases} <= {0, 1, 2}
    assert called(looked, "factor", *cases)[0] == []


def test_whom_the_fact_counts_is_said_by_the_rule(area, economy, tmp_path):
    """A region that counts every enterprise below what was expected counts about a quarter of them."""
    from dataclasses import replace

    from zhizao.base.forms.library import NATION, ROOT

    own = tmp_path / "families"
    own.mkdir()
    values = "{unit: '%', values: {2000-01-01: 0}}"
    (own / "power.yaml").write_text(
        "id: warning.factor_power\nextends: true\neffective_from: 2000-01-01\n"
        f"parameters: {{least_fall_pct: {values}, least_beyond_pct: {values}}}\n"
    )
    looked = seen(area)
    regional = replace(looked.gathered, rules=rules.read(ROOT / NATION / "warning", tmp_path))
    shares = [case.facts["power_short_pct"] for case in gather_factor.gather(Seen(regional, looked.found))[0]]
    assert max(case.facts["power_short_pct"] for case in gather_factor.gather(looked)[0]) < min(shares)


def test_where_electricity_is_not_watched_power_is_not_and_that_is_said(area, economy):
    from dataclasses import replace

    looked = seen(area)
    of_output = {name: one for name, one in looked.found.surprises.items() if name == "output"}
    _cases, missing = gather_factor.gather(Seen(looked.gathered, replace(looked.found, surprises=of_output)))
    assert next(one for one in missing if one.message == gather_factor.SMALL).params["count"] == 2


def test_a_break_of_a_sector_is_called_against_its_own_past(area, take):
    """Nine enterprises, six years of calm months; in the last three the first sector makes a third less."""
    rng = np.random.default_rng(3)
    rows = []
    months = [(year, month) for year in range(2018, 2025) for month in range(2, 13) if (year, month) <= (2024, 6)]
    for place, (year, month) in enumerate(months):
        season = 1 + 0.2 * (month == 12)
        for number in range(9):
            value = 100 * season * (2 if month == 2 else 1) * np.exp(rng.normal(0, 0.03))
            value *= 0.65 if place >= len(months) - 3 else 1
            span = f"{year}-01..02" if month == 2 else f"{year}-{month:02}"
            known = dt.date(year + month // 12, month % 12 + 1, 10)
            rows.append(row(f"enterprise:e{number:02}", "gross_output", span, round(float(value), 4), known))
    take(*rows)
    cases, _short = gather_break.gather(seen(area))
    by = {case.subject: case for case in cases}
    assert by["sector:电子"].facts["level_off_pct"] < -15
    calls, _missing = called(seen(area), "break", *cases)
    assert ("warning.break", "sector:电子", "serious") in {(one.rule, one.case.subject, one.severity) for one in calls}


def test_short_series_are_not_tested_for_breaks_and_that_is_said(area, economy):
    cases, missing = gather_break.gather(seen(area))
    assert cases == [] or all(case.facts for case in cases)
    assert all(one.family == "break" for one in missing)


def test_a_record_that_goes_on_in_another_and_still_reports_is_a_phantom(area, economy, enterprises):
    from zhizao.apps.registry.models import Absorption

    old, new = enterprises["enterprise:e03"], enterprises["enterprise:e04"]
    Absorption(subject=old, survivor=new, known_from=dt.datetime(2024, 1, 1, tzinfo=dt.UTC), source="test").save()
    cases, _missing = gather_phantom.gather(seen(area))
    merged = [case for case in cases if case.about == "merged"]
    assert [(case.subject, case.params["name"]) for case in merged] == [("enterprise:e03", "4号厂")]
    calls, _unknown = called(seen(area), "phantom", *cases)
    assert [(one.case.subject, one.severity) for one in calls] == [("enterprise:e03", "serious")]
