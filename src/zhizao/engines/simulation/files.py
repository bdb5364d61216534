"""The simulated economy as files: what is reported in the ledger's columns, links, and the truth beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from zhizao.engines.simulation.economy import Economy
from zhizao.engines.simulation.pack_facts import unused_frame

README: Final = """# A simulated economy

**Every figure in this folder is simulated**: made by a random number generator that was fitted to what a plan states.
No enterprise has reported any of it, and nothing in it may be said of a real one. Rows say so in `status`.

| file | what it has |
|---|---|
| observations.csv | what was reported, with all versions: columns of the ledger |
| enterprises.csv | subjects with credit codes of a reserved block, entry and exit |
| targets.csv | yearly values of the plan's targets |
| small_suppliers.csv | local suppliers that are no registered enterprises |
| links.csv, trade.csv | suppliers and buyers by year; purchases and sales inside and outside the region |
| truth/months.csv | the true monthly values |
| truth/events.csv | known shocks; `is_direct` false: passed on by a failing supplier |
| truth/disturbances.csv, truth/slips.csv | late and revised reports; figures typed in a wrong unit |
| truth/residuals.csv, truth/unused.csv | what the plan states and what is reached; what of it was not used, and why |

`truth` is for scoring forecasts and alarms; whatever forecasts or warns must not read it.
Seed %(seed)s, base year %(base_year)s, region %(region)s.
"""


def observations_csv(economy: Economy) -> bytes:
    """The reports as a CSV of the ledger; the same economy gives the same bytes.

    Newcomers (``enterprises`` with ``is_new``) stand in no plan: enter them in the register first, by their names.

    >>> from zhizao.engines.simulation import invented, shipped_parameters, simulate
    >>> economy = simulate(invented(20, seed=1), shipped_parameters(), seed=7)
    >>> observations_csv(economy).split(b"\\n")[0].decode()
    'subject,indicator,span,scope,price_basis,value,unit,status,source,known_from'
    """
    return _csv(economy.observations)


def write_demo(economy: Economy, directory: Path) -> None:
    """Write all files of an economy, the truth in a folder of its own, with a README that says what they are."""
    truth = directory / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    reported = economy.reported
    files = {
        directory / "observations.csv": reported.observations,
        directory / "enterprises.csv": economy.enterprises,
        directory / "targets.csv": economy.targets,
        directory / "small_suppliers.csv": economy.small_suppliers,
        directory / "links.csv": economy.links,
        directory / "trade.csv": economy.trade,
        truth / "months.csv": economy.truth,
        truth / "events.csv": economy.events,
        truth / "disturbances.csv": reported.disturbances,
        truth / "slips.csv": reported.slips,
        truth / "residuals.csv": economy.residuals,
        truth / "unused.csv": unused_frame(economy.facts.unused),
    }
    for path, frame in files.items():
        path.write_bytes(_csv(frame))
    words = {"seed": economy.seed, "base_year": economy.facts.base_year, "region": economy.facts.region_code}
    (directory / "README.md").write_text(README % words, encoding="utf-8")


def _csv(frame: pl.DataFrame) -> bytes:
    return frame.write_csv().encode()
