"""The pages of flow in the left navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhizao.base.ui.navigation import Page, Step

PAGES: list[Page] = [
    Page(Step.ACT, _("Cases"), "flow:cases", "flow.view"),
    Page(Step.ACT, _("Procedures"), "flow:procedures", "flow.procedures"),
]
