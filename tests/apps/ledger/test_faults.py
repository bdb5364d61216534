"""Two imports at once, and a process killed in the middle: a file is there whole and once, or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from zhizao.base.accounts.administration import create_area
from zhizao.base.facts import services
area = create_area(actor=None, code="990101", name="甲区")
for n in range(200):
    services.subject(kind="enterprise", id_part=str(n), area=area)
"""
IMPORT = """
import os, signal, sys
import django; django.setup()
from pathlib import Path
from zhizao.apps.ledger import bulk, services, storing
from zhizao.base.accounts.models import Area
if "dies" in sys.argv:
    insert = bulk.insert
    def cut(model, frame):
        insert(model, frame.head(frame.height // 2))
        if model.__name__ == "Observation":
            os.kill(os.getpid(), signal.SIGKILL)
    storing.bulk.insert = cut
path = Path(sys.argv[1])
batch, is_new = services.import_file(actor=None, area=Area.objects.get(), data=path.read_bytes(), name=path.name)
print(is_new, batch.added)
"""
COUNT = """
import django; django.setup()
from zhizao.apps.ledger.models import Batch, Observation, Series
print(Batch.objects.count(), Series.objects.count(), Observation.objects.count())
"""


def started(home: Path, code: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python process of the installation in ``home``, on SQLite."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "DJANGO_SETTINGS_MODULE": "zhizao.site.settings",
        "ZHIZAO_HOME": str(home),
        "ZHIZAO_PROFILE": "test",
        "ZHIZAO_SECRET_KEY": "only-for-tests-" + "0" * 40,
    }
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """An installation with 200 enterprises; each test works on a copy."""
    home = tmp_path_factory.mktemp("prepared")
    Path(home, "static").mkdir()
    said(started(home, PREPARE))
    return home


@pytest.fixture
def run(prepared, tmp_path):
    """``run(code, …)``: a process of an installation of its own."""
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    return partial(started, home)


@pytest.fixture
def file(tmp_path):
    head = "subject,indicator,span,scope,price_basis,value,unit,status,source,known_from"
    lines = [
        f"enterprise:{n},gross_output,2025-{month:02},,,{n + month},万元,,月报,2026-01-10"
        for n in range(200)
        for month in range(1, 13)
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join([head, *lines]))
    return path


def said(process: subprocess.Popen[str]) -> str:
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    return out.strip()


def test_an_import_killed_in_the_middle_leaves_nothing_and_can_be_done_again(run, file):
    process = run(IMPORT, file, "dies")
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert said(run(COUNT)) == "0 0 0"
    assert said(run(IMPORT, file)) == "True 2400"
    assert said(run(COUNT)) == "1 200 2400"


def test_two_imports_of_one_file_at_once_store_it_once(run, file):
    first, second = run(IMPORT, file), run(IMPORT, file)
    assert sorted([said(first), said(second)]) == ["False 2400", "True 2400"]
    assert said(run(COUNT)) == "1 200 2400"


def test_two_imports_of_the_same_figures_at_once_store_them_once(run, file, tmp_path):
    other = tmp_path / "b.csv"
    other.write_text(file.read_text() + "\n")
    first, second = run(IMPORT, file), run(IMPORT, other)
    assert sorted([said(first), said(second)]) == ["True 0", "True 2400"]
    assert said(run(COUNT)) == "2 200 2400"
