"""Kinds of job for these tests; their names cannot meet those of the product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def job_kind() -> Iterator[Callable[..., Any]]:
    """Declare kinds of job that are forgotten after the test."""
    from zhizao.base.jobs import registry

    before = dict(registry._kinds)
    yield registry.job_kind
    registry._kinds.clear()
    registry._kinds.update(before)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path
