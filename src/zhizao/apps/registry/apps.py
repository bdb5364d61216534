from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "zhizao.apps.registry"
    label = "registry"

    def ready(self) -> None:
        from zhizao.apps.registry import finding, ladder_section, merges, partners, plan_section, sections
        from zhizao.base.search.queries import add_finder

        sections.add(ladder_section.section)
        sections.add(merges.section)
        sections.add(partners.section)
        sections.add(plan_section.section)
        add_finder(_("Enterprise register"), finding.find)
