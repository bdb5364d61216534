"""Every promise on the same joint paths: its years to come, draw by draw, and what each enterprise brings.

A target that goes with monthly figures M (``conventions``) is told by them. With T its yearly figure, known of some
years, and k(y) = T(y) / M(y) their ratio,

    T(y) = k M(y) exp(σ W(y)),      k the last one known, σ² the mean square of Δ ln k, W a random walk from there

on every path of M; units and scope are in k. Any other target is forecast from its own years.

An enterprise's part of the expected figure is what it has reported and its own forecast; the parts are brought to add
up to the expected figure, which is better known than they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from zhizao.apps.outlook import panels
from zhizao.apps.outlook.conventions import conventions
from zhizao.kernel.result import Problem, Refused, mark
from zhizao.kernel.span import Span

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from zhizao.apps.outlook.panels import Months
    from zhizao.apps.outlook.promises import Promise
    from zhizao.engines.outlook.panel import Floats, Panel
    from zhizao.engines.outlook.target import Futures
    from zhizao.engines.outlook.target import Target as Asked

TOO_FEW_YEARS = mark("Fewer than two years are known of it.")
NO_DRAW = mark("It is not defined on the paths.")


@dataclass(frozen=True, eq=False)
class Vintage:
    """All that is known at the end of a day."""

    as_of: date
    promises: tuple[Promise, ...]
    months: Months
    sectors: Mapping[str, str]
    follows: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]  # of a promise: indicators and sectors


@dataclass(frozen=True, eq=False)
class Told:
    """A promise on its paths.

    Attributes
    ----------
    promise : what was promised
    years : the figure of each year to come on every path, shape (B,), in the promise's unit
    parts : what each enterprise brings to the expected figure of the target's period; itself where it has its own years
    sectors : the same by sector
    best : the best growth of twelve months over the twelve before: of the whole (``""``), each sector, each enterprise
    recent : growth of the last twelve months over the twelve before, where it is told by months
    follows : the monthly indicators that it is told by
    evidence : past errors behind it that do not overlap
    reason : why it is not told
    """

    promise: Promise
    years: Mapping[int, Floats] = field(default_factory=dict)
    parts: Mapping[str, float] = field(default_factory=dict)
    sectors: Mapping[str, float] = field(default_factory=dict)
    best: Mapping[str, float | None] = field(default_factory=dict)
    recent: float | None = None
    follows: tuple[str, ...] = ()
    evidence: float = 0.0
    reason: Problem | None = None

    @property
    def draws(self) -> Floats | None:
        """The figure of the target's own period; ``None`` where it is known, or not told."""
        return self.years.get(self.promise.span.first_year)


def vintage(area: object, promises: tuple[Promise, ...], *, as_of: date) -> Vintage:
    """What is known of an area at the end of a day."""
    said = conventions()
    indicators = sorted({key for promise in promises for key in said.indicators_of(promise.name)})
    months = panels.months_of(area, indicators, as_of=as_of)  # type: ignore[arg-type]
    present = dict.fromkeys(sorted(set(months.sectors)), "")
    named = panels.sector_names(area, as_of=as_of)  # type: ignore[arg-type]
    present |= {key: name for key, name in named.items() if key in present}
    about = {}
    for promise in promises:
        if wanted := [key for key in said.indicators_of(promise.name) if key in months.values]:
            others = [one.name for one in promises if one.key != promise.key and said.indicators_of(one.name)]
            about[promise.key] = (tuple(wanted), said.sectors_of(promise.name, sectors=present, others=others))
    return Vintage(as_of, promises, months, present, about)


def assessed(seen: Vintage, *, draws: int, seed: int, combined: int) -> dict[str, Told]:
    """Every promise whose own period is not known yet, by its key."""
    open_ = [promise for promise in seen.promises if promise.came is None]
    told = _followed(seen, [one for one in open_ if one.key in seen.follows], draws, seed, combined)
    rest = [promise for promise in open_ if promise.key not in told]
    return told | _yearly(rest, draws=draws, seed=seed)


# --- told by months


def _followed(seen: Vintage, asked: Sequence[Promise], draws: int, seed: int, combined: int) -> dict[str, Told]:
    import numpy as np

    from zhizao.engines.outlook.assess import assess

    panel = panels.sector_panel(seen.months)
    wanted = {promise.key: _asked(promise, *seen.follows[promise.key], panel) for promise in asked}
    asked = [promise for promise in asked if wanted[promise.key].series]
    if not asked:
        return {}
    targets = [wanted[promise.key] for promise in asked]
    found = assess(panel, targets, draws=draws, rng=np.random.default_rng(seed), combined=combined)
    evidence = found.futures.sampler.evidence
    forecasts = _Enterprises(seen.months, found.futures)
    told = {}
    for number, promise in enumerate(asked):
        if promise.key in found.problems:
            continue
        years = _with_ratio(promise, wanted[promise.key], found.futures, np.random.default_rng([seed, number]))
        if years is None:
            continue
        indicators, sectors = seen.follows[promise.key]
        parts = forecasts.parts(indicators, sectors, promise.span, float(years[promise.span.first_year].mean()))
        by_sector = _sums(panel, indicators, sectors)
        whole = np.sum(list(by_sector.values()), axis=0)
        told[promise.key] = Told(
            promise=promise,
            years=years,
            parts=parts,
            sectors=_by_sector(parts, seen.months),
            best=_best(by_sector | _months(seen.months, indicators, parts) | {"": whole}),
            recent=_recent(whole),
            follows=indicators,
            evidence=evidence,
        )
    return told


def _asked(promise: Promise, indicators: Iterable[str], sectors: Sequence[str], panel: Panel) -> Asked:
    from zhizao.engines.outlook.target import Bound, Kind, Target

    names = tuple(panels.name_of(key, sector) for key in indicators for sector in sectors)
    names = tuple(name for name in names if name in panel.series)
    return Target(
        key=promise.key,
        kind=Kind.TOTAL,
        series=names,
        span=promise.span,
        bound=Bound(promise.bound),
        value=float(promise.value),
    )


def _with_ratio(promise: Promise, asked: Asked, futures: Futures, rng: object) -> dict[int, Floats] | None:
    """The years to come, by the ratio of year to months; ``None`` where it is not known well enough."""
    import numpy as np

    logs: list[tuple[int, float]] = []
    for year, value in promise.known.items():
        months = _total(futures, asked.series, year)
        if months is not None and value > 0 and float(months[0]) > 0 and months.min() == months.max():
            logs.append((year, float(np.log(float(value) / months[0]))))
    if len(logs) < conventions().least_years_of_ratio:
        return None
    changes = [(b - a) / np.sqrt(v - u) for (u, a), (v, b) in pairwise(logs)]
    sigma = float(np.sqrt(np.mean(np.square(changes))))
    last, level = logs[-1]
    found: dict[int, Floats] = {}
    walk = np.zeros(len(futures.paths))
    for year in range(last + 1, promise.span.first_year + 1):
        walk = walk + rng.standard_normal(len(walk))  # type: ignore[attr-defined]
        months = _total(futures, asked.series, year)
        if months is not None and year > max(promise.known):
            found[year] = months * np.exp(level + sigma * walk)
    return found if promise.span.first_year in found else None


def _total(futures: Futures, names: Sequence[str], year: int) -> Floats | None:
    """The sum of a calendar year on every path; ``None`` where it cannot be told."""
    import numpy as np

    try:
        found: Floats = np.sum([futures.total(name, Span.of_year(year)) for name in names], axis=0)
    except Refused:
        return None
    return found


class _Enterprises:
    """Forecasts of the enterprises, made once and asked for by indicator."""

    def __init__(self, months: Months, futures: Futures) -> None:
        import numpy as np

        from zhizao.engines.outlook.forecast import forecast

        self.months = months
        self.start, horizon = futures.sampler.first_month, futures.paths.shape[2]
        self.ahead: dict[str, Floats] = {}
        panel = panels.enterprise_panel(months)
        if panel.series and horizon:
            found = forecast(panel.before(self.start), horizon=horizon, levels=(80,), origins=0, combined=0)
            self.ahead = dict(zip(found.series, np.nan_to_num(found.mean), strict=True))

    def parts(self, indicators: Iterable[str], sectors: Iterable[str], span: Span, expected: float) -> dict[str, float]:
        """What each enterprise of the sectors brings to an expected figure; they add up to it."""
        import numpy as np

        members = [row for row, sector in enumerate(self.months.sectors) if sector in set(sectors)]
        known, ahead = np.zeros(len(members)), np.zeros(len(members))
        for key in indicators:
            values, there = self.months.values[key], panels.there(self.months.values[key])
            for place, row in enumerate(members):
                first, second = self._of(key, row, values[row], there[row], span)
                known[place] += first
                ahead[place] += second
        whole = float(known.sum() + ahead.sum())
        parts = (known + ahead) * (expected / whole if whole > 0 else 1.0)
        return {self.months.subjects[row]: float(part) for row, part in zip(members, parts, strict=True) if part}

    def _of(self, key: str, row: int, values: Floats, there: object, span: Span) -> tuple[float, float]:
        """What an enterprise has reported in a span, and what is still expected of it."""
        import numpy as np

        cells = np.arange(span.start_month, span.end_month) - self.months.first_month
        inside = cells[(cells >= 0) & (cells < len(values))]
        reported = values[inside]
        known = float(np.nansum(reported))
        late = inside[np.isnan(reported) & there[inside]]  # type: ignore[index]
        ahead = self.ahead.get(panels.name_of(key, self.months.subjects[row]))
        if ahead is None:
            return known, 0.0
        recent = values[np.isfinite(values)][-12:]
        offset = self.start - self.months.first_month
        wanted = [*late[late >= offset], *cells[cells >= len(values)]]
        wanted = [cell - offset for cell in wanted if 0 <= cell - offset < len(ahead)]
        filled = float(recent.mean()) * int((late < offset).sum()) if len(recent) else 0.0
        return known, float(ahead[wanted].sum()) + filled if wanted else filled


def _by_sector(parts: Mapping[str, float], months: Months) -> dict[str, float]:
    sector = dict(zip(months.subjects, months.sectors, strict=True))
    found: dict[str, float] = {}
    for subject, part in parts.items():
        found[sector[subject]] = found.get(sector[subject], 0.0) + part
    return found


def _sums(panel: Panel, indicators: Iterable[str], sectors: Sequence[str]) -> dict[str, Floats]:
    """The months of each sector, joint figures in equal parts."""
    values = panel.values.copy()
    for one in panel.joint:
        values[one.series, one.first : one.first + one.cells] = one.value / one.cells
    place = {name: row for row, name in enumerate(panel.series)}
    found = {}
    for sector in sectors:
        rows = [place[name] for key in indicators if (name := panels.name_of(key, sector)) in place]
        if rows:
            found[sector] = values[rows].sum(axis=0)
    return found


def _months(months: Months, indicators: Iterable[str], subjects: Iterable[str]) -> dict[str, Floats]:
    """The months of each enterprise."""
    place = {subject: row for row, subject in enumerate(months.subjects)}
    return {subject: sum(months.values[key][place[subject]] for key in indicators) for subject in subjects}


def _best(of: Mapping[str, Floats]) -> dict[str, float | None]:
    """The best pace of the whole (under ``""``), of each sector and of each enterprise."""
    from zhizao.engines.outlook.path_to_target import best_pace

    return {key: best_pace(row) for key, row in of.items()}


def _recent(months: Floats) -> float | None:
    """The growth of the last twelve known months over the twelve before."""
    import numpy as np

    end = int(np.flatnonzero(np.isfinite(months))[-1]) + 1 if np.isfinite(months).any() else 0
    if end < 24:
        return None
    now, before = float(months[end - 12 : end].sum()), float(months[end - 24 : end - 12].sum())
    return now / before - 1 if before > 0 else None  # unknown within: nothing is above nought


# --- told by its own years


def _yearly(asked: Sequence[Promise], *, draws: int, seed: int) -> dict[str, Told]:
    """A walk with a drift (``engines.outlook.drift``) by the planned step; not below nought, no share over 100 %."""
    import numpy as np

    from zhizao.engines.outlook.drift import drift_paths

    found = {one.key: Told(one, reason=Problem("outlook.few_years", TOO_FEW_YEARS)) for one in asked}
    rows = [one for one in asked if len(_run(one)) > 1]
    if not rows:
        return found
    longest = max(len(_run(one)) for one in rows)
    values = np.full((len(rows), longest), np.nan)
    for row, one in enumerate(rows):
        values[row, longest - len(_run(one)) :] = [float(value) for value in _run(one).values()]
    paths = drift_paths(
        values,
        np.array([_planned_step(one) for one in rows]),
        in_logs=np.array([not one.is_share and min(_run(one).values()) > 0 and one.is_amount for one in rows]),
        horizon=max(one.span.first_year - max(_run(one)) for one in rows),
        draws=draws,
        # other numbers than those of the months: nothing is said to hang together that was not seen to
        rng=np.random.default_rng([seed, 1]),
    )
    for row, one in enumerate(rows):
        last, highest = max(_run(one)), _highest(one)
        years = {
            year: np.clip(paths[:, row, year - last - 1], 0.0, highest)
            for year in range(last + 1, one.span.first_year + 1)
        }
        found[one.key] = Told(
            promise=one,
            years=years,
            parts={one.key: float(years[one.span.first_year].mean())},
            best={"": max(_growths(one), default=None)},
            evidence=float(len(_run(one)) - 1),
        )
    return found


def _run(promise: Promise) -> dict[int, Decimal]:
    """The latest known years that follow each other."""
    known = promise.known
    first = max(known, default=0)
    while first - 1 in known:
        first -= 1
    return {year: value for year, value in known.items() if year >= first}


def _planned_step(promise: Promise) -> float:
    """What a year should bring on the way from base to target, in the target's unit."""
    if promise.base is None or promise.base_year is None or promise.base_year >= promise.span.first_year:
        return 0.0
    return abs(float(promise.value - promise.base)) / (promise.span.first_year - promise.base_year)


def _highest(promise: Promise) -> float:
    whole = promise.is_share and max(promise.value, *promise.known.values()) <= 100
    return 100.0 if whole else float("inf")


def _growths(promise: Promise) -> list[float]:
    """Growth from year to year, of neighbouring years above nought."""
    known = promise.known
    return [float(known[year] / known[year - 1]) - 1 for year in known if known.get(year - 1, 0) > 0]


# --- one day seen from another


def as_it_was(seen: Vintage, earlier: Vintage) -> Vintage:
    """What was known on the earlier day, with the values known now."""
    before = {promise.key: promise for promise in earlier.promises}
    kept = []
    for promise in seen.promises:
        spans = {item.span for item in before[promise.key].actual} if promise.key in before else set()
        kept.append(replace(promise, actual=tuple(item for item in promise.actual if item.span in spans)))
    return replace(seen, promises=tuple(kept), months=seen.months.like(earlier.months))


def judged_by(earlier: Vintage, seen: Vintage) -> Vintage:
    """What was known on the earlier day, held against what is promised now."""
    before = {promise.key: promise.actual for promise in earlier.promises}
    kept = tuple(replace(promise, actual=before.get(promise.key, ())) for promise in seen.promises)
    return replace(earlier, promises=kept, follows=seen.follows, sectors=seen.sectors)
