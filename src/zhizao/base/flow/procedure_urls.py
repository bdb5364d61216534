from __future__ import annotations

from django.urls import path

from zhizao.base.flow import procedure_views as views

urlpatterns = [
    path("procedures/", views.procedures, name="procedures"),
    path("procedures/<slug:key>/", views.procedure, name="procedure"),
    path("procedures/<slug:key>/<int:version>.bpmn", views.procedure_file, name="procedure_file"),
    path("procedures/<slug:key>/propose/", views.propose, name="propose_procedure"),
    path("procedures/<slug:key>/publish/", views.publish, name="publish_procedure"),
]
