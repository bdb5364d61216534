"""The database itself refuses to change or remove what observations consist of.

Rows come in by INSERT and COPY only, which no trigger slows down. On PostgreSQL a statement is refused even if it
touches no row.
"""

from __future__ import annotations

from typing import Final

from zhizao.base.audit.append_only import AppendOnly, whole

TABLES: Final = ("ledger_observation", "ledger_series", "ledger_origin", "ledger_batch", "ledger_publication")
TRIGGERS = AppendOnly("ledger", "the ledger is append-only", whole(*TABLES), each="STATEMENT")
