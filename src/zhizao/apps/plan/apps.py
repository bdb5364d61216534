from __future__ import annotations

from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "zhizao.apps.plan"
    label = "plan"

    def ready(self) -> None:
        from zhizao.apps.plan import labels
        from zhizao.base.evidence.labels import name_columns

        name_columns(labels.labels(), words=labels.words())
