"""Two economies for all tests: the shipped pack's, and an invented one of another base year."""

from __future__ import annotations

from importlib.resources import files

import pytest

from zhizao.engines.planlint import PlanPack, read_pack
from zhizao.engines.simulation import Economy, facts_of_pack, invented, shipped_parameters, simulate


@pytest.fixture(scope="session")
def pack() -> PlanPack:
    return read_pack(files("zhizao") / "packs" / "nanan")


@pytest.fixture(scope="session")
def economy(pack) -> Economy:
    parameters = shipped_parameters()
    return simulate(facts_of_pack(pack, parameters), parameters, seed=14)


@pytest.fixture(scope="session")
def other() -> Economy:
    return simulate(invented(150, seed=5, base_year=2025), shipped_parameters(), seed=2)
