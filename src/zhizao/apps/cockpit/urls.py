from __future__ import annotations

from django.urls import path

from zhizao.apps.cockpit import views

app_name = "cockpit"

urlpatterns = [
    path("", views.leader, name="leader"),
    path("briefs/", views.briefs, name="briefs"),
    path("briefs/issue/", views.issue, name="issue"),
    path("briefs/files/<int:pk>/<slug:form>/", views.file, name="file"),
    path("briefs/<int:pk>/difference/", views.difference, name="difference"),
    path("briefs/<int:pk>/rebuild/", views.rebuild, name="rebuild"),
    path("briefs/<str:month>/", views.brief, name="brief"),
    path("briefs/<str:month>/<slug:chart>.json", views.bars, name="chart"),
]
