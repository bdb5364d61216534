from __future__ import annotations

from django.urls import URLPattern, path

from zhizao.apps.chain import gaps_views, risk_views, what_if_views

urlpatterns: list[URLPattern] = [
    path("risk/", risk_views.risk, name="risk"),
    path("risk/data/", risk_views.risk_data, name="risk_data"),
    path("risk/compute/", risk_views.compute, name="risk_compute"),
    path("risk/firm/<str:key>/", risk_views.firm, name="risk_firm"),
    path("what-if/", what_if_views.what_if, name="what_if"),
    path("what-if/wait/<int:pk>/", what_if_views.wait, name="what_if_wait"),
    path("what-if/compare/", what_if_views.compare, name="what_if_compare"),
    path("what-if/run/<str:sha12>/", what_if_views.result, name="what_if_result"),
    path("what-if/run/<str:sha12>/data/", what_if_views.result_data, name="what_if_data"),
    path("what-if/run/<str:sha12>/store/", what_if_views.store, name="what_if_store"),
    path("gaps/", gaps_views.gaps, name="gaps"),
    path("gaps/<str:node>/", gaps_views.node, name="gap_node"),
    path("sourcing/", gaps_views.sourcing, name="sourcing"),
]
