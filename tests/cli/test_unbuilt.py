"""A checkout that was never built is refused before anything is stored or served."""

from __future__ import annotations

import pytest

from zhizao.cli import operations
from zhizao.kernel.result import Refused


@pytest.mark.parametrize("name", ["assets", "translations"])
def test_neither_served_nor_loaded_without_assets_and_catalogues(monkeypatch, name):
    from zhizao.base.operations import checks

    good = checks.Check("Something is so", ok=True)
    both = {"assets": good, "translations": good}
    for each, check in (both | {name: checks.Check("Something is so", ok=False, remedy="Run “make assets”.")}).items():
        monkeypatch.setattr(checks, each, lambda check=check: check)
    monkeypatch.setattr(operations, "start_django", lambda *_: None)
    monkeypatch.setattr(operations, "_step", lambda *_: pytest.fail("something was done"))
    for command in (operations.demo, lambda: operations.serve(port=0)):
        with pytest.raises(Refused) as refused:
            command()
        (problem,) = refused.value.problems
        assert (problem.code, problem.remedy) == ("serve.unbuilt", "Run “make assets”.")
