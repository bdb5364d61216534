from __future__ import annotations

from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "zhizao.apps.plan"
    label = "plan"
