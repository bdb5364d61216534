"""The database itself refuses to change or remove what was done in a case and what that did."""

from __future__ import annotations

from zhizao.base.audit.append_only import AppendOnly, whole

TRIGGERS = AppendOnly(
    "assist",
    "what was done in a case and what it did are only added to",
    whole("assist_help", "assist_effect"),
)
