"""What is true of every file: it stays small, holds no region, no place of one machine, no host of a registry."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "zhizao"
HARD_LIMIT_LINES = 600
REGION = re.compile(r"南岸|重庆|茶园|nan[-_ ']?an(?![a-z])|chongqing", re.IGNORECASE)
ABSOLUTE = re.compile(r"""(?<![\w.:/<}])/(?:work|home|root|Users)/\w""")
# Named by a string or needed by another package, never imported: the reason stands beside each.
NOT_IMPORTED = {
    "argon2-cffi": "Django's password hasher loads it",
    "psycopg": "Django's PostgreSQL backend loads it",
    "tzdata": "zoneinfo reads it where the system has no time zones",
}


def tracked(*patterns: str) -> list[Path]:
    """Files of the project: those git has, and new ones it does not ignore."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listing.stdout.splitlines() if (path := ROOT / name).is_file()]


def test_no_source_file_grows_beyond_the_hard_limit() -> None:
    sources = [path for path in tracked("*.py", "*.js", "*.mjs", "*.css", "*.html") if "migrations" not in path.parts]
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in sources
        if (lines := len(path.read_text().splitlines())) > HARD_LIMIT_LINES
    }
    assert too_long == {}


def test_no_region_is_named_outside_the_packs() -> None:
    found = []
    for path in PACKAGE.rglob("*"):
        inside = path.relative_to(PACKAGE)
        if not path.is_file() or inside.parts[0] == "packs" or path.suffix in (".pyc", ".mo") or "dist" in inside.parts:
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
            if REGION.search(line):
                found.append(f"{inside}:{number}: {line.strip()[:80]}")
    assert found == []


def test_no_file_names_a_place_on_one_machine() -> None:
    found = []
    for path in tracked(
        "*.py", "*.toml", "*.lock", "*.json", "*.mjs", "*.js", "*.md", "*.html", "*.yml", "Makefile", ".ci/run"
    ):
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
            if ABSOLUTE.search(line) and path != Path(__file__):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


@pytest.mark.parametrize("path", tracked("*.lock"), ids=lambda path: path.name)
def test_every_locked_package_has_a_hash_and_no_host(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=[a-z])", text.strip())
    assert all("==" in entry.splitlines()[0] and "--hash=sha256:" in entry for entry in entries)


def test_the_npm_lock_has_integrity_and_no_host() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in packages.values())


def test_every_dependency_is_locked_and_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = (ROOT / "requirements.lock").read_text()
    code = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    modules: dict[str, set[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            modules.setdefault(distribution.lower().replace("_", "-"), set()).add(module)
    unused = []
    for requirement in project["dependencies"]:
        pinned = re.fullmatch(r"([\w-]+)(?:\[\w+\])?==([\w.]+)", requirement)
        assert pinned, f"{requirement} is not pinned"
        name, version = pinned.groups()
        assert re.search(rf"^{re.escape(name)}(?:\[\w+\])?=={re.escape(version)} ", locked, re.MULTILINE), (
            f"{name} is not locked"
        )
        used = any(
            re.search(rf"""(?:import |from |["']){re.escape(module)}\b""", code) for module in modules.get(name, ())
        )
        if not used and name not in NOT_IMPORTED:
            unused.append(name)
    assert unused == []


def test_every_dependency_has_its_reason_in_the_documentation() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = (
        project["project"]["dependencies"] + project["dependency-groups"]["dev"] + project["build-system"]["requires"]
    )
    npm = json.loads((ROOT / "frontend" / "package.json").read_text())
    names = (
        {re.split(r"[\[=]", item)[0] for item in wanted} | npm["dependencies"].keys() | npm["devDependencies"].keys()
    )
    text = (ROOT / "docs" / "dependencies.md").read_text()
    assert sorted(name for name in names if f"| {name} |" not in text) == []
