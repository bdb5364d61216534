from __future__ import annotations

from django.urls import path

from zhizao.base.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.log, name="log"),
    path("verification/", views.verification, name="verification"),
]
