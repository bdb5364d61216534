from __future__ import annotations

from django.urls import path

from zhizao.base.evidence import views

app_name = "evidence"

urlpatterns = [
    path("runs/", views.run_list, name="runs"),
    path("runs/<str:sha12>/", views.run_page, name="run"),
    path("runs/<str:sha12>/output/", views.output, name="output"),
    path("figure/<path:reference>", views.figure, name="figure"),
]
