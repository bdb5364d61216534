from __future__ import annotations

from django.urls import path

from zhizao.apps.chain import acts, map_urls, risk_urls, upload, views

app_name = "chain"

# Fixed words come before the key of a chain, which would take them.
urlpatterns = [
    path("", views.chains, name="list"),
    path("new/", acts.add_chain, name="add_chain"),
    path("import/", upload.take_in, name="import"),
    path("export/", upload.export, name="export"),
    path("template/", upload.template, name="template"),
    path("ending/", upload.ending_links, name="ending"),
    *risk_urls.urlpatterns,
    *map_urls.urlpatterns,
    path("<str:key>/", views.chain, name="open"),
    path("<str:key>/changes/", views.changed, name="changes"),
    path("<str:key>/nodes/new/", acts.add_node, name="add_node"),
    path("<str:key>/nodes/<str:node>/", acts.move, name="move"),
    path("<str:key>/nodes/<str:node>/members/new/", acts.add_member, name="add_member"),
    path("<str:key>/nodes/<str:node>/flows/new/", acts.connect, name="connect"),
    path("<str:key>/members/<int:pk>/end/", acts.end_member, name="end_member"),
    path("<str:key>/flows/<int:pk>/end/", acts.end_edge, name="end_edge"),
    path("<str:key>/leaders/new/", acts.appoint, name="appoint"),
    path("<str:key>/leaders/<int:pk>/end/", acts.end_leader, name="end_leader"),
    path("<str:key>/matters/new/", acts.open_matter, name="open_matter"),
    path("<str:key>/matters/<int:pk>/close/", acts.close_matter, name="close_matter"),
]
