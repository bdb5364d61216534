"""Looked back on: events from later figures, judged by dated rules; what another threshold would have given."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from zhizao.engines.warning.figures import Figures
from zhizao.engines.warning.hindsight import events, hindsight
from zhizao.engines.warning.running import answers, begun, run
from zhizao.engines.warning.settings import shipped_watch
from zhizao.engines.warning.tuning import candidates, curve
from zhizao.kernel.rules import Rulebook, check_cases

BOOK = Rulebook.load(sorted((Path(str(files("zhizao"))) / "packs/china/warning/outcomes").glob("*.yaml")))


def figures(falls: dict[tuple[int, int], float], *, T: int = 40) -> Figures:
    """Forty calm enterprises; some fall to a part in some cells, in output, electricity and profit alike."""
    rng = np.random.default_rng(3)
    y = np.exp(rng.normal(5, 0.04, (40, T)))
    values = {
        "gross_output": y,
        "electricity": y / 400,
        "operating_revenue": np.full_like(y, 150),
        "profit_total": y / 5,
    }
    for (row, cell), part in falls.items():
        for name in ("gross_output", "electricity", "profit_total"):
            values[name] = values[name].copy()
            values[name][row, cell] *= part
    return Figures(tuple(f"e{row}" for row in range(40)), np.zeros(40, np.int64), ("",), 2022 * 11, values)


def called(given: Figures, rule: str) -> np.ndarray:
    found = run(given, shipped_watch())
    return answers(found.figures, BOOK, hindsight(found))[f"outcome.{rule}"][0]


def test_the_examples_of_every_rule_of_outcomes_hold():
    assert check_cases(BOOK) == []


@pytest.mark.parametrize(
    ("parts", "true", "false"),
    [
        ((0.5, 1.0, 1.0), True, False),  # half of the month is an event, whatever came after
        ((0.75, 0.75, 0.75), True, False),  # a quarter, and it stayed
        ((0.75, 1.0, 1.0), False, True),  # a quarter, and it went back
        ((0.75, 0.9, 0.9), False, False),  # between
        ((1.0, 1.0, 1.0), False, True),
    ],
)
def test_a_fall_is_confirmed_by_its_size_or_by_staying_and_refuted_by_going_back(parts, true, false):
    given = figures({(7, 30 + ahead): part for ahead, part in enumerate(parts)})
    assert bool(called(given, "distress_true")[7, 30]) is true
    assert bool(called(given, "distress_false")[7, 30]) is false


def test_nothing_is_said_of_the_last_two_cells_nor_where_later_figures_are_missing():
    given = figures({(7, 38): 0.5, (8, 39): 0.5})
    assert not called(given, "distress_true").any()
    missing = figures({(7, 30): 0.75})
    for values in missing.values.values():
        values[7, 31:] = np.nan
    assert not called(missing, "distress_true")[7, 30]
    assert not called(missing, "distress_false")[7, 30]


def test_an_event_is_a_run_of_cells_by_the_months_of_its_ends():
    given = figures({(7, cell): 0.5 for cell in (21, 22, 23)})  # December 2023, January–February and March 2024
    found = run(given, shipped_watch())
    facts = hindsight(found)
    told = events(found, answers(found.figures, BOOK, facts)["outcome.distress_true"][0], facts, "output")
    assert told.select("subject", "span").rows() == [("e7", "2023-12..2024-03")]
    assert told["worse_pct"][0] == pytest.approx(50, abs=6)


def test_a_looser_threshold_finds_no_fewer_events_and_calls_no_fewer_enterprises():
    given = figures({(row, 22 + row): 0.8 for row in range(12)})
    found = run(given, shipped_watch())
    truth = pl.DataFrame(
        {"subject": [f"e{row}" for row in range(12)], "span": [given.months()[22 + row] for row in range(12)]}
    )
    values = candidates(Decimal(15))
    told = curve(found, "warning.distress", "most_false_pct", values, truth, since="2024-01")
    assert told["value"].to_list() == [str(value) for value in values]
    assert told["found"].is_sorted()
    assert [set(a) <= set(b) for a, b in zip(told["now"], told["now"][1:], strict=False)] == [True] * 8


def test_the_value_in_force_gives_the_alarms_of_the_run_itself():
    given = figures({(row, 22 + row): 0.7 for row in range(12)})
    found = run(given, shipped_watch())
    in_force = found.watch.book.rule("warning.distress", as_of=date(2024, 1, 1)).parameters["most_false_pct"]
    told = curve(found, "warning.distress", "most_false_pct", [in_force], pl.DataFrame({"subject": [], "span": []},
                 schema={"subject": pl.String, "span": pl.String}), since="2024-01")  # fmt: skip
    own = found.alarms.filter(pl.col("month") >= "2024-01", rule="warning.distress")
    assert told["alarms"].to_list() == [len(own)]


def test_a_threshold_of_seriousness_moves_serious_alarms_alone():
    given = figures({(row, 22 + row): 0.75 for row in range(12)})
    found = run(given, shipped_watch())
    none = pl.DataFrame(schema={"subject": pl.String, "span": pl.String})
    told = curve(found, "warning.distress", "serious_false_pct", [Decimal("0.0001"), Decimal(1)], none,
                 since="2024-01", severity="serious")  # fmt: skip
    serious = found.alarms.filter(pl.col("month") >= "2024-01", rule="warning.distress", severity="serious")
    assert told["alarms"].to_list() == [0, len(serious)]


def test_what_lasts_is_told_anew_after_the_silence_and_at_once_when_it_grows_serious():
    calls = np.array([[0, 1, 1, 1, 1, 2, 2, 2, 2, 0, 0, 1]])
    assert np.flatnonzero(begun(calls, 2)[0]).tolist() == [1, 4, 5, 8, 11]
    assert np.flatnonzero(begun(calls, 0)[0]).tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 11]
