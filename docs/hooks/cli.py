"""Show what a command prints where a page says ``<!-- zhizao … -->``: the command line describes itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys

MARK = re.compile(r"^<!-- (zhizao [^>]+) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_) -> str:
    return MARK.sub(lambda found: f"```console\n$ {found[1]}\n{_output(found[1])}\n```", markdown)


def _output(command: str) -> str:
    environment = os.environ | {"LC_ALL": "en_US.UTF-8", "COLUMNS": "100", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *command.split()], env=environment, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip("\n")
