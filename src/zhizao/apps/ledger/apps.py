from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "zhizao.apps.ledger"
    label = "ledger"

    def ready(self) -> None:
        from zhizao.apps.ledger import figures, file_section, rule_facts
        from zhizao.apps.registry import evidence, sections
        from zhizao.base.evidence.kinds import add_kind

        add_kind(figures.KIND, figures.resolve)
        sections.add(file_section.section)
        evidence.add(rule_facts.known)
