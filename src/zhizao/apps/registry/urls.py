from __future__ import annotations

from django.urls import path

from zhizao.apps.registry import acts, possessions, upload, views

app_name = "registry"

urlpatterns = [
    path("", views.register, name="list"),
    path("own/", views.own, name="own"),
    path("enter/", acts.enter, name="enter"),
    path("import/", upload.take_in, name="import"),
    path("export/", views.export, name="export"),
    path("template/", upload.template, name="template"),
    path("links/export/", views.export_links, name="export_links"),
    *(path(f"{what}/", possessions.listed, {"what": what}, name=what) for what in possessions.LISTS),
    path("names/", upload.resolve, name="resolve"),
    path("names/pairs/", upload.pairs, name="pairs"),
    path("names/pairs/<int:pk>/", upload.decide, name="decide"),
    path("enterprises/<str:key>/", views.file, name="file"),
    path("enterprises/<str:key>/history/", views.history, name="history"),
    path("enterprises/<str:key>/links/", views.partners, name="partners"),
    path("enterprises/<str:key>/state/", acts.state, name="state"),
    path("enterprises/<str:key>/certify/", acts.certify, name="certify"),
    path("enterprises/<str:key>/record/<str:what>/", possessions.possess, name="possess"),
    path("enterprises/<str:key>/merge/", acts.merge, name="merge"),
    path("enterprises/<str:key>/split/", acts.split, name="split"),
    path("enterprises/<str:key>/<str:model>/<int:pk>/", acts.take_back, name="take_back"),
]
