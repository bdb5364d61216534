from __future__ import annotations

from django.urls import path

from zhizao.apps.warning import score_views as views

urlpatterns = [
    path("scores/", views.scores, name="scores"),
    path("scores/reliability.json", views.reliability_data, name="reliability_data"),
    path("scores/missed/", views.missed, name="missed"),
    path("scores/look-back/", views.look_back, name="look_back"),
    path("scores/<str:rule>/<slug:parameter>/", views.threshold, name="threshold"),
    path("scores/<str:rule>/<slug:parameter>/curve.json", views.threshold_data, name="threshold_data"),
    path("scores/<str:rule>/<slug:parameter>/publish/", views.publish, name="publish"),
    path("alarms/<int:pk>/judge/", views.judge, name="judge"),
]
