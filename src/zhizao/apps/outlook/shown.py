"""What the pages are told: frozen, in words and numbers, nothing of the database.

Figures of a target are in the target's unit. ``None`` is not told, with the reason beside it; never nought.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from zhizao.base.evidence.models import Run

QUANTILES: Final = (2.5, 10, 50, 90, 97.5)


@dataclass(frozen=True, slots=True)
class FanPoint:
    """What a period is expected to bring; the 80 % lie between ``q10`` and ``q90``."""

    span: Span
    q025: float
    q10: float
    q50: float
    q90: float
    q975: float


@dataclass(frozen=True, slots=True)
class Actual:
    """A figure of the ledger; ``reference`` opens its evidence."""

    span: Span
    value: Decimal
    status: str
    reference: str

    @property
    def simulated(self) -> bool:
        return self.status == "simulated"


@dataclass(frozen=True, slots=True)
class PathPoint:
    """What the plan asks of a year, on the way from base to target."""

    span: Span
    value: Decimal


@dataclass(frozen=True, slots=True)
class Pace:
    """Growth a year in ``unit``: per cent, or points of a share."""

    unit: str
    needed: float | None = None
    planned: float | None = None
    forecast: float | None = None
    recent: float | None = None
    best: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What a sector or an enterprise brings to the expected figure."""

    key: str
    name: str
    value: float
    share: float | None


@dataclass(frozen=True, slots=True)
class Driver:
    """By how much a driver alone would close the gap, and its part in the smallest mix."""

    key: str
    name: str
    elasticity: float
    limit: float | None
    change: float
    within_limit: bool | None
    mix_change: float | None = None
    mix_closes: float | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """What would close the gap between the expected figure and the target."""

    gap: float
    drivers: tuple[Driver, ...]
    left: float


@dataclass(frozen=True, slots=True)
class TargetOutlook:
    """One target: P, why not, and all that its page shows.

    ``state``: reached, missed, likely, open, unlikely, or untold with its ``reason`` (a msgid) and what it is about.
    """

    key: str
    name: str
    unit: str
    pillar: str
    position: int
    span: Span
    bound: str
    value: Decimal
    state: str
    p: float | None = None
    p_lo: float | None = None
    p_hi: float | None = None
    p_model: float | None = None
    weight_outside: float = 0.0
    reason: str = ""
    reason_params: dict[str, object] = field(default_factory=dict)
    expected: float | None = None
    fan: tuple[FanPoint, ...] = ()
    actual: tuple[Actual, ...] = ()
    path: tuple[PathPoint, ...] = ()
    pace: Pace | None = None
    parts: tuple[Part, ...] = ()
    gap: Gap | None = None
    latest_reachable: date | None = None
    too_late: bool = False
    follows: tuple[str, ...] = ()  # keys of the monthly indicators that its years are told by
    inside: tuple[str, ...] = ()
    not_inside: tuple[str, ...] = ()
    simulated: bool = False
    evidence: str = ""  # opens P

    @property
    def kind(self) -> str:
        """The shape of its chip: good, watch, bad or none."""
        kinds = {"reached": "good", "likely": "good", "open": "watch", "unlikely": "bad", "missed": "bad"}
        return kinds.get(self.state, "none")

    @property
    def is_told(self) -> bool:
        return self.p is not None


@dataclass(frozen=True, slots=True)
class Joint:
    """P that all told targets of a pillar are reached together."""

    pillar: str
    p: float
    p_lo: float
    p_hi: float
    targets: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Overview:
    """All targets as of a day, as one run told them."""

    run: Run
    as_of: date
    is_backtest: bool
    targets: tuple[TargetOutlook, ...]
    joint_by_pillar: tuple[Joint, ...]
    draws: int


@dataclass(frozen=True, slots=True)
class CallPoint:
    """One published call of a target; ``happened`` is what the ledger says came, None: not known."""

    as_of: date
    p: float
    p_lo: float
    p_hi: float
    is_backtest: bool
    run: str
    happened: bool | None = None


@dataclass(frozen=True, slots=True)
class MovedRow:
    """What a sector, an enterprise or a cause moved: points of the figure before (per cent), and of P (share of 1)."""

    key: str
    name: str
    change: float
    points: float | None
    p: float


@dataclass(frozen=True, slots=True)
class Moved:
    """From one run's day to another's: “was 31 %, now 23 %: four firms explain it”."""

    before_as_of: date
    as_of: date
    before: float
    after: float
    p_before: float
    p_after: float
    causes: tuple[MovedRow, ...]  # revisions, new_data, model, spread
    sectors: tuple[MovedRow, ...]
    enterprises: tuple[MovedRow, ...]
    explained_by: tuple[str, ...]
    evidence: str


@dataclass(frozen=True, slots=True)
class SeriesOutlook:
    """A monthly indicator of one enterprise: what is known, what is expected."""

    indicator: str
    name: str
    unit: str
    actual: tuple[Actual, ...]
    fan: tuple[FanPoint, ...]
    note: str


@dataclass(frozen=True, slots=True)
class EnterpriseOutlook:
    """An enterprise's own outlook."""

    key: str
    name: str
    run: Run
    as_of: date
    series: tuple[SeriesOutlook, ...]
    simulated: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Calls between two probabilities: what was told on the mean, and how often it came."""

    low: float
    high: float
    count: int
    mean_p: float
    rate: float
    rate_lo: float
    rate_hi: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the figures lay inside the intervals told so many years ahead."""

    years_ahead: int
    count: int
    inside_80: float
    inside_95: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How good past calls were; ``calls`` counts those whose outcome is known, ``backtests`` of them."""

    bins: tuple[Bin, ...]
    brier: float | None
    climatology: float | None
    climatology_brier: float | None
    skill: float | None
    coverage_by_horizon: tuple[Coverage, ...]
    calls: int
    backtests: int
    open_calls: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A target of a finished period; ``verdict``: reached, missed or not_measurable with its ``reason`` (a msgid)."""

    key: str
    name: str
    unit: str
    pillar: str
    span: Span
    bound: str
    base: Decimal | None
    value: Decimal | None
    actual: Actual | None
    verdict: str
    reason: str
    short_by: Decimal | None
    gone_pct: Decimal | None
    calls: tuple[CallPoint, ...]
    brier: float | None
    last: Actual | None = None  # at mid-term: the last figure known, what the path asked of that year, and whether
    path_value: Decimal | None = None
    on_path: bool | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A finished period, or one at mid-term."""

    as_of: date
    rows: tuple[Evaluated, ...]
    counts: dict[str, int]
    simulated: bool
    is_final: bool = True
