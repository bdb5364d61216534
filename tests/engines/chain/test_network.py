"""Networks from tables: what is cleaned is said, what is wrong is refused; the command's tests hold the places."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.chain.networks import drawn

from zhizao.engines.chain import Network, read_network, systemic_risk
from zhizao.kernel.result import Refused

FIRMS = pl.DataFrame({"firm": ["甲（集团）公司", "乙", "丙"], "sector": ["07", "7", "07"]})


def links(*rows: tuple[str, str, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["supplier", "buyer", "amount"], orient="row")


def test_sector_labels_are_text():
    network = Network.from_frames(FIRMS, links(("乙", "丙", 5.0)))
    assert network.sectors == ("07", "7")
    assert network.sector.tolist() == [0, 1, 0]
    numbers = FIRMS.with_columns(sector=pl.Series([10, 9, 10]))
    assert Network.from_frames(numbers, links(("乙", "丙", 5.0))).sectors == ("10", "9")


def test_a_link_finds_its_firm_also_where_brackets_differ():
    assert Network.from_frames(FIRMS, links(("甲(集团)公司", "丙", 5.0))).supplier.tolist() == [0]


def test_one_firm_under_two_names_is_refused():
    twice = pl.concat([FIRMS, pl.DataFrame({"firm": ["甲(集团) 公司"], "sector": ["07"]})])
    with pytest.raises(Refused, match="“甲\\(集团\\) 公司” is “甲（集团）公司” of row 1, written in another way"):
        Network.from_frames(twice, links(("乙", "丙", 5.0)))


def test_links_given_again_are_summed_and_the_order_of_rows_changes_nothing():
    rows = [("乙", "丙", 5.0), ("丙", "乙", 2.0), ("乙", "丙", 1.5), ("丙", "丙", 1.0)]
    one, other = (Network.from_frames(FIRMS, links(*some)) for some in (rows, rows[::-1]))
    assert one.amount.tolist() == other.amount.tolist() == [6.5, 2.0, 1.0]
    assert systemic_risk(one).equals(systemic_risk(other))


def test_weights_are_taken_as_shares():
    firms = FIRMS.with_columns(weight=pl.Series([1, 1, 2]))
    assert Network.from_frames(firms, links(("乙", "丙", 5.0))).weight.tolist() == [0.25, 0.25, 0.5]


def test_a_column_that_is_empty_throughout_is_not_given_and_one_empty_cell_is_refused():
    nothing = FIRMS.with_columns(revenue=pl.lit(None, dtype=pl.Float64), market=pl.lit(""))
    network = Network.from_frames(nothing, links(("乙", "丙", 5.0)))
    assert network.revenue is None
    assert network.markets == network.sectors
    with pytest.raises(Refused, match="row 2, cost: The cell is empty"):
        Network.from_frames(FIRMS.with_columns(cost=pl.Series([1.0, None, 2.0])), links(("乙", "丙", 5.0)))


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -0.5])
def test_amounts_that_are_no_amounts_are_refused(amount):
    with pytest.raises(Refused, match="row 1, amount"):
        Network.from_frames(FIRMS, links(("乙", "丙", amount)))


def test_what_makes_figures_doubtful_is_said_with_a_count():
    firms = FIRMS.with_columns(revenue=pl.Series([9, 1, 9]), cost=pl.Series([9, 9, 1]))
    codes = [problem.code for problem in Network.from_frames(firms, links(("乙", "丙", 5.0))).problems]
    assert codes == ["chain.revenue_below_sales", "chain.cost_below_purchases"]


@settings(max_examples=15)
@given(st.integers(0, 1_000))
def test_a_network_without_links_between_its_parts_is_the_sum_of_them(seed):
    one = drawn(seed, firms=5, links=8)
    table = pl.DataFrame(
        {
            "supplier": [one.firms[i] for i in one.supplier],
            "buyer": [one.firms[i] for i in one.buyer],
            "amount": one.amount,
        }
    )
    firms = pl.DataFrame({"firm": one.firms, "sector": [one.sectors[k] for k in one.sector]})
    both = pl.concat([firms, firms.with_columns(firm="x" + pl.col("firm"), sector="x" + pl.col("sector"))])
    ends = table.with_columns(supplier="x" + pl.col("supplier"), buyer="x" + pl.col("buyer"))
    alone = systemic_risk(Network.from_frames(firms, table))["esri"]
    together = systemic_risk(Network.from_frames(both, pl.concat([table, ends])))["esri"]
    assert (together[:5] - alone / 2).abs().max() < 1e-12
    assert (together[5:] - alone / 2).abs().max() < 1e-12


def test_files_are_read_with_semicolons_a_byte_order_mark_and_empty_rows(tmp_path: Path):
    firms, sold = tmp_path / "firms.csv", tmp_path / "links.csv"
    firms.write_bytes("\ufefffirm;sector\r\n甲;01\r\n\r\n乙;02\r\n".encode())
    sold.write_bytes("supplier;buyer;amount\r\n甲;乙;1e3\r\n".encode("utf-16"))
    network = read_network(firms, sold)
    assert (network.firms, network.amount.tolist()) == (("甲", "乙"), [1000.0])
