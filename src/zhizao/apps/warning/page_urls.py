from __future__ import annotations

from django.urls import path

from zhizao.apps.warning import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("trend.json", views.trend_data, name="trend_data"),
    path("run/", views.run, name="run"),
    path("alarms/", views.alarms, name="alarms"),
    path("alarms/<int:pk>/", views.alarm, name="alarm"),
    path("alarms/<int:pk>/figure.json", views.alarm_data, name="alarm_data"),
    path("lamps/", views.lamps, name="lamps"),
    path("lamps/<slug:chart>.json", views.lamps_data, name="lamps_data"),
    path("lamps/cut-offs/", views.cut_offs, name="cut_offs"),
    path("lamps/cut-offs/propose/", views.propose, name="propose"),
]
