"""Forecasts of a panel: means, calibrated intervals and the errors of rolling origins, for every series of any kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhizao.engines.outlook.panel import Floats
from zhizao.kernel.span import Span


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is expected of n series over H cells, and how wrong such forecasts were.

    Attributes
    ----------
    series : names, n of them
    first_month : first month of the first forecast cell, year × 12 + month − 1
    step_months : months of a cell, as in the panel
    mean : shape (n, H)
    lower, upper : for each level in per cent, shape (n, H)
    errors : shape (O, n, H), actual − forecast of O rolling origins inside the vintage, the latest last; NaN where unknown
    notes : (series, model or fallback, remark); the remark is a msgid of the catalogue, or empty
    """

    series: tuple[str, ...]
    first_month: int
    step_months: int
    mean: Floats
    lower: Mapping[int, Floats]
    upper: Mapping[int, Floats]
    errors: Floats
    notes: tuple[tuple[str, str, str], ...] = ()

    def spans(self) -> list[Span]:
        """The span of each forecast cell."""
        months = range(self.first_month, self.first_month + self.step_months * self.mean.shape[1], self.step_months)
        return [Span(month, self.step_months) for month in months]
