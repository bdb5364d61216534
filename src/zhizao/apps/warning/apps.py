from __future__ import annotations

from django.apps import AppConfig


class WarningConfig(AppConfig):
    name = "zhizao.apps.warning"
    label = "warning"

    def ready(self) -> None:
        from zhizao.apps.registry import sections
        from zhizao.apps.warning import evidence, file_section
        from zhizao.apps.warning.labels import LABELS
        from zhizao.base.evidence.kinds import add_kind
        from zhizao.base.evidence.labels import name_columns

        add_kind(evidence.KIND, evidence.resolve)
        add_kind(evidence.COUNT, evidence.resolve_count)
        sections.add(file_section.section)
        name_columns(LABELS)
