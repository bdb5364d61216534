from __future__ import annotations

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "zhizao.base.messages"
    label = "message_centre"
