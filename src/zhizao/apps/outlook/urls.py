from __future__ import annotations

from django.urls import path

from zhizao.apps.outlook import views

app_name = "outlook"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("run/", views.run, name="run"),
    path("calibration/", views.calibration, name="calibration"),
    path("calibration/reliability.json", views.calibration_data, name="calibration_data"),
    path("evaluation/", views.evaluation, name="evaluation"),
    path("targets/<str:key>/", views.target, name="target"),
    path("targets/<str:key>/<slug:chart>.json", views.target_data, name="target_data"),
    path("enterprises/<str:key>/", views.enterprise, name="enterprise"),
    path("enterprises/<str:key>/<slug:indicator>.json", views.enterprise_data, name="enterprise_data"),
]
