from __future__ import annotations

from django.urls import URLPattern, path

from zhizao.apps.assist import queue_views

urlpatterns: list[URLPattern] = [
    path("", queue_views.queue, name="queue"),
    path("alarms/<int:pk>/case/", queue_views.open_case, name="open_case"),
    path("cases/<int:pk>/help/", queue_views.note_help, name="note_help"),
    path("help/<int:pk>/correct/", queue_views.correct_help, name="correct_help"),
    path("helped/", queue_views.helped, name="helped"),
]
