"""The database itself refuses to change or remove what was done in a case, what that did, and a report of a visit.

A visit that is planned may still be reported or given up; of one that is reported only its case is filled in later.
"""

from __future__ import annotations

from typing import Final

from zhizao.base.audit.append_only import AppendOnly, Trigger, whole

TRIGGERS = AppendOnly(
    "assist",
    "what was done in a case and what it did are only added to",
    whole("assist_help", "assist_effect"),
)

VISIT: Final = "assist_visit"
REPORT: Final = (
    *("done_on", "reported_at", "reported_by_id", "visitor_id", "findings", "needs", "next_step"),
    *("supersedes_id", "why"),
)
REPORTS = AppendOnly(
    VISIT,
    "a report of a visit is corrected by a new one",
    (
        Trigger(f"{VISIT}_no_delete", VISIT, "DELETE"),
        Trigger(f"{VISIT}_no_update", VISIT, f"UPDATE OF {', '.join(REPORT)}", "OLD.reported_at IS NOT NULL"),
    ),
)
