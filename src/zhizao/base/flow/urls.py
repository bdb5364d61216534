from __future__ import annotations

from zhizao.base.flow import case_urls, procedure_urls

app_name = "flow"

urlpatterns = [*procedure_urls.urlpatterns, *case_urls.urlpatterns]
