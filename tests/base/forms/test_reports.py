"""A report's life: opened, saved, handed in, returned, accepted; who may, what is late, what is asked only once."""

from __future__ import annotations

from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from tests.base.forms.conftest import asked
from tests.factories import make_area, make_organisation, make_user

from zhizao.base.audit.models import AuditEvent
from zhizao.base.events.models import Event
from zhizao.base.forms import queries, reminding, services
from zhizao.base.forms.circle import subject_key
from zhizao.base.forms.known import Known
from zhizao.base.forms.models import Submission
from zhizao.base.messages.models import Notice, Todo
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

pytestmark = pytest.mark.django_db
MARCH, WINTER = Span.parse("2025-03"), Span.parse("2025-01..02")
IN_TIME, LATE = "2025-04-05 09:00+08:00", "2025-04-10 12:01+08:00"


def output(period, ytd, *, sales=None) -> dict[str, str]:
    """Every cell of the output form that is asked, in agreement."""
    cells = {
        f"{code}.{column}": value
        for code in ("01", "02", "03", "04")
        for column, value in (("period", period), ("ytd", ytd), ("lastperiod", period), ("lastytd", ytd))
    }
    return cells | ({"02.ytd": sales, "03.ytd": "10"} if sales else {})


@pytest.fixture
def reporter():
    area = make_area()
    user = make_user("enterprise_reporter", area=area)
    return asked(user, key="e1")


@pytest.fixture
def staff(reporter):
    return make_user("department_staff", area=reporter.organisation.area)


@pytest.fixture
def clock():
    with time_machine.travel(IN_TIME, tick=False) as traveller:
        yield traveller


def handed_in(actor, period=MARCH, cells=None, *, form="output", reasons=None):
    report = services.open_report(actor=actor, form=form, period=period)
    report = services.save(actor=actor, submission=report, cells=cells or output("10", "30"), revision=report.revision)
    return services.submit(actor=actor, submission=report, revision=report.revision, reasons=reasons)


def codes(caught) -> list[str]:
    return [problem.code for problem in caught.value.problems]


def test_a_report_is_opened_once_for_each_period(reporter, clock):
    first = services.open_report(actor=reporter, form="output", period=MARCH)
    assert services.open_report(actor=reporter, form="output", period=MARCH).pk == first.pk
    assert (first.subject_key, first.state, first.edition) == ("enterprise:e1", "draft", "2023")
    assert [step.state for step in first.steps.all()] == ["draft"]
    assert AuditEvent.objects.get(action="forms.report.open").details == {"agreed": True}


@pytest.mark.parametrize(
    ("form", "period", "code"),
    [
        ("output", Span.parse("2025-01"), "forms.not_asked"),  # January is reported with February
        ("nothing", MARCH, "forms.not_asked"),
        ("output", Span.parse("2025-04"), "forms.not_open"),
    ],
)
def test_what_is_not_asked_or_not_open_cannot_be_opened(reporter, clock, form, period, code):
    with pytest.raises(Refused) as caught:
        services.open_report(actor=reporter, form=form, period=period)
    assert codes(caught) == [code]
    assert not Submission.objects.exists()


def test_somebody_without_an_enterprise_reports_nothing(reporter, staff, clock):
    with pytest.raises(PermissionDenied):
        services.open_report(actor=staff, form="output", period=MARCH)
    reporter.organisation.enterprise_key = None
    reporter.organisation.save()
    with pytest.raises(PermissionDenied):
        services.open_report(actor=reporter, form="output", period=MARCH)


def test_a_draft_keeps_what_was_typed_even_if_it_is_wrong(reporter, clock):
    report = services.open_report(actor=reporter, form="output", period=MARCH)
    report = services.save(actor=reporter, submission=report, cells={"01.period": " 12a "}, revision=1)
    assert (report.cells, report.revision) == ({"01.period": "12a"}, 2)
    report = services.save(actor=reporter, submission=report, cells={"01.period": ""}, revision=2)
    assert report.cells == {}


def test_the_second_of_two_saves_is_not_lost_and_does_not_overwrite(reporter, clock):
    report = services.open_report(actor=reporter, form="output", period=MARCH)
    services.save(actor=reporter, submission=report, cells={"01.period": "10"}, revision=1)
    with pytest.raises(services.StaleReport) as caught:
        services.save(actor=reporter, submission=report, cells={"01.period": "11"}, revision=1)
    assert caught.value.current.cells == {"01.period": "10"}
    assert caught.value.typed == {"01.period": "11"}
    report.refresh_from_db()
    assert (report.cells, report.revision) == ({"01.period": "10"}, 2)


def test_saving_the_same_twice_changes_nothing(reporter, clock):
    report = services.open_report(actor=reporter, form="output", period=MARCH)
    for _ in range(2):
        services.save(actor=reporter, submission=report, cells={"01.period": "10"}, revision=1)
    report.refresh_from_db()
    assert report.revision == 2
    assert AuditEvent.objects.filter(action="forms.report.save").count() == 1


def test_what_a_database_does_not_keep_is_taken_out_of_texts(reporter, staff, clock):
    report = services.open_report(actor=reporter, form="output", period=MARCH)
    kept = services.save(actor=reporter, submission=report, cells={"01.period": "1\x002\ud800"}, revision=1)
    kept.refresh_from_db()
    assert kept.cells == {"01.period": "1 2?"}
    returned = services.return_(actor=staff, submission=handed_in(reporter), reason="核对\x00出口")
    assert returned.steps.last().reason == "核对 出口"


@pytest.mark.parametrize(
    ("cells", "code"), [({"99.period": "1"}, "forms.no_cell"), ({"01.period": "1" * 101}, "forms.too_long")]
)
def test_cells_that_there_are_not_and_endless_texts_are_refused(reporter, clock, cells, code):
    report = services.open_report(actor=reporter, form="output", period=MARCH)
    with pytest.raises(Refused) as caught:
        services.save(actor=reporter, submission=report, cells=cells, revision=1)
    assert codes(caught) == [code]


def test_hard_errors_refuse_and_each_names_its_cell(reporter, clock):
    with pytest.raises(Refused) as caught:
        handed_in(reporter, cells=output("10", "30") | {"03.period": "11", "04.ytd": ""})
    assert [(p.code, p.place.column) for p in caught.value.problems] == [
        ("forms.hard", "04 新增订单额（本年/1—本月）"),
        ("forms.hard", "03 其中：出口交货值（本年/本月）"),
    ]
    assert Submission.objects.get().state == "draft"


def test_a_soft_error_needs_a_reason_and_the_reason_is_kept(reporter, clock):
    with pytest.raises(Refused) as caught:
        handed_in(reporter, cells=output("10", "30", sales="17"))
    assert codes(caught) == ["forms.reason_missing"]
    report = Submission.objects.get()
    reasons = {"sales_to_output": "3月检修，4月初交货"}
    done = services.submit(actor=reporter, submission=report, revision=report.revision, reasons=reasons)
    assert (done.state, done.reasons) == ("submitted", reasons)
    assert done.steps.last().reasons == reasons


def test_a_reason_for_what_is_no_check_is_not_kept(reporter, clock):
    report = services.open_report(actor=reporter, form="output", period=MARCH)
    kept = services.save(actor=reporter, submission=report, cells={}, revision=1, reasons={"rubbish": "x" * 9999})
    assert (kept.reasons, kept.revision) == ({}, 1)


def test_a_reason_for_what_is_no_error_any_more_is_dropped(reporter, clock):
    done = handed_in(reporter, reasons={"sales_to_output": "x"})
    assert done.reasons == {}


def test_a_report_in_time_is_not_late_and_one_after_the_deadline_is_recorded_as_late(reporter, clock):
    assert handed_in(reporter).late is False
    clock.move_to("2025-03-10 12:00+08:00")
    assert handed_in(reporter, WINTER, output("20", "20")).late is False  # the last minute counts
    clock.move_to("2025-04-10 12:01+08:00")
    cells = {f"0{n}.{c}": "10" for n in range(1, 5) for c in ("period", "ytd")}
    late = handed_in(reporter, form="energy", cells=cells)
    assert (late.state, late.late) == ("submitted", True)
    assert AuditEvent.objects.filter(action="forms.report.submitted").order_by("id").last().details["late"] is True


def test_a_pack_may_refuse_what_comes_after_the_deadline(reporter, clock, monkeypatch):
    from dataclasses import replace

    from zhizao.base.forms import library

    strict = replace(
        library.library(), deadlines=tuple(replace(d, after="refused") for d in library.library().deadlines)
    )
    for module in ("models", "queries", "known", "services"):
        monkeypatch.setattr(f"zhizao.base.forms.{module}.library", lambda _place: strict)
    clock.move_to(LATE)
    with pytest.raises(Refused) as caught:
        handed_in(reporter)
    assert codes(caught) == ["forms.too_late"]
    assert Submission.objects.get().submitted_at is None


def test_a_report_that_was_in_time_stays_so_when_it_comes_back_corrected(reporter, staff, clock):
    report = handed_in(reporter)
    services.return_(actor=staff, submission=report, reason="核对出口")
    clock.move_to(LATE)
    report.refresh_from_db()
    again = services.submit(actor=reporter, submission=report, revision=report.revision)
    assert (again.late, [step.state for step in again.steps.all()]) == (
        False,
        ["draft", "submitted", "returned", "submitted"],
    )


def test_what_was_handed_in_cannot_be_changed_until_it_is_returned(reporter, staff, clock):
    report = handed_in(reporter)
    with pytest.raises(Refused) as caught:
        services.save(actor=reporter, submission=report, cells={"01.period": "9"}, revision=report.revision)
    assert codes(caught) == ["forms.closed"]
    returned = services.return_(actor=staff, submission=report, reason="核对出口")
    assert services.save(actor=reporter, submission=returned, cells={"01.period": "9"}, revision=returned.revision)
    notice = Notice.objects.get(to=reporter)
    assert (notice.body, notice.url) == ("核对出口", report.get_absolute_url())
    assert "工业产销总值" in notice.title


def test_a_returned_report_is_a_to_do_until_it_is_handed_in_again(reporter, staff, clock):
    report = services.return_(actor=staff, submission=handed_in(reporter), reason="核对出口")
    todo = Todo.objects.get(to=reporter)
    assert (todo.to, todo.url, todo.done_at) == (reporter, report.get_absolute_url(), None)
    services.submit(actor=reporter, submission=report, revision=report.revision)
    todo.refresh_from_db()
    assert todo.done_by == reporter


def test_only_an_accepted_report_has_rows_for_the_ledger(reporter, staff, clock):
    report = services.accept(actor=staff, submission=handed_in(reporter))
    assert len(queries.observations_of(report)) == 4
    assert queries.observations_of(services.return_(actor=staff, submission=report, reason="x")) == []


def test_a_return_needs_a_reason(reporter, staff, clock):
    report = handed_in(reporter)
    with pytest.raises(Refused) as caught:
        services.return_(actor=staff, submission=report, reason="  ")
    assert codes(caught) == ["forms.no_reason"]


def test_acceptance_tells_the_ledger_in_the_same_transaction(reporter, staff, clock):
    report = services.accept(actor=staff, submission=handed_in(reporter))
    event = Event.objects.get(name="forms.accepted")
    assert (event.subject, event.payload) == (
        "enterprise:e1",
        {"submission": report.pk, "form": "output", "period": "2025-03"},
    )
    rows = queries.observations_of(report)
    assert [(r["subject"], r["indicator"], r["span"], r["value"], r["unit"]) for r in rows] == [
        ("enterprise:e1", "gross_output", "2025-03", "10", "万元"),
        ("enterprise:e1", "gross_output", "2025Q1", "30", "万元"),
        ("enterprise:e1", "orders_new", "2025-03", "10", "万元"),
        ("enterprise:e1", "orders_new", "2025Q1", "30", "万元"),
    ]
    assert {r["known_from"] for r in rows} == {"2025-04-05T01:00:00+00:00"}


def test_an_accepted_report_is_not_accepted_again_but_may_be_returned(reporter, staff, clock):
    report = services.accept(actor=staff, submission=handed_in(reporter))
    with pytest.raises(Refused) as caught:
        services.accept(actor=staff, submission=report)
    assert codes(caught) == ["forms.state"]
    assert services.return_(actor=staff, submission=report, reason="更正").state == "returned"


def test_nobody_judges_reports_of_another_area_or_without_the_role(reporter, staff, clock):
    report = handed_in(reporter)
    elsewhere = make_user("department_staff", area=make_area(code="990002", name="乙区"))
    for actor in (elsewhere, reporter, make_user("leader", area=make_area())):
        with pytest.raises(PermissionDenied):
            services.accept(actor=actor, submission=report)
    report.refresh_from_db()
    assert report.state == "submitted"


def test_the_administration_sees_no_draft_and_an_enterprise_only_its_own(reporter, staff, clock):
    services.open_report(actor=reporter, form="output", period=MARCH)
    assert not Submission.objects.visible_to(staff).exists()
    other = make_user("enterprise_reporter", area=make_area(code="990003", name="丙区"))
    assert not Submission.objects.visible_to(other).exists()
    with pytest.raises(PermissionDenied):
        services.save(actor=other, submission=Submission.objects.get(), cells={}, revision=1)


# --- report once


def test_last_years_columns_come_from_last_years_report(reporter, clock):
    clock.move_to("2024-04-05 09:00+08:00")
    handed_in(reporter, Span.parse("2024-03"), output("8", "24"))
    clock.move_to(IN_TIME)
    report = services.open_report(actor=reporter, form="output", period=MARCH)
    found = queries.assess(report)
    assert {cell: filled.printed for cell, filled in found.filled.items()} == {
        **{f"0{n}.lastperiod": "8" for n in range(1, 5)},
        **{f"0{n}.lastytd": "24" for n in range(1, 5)},
    }
    assert (found.burden.asked, found.burden.saved) == (16, 8)
    assert found.burden.minutes == Decimal(5 + 8 * 2)


def test_a_locked_cell_takes_no_other_figure(reporter, clock):
    clock.move_to("2024-04-05 09:00+08:00")
    handed_in(reporter, Span.parse("2024-03"), output("8", "24"))
    clock.move_to(IN_TIME)
    report = services.open_report(actor=reporter, form="output", period=MARCH)
    with pytest.raises(Refused) as caught:
        services.save(actor=reporter, submission=report, cells={"01.lastytd": "25"}, revision=1)
    assert codes(caught) == ["forms.locked"]
    assert services.save(actor=reporter, submission=report, cells={"01.lastytd": "24.00"}, revision=1)


def from_above(subject_key, span):
    """What a ledger would know."""
    if (subject_key, str(span)) == ("enterprise:e1", "2024-03"):
        return {"gross_output": Known(Decimal("0.0009"), "亿元", "ZZ-X 2024")}
    if str(span) == "2025-03":
        return {"gross_output": Known(Decimal(7), "万元", "ZZ-B204-1 2025-03 #1")}
    return {}


def test_figures_of_the_ledger_are_filled_in_with_their_source_in_the_units_of_the_form(reporter, clock, settings):
    settings.FORMS_KNOWN_ITEMS = f"{__name__}.from_above"
    report = services.open_report(actor=reporter, form="output", period=MARCH)
    filled = queries.assess(report).filled
    # what this form brought itself is not known to it: a correction must be possible
    assert {cell: (f.printed, f.source) for cell, f in filled.items()} == {"01.lastperiod": ("9.00", "ZZ-X 2024")}


def test_filled_figures_are_stored_with_their_source_and_not_stated_again(reporter, staff, clock, settings):
    settings.FORMS_KNOWN_ITEMS = f"{__name__}.from_above"
    cells = output("10", "30") | {"01.lastperiod": ""}
    report = services.accept(actor=staff, submission=handed_in(reporter, cells=cells))
    assert (report.cells["01.lastperiod"], report.sources) == ("9.00", {"01.lastperiod": "ZZ-X 2024"})


def test_computed_cells_are_stored_and_another_figure_for_them_is_refused(reporter, staff, clock):
    cells = {f"0{n}.{c}": "10" for n in range(1, 5) for c in ("period", "ytd")}
    report = handed_in(reporter, form="energy", cells=cells)
    # 10 × (1.229 + 13.3 + 0.7143 + 0.03412) = 152.7742
    assert report.cells["05.period"] == "152.77"
    report = services.return_(actor=staff, submission=report, reason="x")
    with pytest.raises(Refused) as caught:
        services.save(actor=reporter, submission=report, cells={"05.period": "1"}, revision=report.revision)
    assert codes(caught) == ["forms.locked"]


def test_a_check_uses_the_report_before_of_the_same_year(reporter, clock):
    clock.move_to("2025-03-05 09:00+08:00")
    handed_in(reporter, WINTER, output("40", "40"))
    clock.move_to(IN_TIME)
    report = services.open_report(actor=reporter, form="output", period=MARCH)
    report = services.save(actor=reporter, submission=report, cells=output("10", "30"), revision=1)
    soft = [finding.id for finding in queries.assess(report).outcome.of("soft")]
    assert soft == ["grows:01.ytd", "grows:02.ytd", "grows:03.ytd", "grows:04.ytd", "output_sum"]


# --- who is late


def test_the_board_names_everyone_who_has_to_report_and_reminders_reach_those_who_have_not(reporter, staff, clock):
    quiet = make_user("enterprise_reporter", area=make_area(code="990001/1", name="甲区一街", parent=make_area()))
    asked(quiet, key="e2")
    handed_in(reporter)
    clock.move_to(LATE)
    board = queries.board(staff, form="output", period=MARCH)
    assert {due.organisation.enterprise_key: due.state for due in board} == {"e1": "submitted", "e2": "late"}
    assert reminding.remind(actor=staff, form="output", period=MARCH) == 1
    assert [notice.to for notice in Notice.objects.all()] == [quiet]


def test_only_reviewers_remind(reporter, clock):
    with pytest.raises(PermissionDenied):
        reminding.remind(actor=reporter, form="output", period=MARCH)
    assert not Notice.objects.exists()


def test_what_is_due_is_told_from_what_is_late(reporter, clock):
    states = {(due.deadline.form, str(due.deadline.period)): due.state for due in queries.due_of(reporter)}
    assert states["output", "2025-03"] == "due"
    assert states["output", "2025-01..02"] == "late"
    assert ("output", "2025-04") not in states


def test_an_enterprise_key_with_its_kind_is_the_same_subject():
    organisation = make_organisation(area=make_area(), kind="enterprise")
    for written in ("e1", "enterprise:e1"):
        organisation.enterprise_key = written
        assert subject_key(organisation) == "enterprise:e1"
