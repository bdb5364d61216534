"""Helped early: who is helped first and why, visits, requests, and what the help did."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssistConfig(AppConfig):
    name = "zhizao.apps.assist"
    label = "assist"
    verbose_name = _("Help for enterprises")

    def ready(self) -> None:
        from zhizao.apps.assist import alarm_acts, effect_labels, evidence, file_section, kinds
        from zhizao.apps.registry import sections
        from zhizao.apps.warning.acts import add
        from zhizao.base.evidence.kinds import add_kind
        from zhizao.base.evidence.labels import name_columns

        kinds.register()
        add_kind(evidence.KIND, evidence.resolve)
        add(alarm_acts.offer)
        name_columns(effect_labels.LABELS)
        sections.add(file_section.section)
