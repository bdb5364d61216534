"""How an alarm is told: its sentence, the rows of its arithmetic and the references that open what it stands on.

Labels and sentences are msgids with params; a param named ``indicator…`` is the key of an indicator and is named in the
reader's language when it is read (``queries``). What is unknown is null.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from zhizao.apps.ledger.figures import Reference
from zhizao.apps.warning.gathering import BASIS, Case, Gathered
from zhizao.kernel.result import mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.engines.warning.running import Warnings
    from zhizao.engines.warning.settings import Measure

OF, OVER = mark("%(indicator)s"), mark("%(indicator)s over %(indicator_over)s")
CHANGE, CHANGE_OVER = (
    mark("Change of %(indicator)s"),
    mark("Change of %(indicator)s over %(indicator_over)s"),
)
BEYOND = mark("%(indicator)s beyond what goes with %(indicator_over)s")
TRADE: Final = "trade"
SENTENCES: Final = {
    "distress": mark(
        "Of %(count)s figures taken together %(worse)s are worse than expected; most of all %(indicator)s."
    ),
    "trade": mark(
        "About %(share)s %% of the trade fell together, the enterprise with them; most of all %(indicator)s."
    ),
    "electricity": mark("More electricity was used than output explains: %(off)s %% more than expected."),
    "silent": mark("Nothing was reported for %(cells)s periods in a row, while others reported."),
    "doubtful": mark("%(count)s figures fit none of the others of the enterprise: a wrong unit, or a slip."),
}
SCORE_OF, SCORE = (
    mark("Score of %(month)s, the figures together"),
    mark("Score: the scores of the last %(cells)s periods, summed, over the root of their number"),
)
IN_DOUBT, MISSING, LAST = (
    mark("In doubt: %(indicator)s"),
    mark("Periods without a report while others reported"),
    mark("Last reported, %(month)s: %(indicator)s"),
)
ROW: Final = ("value", "expected", "off", "scale", "z", "weight")


def row(label: str, *, unit: str, params: Mapping[str, Any] | None = None, **numbers: Any) -> dict[str, Any]:
    """A row of arithmetic; ``off_unit`` is the unit of ``off`` and ``scale``, by default that of the value."""
    reference, off_unit = numbers.pop("reference", ""), numbers.pop("off_unit", unit)
    if unknown := numbers.keys() - set(ROW):
        raise TypeError(f"no such column: {unknown}")
    told = {name: _finite(numbers.get(name)) for name in ROW}
    return {
        "label": label,
        "params": dict(params or {}),
        "unit": unit,
        "off_unit": off_unit,
        "reference": reference,
    } | told


def figure(subject: str, indicator: str, span: Span) -> str:
    """What opens a figure of the ledger."""
    return str(Reference(subject, indicator, span, BASIS))


def span_of_cell(month: int) -> Span:
    """The span of the cell that ends in a month: January and February are one."""
    return Span(month - 1, 2) if month % 12 == 1 else Span(month, 1)


class Enterprises:
    """Cases of single enterprises as the engine found them."""

    def __init__(self, gathered: Gathered, found: Warnings) -> None:
        self.gathered, self.found = gathered, found
        self.place = {subject: row for row, subject in enumerate(found.figures.subjects)}

    def case(self, subject: str, *, rule: str, family: str, month: int, cell: int) -> Case:
        """What a rule saw of an enterprise in a cell that ends in a month."""
        at = self.place[subject]
        bound = self.gathered.rules.bound(rule, on=Span(month, 1).last_day)
        facts = {name: self._fact(name, at, cell) for name in bound.facts}
        measures = self._measures(family, bound.facts)
        rows = [self._row(name, one, subject, at, cell, month) for name, one in measures.items()]
        params = self._params(family, facts, rows, [one.worse_up for one in measures.values()])
        rows = {
            "distress": lambda: [*rows, *self._scores(at, cell)],
            "doubtful": lambda: [*self._in_doubt(subject, at, cell, month), *rows],
            "silent": lambda: self._silent(subject, at, cell),
        }.get(family, lambda: rows)()
        return Case(
            subject=subject,
            facts=facts,
            sentence=SENTENCES.get(family, mark("A rule of the region called.")),
            params=params,
            rows=tuple(rows),
            references=tuple(dict.fromkeys(one["reference"] for one in rows if one["reference"])),
            simulated=subject in self.gathered.simulated,
        )

    @cached_property
    def _together(self) -> Any:
        """The score of each cell and enterprise, all weighted figures together: what the score of distress sums."""
        from zhizao.engines.warning.distress import combined

        measures = self.found.watch.measures
        worse = {name: one.z if measures[name].worse_up else -one.z for name, one in self.found.surprises.items()}
        return combined(worse, {name: one.weight for name, one in measures.items()})

    def _scores(self, at: int, cell: int) -> list[dict[str, Any]]:
        """The score of each period that the score of distress sums, and their sum; as ``distress.looked_back``."""
        from zhizao.engines.warning.distress import LOOK_BACK

        months, one = self.found.figures.months(), self._together[at]
        told = [(months[t], float(one[t])) for t in range(max(cell - LOOK_BACK + 1, 0), cell + 1)]
        sums = []
        for start in range(len(told)):
            known = [score for _month, score in told[start:] if math.isfinite(score)]
            if known:
                sums.append((sum(known) / math.sqrt(len(known)), len(told) - start))
        if not sums:
            return []
        total, cells = max(sums)
        return [
            *(row(SCORE_OF, unit="1", params={"month": month}, value=score) for month, score in told[-cells:]),
            row(SCORE, unit="1", params={"cells": cells}, value=total),
        ]

    def _in_doubt(self, subject: str, at: int, cell: int, month: int) -> Iterator[dict[str, Any]]:
        """Each figure in doubt as it was reported, which no other row counts, and the one before it."""
        for name, given in self.gathered.figures.values.items():
            value = float(given[at, cell])
            if math.isfinite(value) and not math.isfinite(self.found.figures.values[name][at, cell]):
                opens = figure(subject, name, span_of_cell(month))
                yield row(IN_DOUBT, unit=f"indicator:{name}", params={"indicator": name}, value=value, reference=opens)
                yield from self._last(subject, name, at, cell)

    def _last(self, subject: str, name: str, at: int, cell: int) -> Iterator[dict[str, Any]]:
        """The last figure before a cell."""
        import numpy as np

        values = self.gathered.figures.values[name]
        known = np.flatnonzero(np.isfinite(values[at, :cell]))
        if len(known):
            month = self.found.figures.months()[known[-1]]
            yield row(
                LAST,
                unit=f"indicator:{name}",
                params={"indicator": name, "month": month},
                value=float(values[at, known[-1]]),
                reference=figure(subject, name, span_of_cell(Span.parse(month).start_month)),
            )

    def _silent(self, subject: str, at: int, cell: int) -> list[dict[str, Any]]:
        """So many periods without a report, where none was expected, and the last figure that there was."""
        rows = [row(MISSING, unit="1", value=self._fact("silent_cells", at, cell), expected=0.0)]
        for name in self.found.watch.indicators:
            if name in self.gathered.figures.values and (last := list(self._last(subject, name, at, cell))):
                return rows + last
        return rows

    def _fact(self, name: str, at: int, cell: int) -> float | None:
        values = self.found.facts.get(name)
        return None if values is None else _finite(float(values[at, cell]))

    def _measures(self, family: str, asked: Iterable[str]) -> dict[str, Measure]:
        """The measures that a rule asks for, with their weight in its score; where it names none, all in that."""
        there = {name: one for name, one in self.found.watch.measures.items() if name in self.found.surprises}
        if family == TRADE:
            return {name: replace(one, weight=one.trade_weight) for name, one in there.items() if one.trade_weight}
        if family == "doubtful":
            return {name: replace(one, weight=0.0) for name, one in there.items() if one.weight}
        named = {name: one for name, one in there.items() if any(fact.startswith(f"{name}_") for fact in asked)}
        return named or {name: one for name, one in there.items() if one.weight}

    def _row(self, name: str, measure: Measure, subject: str, at: int, cell: int, month: int) -> dict[str, Any]:
        told = self.found.surprises[name]
        x, expected = float(self.found.values[name][at, cell]), float(told.expected[at, cell])
        off, scale = float(told.residual[at, cell]), float(told.scale[at, cell])
        indicators = {"indicator": measure.of} | ({"indicator_over": measure.over} if measure.over else {})
        return row(
            _label(measure),
            params=indicators,
            reference=figure(subject, measure.of, span_of_cell(month)) if math.isfinite(x) else "",
            z=float(told.z[at, cell]),
            weight=measure.weight,
            **_in_words(measure, x, expected, off, scale),
        )

    @staticmethod
    def _params(
        family: str, facts: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], worse_up: Sequence[bool]
    ) -> dict[str, Any]:
        if family in ("distress", TRADE):
            parts = [
                ((one["z"] if up else -one["z"]) * one["weight"], one["params"]["indicator"])
                for one, up in zip(rows, worse_up, strict=True)
                if one["z"] is not None
            ]
            worst = max(parts, default=(0, ""))[1]
            if family == TRADE:
                share = facts.get("trade_share_pct")
                return {"share": None if share is None else round(share), "indicator": worst}
            return {"count": len(parts), "worse": sum(part > 0 for part, _name in parts), "indicator": worst}
        if family == "electricity":
            gap = next((one["off"] for one in rows if one["params"].get("indicator_over") == "gross_output"), None)
            return {"off": None if gap is None else round(gap, 1)}
        if family == "silent":
            return {"cells": int(facts.get("silent_cells") or 0)}
        return {"count": int(facts.get("doubtful_figures") or 0)}


def _label(measure: Measure) -> str:
    if measure.taken == "beyond":
        return BEYOND
    if measure.taken == "change":
        return CHANGE_OVER if measure.over else CHANGE
    return OVER if measure.over else OF


def _in_words(measure: Measure, x: float, expected: float, off: float, scale: float) -> dict[str, Any]:
    """Value and what was expected as people read them: a share in %, a figure in its unit, a change in %."""
    if measure.taken == "share":
        return {"unit": "%", "off_unit": "points", "value": 100 * x, "expected": 100 * expected, "off": 100 * off} | {
            "scale": 100 * scale
        }
    relative = {"off": 100 * math.expm1(off), "scale": 100 * math.expm1(scale), "off_unit": "%"}
    if measure.taken in ("change", "beyond"):
        return relative | {"unit": "%", "value": 100 * math.expm1(x), "expected": 100 * math.expm1(expected)}
    unit = "1" if measure.over else f"indicator:{measure.of}"
    return relative | {"unit": unit, "value": math.exp(x), "expected": math.exp(expected)}


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
