"""The pages of assist in the left navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.apps.assist.people_navigation import PEOPLE_PAGES
from zhizao.base.ui.navigation import Page, Step

PAGES: list[Page] = [
    Page(Step.ACT, _("Help first"), "assist:queue", "assist.view"),
    *PEOPLE_PAGES,
    Page(Step.ACCOUNT, _("What helped"), "assist:helped", "assist.view"),
]
