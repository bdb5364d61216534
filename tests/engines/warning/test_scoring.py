"""The score of alarms by hand: what is found, what is false, precision at k, lead, bad input."""

from __future__ import annotations

import polars as pl
import pytest

from zhizao.engines.warning.scoring import score
from zhizao.kernel.result import Refused

TRUTH = pl.DataFrame({"subject": ["a", "b"], "span": ["2025-03..2025-05", "2025-06"]})


def alarms(*rows: tuple[str, str, float]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["subject", "month", "score"], orient="row")
    return frame.with_columns(rule=pl.lit("r"))


@pytest.mark.parametrize(
    ("month", "found", "false"),
    [("2025-02", 0, 1), ("2025-03", 1, 0), ("2025-05", 1, 0), ("2025-06", 0, 0), ("2025-07", 0, 0), ("2025-08", 0, 1)],
)
def test_a_call_finds_within_two_months_and_is_false_beyond_two_months_after_the_end(month, found, false):
    row = score(alarms(("a", month, 1.0)), TRUTH).row(-1, named=True)
    assert (row["found"], row["false"]) == (found, false)


def test_each_figure_of_the_score():
    told = alarms(("a", "2025-04", 3.0), ("c", "2025-04", 5.0), ("a", "2025-05", 2.0), ("b", "2025-06", 4.0))
    row = score(told, TRUTH, k=1, enterprise_months=200).row(-1, named=True)
    assert row == {
        "rule": "*", "alarms": 4, "false": 1, "precision": 0.75, "precision_at_k": pytest.approx(2 / 3), "events": 2,
        "found": 2, "recall": 1.0, "lead_months": -0.5, "false_per_1000": 5.0,
    }  # fmt: skip


def test_two_rules_that_call_one_month_are_one_call_of_all():
    told = pl.concat([alarms(("c", "2025-04", 3.0)), alarms(("c", "2025-04", 1.0)).with_columns(rule=pl.lit("s"))])
    assert score(told, TRUTH)["alarms"].to_list() == [1, 1, 1]


def test_without_alarms_or_events_what_is_unknown_is_null():
    row = score(alarms(), TRUTH).row(-1, named=True)
    assert (row["precision"], row["recall"], row["false_per_1000"]) == (None, 0.0, None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (alarms(("a", "2025-04", 3.0)).drop("rule"), "Column rule is missing"),
        (alarms(("a", "April", 3.0)), "row 2, month: “April” is no period"),
        (alarms(("a", "2025-04", float("nan"))), "is no finite number"),
    ],
)
def test_wrong_alarms_are_refused(wrong, said):
    with pytest.raises(Refused, match=said):
        score(wrong, TRUTH)
