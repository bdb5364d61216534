from __future__ import annotations

from django.urls import URLPattern, path

from zhizao.apps.chain import file_views, map_views

urlpatterns: list[URLPattern] = [
    path("<str:key>/map/", map_views.page, name="map"),
    path("<str:key>/map.json", map_views.data, name="map_data"),
    path("<str:key>/map.svg", map_views.svg, name="map_svg"),
    path("<str:key>/file/", file_views.page, name="file"),
    path("<str:key>/paper.docx", file_views.meeting_paper, name="paper"),
]
