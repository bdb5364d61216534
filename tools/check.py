"""All checks and tests that need no service: every section runs, the failed ones are named at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
REPORTS = ROOT / "artefacts" / "junit"
SECTIONS: dict[str, list[str]] = {
    "lint": ["ruff", "check", "--quiet"],
    "format": ["ruff", "format", "--check", "--quiet"],
    "types": ["mypy", "--no-error-summary"],
    "imports": ["lint-imports"],
    "translations": ["python", "tools/messages.py", "check"],
    "tests": ["pytest", "-q", "-n", "2", "--durations=10", f"--junitxml={REPORTS / 'unit.xml'}"],
}


def main(names: list[str]) -> int:
    if unknown := set(names) - SECTIONS.keys():
        print(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    results: dict[str, tuple[bool, float]] = {}
    for name, (tool, *arguments) in SECTIONS.items():
        if names and name not in names:
            continue
        print(f"\n── {name}: {tool} {' '.join(arguments)}", flush=True)
        begun = time.monotonic()
        environ = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
        process = subprocess.run([str(BIN / tool), *arguments], cwd=ROOT, env=environ, check=False)
        results[name] = (process.returncode == 0, time.monotonic() - begun)
    print()
    for name, (passed, seconds) in results.items():
        print(f"{name:<14}{'passed' if passed else 'FAILED':<8}{seconds:7.1f} s")
    return 0 if all(passed for passed, _ in results.values()) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
