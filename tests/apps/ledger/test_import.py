"""Files of observations: stored whole or refused whole, exact, and only what is new."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.apps.ledger.conftest import HEADER, csv

from zhizao.kernel.result import Refused

pytestmark = pytest.mark.django_db


def rows():
    from zhizao.apps.ledger.models import Observation

    return list(
        Observation.objects.order_by("pk").values_list(
            "series__subject__key", "series__indicator__key", "start_month", "months", "value", "status"
        )
    )


def refusal(take, *lines: str) -> list[tuple[str, int | None, str | None]]:
    before = rows()
    with pytest.raises(Refused) as refused:
        take(*lines)
    assert rows() == before
    return [
        (problem.code.removeprefix("ledger."), problem.place.row, problem.place.column)
        for problem in refused.value.problems
    ]


def test_values_are_stored_in_millionths_of_the_canonical_unit_and_as_printed(take):
    from zhizao.apps.ledger.models import Observation

    take(
        "enterprise:a,gross_output,2025-01..05,12.5,亿元,normal,2025-06-08",
        "enterprise:a,employees,2025-05,１２３,人,,2025-06-08",
        "enterprise:b,gross_output,2025-01..05,-,万元,normal,2025-06-08".replace(",-,", ",0.1,"),
    )
    assert [(row[4], row[5]) for row in rows()] == [(125_000_000_000, 1), (123_000_000, 1), (100_000, 1)]
    first = Observation.objects.select_related("origin", "series").order_by("pk").first()
    assert (first.printed, first.origin.unit, first.origin.source) == ("12.5", "亿元", "月报")
    assert (first.series.scope, first.series.price_basis, str(first.span)) == ("enterprise", "current", "2025-01..05")


def test_a_day_means_its_end_in_china(take):
    from zhizao.apps.ledger.models import Observation

    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    assert Observation.objects.get().known_from == dt.datetime(2025, 6, 8, 15, 59, 59, 999999, tzinfo=dt.UTC)


def test_thousands_separators_and_spoilt_floats_of_spreadsheets_are_values(area, subjects):
    from zhizao.apps.ledger import services

    data = csv("enterprise:a,gross_output,2025-05,@,万元,normal,2025-06-08").replace(b"@", b'"872,974.5"')
    services.import_file(actor=None, area=area, data=data, name="a.csv")
    services.import_file(
        actor=None,
        area=area,
        data=csv("enterprise:b,gross_output,2025-05,1.5E+3,万元,normal,2025-06-08"),
        name="b.csv",
    )
    assert [row[4] for row in rows()] == [872_974_500_000, 1_500_000_000]


def test_the_same_file_twice_changes_nothing(take):
    line = "enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08"
    first = take(line)
    assert take(line) == first
    assert len(rows()) == 1


def test_the_same_figure_in_another_file_is_no_new_row(take):
    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    batch = take(
        "enterprise:a,gross_output,2025-05,1.000,万元,normal,2025-07-08",
        "enterprise:a,gross_output,2025-06,2,万元,normal,2025-07-08",
    )
    assert (batch.rows, batch.added, batch.unchanged) == (2, 1, 1)


def test_a_correction_is_a_later_row_and_the_old_one_stays(take):
    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    take("enterprise:a,gross_output,2025-05,3,万元,normal,2025-07-08")
    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-08-08")
    assert [row[4] for row in rows()] == [1_000_000, 3_000_000, 1_000_000]


def test_revisions_within_one_file_are_kept_in_their_order(take):
    batch = take(
        "enterprise:a,gross_output,2025-05,3,万元,normal,2025-07-08",
        "enterprise:a,gross_output,2025-05,1,万元,provisional,2025-06-08",
        "enterprise:a,gross_output,2025-05,3,万元,normal,2025-08-08",
    )
    assert batch.added == 2


@pytest.mark.parametrize("span", ["0001-01", "1948-12", "1900-01..2024-12"])
def test_a_period_of_another_century_is_refused(take, span):
    found = refusal(take, f"enterprise:a,gross_output,{span},1,万元,normal,2025-06-08")
    assert found == [("span_year", 2, "span")]


def told(batch):
    """The warnings of an import, but for the one that first figures reach back."""
    return [warning for warning in batch.warnings if warning["code"] != "ledger.backdated"]


def test_half_a_person_is_told_unless_it_is_an_estimate(take):
    """Told and not refused: a mean over the days of a month may well be 5.5."""
    batch = take("enterprise:a,employees,2025-05,5.5,人,normal,2025-06-08")
    assert [warning["code"] for warning in told(batch)] == ["ledger.not_whole"]
    assert not told(take("enterprise:b,employees,2025-05,5.5,人,estimated,2025-06-08"))
    assert not told(take("enterprise:c,employees,2025-05,0.0005,万人,normal,2025-06-08"))


def test_what_would_change_an_earlier_report_is_refused(take):
    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    found = refusal(take, "enterprise:a,gross_output,2025-05,2,万元,normal,2025-06-07")
    assert found == [("known_before", 2, "known_from")]
    assert refusal(take, "enterprise:a,gross_output,2025-05,2,万元,normal,2025-06-08") == found


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("enterprise:x,gross_output,2025-05,1,万元,normal,2025-06-08", ("unknown_subject", 2, "subject")),
        ("9.15E+17,gross_output,2025-05,1,万元,normal,2025-06-08", ("spoilt_code", 2, "subject")),
        ("enterprise:a,output,2025-05,1,万元,normal,2025-06-08", ("unknown_indicator", 2, "indicator")),
        ("enterprise:a,output_per_kwh,2025-05,1,元/千瓦时,normal,2025-06-08", ("derived", 2, "indicator")),
        ("enterprise:a,gross_output,2025-13,1,万元,normal,2025-06-08", ("span", 2, "span")),
        ("enterprise:a,gross_output,2025-05,abc,万元,normal,2025-06-08", ("value", 2, "value")),
        ("enterprise:a,gross_output,2025-05,1,吨,normal,2025-06-08", ("unit", 2, "unit")),
        ("enterprise:a,gross_output,2025-05,1,,normal,2025-06-08", ("unit", 2, "unit")),
        ("enterprise:a,gross_output,2025-05,1e20,万元,normal,2025-06-08", ("overflow", 2, "value")),
        ("enterprise:a,gross_output,2025-05,,万元,normal,2025-06-08", ("no_value", 2, "value")),
        ("enterprise:a,gross_output,2025-05,1,万元,missing,2025-06-08", ("value_of_missing", 2, "value")),
        ("enterprise:a,gross_output,2025-05,-1,万元,normal,2025-06-08", ("below_zero", 2, "value")),
        ("enterprise:a,gross_output,2025-05,1,万元,sure,2025-06-08", ("unknown_status", 2, "status")),
        ("enterprise:a,gross_output,2025-05,1,万元,normal,soon", ("known_from", 2, "known_from")),
        ("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08T10:00", ("known_from", 2, "known_from")),
        ("enterprise:a,gross_output,2025-05,1,万元,normal,2999-01-01", ("known_in_future", 2, "known_from")),
        ("enterprise:a,gross_output,2025-05,1,万元,normal,2025-04-30", ("known_too_early", 2, "span")),
    ],
)
def test_a_bad_cell_is_refused_with_its_place(take, line, problem):
    good = "enterprise:b,gross_output,2025-05,1,万元,normal,2025-06-08"
    assert refusal(take, line, good) == [problem]


def test_a_missing_figure_is_null_and_not_zero(take):
    take("enterprise:a,gross_output,2025-05,,,missing,2025-06-08")
    assert [row[4:] for row in rows()] == [(None, 5)]


def test_a_loss_may_be_below_zero(take):
    take("enterprise:a,profit_total,2025-01..05,-3.2,万元,normal,2025-06-08")
    assert rows()[0][4] == -3_200_000


def test_shifted_cells_are_said_once(take):
    # the indicator was left out: every cell stands one column to the left
    line = "enterprise:a,2025-05,1,万元,normal,月报,2025-06-08"
    assert refusal(take, line) == [("shifted", 2, None)]


def test_a_row_that_stands_twice_is_refused(take):
    line = "enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08"
    assert refusal(take, line, line) == [("duplicate", 3, "subject")]


def test_a_year_to_date_figure_that_falls_is_refused_within_a_file_and_against_the_ledger(take):
    found = refusal(
        take,
        "enterprise:a,gross_output,2025-01..04,10,万元,normal,2025-05-08",
        "enterprise:a,gross_output,2025-01..05,9,万元,normal,2025-06-08",
    )
    assert found == [("year_to_date_falls", 3, "value")]
    take("enterprise:a,gross_output,2025-01..04,10,万元,normal,2025-05-08")
    assert refusal(take, "enterprise:a,gross_output,2025-01..05,9,万元,normal,2025-06-08") == [
        ("year_to_date_falls", 2, "value")
    ]


def test_a_falling_figure_warns_where_the_definition_says_so(take):
    batch = take(
        "enterprise:a,tax_paid,2025-01..04,10,万元,normal,2025-05-08",
        "enterprise:a,tax_paid,2025-01..05,9,万元,normal,2025-06-08",
    )
    assert [item["code"] for item in batch.warnings] == ["ledger.year_to_date_falls"]


def test_a_correction_of_the_earlier_month_mends_a_fall(take):
    take("enterprise:a,gross_output,2025-01..04,10,万元,normal,2025-05-08")
    take(
        "enterprise:a,gross_output,2025-01..04,8,万元,normal,2025-06-08",
        "enterprise:a,gross_output,2025-01..05,9,万元,normal,2025-06-08",
    )


def test_columns_that_are_missing_or_unknown_are_named(area, subjects):
    from zhizao.apps.ledger import services

    with pytest.raises(Refused) as refused:
        services.import_file(actor=None, area=area, data=b"subject,indicator,period\na,b,c\n", name="a.csv")
    problem = refused.value.problems[0]
    assert (problem.code, problem.params["unknown"]) == ("ledger.columns", "period")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\x00\x01\x02", HEADER.encode(), HEADER.encode() + b"\n\n"])
def test_what_is_no_table_is_refused(area, subjects, data):
    from zhizao.apps.ledger import services

    with pytest.raises(Refused):
        services.import_file(actor=None, area=area, data=data, name="a.csv")


def test_a_row_too_wide_is_refused_with_its_line(area, subjects):
    from zhizao.apps.ledger import services

    data = csv("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08") + b"a,b,c,d,e,f,g,h,i,j,k\n"
    with pytest.raises(Refused) as refused:
        services.import_file(actor=None, area=area, data=data, name="a.csv")
    assert [(problem.code, problem.place.row) for problem in refused.value.problems] == [("tables.row_width", 3)]


def test_a_file_in_gb18030_is_read(area, subjects):
    from zhizao.apps.ledger import services

    data = csv("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08").decode().encode("gb18030")
    services.import_file(actor=None, area=area, data=data, name="a.csv")
    assert len(rows()) == 1


def test_a_workbook_is_read_and_its_problems_name_the_sheet(area, subjects):
    import polars as pl

    from zhizao.apps.ledger import services
    from zhizao.kernel.tables import write_xlsx

    names = HEADER.split(",")
    good = ["enterprise:a", "gross_output", "2025-05", None, None, "1.5", "万元", None, "月报", "2025-06-08"]
    sheet = write_xlsx({"五月": pl.DataFrame([good], schema=dict.fromkeys(names, pl.String), orient="row")})
    services.import_file(actor=None, area=area, data=sheet, name="a.xlsx")
    assert rows()[0][4] == 1_500_000
    good[2] = "May"
    sheet = write_xlsx({"五月": pl.DataFrame([good], schema=dict.fromkeys(names, pl.String), orient="row")})
    with pytest.raises(Refused) as refused:
        services.import_file(actor=None, area=area, data=sheet, name="b.xlsx")
    assert str(refused.value.problems[0].place) == "b.xlsx, 五月, row 2, span"


def test_subjects_of_another_area_do_not_exist(take, area):
    from tests.factories import make_area

    from zhizao.base.facts import services

    services.subject(kind="enterprise", id_part="z", area=make_area(code="990202", name="乙区"))
    assert refusal(take, "enterprise:z,gross_output,2025-05,1,万元,normal,2025-06-08") == [
        ("unknown_subject", 2, "subject")
    ]


def test_who_may_not_import_changes_nothing(area, subjects, person):
    from django.core.exceptions import PermissionDenied
    from tests.factories import make_area

    from zhizao.apps.ledger import services

    data = csv("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    foreign = person("analyst", area=make_area(code="990202", name="乙区"))
    for actor in (person("leader"), person("enterprise_reporter"), foreign):
        with pytest.raises(PermissionDenied):
            services.import_file(actor=actor, area=area, data=data, name="a.csv")
    assert rows() == []


def test_the_import_is_audited(take):
    from zhizao.base.audit.models import AuditEvent

    batch = take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    event = AuditEvent.objects.get(action="ledger.batch.store")
    assert (event.target_id, event.details["added"]) == (str(batch.pk), 1)


def test_an_observation_is_neither_changed_nor_removed(take):
    from zhizao.apps.ledger.models import Observation

    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    row = Observation.objects.get()
    for act in (row.save, row.delete, Observation.objects.all().delete, lambda: Observation.objects.update(value=1)):
        with pytest.raises(TypeError):
            act()


def test_first_figures_that_reach_back_before_the_last_import_are_told_once(take):
    """A history may be loaded, and the import says that sheets of past days get more rows by it."""
    first = take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    assert first.warnings == []
    second = take(
        "enterprise:b,gross_output,2025-05,2,万元,normal,2025-06-10",
        "enterprise:c,gross_output,2025-05,2,万元,normal,2025-06-09",
        "enterprise:a,gross_output,2025-05,3,万元,normal,2025-07-08",
    )
    (warning,) = second.warnings
    assert (warning["code"], warning["params"]["count"], warning["params"]["day"]) == (
        "ledger.backdated",
        2,
        "2025-06-09",
    )


def test_a_figure_without_an_instant_is_known_only_from_now(take):
    import datetime as dt

    from zhizao.apps.ledger import queries

    take("enterprise:a,gross_output,2025-05,1,万元,normal,2025-06-08")
    last = take("enterprise:b,gross_output,2025-05,2,万元,normal,")
    assert last.warnings == []
    assert len(queries.observations(None, as_of=dt.date(2026, 1, 1))) == 1


def test_a_figure_in_another_unit_than_its_neighbours_is_told_with_what_would_fit(take):
    values = (102, 98, 1_010_000, 99, 103, 97, 100, 101)  # March in 元, the rest in 万元
    batch = take(
        *(
            f"enterprise:a,orders_new,2024-{month:02},{value},万元,normal,2025-06-08"
            for month, value in enumerate(values, 1)
        )
    )
    (warning,) = told(batch)
    assert warning["code"] == "ledger.unit_slip"
    assert (warning["params"]["times"], float(warning["params"]["proposed"])) == (10_000, 101)
    assert warning["place"]["row"] == 4
    assert len(rows()) == 8


def test_a_slip_is_seen_against_what_the_ledger_has(take):
    months = [f"enterprise:a,orders_new,2024-{month:02},{100 + month},万元,normal,2025-01-08" for month in range(1, 9)]
    assert not told(take(*months))
    (warning,) = told(take("enterprise:a,orders_new,2025-01,0.0109,万元,normal,2025-02-08"))
    assert (warning["code"], warning["place"]["row"]) == ("ledger.unit_slip", 2)
