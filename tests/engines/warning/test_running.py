"""Facts and alarms: joint months, figures in doubt, silence, rules by their dates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from zhizao.engines.warning.figures import Figures, figures_of
from zhizao.engines.warning.running import run
from zhizao.engines.warning.settings import shipped_watch
from zhizao.kernel.result import Refused
from zhizao.kernel.rules import Rulebook

NAMES = ("subject", "indicator", "span", "value")


def figures(seed: int = 1, n: int = 40, T: int = 44) -> Figures:
    y = np.exp(np.random.default_rng(seed).normal(5, 0.1, (n, T)))
    values = {"gross_output": y, "electricity": y / 400, "operating_revenue": y, "profit_total": 0.2 * y - 15}
    return Figures(tuple(f"e{i}" for i in range(n)), np.zeros(n, np.int64), ("",), 2021 * 11, values)


def test_joint_months_single_months_and_year_to_date_give_the_same_cell():
    rows = [("a", "electricity", "2025-01", 20), ("a", "electricity", "2025-02", 30),
            ("b", "electricity", "2025-01..02", 50), ("b", "electricity", "2025-01..03", 80)]  # fmt: skip
    found = figures_of(pl.DataFrame(rows, schema=list(NAMES), orient="row"))
    assert found.months() == ["2025-02", "2025-03"]
    assert found.values["electricity"][:, 0].tolist() == [50.0, 50.0]
    assert np.isnan(found.values["electricity"][0, 1])


def test_february_alone_is_not_the_cell_and_a_stock_is_the_value_at_its_end():
    rows = [("a", "electricity", "2025-02", 30), ("a", "employees", "2025-02", 9), ("a", "electricity", "2025-03", 7)]
    found = figures_of(pl.DataFrame(rows, schema=list(NAMES), orient="row"), stocks=["employees"])
    assert np.isnan(found.values["electricity"][0, 0])
    assert found.values["employees"][0, 0] == 9


def test_a_missing_month_leaves_both_months_unknown_and_the_later_ones_known():
    rows = [("a", "gross_output", f"2025-01..{end:02}", value) for end, value in ((2, 20), (3, 30), (5, 50), (6, 60))]
    found = figures_of(pl.DataFrame(rows, schema=list(NAMES), orient="row")).values["gross_output"][0]
    assert found[[0, 1, 4]].tolist() == [20.0, 10.0, 10.0]
    assert np.isnan(found[2:4]).all()


def test_an_enterprise_under_two_sectors_is_refused():
    rows = [("a", "gross_output", "2025-03", 1, "x"), ("a", "gross_output", "2025-04", 1, "y")]
    with pytest.raises(Refused, match="under another sector"):
        figures_of(pl.DataFrame(rows, schema=[*NAMES, "sector"], orient="row"))


def test_a_wrong_unit_of_one_figure_is_told_as_doubt_and_not_as_distress():
    given = figures()
    given.values["orders_new"] = given.values["gross_output"] * 1.0
    given.values["gross_output"][5, 40] /= 10_000
    alarms = run(given, shipped_watch()).alarms.filter(subject="e5")
    month = given.months()[40]
    assert alarms.filter(month=month)["rule"].to_list() == ["warning.doubtful"]


def test_silence_is_told_after_two_cells_when_it_is_long_and_every_third_cell_from_then_on():
    given = figures()
    for values in given.values.values():
        values[3, 30:38] = np.nan
    alarms = run(given, shipped_watch()).alarms.filter(subject="e3", rule="warning.silent")
    months = given.months()
    assert alarms.select("month", "score", "severity").rows() == [
        (months[31], 2.0, "notice"),
        (months[33], 4.0, "serious"),
        (months[36], 7.0, "serious"),
    ]


def test_a_month_that_nobody_has_reported_yet_is_no_silence():
    given = figures()
    for values in given.values.values():
        values[:, -2:] = np.nan
    assert run(given, shipped_watch()).alarms.filter(rule="warning.silent").is_empty()


def test_a_rule_is_asked_only_from_its_day_and_with_the_threshold_of_the_day():
    text = (
        "id: fall\ntitle: {en: F}\nsource: {document_no: '1', title: x}\neffective_from: 2023-01-01\n"
        "parameters: {least: {unit: '%', values: {2023-01-01: 0, 2024-01-01: 1000}}}\n"
        "facts: {gross_output_yoy_pct: {kind: decimal, unit: '%'}}\n"
        "conditions: [{id: called, expr: gross_output_yoy_pct >= least}]\namount: {expr: gross_output_yoy_pct}\n"
    )
    watch = replace(shipped_watch(), book=Rulebook.load([text.encode()]), quiet_cells=0)
    years = {month[:4] for month in run(figures(), watch).alarms["month"]}
    assert years == {"2023"}


def test_the_past_of_alarms_does_not_change_when_later_figures_come():
    given = figures()
    short = Figures(given.subjects, given.sector, given.sectors, given.first_cell,
                    {name: values[:, :36] for name, values in given.values.items()})  # fmt: skip
    whole, part = run(given, shipped_watch()).alarms, run(short, shipped_watch()).alarms
    assert whole.filter(pl.col("month") <= given.months()[35]).equals(part)
