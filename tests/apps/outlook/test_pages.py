"""The pages of the outlook: what they say, who may open them, what opens a figure."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from tests.apps.outlook import told
from tests.factories import make_area, make_user

from zhizao.apps.outlook import evidence, pages, queries
from zhizao.apps.outlook.shown import MovedRow
from zhizao.base.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def area(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.LANGUAGE_CODE = "en"
    return make_area(code="990101", name="甲区")


@pytest.fixture
def whole(area: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    return told.answer(monkeypatch, area)


def reader(role: str, area: Any) -> Client:
    client = Client()
    user = User.objects.filter(username=f"{role}-{area.code}").first() or make_user(role, area=area)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    return client


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


# --- all targets


def test_the_overview_answers_with_the_count_of_each_state(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/"))
    assert "4 targets: 1 likely, 1 in doubt, 1 unlikely, 1 cannot be told." in page


def test_the_unlikely_stand_first_and_the_untold_last(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/"))
    table = page[page.index("<tbody>") :]
    names = ["规模工业总产值", "营业收入", "万人有效发明专利拥有量", "新增科技创新平台"]
    places = [table.index(f">{name}</a>") for name in names]
    assert places == sorted(places)


def test_a_chip_never_says_nought_or_a_hundred(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/"))
    assert "<b>&gt;99%</b>" in page
    assert "100%</b>" not in page


def test_an_untold_target_says_why_and_is_unknown_not_nought(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/?state=none"))
    assert "There is no figure." in page
    assert "<b>—unknown</b>" in page


def test_the_strip_filters_and_says_which_group_is_chosen(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/?state=bad"))
    assert "规模工业总产值" in page
    assert ">营业收入</a>" not in page
    assert page.count('class="group" href="/outlook/" aria-current="true"') == 1


def test_a_pillar_narrows_the_list(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/?pillar=科技研发"))
    assert ">营业收入</a>" not in page
    assert ">万人有效发明专利拥有量</a>" in page


def test_simulated_figures_are_marked(area: Any, whole: Any) -> None:
    assert '<span class="sim">' in text(reader("leader", area).get("/outlook/"))
    assert '<span class="sim">' in text(reader("leader", area).get("/outlook/targets/output/"))


def test_the_list_is_given_as_a_workbook_and_as_csv(area: Any, whole: Any) -> None:
    import openpyxl

    client = reader("leader", area)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/outlook/?format=xlsx").content))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    assert "规模工业总产值" in cells
    assert "23%" in cells
    lines = client.get("/outlook/?format=csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 5
    assert lines[1].startswith("规模工业总产值,CNY 100 m,797.1,1300,1049,2023,1254.2,23%")


def test_an_analyst_may_have_it_told_anew_and_others_may_not(area: Any, whole: Any) -> None:
    assert 'action="/outlook/run/"' in text(reader("analyst", area).get("/outlook/"))
    leader = reader("leader", area)
    assert 'action="/outlook/run/"' not in text(leader.get("/outlook/"))
    assert leader.post("/outlook/run/").status_code == 403


def test_looking_back_nothing_is_offered_to_start(area: Any, whole: Any) -> None:
    assert 'action="/outlook/run/"' not in text(reader("analyst", area).get("/outlook/?as_of=2024-07-20"))


def test_telling_anew_is_a_job_of_the_area(area: Any, whole: Any) -> None:
    from zhizao.base.jobs.models import Job

    response = reader("analyst", area).post("/outlook/run/")
    job = Job.objects.get()
    assert response.status_code == 302
    assert response["Location"] == job.get_absolute_url()
    assert (job.kind, job.area) == ("outlook.run", area)


def test_without_a_run_the_page_says_the_next_step(area: Any) -> None:
    page = text(reader("analyst", area).get("/outlook/"))
    assert "Nothing has been told yet." in page
    assert 'action="/outlook/run/"' in page
    assert 'action="/outlook/run/"' not in text(reader("leader", area).get("/outlook/"))


@pytest.mark.parametrize("address", ["", "targets/output/", "calibration/", "evaluation/"])
def test_another_area_does_not_exist(area: Any, whole: Any, address: str) -> None:
    make_area(code="990202", name="乙区")
    assert reader("leader", area).get(f"/outlook/{address}?area=990202").status_code == 404


@pytest.mark.parametrize("address", ["targets/none/", "targets/none/fan.json", "targets/output/other.json"])
def test_what_is_not_there_is_not_found(area: Any, whole: Any, address: str) -> None:
    assert reader("leader", area).get(f"/outlook/{address}").status_code == 404


# --- one target


def test_the_target_answers_with_its_chance_its_change_and_who_explains_it(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/targets/output/"))
    assert "Probability 23%, 8.0 points less than on 2024-06-20; 2 enterprises explain it." in page
    assert "The forecast median is 45.8 亿元 below the target" in page or "45.8 CNY 100 m below the target" in page
    assert "At the best pace ever seen, a start by 2024-09-30 would still reach it" in page


def test_enterprises_explain_nothing_where_the_movement_is_not_of_their_figures() -> None:
    """31 % to 23 %, of which 5 points are less certainty and 3 new figures."""
    causes = (MovedRow("new_data", "", -25.8, -2.0, -0.03), MovedRow("spread", "", 0.0, 0.0, -0.05))
    found = replace(told.moved(), causes=causes)
    assert (pages.explaining(told.moved()), pages.explaining(found)) == (2, 0)
    with translation.override("en"):
        title = pages.moved_title(found)
    assert title == "Since then −8.0, most of it: Uncertainty"


def test_the_twin_has_path_actual_forecast_interval_and_gap(area: Any, whole: Any) -> None:
    lines = reader("leader", area).get("/outlook/targets/output/?format=csv").content.decode("utf-8-sig").splitlines()
    assert lines[1] == "2020,797.1,797.1,,,0,0,normal"
    assert lines[6].startswith("2025,1300,1254.2,1175,1334,-45.8,")
    assert lines[6].endswith("forecast")


def test_a_target_that_cannot_be_told_says_why_and_shows_its_path(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/targets/platforms/"))
    assert "Its probability cannot be told: There is no figure." in page
    assert "fan.json" in page


def test_drivers_stand_with_their_elasticity_and_a_limit_that_was_never_seen_is_marked(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/targets/output/"))
    assert "0.41" in page
    assert "together: 电子信息 +3.4%, 装备制造 +4.7%" in page
    assert "▼" in page[page.index("装备制造") :]


# --- evidence


def test_the_chip_opens_how_the_chance_was_told(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/targets/output/?evidence=chance:990101~output"))
    drawer = page[page.index('id="drawer"') :]
    assert "23%" in drawer
    assert "Counted on 2000 joint paths; sampling error 21% to 25%." in drawer
    assert whole.run.sha12 in drawer
    assert "revisions of published figures" in drawer
    assert "Said 20% to 40% 20 times; 50% of them came true." in drawer


@pytest.mark.parametrize("rest", ["990101~none", "990202~output", "990101", "", "~"])
def test_evidence_of_what_is_not_there_is_none(area: Any, whole: Any, rest: str) -> None:
    make_area(code="990202", name="乙区")
    assert evidence.resolve(make_user("leader", area=area), rest, as_of=None) is None


@pytest.mark.parametrize("role", ["enterprise_reporter", "bank", "system_administrator"])
def test_evidence_is_only_for_those_who_may_read(area: Any, whole: Any, role: str) -> None:
    assert evidence.resolve(make_user(role, area=area), "990101~output", as_of=None) is None


# --- past calls, the finished period, an enterprise


def test_past_calls_are_scored_against_the_base_rate(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/calibration/"))
    assert "60 calls with an outcome: Brier score 0.118, skill +53% over the base rate." in page
    assert "60 of them backtests; 26 more are still open" in page


def test_without_an_outcome_nothing_is_scored(area: Any, whole: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    none = replace(told.calibration(), bins=(), brier=None, skill=None, calls=0, backtests=0)
    monkeypatch.setattr(queries, "calibration", lambda *_of, **_when: none)
    page = text(reader("leader", area).get("/outlook/calibration/"))
    assert "No call has an outcome yet." in page
    assert "26 calls are stored; none has its outcome yet." in page


def test_a_finished_period_says_what_was_reached_missed_and_not_measurable(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/evaluation/"))
    assert "3 targets: 1 reached, 1 missed, 1 not measurable." in page
    assert "44% · 2023-07 backtest" in page
    assert "23% · 2024-07" in page
    assert "新增科技创新平台" in page


def test_a_verdict_is_a_filter(area: Any, whole: Any) -> None:
    page = text(reader("leader", area).get("/outlook/evaluation/?verdict=missed"))
    table = page[page.index("<tbody>") : page.index("</table>")]
    assert "规模工业总产值" in table
    assert "营业收入" not in table


def test_before_the_end_a_target_is_held_against_its_path(
    area: Any, whole: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = told.evaluation()
    rows = tuple(
        replace(
            row, verdict="not_measurable", reason="There is no figure.", actual=None, last=row.actual, on_path=on_path
        )
        for row, on_path in zip(done.rows, (False, True, None), strict=True)
    )
    monkeypatch.setattr(queries, "evaluation", lambda *_of, **_when: replace(done, rows=rows, is_final=False))
    page = text(reader("leader", area).get("/outlook/evaluation/"))
    assert "The period is not over: of 3 targets 1 are on the path or ahead, 1 behind, 1 not measurable." in page
    assert page.count("There is no figure.") == 1


def test_at_mid_term_nothing_is_behind_by_less_than_is_printed(
    area: Any, whole: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = told.evaluation()
    last = replace(done.rows[0].actual, value=Decimal("119.97"))
    row = replace(done.rows[0], actual=None, last=last, path_value=Decimal("120.01"), on_path=False)
    monkeypatch.setattr(queries, "evaluation", lambda *_of, **_when: replace(done, rows=(row,), is_final=False))
    page = text(reader("leader", area).get("/outlook/evaluation/"))
    assert "of 1 targets 1 are on the path or ahead, 0 behind" in page
    assert '<span class="sim">' in page


def test_an_enterprise_page_shows_months_and_what_is_expected(area: Any, whole: Any) -> None:
    from zhizao.base.facts import services

    services.subject(kind="enterprise", id_part="a", area=area)
    client = reader("leader", area)
    assert "1 monthly figure with its forecast, as of 2024-07-20." in text(client.get("/outlook/enterprises/a/"))
    assert client.get("/outlook/enterprises/b/").status_code == 404
    assert client.get("/outlook/enterprises/a/none.json").status_code == 404


# --- a period that is over


def test_where_all_is_settled_the_page_leads_to_the_evaluation(
    area: Any, whole: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = ("reached", "missed")
    settled = tuple(
        replace(item, state=state, p=None, p_lo=None, p_hi=None, expected=None, fan=())
        for item, state in zip(whole.targets, states, strict=False)
    )
    monkeypatch.setattr(queries, "overview", lambda *_of, **_when: replace(whole, targets=settled))
    monkeypatch.setattr(queries, "target", lambda *_of, **_when: settled[1])
    client = reader("leader", area)
    page = text(client.get("/outlook/"))
    assert "2 targets: 1 reached, 1 missed." in page
    assert "Next: the period is over, evaluate it" in page
    page = text(client.get("/outlook/targets/revenue/"))
    assert "below the target" in page
    assert "Next: read it in the evaluation of the period" in page
