"""Every address of the site: each app brings its own ``urls``; this is their list."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("plan/", include("zhizao.apps.plan.urls")),
]
