"""The ``zhizao`` command."""

from __future__ import annotations


def main() -> None:
    raise SystemExit("zhizao: the commands are not wired yet")
