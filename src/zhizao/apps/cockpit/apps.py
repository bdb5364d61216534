from __future__ import annotations

from django.apps import AppConfig


class CockpitConfig(AppConfig):
    name = "zhizao.apps.cockpit"
    label = "cockpit"
