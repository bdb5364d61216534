from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "zhizao.apps.registry"
    label = "registry"

    def ready(self) -> None:
        from zhizao.apps.registry import ladder_section, partners, plan_section, sections

        sections.add(ladder_section.section)
        sections.add(partners.section)
        sections.add(plan_section.section)
