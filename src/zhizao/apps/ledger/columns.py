"""The columns of a file of observations, and one to fill in."""

from __future__ import annotations

from typing import Final

COLUMNS: Final = (
    "subject",
    "indicator",
    "span",
    "scope",
    "price_basis",
    "value",
    "unit",
    "status",
    "source",
    "known_from",
)
MAY_LACK: Final = frozenset(("scope", "price_basis", "status", "known_from"))

TEMPLATE: Final = "\r\n".join(
    (
        ",".join(COLUMNS),
        "enterprise:ID,gross_output,2025-01..05,enterprise,current,1234.5,万元,normal,月报,2025-06-08",
        "enterprise:ID,employees,2025-05,enterprise,current,210,人,provisional,月报,2025-06-08",
        "enterprise:ID,rd_expense,2025-01..05,enterprise,current,,,missing,月报,2025-06-08",
        "",
    )
)
"""A file to fill in: a figure of the year to date, a stock at a month's end, and one that is not known."""
