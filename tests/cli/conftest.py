"""The command as its users call it: what it prints, and the code it leaves with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import zhizao.cli

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """English answers, whatever the machine speaks."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.delenv("ZHIZAO_LANG", raising=False)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """``command("ledger", "import", file)``: exit code, standard output, standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            zhizao.cli.main([*map(str, arguments)])
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return call
