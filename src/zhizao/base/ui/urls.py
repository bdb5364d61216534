from __future__ import annotations

from django.conf import settings
from django.urls import path

from zhizao.base.ui import views

app_name = "ui"

urlpatterns = [
    path("preference/", views.preference, name="preference"),
]

if settings.PROFILE in ("demo", "test"):
    from zhizao.base.ui import gallery

    urlpatterns += [
        path("gallery/", gallery.gallery, name="gallery"),
        path("gallery/chart/<slug:kind>.json", gallery.chart, name="gallery_chart"),
        path("gallery/graph.json", gallery.graph, name="gallery_graph"),
        path("gallery/error/<int:status>/", gallery.error, name="gallery_error"),
    ]
