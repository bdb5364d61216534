from __future__ import annotations

from django.apps import AppConfig


class WarningConfig(AppConfig):
    name = "zhizao.apps.warning"
    label = "warning"
