"""Gaps: each class by an example, what is unknown stays open, and every gap opens its rows."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from zhizao.engines.chain.gaps import GAPS, Gaps, find_gaps, gap_rules
from zhizao.kernel.result import Refused
from zhizao.kernel.rules import check_cases

DAY = dt.date(2025, 1, 1)
NODES = pl.DataFrame(
    {
        "node": ["cell", "housing", "chip", "screw"],
        "demand_wan_yuan": [500.0, 100.0, None, None],
        "location_quotient": [0.1, 1.5, None, 2.0],
        "esri": [0.4, 0.1, 0.2, 0.05],
    }
)
FIRMS = pl.DataFrame(
    {
        "firm": ["h1", "h2", "s1", "s2"],
        "node": ["housing", "housing", "screw", "screw"],
        "capable": [True, True, True, None],
    }
)
PURCHASES = pl.DataFrame(
    {
        "buyer": ["a", "b", "a", "a", "b", "a", "b"],
        "node": ["cell", "cell", "housing", "housing", "chip", "screw", "screw"],
        "supplier": ["x", "y", "h1", "z", "q", "s1", "w"],
        "region": ["sea", "sea", "here", "hill", None, "here", "hill"],
        "local": [False, False, True, False, None, True, False],
        "amount": [300.0, 200.0, 20.0, 80.0, None, 5.0, 5.0],
    }
)


@pytest.fixture(scope="module")
def gaps() -> Gaps:
    return find_gaps(NODES, FIRMS, PURCHASES, book=gap_rules(), on=DAY)


def statuses(gaps: Gaps, node: str) -> dict[str, str]:
    return dict(gaps.found.filter(pl.col("node") == node).select("gap", "status").rows())


def test_every_rule_passes_its_own_cases() -> None:
    assert check_cases(gap_rules()) == []


def test_a_segment_bought_and_not_made_is_missing_and_not_weak(gaps: Gaps) -> None:
    assert statuses(gaps, "cell") == {"missing": "yes", "exposed": "yes", "critical": "yes"}


def test_little_bought_from_local_firms_is_weak(gaps: Gaps) -> None:
    """20 of 100 bought locally; the quotient is above 1, but only the median's demand: 100 of 10, 100, 500."""
    assert statuses(gaps, "housing") == {"dead_end": "yes", "exposed": "yes"}
    larger = NODES.with_columns(demand_wan_yuan=pl.Series([500.0, 600.0, None, None]))
    assert statuses(find_gaps(larger, FIRMS, PURCHASES, book=gap_rules(), on=DAY), "housing")["weak"] == "yes"


def test_what_is_not_known_clears_nothing(gaps: Gaps) -> None:
    """Of the chip neither demand nor the supplier's place is known."""
    assert statuses(gaps, "chip") == {"missing": "unknown", "single_source": "yes", "exposed": "unknown"}
    row = gaps.found.filter(pl.col("node") == "chip", pl.col("gap") == "missing").row(0, named=True)
    assert row["missing"] == ["demand_wan_yuan"]


def test_a_firm_of_unknown_ability_leaves_a_dead_end_open(gaps: Gaps) -> None:
    assert statuses(gaps, "screw")["dead_end"] == "unknown"


def test_every_certain_gap_opens_its_rows(gaps: Gaps) -> None:
    certain = set(gaps.found.filter(pl.col("status") == "yes").select("node", "gap").rows())
    shown = set(gaps.evidence.select("node", "gap").rows())
    assert certain - shown == {("cell", "critical")}  # no local firm whose row could be shown
    exposed = gaps.evidence.filter(pl.col("gap") == "exposed", pl.col("node") == "housing")
    assert PURCHASES["supplier"].gather(exposed["row"]).to_list() == ["z"]
    idle = gaps.evidence.filter(pl.col("gap") == "dead_end", pl.col("table") == "firms")
    assert FIRMS["firm"].gather(idle["row"]).to_list() == ["h2"]


def test_the_thresholds_are_data() -> None:
    rule = next(rule for rule in gap_rules().rules if rule.id == "gap.exposed")
    assert "least_region_share_pct" in rule.parameters
    assert len(gap_rules().rules) == len(GAPS)


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(Refused, match="capable"):
        find_gaps(NODES, FIRMS.drop("capable"), PURCHASES, book=gap_rules(), on=DAY)


@pytest.mark.parametrize(
    ("named", "unnamed", "local", "status"),
    [(50.0, 30.0, 20.0, "unknown"), (60.0, 5.0, 35.0, "no"), (70.0, 0.0, 30.0, "yes")],
)
def test_what_comes_from_outside_nobody_knows_whence_may_be_of_the_largest_region(
    named, unnamed, local, status
) -> None:
    """The rule asks for 70 % of one region: 50 with 30 unknown may be 80, 60 with 5 unknown is 65 at most."""
    bought = pl.DataFrame(
        {
            "buyer": ["a"] * 3,
            "node": ["cell"] * 3,
            "supplier": ["x", "y", "z"],
            "region": ["sea", None, "here"],
            "local": [False, False, True],
            "amount": [named, unnamed, local],
        }
    )
    found = find_gaps(NODES.head(1), FIRMS.clear(), bought, book=gap_rules(), on=DAY).found
    row = found.filter(pl.col("gap") == "exposed")
    assert (row["status"].item() if len(row) else "no") == status
    if status == "unknown":
        assert row["missing"].item().to_list() == ["outside_region_share_pct"]
