"""``zhizao plan check`` on a real plan, and how the cost grows with the document up to 5 MB.

The peer reads the same text once with one regular expression for figures with a unit, and joins nothing: what a search
for numbers costs that knows neither tables, nor subjects, nor contradictions.
Run: ``python -m bench.planlint``.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from math import log
from pathlib import Path
from statistics import linear_regression
from typing import TypeVar

T = TypeVar("T")
ROOT = Path(__file__).parents[1]
PLAN = ROOT.parent / "shared" / "plan" / "nanan-plan.txt"
SHIPPED = "nanan"
CPU_BEYOND_IMPORTS = 2.0
CPU_IN_ALL = 4.0
GROWTH = 2.2
MEGABYTES = (0.15, 0.3, 0.6, 1.25, 2.5, 5.0)
RUNS = 3
"""The least of so many rounds over all sizes is told: other work on the machine slows single runs."""
IMPORTS = (
    "import zhizao.cli, zhizao.cli.plan, zhizao.engines.planlint.reading, zhizao.engines.planlint.checking,"
    " zhizao.engines.planlint.rules, zhizao.engines.planlint.report.present"
)
_FIGURE = re.compile(r"[0-9][0-9,.]*\s*[%％]?[万亿]?(?:元|家|个|亩|件|台|吨|人|平方米|平方公里|千瓦时)?")


def cpu_seconds(code: str, *, allowed: tuple[int, ...] = (0,)) -> float:
    """The least CPU time of several runs of a Python process."""
    times = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-c", code], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in allowed:
            raise SystemExit(f"exit code {done.returncode}: {code}")
        times.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return min(times)


def check_seconds() -> tuple[float, float]:
    """CPU seconds of the interpreter with the imports, and of ``zhizao plan check`` in all."""
    plan = str(PLAN) if PLAN.exists() else SHIPPED
    if plan == SHIPPED:
        print(f"the real plan is not at hand ({PLAN.name}): the shipped pack is checked instead")
    words = ["zhizao", "plan", "check", plan, "--format", "json"]
    run = f"import sys; sys.argv = {words!r}; import zhizao.cli; zhizao.cli.main()"
    return cpu_seconds(IMPORTS), cpu_seconds(run, allowed=(0, 1))


def source() -> str:
    """The text that is repeated: the real plan, or one made of plain sentences and a table."""
    if PLAN.exists():
        return PLAN.read_text()
    sector = (
        "第{0}章 产业{0}\n一、发展目标\n"
        "到2025年，产业{0}规上工业总产值达到{1}亿元，年均增长10.3%，占比达到{2}%（如图{0}-1）。\n"
        "图{0}-1 产业{0}产值\n甲{0}厂、乙{0}厂、丙{0}厂产值分别达到{1}亿元、{2}亿元、{1}.5亿元。\n"
    )
    table = "表1 主要指标\n\n\t指标\n\t单位\n\t2020年\n\t2025年\n"
    rows = "".join(f"\n\t指标{n}\n\t亿元\n\t{n}.5\n\t{n * 2}\n" for n in range(1, 60))
    return "".join(sector.format(n, 100 + n, 10 + n % 50) for n in range(1, 900)) + table + rows


def sized(text: str, megabytes: float) -> bytes:
    """So much text: the source again and again, each time with other names and figures."""
    data, copy = bytearray(), 0
    wanted = int(megabytes * 1e6)
    while len(data) < wanted:
        digits = str.maketrans("123456789", "123456789"[copy % 9 :] + "123456789"[: copy % 9])
        words = text if not copy else text.replace("有限公司", f"第{copy}有限公司").translate(digits)
        data += (words + "\n").encode()
        copy += 1
    return bytes(data[: data.rfind(b"\n", 0, wanted) + 1])


def seconds(work: Callable[[], T]) -> tuple[T, float]:
    """What the work gives, and its CPU seconds."""
    before = time.process_time()
    result = work()
    return result, time.process_time() - before


def growth() -> bool:
    """Read and check documents of doubling size; whether the growth keeps the budget."""
    from zhizao.engines.planlint.checking import check
    from zhizao.engines.planlint.facts import facts_of
    from zhizao.engines.planlint.reading import read_document

    texts = [sized(source(), size) for size in MEGABYTES]
    check(facts_of(read_document(texts[0], file="plan.txt")))  # dictionaries and patterns are made
    least = [[float("inf")] * 3 for _ in texts]
    for _ in range(RUNS):
        for times, data in ((t, d) for t, d in zip(least, texts, strict=True) for _ in range(_repeats(d))):
            reading, read = seconds(partial(read_document, data, file="plan.txt"))
            _, rules = seconds(partial(check, facts_of(reading)))
            _, peer = seconds(partial(by_expression, data))
            times[:] = [min(pair) for pair in zip(times, (read, rules, peer), strict=True)]
    print(f"{'MB':>6} {'read':>8} {'rules':>8} {'in all':>8} {'twice':>7} {'peer':>8} {'ours/peer':>10}")
    sizes = [len(data) / 1e6 for data in texts]
    spent = [read + rules for read, rules, _ in least]
    steps = ["", *(f"{per_doubling(sizes[i : i + 2], spent[i : i + 2]):.2f}" for i in range(len(sizes) - 1))]
    for size, (read, rules, peer), ours, step in zip(sizes, least, spent, steps, strict=True):
        print(f"{size:6.2f} {read:7.2f}s {rules:7.2f}s {ours:7.2f}s {step:>7} {peer:7.3f}s {ours / peer:10.0f}")
    twice = per_doubling(sizes, spent)
    verdict = "kept" if twice <= GROWTH else "EXCEEDED"
    print(f"time for twice the text, fitted over all sizes: {twice:.2f} (budget {GROWTH}): {verdict}")
    return twice <= GROWTH


def per_doubling(sizes: list[float], times: list[float]) -> float:
    """By what the time is multiplied when the size doubles: the least-squares line through the logarithms.

    One step alone varies with what else the machine does; the line through all of them does not.
    """
    return float(2 ** linear_regression([log(size) for size in sizes], [log(time) for time in times]).slope)


def _repeats(data: bytes) -> int:
    """Small documents are timed more often: the least of few short runs is a matter of luck."""
    return max(1, int(1.25e6 / len(data)))


def by_expression(data: bytes) -> int:
    """The peer: one regular expression over the text."""
    return sum(1 for _ in _FIGURE.finditer(data.decode()))


def main() -> int:
    """Compare; 1 if a budget is passed."""
    imports, whole = check_seconds()
    own = whole - imports
    print(f"zhizao plan check {whole:.2f} s CPU (budget {CPU_IN_ALL} s), imports alone {imports:.2f} s")
    print(f"beyond interpreter and imports {own:.2f} s (budget {CPU_BEYOND_IMPORTS} s)")
    in_time = own <= CPU_BEYOND_IMPORTS and whole <= CPU_IN_ALL
    return int(not (growth() and in_time))


if __name__ == "__main__":
    sys.exit(main())
