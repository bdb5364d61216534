"""All rules of the ladder for 100,000 enterprises: ours against zen-engine on the same rules, one call an enterprise.

The peer gets the same conditions and results as one decision, translated into its language, with the day's thresholds
written in, and facts that are all known: it takes a missing fact for a no, ours says unknown.
Run: ``python -m bench.ladder``.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import polars as pl
import zen

from zhizao.engines.ladder import RULES, classify, facts, rulebook
from zhizao.engines.ladder.classifying import bound_rule

T = TypeVar("T")
ENTERPRISES = 100_000
BUDGET_SECONDS = 0.5
ON = dt.date(2025, 6, 1)
PEER_PART = 20_000
MOST = {"人": 1500, "万元": 60_000, "年": 20, "分": 100, "项": 8, "%": 40, "名": 10}


def enterprises() -> pl.DataFrame:
    """Every fact of every enterprise, drawn so that each rule says yes and no."""
    draw = np.random.default_rng(1)
    columns: dict[str, Any] = {}
    for kind in facts().values():
        if kind.kind == "boolean":
            columns[kind.name] = draw.random(ENTERPRISES) < (0.05 if kind.better == "false" else 0.7)
        elif kind.kind == "integer":
            columns[kind.name] = draw.integers(1, MOST[kind.unit], ENTERPRISES)
        else:
            columns[kind.name] = np.round(draw.random(ENTERPRISES) * MOST[kind.unit] + 0.01, 2)
    return pl.DataFrame(columns)


def decision() -> dict[str, Any]:
    """The peer's decision: conditions in one node, results in the next."""
    conditions, results = [], []
    for name in RULES:
        rule = bound_rule(rulebook(), name, on=ON, known_on=ON)
        assert rule is not None
        short = name.replace(".", "_")
        for condition in rule.rule.conditions:
            words = {p: str(value) for p, value in rule.parameters.items()}
            expression = re.sub(r"\w+", lambda found, words=words: words.get(found[0], found[0]), condition.expr)
            conditions.append(_entry(f"{short}__{condition.id}", _ternary(expression)))
        every = " and ".join(c.id for c in rule.rule.conditions) if rule.rule.result == "all" else rule.rule.result
        own = set(rule.conditions)
        results.append(
            _entry(short, re.sub(r"\w+", lambda f, own=own, s=short: f"{s}__{f[0]}" if f[0] in own else f[0], every))
        )
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        _node("conditions", conditions),
        _node("results", results),
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}},
    ]
    steps = [("in", "conditions"), ("conditions", "results"), ("results", "out")]
    edges = [{"id": a + b, "type": "edge", "sourceId": a, "targetId": b} for a, b in steps]
    return {"nodes": nodes, "edges": edges}


def _entry(key: str, value: str) -> dict[str, str]:
    return {"id": key, "key": key, "value": value}


def _node(name: str, expressions: list[dict[str, str]]) -> dict[str, Any]:
    content = {"expressions": expressions, "passThrough": name == "conditions"}
    return {"id": name, "type": "expressionNode", "name": name, "position": {"x": 0, "y": 0}, "content": content}


def _ternary(expression: str) -> str:
    """Python's ``a if b else c`` in parentheses, the innermost first, as ``b ? a : c``."""
    inner = re.compile(r"\(([^()]+?) if ([^()]+?) else (\([^()]+\)|[^()]+)\)")
    while True:
        changed = inner.sub(r"[\2 ? \1 : \3]", expression)
        if changed == expression:
            return expression.replace("[", "(").replace("]", ")")
        expression = changed


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """The result and the least CPU and wall seconds of three runs."""
    cpus, walls = [], []
    for _ in range(3):
        cpu, wall = time.process_time(), time.perf_counter()
        result = work()
        cpus.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
    return result, min(cpus), min(walls)


def main() -> int:
    """Compare; 1 if the budget is passed."""
    frame, book = enterprises(), rulebook()
    ours, cpu, wall = timed(lambda: classify(book, frame, on=ON))
    content = zen.ZenDecisionContent(json.dumps(decision()))  # compiled once: its fast path
    peer = zen.ZenEngine({"loader": lambda _: content})
    rows = frame.head(PEER_PART).to_dicts()
    theirs, peer_cpu, peer_wall = timed(lambda: [peer.evaluate("ladder", row)["result"] for row in rows])
    times = ENTERPRISES / PEER_PART
    for name in RULES:
        yes = (ours[name].head(PEER_PART) == "yes").to_list()
        assert yes == [bool(row[name.replace(".", "_")]) for row in theirs], name
        print(f"{name:<20} {sum(yes):7,} of {PEER_PART:,} yes, the peer says the same")
    print(f"classify, {ENTERPRISES:,} enterprises (budget {BUDGET_SECONDS} s): {cpu:.3f} s CPU, {wall:.3f} s wall")
    peer_cpu, peer_wall = peer_cpu * times, peer_wall * times
    print(f"zen-engine, {PEER_PART:,} timed, × {times:.0f}: {peer_cpu:.1f} s CPU, {peer_wall:.1f} s wall")
    print(f"peer / ours: {peer_cpu / cpu:.1f} by CPU, {peer_wall / wall:.1f} by wall")
    return int(wall > BUDGET_SECONDS and cpu > BUDGET_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
