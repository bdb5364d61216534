"""What a web process and a command may load before they are asked for anything."""

from __future__ import annotations

import os
import subprocess
import sys

HEAVY = ("polars", "numpy", "xlsxwriter", "pypinyin", "chinese_calendar", "typer", "rich")


def test_starting_the_web_loads_no_heavy_library(tmp_path):
    code = (
        "import django; django.setup()\nimport sys, zhizao.site.urls\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "zhizao.site.settings", "ZHIZAO_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
