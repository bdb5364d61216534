"""Power cuts of simulated economies against the facts of the rule ``warning.factor_power``: found, missed, false.

Six economies of 300 enterprises, seven years each (seeds 1 to 6); a trade and month counts as cut where a quarter or
more of the trade lost its power, as calm where nobody did. The facts are those of ``apps.warning.gather_factor``.

    python -m bench.warning_power
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl
from bench.warning import known_at_once

from zhizao.engines.simulation import invented, shipped_parameters, simulate
from zhizao.engines.simulation.shocks import POWER_CUT
from zhizao.engines.warning.figures import figures_of
from zhizao.engines.warning.running import run
from zhizao.engines.warning.settings import shipped_watch
from zhizao.kernel.rules import Rulebook
from zhizao.kernel.span import Span

RULE = Path(str(files("zhizao"))) / "packs" / "china" / "warning" / "families" / "factor_power.yaml"
SEEDS = range(1, 7)
FIRMS, LEAST_MEMBERS, LEAST_CUT = 300, 5, 0.25


def found(seed: int) -> list[tuple[str, str, float, bool]]:
    """Of every trade and month: its sector, the month, the share that is cut, whether the rule calls."""
    economy, watch = simulate(invented(FIRMS, seed=seed), shipped_parameters(), seed=seed), shipped_watch()
    warnings = run(figures_of(known_at_once(economy), stocks=watch.stocks), watch)
    figures, months = warnings.figures, warnings.figures.months()
    place = {subject: row for row, subject in enumerate(figures.subjects)}
    cut = np.zeros((len(place), len(months)), dtype=bool)
    for subject, span in economy.events.filter(kind=POWER_CUT).select("subject", "span").rows():
        start = Span.parse(span).start_month
        month = str(Span(start + (start % 12 == 0), 1))  # January is judged with February
        if subject in place and month in months:
            cut[place[subject], months.index(month)] = True
    bound = Rulebook.load([RULE]).rule("warning.factor_power", as_of=Span.parse(months[-1]).last_day)
    least = {name: float(value) for name, value in bound.parameters.items()}
    plain, beyond = (warnings.surprises[name] for name in ("electricity", "electricity_lack"))
    known = np.isfinite(plain.z) & np.isfinite(beyond.z)
    fall, rest = (100 * np.expm1(one.residual) for one in (plain, beyond))
    short = known & (fall <= -least["least_fall_pct"]) & (rest <= -least["least_beyond_pct"])
    rows = []
    for number, sector in enumerate(figures.sectors):
        own = figures.sector == number
        for column, month in enumerate(months):
            count, lacking = known[own, column].sum(), short[own, column].sum()
            if sector and count >= LEAST_MEMBERS:
                many = 100 * lacking / count >= least["least_short_pct"] and lacking >= least["least_enterprises"]
                rows.append((sector, month, float(cut[own, column].mean()), bool(many)))
    return rows


def main() -> int:
    columns = ["sector", "month", "cut", "called"]
    parts = [pl.DataFrame(found(seed), schema=columns, orient="row") for seed in SEEDS]
    rows = pl.concat(parts)
    true, calm = rows.filter(pl.col("cut") >= LEAST_CUT), rows.filter(pl.col("cut") == 0)
    print(f"cut: {true['called'].sum()} of {len(true)} found; calm: {calm['called'].sum()} of {len(calm)} called")
    return 0


if __name__ == "__main__":
    sys.exit(main())
