from __future__ import annotations

from django.apps import AppConfig


class AssistConfig(AppConfig):
    name = "zhizao.apps.assist"
    label = "assist"
