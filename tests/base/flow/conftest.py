"""The small region of ``region``, and a case in it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    from tests.base.flow.region import build

    return build(monkeypatch)


@pytest.fixture
def case(place: SimpleNamespace) -> Any:
    from tests.base.flow.region import open_case

    return open_case(place)
