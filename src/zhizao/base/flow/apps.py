from __future__ import annotations

from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "zhizao.base.flow"
    label = "flow"
