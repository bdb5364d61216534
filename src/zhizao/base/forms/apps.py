from __future__ import annotations

from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "zhizao.base.forms"
    label = "forms"
