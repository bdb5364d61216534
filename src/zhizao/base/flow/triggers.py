"""The database itself refuses to change or remove what happened to a case, or a version of a procedure."""

from __future__ import annotations

from zhizao.base.audit.append_only import AppendOnly, whole

TRIGGERS = AppendOnly(
    "flow",
    "what happened to a case and versions of procedures are only added to",
    whole("flow_caseevent", "flow_procedure"),
)
