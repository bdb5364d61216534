from __future__ import annotations

from django.urls import path

from zhizao.apps.outlook import views

app_name = "outlook"

urlpatterns = [
    path("", views.overview, name="overview"),
]
