from __future__ import annotations

from django.urls import path

from zhizao.base.messages import views

urlpatterns = [
    path("workbench/", views.workbench, name="workbench"),
    path("workbench/todos/<int:pk>/close/", views.close_todo, name="close_todo"),
    path("messages/", views.notices, name="notices"),
    path("messages/read/", views.read_all_notices, name="read_all_notices"),
    path("messages/<int:pk>/read/", views.read_notice, name="read_notice"),
]
