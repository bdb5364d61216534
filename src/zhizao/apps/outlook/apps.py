from __future__ import annotations

from django.apps import AppConfig


class OutlookConfig(AppConfig):
    name = "zhizao.apps.outlook"
    label = "outlook"

    def ready(self) -> None:
        from zhizao.apps.outlook import evidence, file_section
        from zhizao.apps.registry import sections
        from zhizao.base.evidence.kinds import add_kind

        add_kind(evidence.KIND, evidence.resolve)
        sections.add(file_section.section)
