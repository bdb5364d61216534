"""The import contracts hold the floors: they are complete, and they bite."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "zhizao"
CONTRACTS = {
    c["name"]: c for c in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
APPS = sorted(path.parent.name for path in (PACKAGE / "apps").glob("*/__init__.py"))


@pytest.mark.parametrize("app", APPS)
def test_every_app_has_its_place_its_rooms_and_its_private_models(app: str) -> None:
    order = [name for layer in CONTRACTS["order of the apps"]["layers"] for name in re.findall(r"\w+", layer)]
    assert app in order
    assert f"zhizao.apps.{app}" in CONTRACTS["rooms of an app"]["containers"]
    if (PACKAGE / "apps" / app / "models.py").exists() or (PACKAGE / "apps" / app / "models").exists():
        assert CONTRACTS[f"models of {app}"]["protected_modules"] == [f"zhizao.apps.{app}.models"]


def test_the_order_of_the_apps_names_only_apps_that_exist() -> None:
    order = [name for layer in CONTRACTS["order of the apps"]["layers"] for name in re.findall(r"\w+", layer)]
    assert sorted(order) == APPS


# Contract → a file to add and the import that it must refuse.
SEEDS = {
    "floors": ("kernel/seed_floor.py", "import zhizao.base"),
    "sciences know nothing of the web and the database": ("engines/seed_django.py", "import django.db"),
    "base imports no engine": ("base/seed_engine.py", "import zhizao.engines"),
    "the simulated truth is known to the demonstration only": (
        "engines/statistics/seed_truth.py",
        "import zhizao.engines.simulation",
    ),
    "rooms of an app": ("apps/plan/queries/seed.py", "import zhizao.apps.plan.services"),
    "models of plan": ("site/seed_models.py", "import zhizao.apps.plan.models"),
}


def test_a_seeded_violation_breaks_its_contract(tmp_path: Path) -> None:
    source = tmp_path / "src" / "zhizao"
    shutil.copytree(
        PACKAGE, source, ignore=lambda folder, names: {n for n in names if Path(n).suffix not in ("", ".py")}
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path, line in SEEDS.values():
        file = source / path
        if not file.parent.exists():  # the room is a module: say it there
            file = file.parent.with_suffix(".py")
        with file.open("a") as target:
            target.write(f"\n{line}\n")
    answer = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    broken = {name for name in CONTRACTS if f"{name} BROKEN" in answer.stdout}
    assert broken >= SEEDS.keys(), answer.stdout


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def test_no_private_name_is_imported_from_another_package() -> None:
    found = []
    for path in PACKAGE.rglob("*.py"):
        home = ".".join(("zhizao", *path.relative_to(PACKAGE).parts[:-1]))
        for name, line in _imports(path):
            private = re.match(r"(zhizao(?:\.\w+)*?)\._(?!_)", name)
            if private and not f"{home}.".startswith(f"{private[1]}.") and not private[1].startswith(home):
                found.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert found == []
