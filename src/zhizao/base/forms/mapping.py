"""From the cells of a report to rows of the ledger's contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from zhizao.base.forms.definition import Form, Value, key
from zhizao.kernel.span import Span


def observations(
    form: Form,
    printed: Mapping[str, str],
    values: Mapping[str, Value],
    *,
    period: Span,
    subject_key: str,
    known_from: str,
    source: str,
    status: str = "normal",
    known: Collection[str] = (),
) -> list[dict[str, Any]]:
    """One row for each figure of this year that is an indicator's, in the columns of an observation file.

    Figures of last year are compared with, not stated again; ``known`` are cells that were filled from the ledger or
    from another form, which has stated them already. A stock is stated for the last month of its span.
    """
    found = []
    for row, column in form.cells():
        cell = key(row, column)
        value = values.get(cell)
        if not row.indicator or column.year_earlier or cell in known or value is None or isinstance(value, str):
            continue
        found.append(
            {
                "subject": subject_key,
                "indicator": row.indicator,
                "span": str(column.span(period, row.measure)),
                "scope": row.scope,
                "price_basis": row.price_basis,
                "value": f"{value:f}",
                "unit": row.unit,
                "status": status,
                "source": f"{source}, {cell}",
                "known_from": known_from,
                "printed": printed.get(cell, f"{value:f}"),
            }
        )
    return found
