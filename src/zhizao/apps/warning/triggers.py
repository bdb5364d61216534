"""The database itself refuses to change what an alarm, an outcome or a choice says, and to remove any of them.

An alarm may only lapse, or be found again on the same day.
"""

from __future__ import annotations

from typing import Final

from zhizao.base.audit.append_only import AppendOnly, Trigger, whole

ALARM: Final = "warning_alarm"
FIXED: Final = (
    *("area_id", "subject_id", "rule", "family", "about", "start_month", "months", "score", "severity", "facts"),
    *("rows", "run_id", "found_as_of", "found_at", "is_backtest", "simulated"),
)
TRIGGERS = AppendOnly(
    "warning",
    "alarms and what was said of them are only added to",
    (
        *whole("warning_outcome", "warning_choice", "warning_cutoff"),
        Trigger(f"{ALARM}_no_delete", ALARM, "DELETE"),
        Trigger(f"{ALARM}_no_update", ALARM, f"UPDATE OF {', '.join(FIXED)}"),
    ),
)
