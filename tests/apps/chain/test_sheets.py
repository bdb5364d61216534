"""The tables of chains: what is written is read back as it was, whatever the names."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizao.apps.chain import sheets
from zhizao.kernel import names
from zhizao.kernel.result import Refused

# A cell that begins with a sign is written with a guard against formulas, which a reader sees: no name does.
NAME = st.builds(
    "".join,
    st.tuples(st.sampled_from("甲乙丙丁戊己庚辛"), st.text(st.sampled_from("甲乙ABab12（）()·- "), max_size=12)),
)
ROWS = st.lists(st.tuples(NAME, st.sampled_from([None, "上游", "中游", "下游"]), st.none() | st.integers(0, 99)))


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_nodes_are_read_as_they_are_written(rows):
    kept = list({names.normalise(name): (name, *rest) for name, *rest in rows}.values())
    types = {"integer": pl.Int64, "date": pl.Date}
    schema = {column.name: types.get(column.kind, pl.String) for column in sheets.columns("nodes")}
    cells = [{"chain": "甲链", "node": name, "stage": stage, "layer": layer} for name, stage, layer in kept]
    frame = pl.DataFrame(cells, schema=schema)
    wanted = [(names.normalise(name), stage or "", layer) for name, stage, layer in kept]
    for data, file in ((sheets.form("nodes", frame), "a.xlsx"), (sheets.table("nodes", frame), "a.csv")):
        found = sheets.read("nodes", data, file=file)
        assert [(row.cells["node"], row.cells["stage"], row.cells["layer"]) for row in found] == wanted


def test_a_name_at_a_node_stays_as_it_is_printed():
    text = "产业链,环节,名称\n甲链,甲,Jabil  (Wuxi)\n"
    (row,) = sheets.read("members", text.encode(), file="a.csv")
    assert row.cells["name"] == "Jabil (Wuxi)"
    assert (row.cells["member_type"], row.cells["basis"], row.cells["confidence"]) == ("enterprise", "judged", "M")


@pytest.mark.parametrize("text", ["", "甲,乙\n1,2\n", "产业链,环节\n"])
def test_a_file_without_the_columns_is_refused_and_an_empty_table_is_none(text):
    if text.startswith("产业链"):
        assert sheets.read("nodes", text.encode(), file="a.csv") == []
    else:
        with pytest.raises(Refused):
            sheets.read("nodes", text.encode(), file="a.csv")
