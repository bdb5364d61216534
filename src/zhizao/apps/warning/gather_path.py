"""Targets off their path: the probability of each as the outlook tells it, and how far it fell since a month before."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from zhizao.apps.outlook import queries as outlook
from zhizao.apps.warning.gathering import Case, Gathered, Missing, Seen
from zhizao.apps.warning.telling import row
from zhizao.kernel.result import mark

FAMILY: Final = "path"
FACTS: Final = ("target_p_pct", "target_p_fall_points")
A_MONTH: Final = timedelta(days=25)
TOO_OLD: Final = timedelta(days=62)
SENTENCE: Final = mark("“%(target)s” is met with a probability of %(p)s %% as things stand.")
P: Final = mark("Probability of meeting the target; expected: a month before")
FIGURE: Final = mark("Expected figure of the target's period; expected: the target")
NO_RUN: Final = mark("No forecast of the targets was made by %(day)s.")
OLD_RUN: Final = mark("The forecast of the targets is of %(day)s: too old.")
UNTOLD: Final = mark("The probability of “%(target)s” cannot be told.")
KNOWN: Final = ("reached", "missed")


def gather(seen: Seen) -> tuple[list[Case], list[Missing]]:
    """One case a target whose period is not known yet."""
    gathered = seen.gathered
    told = outlook.overview(None, gathered.area, as_of=gathered.as_of)
    if told is None:
        return [], [Missing(FAMILY, NO_RUN, {"day": gathered.as_of.isoformat()})]
    if gathered.as_of - told.as_of > TOO_OLD:
        return [], [Missing(FAMILY, OLD_RUN, {"day": told.as_of.isoformat()})]
    earlier = outlook.overview(None, gathered.area, as_of=told.as_of - A_MONTH)
    before = {item.key: item.p for item in earlier.targets} if earlier else {}
    open_ = [item for item in told.targets if item.state not in KNOWN]
    missing = [Missing(FAMILY, UNTOLD, {"target": item.name}) for item in open_ if item.p is None]
    return [_case(gathered, item, before.get(item.key)) for item in open_ if item.p is not None], missing


def _case(gathered: Gathered, item: outlook.TargetOutlook, before: float | None) -> Case:
    p, was = 100 * (item.p or 0.0), None if before is None else 100 * before
    fall = None if was is None else was - p
    return Case(
        subject=f"area:{gathered.area.code}",
        about=item.key,
        facts={"target_p_pct": p, "target_p_fall_points": fall},
        sentence=SENTENCE,
        params={"target": item.name, "p": "<1" if p < 1 else ">99" if p > 99 else round(p)},
        rows=(
            row(
                P, unit="%", off_unit="points", value=p, expected=was, off=None if fall is None else -fall,
                reference=item.evidence,
            ),
            row(
                FIGURE, unit=item.unit, value=item.expected, expected=float(item.value),
                off=None if item.expected is None else item.expected - float(item.value),
            ),
        ),
        references=(item.evidence,) if item.evidence else (),
        simulated=item.simulated,
    )  # fmt: skip
