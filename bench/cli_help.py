"""CPU seconds of ``zhizao --help`` against the budget of 0.4 s, and against importing typer, which it avoids."""

from __future__ import annotations

import resource
import subprocess
import sys

BUDGET_SECONDS = 0.4
RUNS = 5


def cpu_seconds(code: str) -> float:
    """The least CPU time of several runs of a Python process."""
    times = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return min(times)


def main() -> int:
    ours = cpu_seconds("import sys; sys.argv = ['zhizao', '--help']; import zhizao.cli; zhizao.cli.main()")
    peer = cpu_seconds("import typer")
    print(f"zhizao --help {ours:.3f} s, import typer alone {peer:.3f} s, ratio {ours / peer:.2f}")
    print(f"budget {BUDGET_SECONDS} s: {'kept' if ours <= BUDGET_SECONDS else 'EXCEEDED'}")
    return 0 if ours <= BUDGET_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
