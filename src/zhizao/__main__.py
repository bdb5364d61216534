"""``python -m zhizao`` is the ``zhizao`` command."""

from __future__ import annotations

from zhizao.cli import main

main()
