from __future__ import annotations

from django.urls import path

from zhizao.apps.chain import map_urls, risk_urls, views

app_name = "chain"

# Pages of risk and of the map come first: the key of a chain would take their first word.
urlpatterns = [
    path("", views.chains, name="list"),
    *risk_urls.urlpatterns,
    *map_urls.urlpatterns,
    path("<str:key>/", views.chain, name="open"),
]
