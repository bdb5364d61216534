from __future__ import annotations

from zhizao.apps.warning import page_urls, score_urls

app_name = "warning"

urlpatterns = [*page_urls.urlpatterns, *score_urls.urlpatterns]
