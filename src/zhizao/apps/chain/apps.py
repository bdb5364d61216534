from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChainConfig(AppConfig):
    name = "zhizao.apps.chain"
    label = "chain"
    verbose_name = _("Industry chains")

    def ready(self) -> None:
        from zhizao.apps.chain import finding, place_section, risk_labels, risk_section
        from zhizao.apps.registry import sections
        from zhizao.base.evidence.labels import name_columns
        from zhizao.base.search.queries import add_finder

        sections.add(place_section.section)
        sections.add(risk_section.section)
        name_columns(risk_labels.LABELS)
        add_finder(_("Industry chains"), finding.find)
