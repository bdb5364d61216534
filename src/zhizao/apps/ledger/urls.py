from __future__ import annotations

from django.urls import path

from zhizao.apps.ledger import monitor_page, open_data, views

app_name = "ledger"

urlpatterns = [
    path("", views.indicators, name="indicators"),
    path("indicators/<slug:key>/", views.indicator, name="indicator"),
    path("indicators/<slug:key>/trend.json", views.indicator_data, name="indicator_data"),
    path("monitor/", monitor_page.monitor, name="monitor"),
    path("monitor/<slug:key>/", monitor_page.monitor_indicator, name="monitor_indicator"),
    path("monitor/<slug:key>/contributions.json", monitor_page.contributions_data, name="contributions_data"),
    path("subjects/", views.subjects, name="subjects"),
    path("subjects/<str:key>/", views.subject, name="subject"),
    path("imports/", views.batches, name="batches"),
    path("imports/<int:pk>/", views.batch, name="batch"),
    path("imports/new/", views.import_page, name="import"),
    path("open/", open_data.page, name="open"),
    path("open/publish/", open_data.publish, name="publish"),
    path("open/<int:pk>.csv", open_data.file, name="open_file"),
    path("template.csv", views.template, name="template"),
]
