from __future__ import annotations

from django.apps import AppConfig


class OutlookConfig(AppConfig):
    name = "zhizao.apps.outlook"
    label = "outlook"
