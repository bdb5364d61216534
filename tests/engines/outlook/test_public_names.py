"""What a notebook takes from the package."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from types import ModuleType

import numpy as np

import zhizao.engines.outlook as outlook


def test_every_public_name_is_found_and_none_is_a_module():
    for home, names in outlook._HOMES.items():
        module = import_module(f"zhizao.engines.outlook.{home}")
        for name in names:
            assert getattr(outlook, name) is getattr(module, name)
            assert not isinstance(getattr(outlook, name), ModuleType)
    assert sorted(name for names in outlook._HOMES.values() for name in names) == sorted(outlook.__all__)


def test_three_lines_give_a_chance():
    rows = "".join(f"a,{year}-{month:02},{100 + year % 5}\n" for year in range(2019, 2025) for month in range(1, 13))
    panel = outlook.read_panel(f"series,span,value\n{rows}".encode())
    target = outlook.targets_of(_table(), series=panel.series)
    told = outlook.assess_targets(panel, target, draws=50, rng=np.random.default_rng(1), combined=0)
    assert told.chances[0].p == 1.0


def _table():
    import polars as pl

    return pl.DataFrame({"target": ["t"], "kind": ["total"], "series": ["a"], "span": ["2025"], "bound": ["ge"],
                         "value": ["10"]})  # fmt: skip


def test_the_package_alone_loads_nothing_heavy():
    code = "import sys, zhizao.engines.outlook; print([m for m in ('numpy', 'polars', 'scipy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
