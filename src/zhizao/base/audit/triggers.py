"""The database itself refuses to change or remove audit rows, and to turn the head back."""

from __future__ import annotations

from zhizao.base.audit.append_only import AppendOnly, Trigger

TRIGGERS = AppendOnly(
    "audit",
    "the audit trail is append-only",
    (
        Trigger("audit_event_no_update", "audit_auditevent", "UPDATE"),
        Trigger("audit_event_no_delete", "audit_auditevent", "DELETE"),
        Trigger("audit_head_no_delete", "audit_audithead", "DELETE"),
        Trigger("audit_head_only_forward", "audit_audithead", "UPDATE", "NEW.count <> OLD.count + 1"),
    ),
)
