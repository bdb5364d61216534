"""What forecasts of targets lean on, as the nation's pack says it (``packs/china/outlook.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Conventions:
    """The pack's words, read once."""

    likely: float
    open: float
    follows: tuple[tuple[str, tuple[str, ...]], ...]
    sectors: tuple[tuple[str, ...], ...]
    rest: tuple[str, ...]
    least_reported: float
    left_after_months: int
    least_years_of_ratio: int
    short_record: float
    forecast_from_day: int
    sha256: str

    def state(self, p: float) -> str:
        """What a chance is called.

        >>> [conventions().state(p) for p in (0.8, 0.799, 0.4, 0.39)]
        ['likely', 'open', 'open', 'unlikely']
        """
        return "likely" if p >= self.likely else "open" if p >= self.open else "unlikely"

    def indicators_of(self, name: str) -> tuple[str, ...]:
        """The monthly indicators whose sum a target of this name goes with; none if it has only its own years.

        >>> conventions().indicators_of("规上工业利税"), conventions().indicators_of("利润率")
        (('profit_total', 'tax_paid'), ())
        """
        return next((indicators for pattern, indicators in self.follows if re.search(pattern, name)), ())

    def sectors_of(self, name: str, *, sectors: Mapping[str, str], others: Iterable[str]) -> tuple[str, ...]:
        """The sectors (keys) that a target is about; all of them where it names none.

        Parameters
        ----------
        sectors : key to name
        others : names of the plan's other targets, which say what “the rest” leaves out
        """
        if name.startswith(self.rest):
            taken = {group for other in others for group in self._groups(other)}
            return tuple(key for key, called in sectors.items() if not taken & self._groups(called))
        wanted = self._groups(name)
        return tuple(key for key, called in sectors.items() if not wanted or wanted & self._groups(called))

    def _groups(self, name: str) -> set[tuple[str, ...]]:
        return {group for group in self.sectors if any(word in name for word in group)}


@cache
def conventions() -> Conventions:
    """Read the pack."""
    import hashlib

    import yaml  # late: only where forecasts are made or called

    data = (files("zhizao") / "packs" / "china" / "outlook.yaml").read_bytes()
    found: dict[str, Any] = yaml.safe_load(data)
    return Conventions(
        likely=found["calls_pct"]["likely"] / 100,
        open=found["calls_pct"]["open"] / 100,
        follows=tuple((row["pattern"], tuple(row["indicators"])) for row in found["follows"]),
        sectors=tuple(map(tuple, found["sectors"])),
        rest=tuple(found["rest"]),
        least_reported=found["least_reported_pct"] / 100,
        left_after_months=found["left_after_months"],
        least_years_of_ratio=found["least_years_of_ratio"],
        short_record=found["short_record"],
        forecast_from_day=found["forecast_from_day"],
        sha256=hashlib.sha256(data).hexdigest(),
    )
