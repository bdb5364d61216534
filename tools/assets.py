"""Build scripts and style sheets with Node; shared by the set-up and the wheel. Standard library only."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
TARGET = ROOT / "src" / "zhizao" / "base" / "ui" / "static" / "ui" / "dist"
MARKER = TARGET / "THIRD_PARTY.txt"  # what build.mjs writes last
OLDEST_NODE = 22


class AssetsError(Exception):
    """The assets cannot be built; the text says what to do."""


def inputs() -> list[Path]:
    """All files that the built assets depend on."""
    files = [FRONTEND / name for name in ("package.json", "package-lock.json", ".npmrc", "build.mjs")]
    return files + sorted(path for path in (FRONTEND / "src").rglob("*") if path.is_file())


def find_node(*, extra: Path | None = None) -> Path | None:
    """Node from PATH, or from the folder ``extra``, with npm beside it; None if there is none that is new enough."""
    path = os.environ.get("PATH", os.defpath)
    candidates = [shutil.which("node", path=path), *([str(extra / "node")] if extra else [])]
    for candidate in candidates:
        if not candidate or not Path(candidate).exists():
            continue
        answer = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False)
        major = answer.stdout.strip().removeprefix("v").partition(".")[0]
        folder = Path(candidate).parent
        if major.isdigit() and int(major) >= OLDEST_NODE and (folder / "npm").exists():
            return Path(candidate)
    return None


def environ(node: Path) -> dict[str, str]:
    """npm and what it starts must find the same Node."""
    return {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def commands(node: Path) -> list[list[str | Path]]:
    return [
        [node.parent / "npm", "ci", "--no-progress", "--fetch-retries=1", "--fetch-timeout=60000"],
        [node, "build.mjs"],
    ]


def build() -> None:
    """Build with a Node from PATH or the checkout's environment, or refuse in one line."""
    node = find_node(extra=ROOT / ".venv" / "bin")
    if node is None:
        raise AssetsError(f"The assets are not built and there is no Node >= {OLDEST_NODE}. Run 'make assets' first.")
    for command in commands(node):
        subprocess.run(list(map(str, command)), cwd=FRONTEND, env={**os.environ, **environ(node)}, check=True)
