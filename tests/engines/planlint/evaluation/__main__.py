"""``make eval-planlint``: faults found, findings invented, and the labelled cases of the real plan; 1 if below the bar.

``EVAL_PLANS`` (500) is the number of plans a family, ``EVAL_FAMILIES`` names some families only.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from tests.engines.planlint.evaluation import real_plan
from tests.engines.planlint.evaluation.harness import FAMILIES, invented, trials

from zhizao.engines.planlint.checking import check
from zhizao.engines.planlint.facts import facts_of

FOUND_AT_LEAST: Final = 0.95
RECALL_AT_LEAST: Final = 0.90
FALSE_AT_MOST: Final = 0.10
_BATCH: Final = 25
_APART: Final = 4
"""Batches begin so far apart that no plan serves two of them."""


def main() -> int:
    """Run all parts; the exit code."""
    plans = int(os.environ.get("EVAL_PLANS", "500"))
    families = [f for f in FAMILIES if f in os.environ.get("EVAL_FAMILIES", " ".join(FAMILIES)).split()]
    begun = time.monotonic()
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        good = _clean(pool, plans)
        good &= _mutated(pool, families, plans)
    good &= _real()
    print(f"\n{'passed' if good else 'FAILED'} in {time.monotonic() - begun:.0f} s")
    return 0 if good else 1


def _clean(pool: ProcessPoolExecutor, plans: int) -> bool:
    rules: Counter[str] = Counter()
    wrong = 0
    for seed, found in zip(range(plans), pool.map(_invented, range(plans), chunksize=_BATCH), strict=True):
        wrong += bool(found)
        for rule, key in found:
            rules[rule] += 1
            if rules[rule] <= 2:
                print(f"  invented in plan {seed}: {rule} on {key}")
    print(f"clean plans: {plans}, with an invented error or warning: {wrong} {dict(rules) or ''}")
    return not wrong


def _invented(seed: int) -> list[tuple[str, str]]:
    return [(one.rule, one.key) for one in invented(seed, small=seed % 5 > 0)]


def _mutated(pool: ProcessPoolExecutor, families: list[str], plans: int) -> bool:
    """All families on one batch of plans after the other: a clean plan is read and checked once for all of them."""
    jobs = [(family, first) for first in range(0, plans, _BATCH) for family in families]
    sizes = [min(_BATCH, plans - first) for _, first in jobs]
    done: dict[str, list[tuple[str, bool]]] = {family: [] for family in families}
    for (family, first), results in zip(jobs, pool.map(_batch, jobs, sizes), strict=True):
        done[family] += results
        if family == families[-1]:
            missed = Counter(name for own in done.values() for name, is_found in own if not is_found)
            print(f"  {first + _BATCH} plans a family, missed so far: {dict(missed)}", file=sys.stderr, flush=True)
    print(f"\n{'family':<12}{'n':>6}{'found':>9}  missed")
    good = True
    for family, own in done.items():
        missed = Counter(name.partition(".")[2] for name, is_found in own if not is_found)
        share = 1 - sum(missed.values()) / max(len(own), 1)
        print(f"{family:<12}{len(own):>6}{share:>9.1%}  {dict(missed) or ''}")
        good &= share >= FOUND_AT_LEAST and len(own) == plans
    return good


def _batch(job: tuple[str, int], size: int) -> list[tuple[str, bool]]:
    family, first = job
    return [(one.fault.name, one.is_found) for one in trials(family, size, small=True, first=first * _APART)]


def _real() -> bool:
    if not real_plan.PLAN.is_file():
        print("\nreal plan: not at ../shared/plan, left out")
        return True
    score = real_plan.score(check(facts_of(real_plan.reading())).findings)
    faults = len(score.found) + len(score.missed)
    print(f"\nreal plan: {len(score.found)} of {faults} contradictions found ({score.recall:.1%})")
    print(f"errors: {len(score.errors)}, of them false or of no label: {len(score.false)} ({score.false_share:.1%})")
    for label in score.missed:
        print(f"  missed: {label.id}: {label.what}")
    for one in score.false:
        print(f"  false or of no label: {one.rule} line {one.line} on {one.key}")
    for label, one in score.violated:
        print(f"  sound, and called wrong: {label.id}: {one.rule} line {one.line}")
    return score.recall >= RECALL_AT_LEAST and score.false_share <= FALSE_AT_MOST and not score.violated


if __name__ == "__main__":
    sys.exit(main())
