"""What help did: against like enterprises, with an interval; withdrawn figures and few peers make it unknown."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.apps.assist.alarming import HEADER

from zhizao.apps.assist import compared, effects, queries, services
from zhizao.apps.assist.compared import Figures
from zhizao.apps.assist.models import Effect, Help
from zhizao.base.facts.queries import CHINA
from zhizao.base.flow.models import Case, Procedure
from zhizao.kernel.result import Refused
from zhizao.kernel.span import Span

OWN = Figures("a", 100.0, 80.0, 96.0)
AS_OF = dt.date(2026, 10, 20)
amounts = st.floats(1, 1e6, allow_nan=False)


def peers(*changes: float, earlier: float = 100.0, before: float = 80.0) -> list[Figures]:
    return [Figures(f"p{n}", earlier, before, before * math.exp(change)) for n, change in enumerate(changes)]


# --- the formula


def test_the_effect_is_the_change_beside_the_median_change_of_the_peers():
    """ln(96/80) = 0.182322; median of the peers 0.1: e = 0.082322, 8.58 %; expected 80·exp(0.1) = 88.4137."""
    found = compared.compared(OWN, peers(0.0, 0.05, 0.1, 0.15, 0.2), least=5, most=20, level=0.8)
    assert found.effect_pct == pytest.approx(100 * (1.2 / math.exp(0.1) - 1))
    assert found.expected == pytest.approx(80 * math.exp(0.1))
    # s = 1.4826·0.05, times √(1 + π/10) = 1.146368, t of 4 degrees at 0.9 = 1.533206
    reach = 1.533206 * 1.4826 * 0.05 * 1.146368
    assert found.high == pytest.approx(100 * math.expm1(math.log(1.2) - 0.1 + reach), rel=1e-5)


def test_those_that_had_fallen_as_much_are_compared_with_first():
    """Who fell by chance rises by itself: peers with the same change before are nearest (regression to the mean)."""
    fallen = peers(0.2, 0.21, 0.19, 0.2, 0.2)
    calm = [Figures(f"q{n}", 80.0, 80.0, 80.0) for n in range(10)]
    found = compared.compared(OWN, [*calm, *fallen], least=5, most=5, level=0.8)
    assert sorted(found.peers) == [one.key for one in fallen]
    assert abs(found.effect_pct) < 2


@pytest.mark.parametrize(
    ("own", "why"),
    [
        (Figures("a", None, 80.0, 96.0), "no_before"),
        (Figures("a", 100.0, 0.0, 96.0), "no_before"),
        (Figures("a", 100.0, 80.0, None), "no_after"),
        (Figures("a", 100.0, 80.0, -1.0), "no_after"),
    ],
)
def test_an_effect_without_the_enterprises_figures_is_unknown(own, why):
    found = compared.compared(own, peers(*[0.1] * 9), least=5, most=20, level=0.8)
    assert (found.effect_pct, found.low, found.why) == (None, None, why)


def test_an_effect_with_too_few_peers_is_unknown():
    unknown = [Figures("x", 100.0, 80.0, None)]
    found = compared.compared(OWN, [*peers(0.1, 0.1, 0.1, 0.1), *unknown], least=5, most=20, level=0.8)
    assert (found.effect_pct, found.why, len(found.peers)) == (None, "few_peers", 4)


@given(st.lists(st.tuples(amounts, amounts, amounts), min_size=6, max_size=25), st.floats(0.1, 10))
def test_the_effect_does_not_depend_on_the_unit_and_lies_in_its_interval(rows, unit):
    every = [Figures(f"{n:02}", *row) for n, row in enumerate(rows)]
    scaled = [Figures(one.key, *(value * unit for value in (one.earlier, one.before, one.after))) for one in every]
    first, again = (compared.compared(of[0], of[1:], least=5, most=50, level=0.8) for of in (every, scaled))
    assert first.low <= first.effect_pct <= first.high
    assert math.isclose(1 + first.effect_pct / 100, 1 + again.effect_pct / 100, rel_tol=1e-6)


def test_an_enterprise_is_no_peer_of_itself():
    found = compared.compared(OWN, [OWN, *peers(*[0.1] * 5)], least=5, most=20, level=0.8)
    assert "a" not in found.peers


# --- on the ledger


@pytest.fixture
def economy(area):
    """Twelve enterprises of one sector with every month of 2024-12 to 2026-09; e00 falls to half in 2026-03..05 and is
    back in 2026-07.
    """
    from zhizao.apps.ledger import services as ledger
    from zhizao.apps.registry.services import area_subject, parent_subject
    from zhizao.base.facts import services as facts
    from zhizao.base.facts.models import Membership

    area_subject(area)
    sector = parent_subject(tree="sector", name="电子", area=area)
    known = {"source": "test", "known_from": dt.datetime(2021, 1, 1, tzinfo=dt.UTC)}
    firms, rows = [], []
    for number in range(12):
        one = facts.subject(kind="enterprise", id_part=f"e{number:02}", area=area)
        facts.state(
            [
                facts.name(one, "registered", f"{number}号厂", **known),
                Membership(subject=one, parent=sector, tree="sector", **known),
            ]
        )
        firms.append(one)
        for month in range(2024 * 12 + 11, 2026 * 12 + 9):
            year, place = month // 12, month % 12 + 1
            fallen = number < 7 and (2026, 3) <= (year, place) <= (2026, 5)
            value = (100 + number) * (0.5 + number / 100 if fallen else 1 + (number % 3) / 100)
            rows.append(
                f"{one.key},gross_output,{year}-{place:02},enterprise,current,{value:.4f},万元,normal,月报,2026-10-10"
            )
    ledger.load_indicators()
    ledger.import_file(actor=None, area=area, data="\n".join([HEADER, *rows, ""]).encode(), name="m.csv")
    return firms


@pytest.fixture
def closed(area, analyst):
    """``closed(firm)``: a case opened in June 2026 and closed with a result in the same month."""
    procedure = Procedure(key="tests", version=1, name="求助", content="x", sha256="0" * 64)
    procedure.save()

    def make(firm, *, number="2026-0001", month=6):
        at = dt.datetime(2026, month, 10, tzinfo=CHINA)
        return Case.objects.create(
            area=area,
            kind="assist.alarm",
            number=number,
            title="t",
            subject=firm,
            procedure=procedure,
            status="closed",
            opened_at=at,
            closed_at=at + dt.timedelta(days=15),
            closed_by=analyst,
            result="helped",
            severity="serious",
        )

    return make


def test_an_effect_is_measured_against_those_that_fell_too_and_kept_with_its_run(area, economy, closed):
    case = closed(economy[0])
    made = effects.make(area, AS_OF)
    (kept,) = [row for row in services.keep_effects(actor=None, made=made) if row.indicator == "gross_output"]
    assert (str(kept.span_before), str(kept.span_after), kept.months) == ("2026-03..05", "2026Q3", 3)
    assert kept.peers == 11
    assert kept.low < kept.effect_pct < kept.high
    assert kept.actual == 100_000_000
    assert kept.run.engine == "assist.effects"
    assert [row.pk for row in queries.of_case(None, case) if row.indicator == "gross_output"] == [kept.pk]


def test_the_same_again_adds_nothing(area, economy, closed):
    closed(economy[0])
    services.keep_effects(actor=None, made=effects.make(area, AS_OF))
    assert services.keep_effects(actor=None, made=effects.make(area, AS_OF)) == []


def test_withdrawn_figures_make_the_effect_unknown_and_the_old_one_stays(area, economy, closed):
    from zhizao.apps.ledger import services as ledger

    case = closed(economy[0])
    services.keep_effects(actor=None, made=effects.make(area, AS_OF))
    row = "enterprise:e00,gross_output,2026-08,enterprise,current,,万元,missing,撤回,2026-10-15"
    ledger.import_file(actor=None, area=area, data="\n".join([HEADER, row, ""]).encode(), name="w.csv")
    services.keep_effects(actor=None, made=effects.make(area, AS_OF + dt.timedelta(days=1)))
    (last,) = [row for row in queries.of_case(None, case) if row.indicator == "gross_output"]
    assert (last.effect_pct, last.why) == (None, "no_after")
    assert Effect.objects.filter(case=case, indicator="gross_output").count() == 2


def test_who_is_helped_in_the_same_time_is_no_peer(area, economy, closed):
    closed(economy[0])
    closed(economy[1], number="2026-0002", month=7)
    made = effects.make(area, AS_OF)
    (row,) = [one for one in made.rows if one.indicator == "gross_output" and one.case.subject == economy[0]]
    assert row.peers == 10


def test_nothing_is_measured_before_the_months_after_are_over_and_their_figures_in(area, economy, closed):
    closed(economy[0])
    assert effects.make(area, dt.date(2026, 10, 17)) is None
    assert effects.make(area, dt.date(2026, 10, 18)) is not None


def test_effects_are_summed_by_the_measure_that_was_taken(area, economy, closed, analyst):
    for number in range(3):
        case = closed(economy[number], number=f"2026-000{number}")
        services.note_help(actor=analyst, case=case, measure="orders", hours=None, taken_on=dt.date(2026, 6, 11))
    services.keep_effects(actor=None, made=effects.make(area, AS_OF))
    first = queries.what_helped(None, area, indicator="gross_output", months=3)[0]
    assert (first.measure.key, first.taken, first.found.cases) == ("orders", 3, 3)
    assert first.found.low < first.found.effect_pct < first.found.high
    assert first.share_pct == 20
    assert first.share_after_pct is not None


def test_figures_that_were_reported_year_to_date_are_taken_apart(area, firms):
    """January to March 60 and to May 110: April and May are 50, and March alone is not known."""
    from tests.apps.assist.alarming import figures

    from zhizao.apps.assist.sums import sums

    figures(area, (firms[0], "gross_output", "2026-01..03", 60), (firms[0], "gross_output", "2026-01..05", 110))
    spans = [Span.parse(text) for text in ("2026-04..05", "2026-03", "2026-01..05")]
    found = sums({"gross_output": "flow"}, spans, subjects=[firms[0].pk])
    assert [found.of[span].get(("gross_output", firms[0].pk)) for span in spans] == [50_000_000, None, 110_000_000]
    assert found.mean(firms[0].pk, "gross_output", spans[0]) == 25


# --- what was done


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"measure": "nothing"}, "assist.no_measure"),
        ({"hours": 0}, "assist.hours"),
        ({"hours": -1}, "assist.hours"),
        ({"taken_on": dt.date(2026, 6, 9)}, "assist.taken_on"),
        ({"taken_on": dt.date(2099, 1, 1)}, "assist.taken_on"),
    ],
)
def test_what_cannot_be_is_not_written_down(economy, closed, analyst, change, code):
    said = {"measure": "orders", "hours": None, "taken_on": dt.date(2026, 6, 11)} | change
    with pytest.raises(Refused) as refused:
        services.note_help(actor=analyst, case=closed(economy[0]), **said)
    assert refused.value.problems[0].code == code
    assert not Help.objects.exists()


def test_the_same_measure_twice_is_one_by_a_double_click_and_else_refused(economy, closed, analyst, staff):
    case, said = closed(economy[0]), {"measure": "orders", "hours": None, "taken_on": dt.date(2026, 6, 11)}
    one = services.note_help(actor=analyst, case=case, **said)
    assert services.note_help(actor=analyst, case=case, **said) == one
    with pytest.raises(Refused) as refused:
        services.note_help(actor=staff, case=case, **said)
    assert refused.value.problems[0].code == "assist.measure_twice"


def test_the_database_keeps_what_was_done_and_what_it_did(economy, closed, analyst):
    from django.db import DatabaseError, connection, transaction

    from zhizao.apps.assist import triggers

    one = services.note_help(
        actor=analyst, case=closed(economy[0]), measure="orders", hours=None, taken_on=dt.date(2026, 6, 11)
    )
    triggers.TRIGGERS.install(connection)
    for statement in ("UPDATE assist_help SET measure = 'x'", "DELETE FROM assist_help"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Help.objects.get().pk == one.pk
