"""Every address of the site: each app brings its own ``urls``; this is their list."""

from __future__ import annotations

from django.urls import include, path

from zhizao.base.operations.views import health_page
from zhizao.base.ui.views import set_language
from zhizao.site.api import api
from zhizao.site.views import home

handler400 = "zhizao.base.ui.errors.bad_request"
handler403 = "zhizao.base.ui.errors.permission_denied"
handler404 = "zhizao.base.ui.errors.page_not_found"
handler500 = "zhizao.base.ui.errors.server_error"

urlpatterns = [
    path("", home, name="home"),
    path("accounts/", include("zhizao.base.accounts.urls")),
    path("audit/", include("zhizao.base.audit.urls")),
    path("language/", set_language, name="set_language"),
    path("ui/", include("zhizao.base.ui.urls")),
    path("jobs/", include("zhizao.base.jobs.urls")),
    path("files/", include("zhizao.base.files.urls")),
    path("forms/", include("zhizao.base.forms.urls")),
    path("cases/", include("zhizao.base.flow.urls")),
    path("evidence/", include("zhizao.base.evidence.urls")),
    path("search/", include("zhizao.base.search.urls")),
    path("health/", health_page, name="health"),
    path("", include("zhizao.base.messages.urls")),
    path("plan/", include("zhizao.apps.plan.urls")),
    path("registry/", include("zhizao.apps.registry.urls")),
    path("ledger/", include("zhizao.apps.ledger.urls")),
    path("chain/", include("zhizao.apps.chain.urls")),
    path("outlook/", include("zhizao.apps.outlook.urls")),
    path("warning/", include("zhizao.apps.warning.urls")),
    path("assist/", include("zhizao.apps.assist.urls")),
    path("cockpit/", include("zhizao.apps.cockpit.urls")),
    path("api/v1/", api.urls),
]
