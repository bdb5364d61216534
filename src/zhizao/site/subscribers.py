"""Who hears of which event: event name to the kinds of job that are started for it."""

from __future__ import annotations

SUBSCRIBERS: dict[str, list[str]] = {
    "forms.accepted": ["ledger.take_report"],
    "plan.version_published": ["ledger.define_targets", "outlook.plan_published", "chain.load_plan"],
    "registry.imported": ["chain.load_plan"],
    "warning.found": ["assist.take_alarms"],
    "chain.open_matter": ["assist.take_matter"],
    "flow.case_closed": ["assist.case_closed"],
}
