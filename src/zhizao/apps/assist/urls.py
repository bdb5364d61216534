from __future__ import annotations

from zhizao.apps.assist import people_urls, queue_urls

app_name = "assist"

urlpatterns = [*queue_urls.urlpatterns, *people_urls.urlpatterns]
